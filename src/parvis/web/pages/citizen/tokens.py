"""What the form carries from page to page instead of a session: a number, an entry point, a moment, signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.core import signing

SALT = "parvis.avis"
LONGEST_SECONDS = 4 * 3600
LONGEST_KIOSK_SECONDS = 7 * 24 * 3600  # a kiosk keeps numbers in stock and answers in its queue while it has no network


@dataclass(frozen=True, slots=True)
class Token:
    """The state of one questionnaire being filled; assisted: by an agent, at a kiosk."""

    uuid: UUID
    entry_point: int
    started_at: datetime
    assisted: bool = False

    def written(self) -> str:
        moment = int(self.started_at.timestamp() * 10)
        return signing.dumps([self.uuid.hex, self.entry_point, moment, int(self.assisted)], salt=SALT)

    def seconds(self, at: datetime) -> float:
        return (at - self.started_at).total_seconds()

    def has_expired(self, at: datetime, *, kiosk: bool = False) -> bool:
        return not -60 <= self.seconds(at) <= (LONGEST_KIOSK_SECONDS if kiosk else LONGEST_SECONDS)


def new_token(entry_point: int, *, at: datetime, assisted: bool = False) -> Token:
    return Token(uuid4(), entry_point, at, assisted)


def read_token(written: str) -> Token | None:
    """The token that a form brings back, or None when it is not one of ours."""
    try:
        found: Any = signing.loads(written, salt=SALT)
        number, entry_point, tenths, assisted = found
        moment = datetime.fromtimestamp(tenths / 10, tz=UTC)
        return Token(UUID(number), int(entry_point), moment, bool(assisted))
    except (signing.BadSignature, ValueError, TypeError):
        return None
