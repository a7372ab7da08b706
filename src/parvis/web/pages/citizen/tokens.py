"""What the form carries from page to page instead of a session: a number, an entry point, a moment, signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID, uuid4

from django.conf import settings

SALT = b"parvis.avis"
LONGEST_SECONDS = 4 * 3600
LONGEST_KIOSK_SECONDS = 7 * 24 * 3600  # a kiosk keeps numbers in stock and answers in its queue while it has no network
_LAYOUT = struct.Struct(">16sIQ?")  # number, entry point, tenths of a second, assisted
_SIGNATURE = 16  # bytes: 128 bits of HMAC-SHA-256; with the layout 45 bytes, which are 60 letters and no padding


@dataclass(frozen=True, slots=True)
class Token:
    """The state of one questionnaire being filled; assisted: by an agent, at a kiosk."""

    uuid: UUID
    entry_point: int
    started_at: datetime
    assisted: bool = False
    read_as: str = field(default="", compare=False)  # as the form brought it: signed once is signed

    def written(self) -> str:
        return self.read_as or self._signed()

    def _signed(self) -> str:
        moment = int(self.started_at.timestamp() * 10)
        told = _LAYOUT.pack(self.uuid.bytes, self.entry_point, moment, self.assisted)
        return base64.urlsafe_b64encode(told + _signature(settings.SECRET_KEY, told)).decode()

    def seconds(self, at: datetime) -> float:
        return (at - self.started_at).total_seconds()

    def has_expired(self, at: datetime, *, kiosk: bool = False) -> bool:
        return not -60 <= self.seconds(at) <= (LONGEST_KIOSK_SECONDS if kiosk else LONGEST_SECONDS)


def new_token(entry_point: int, *, at: datetime, assisted: bool = False) -> Token:
    return Token(uuid4(), entry_point, at, assisted)


def read_token(written: str) -> Token | None:
    """The token that a form brings back, or None when it is not one of ours."""
    try:
        found = base64.b64decode(written, altchars=b"-_", validate=True)
    except ValueError:
        return None
    told, signature = found[: _LAYOUT.size], found[_LAYOUT.size :]
    if len(signature) != _SIGNATURE or not _is_ours(told, signature):
        return None
    number, entry_point, tenths, assisted = _LAYOUT.unpack(told)
    return Token(UUID(bytes=number), entry_point, datetime.fromtimestamp(tenths / 10, tz=UTC), assisted, written)


def _is_ours(told: bytes, signature: bytes) -> bool:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(_signature(secret, told), signature) for secret in secrets)


def _signature(secret: str, told: bytes) -> bytes:
    return hmac.digest(_key(secret), told, hashlib.sha256)[:_SIGNATURE]


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    """A key for these tokens alone, derived from the site's secret."""
    return hmac.digest(secret.encode(), SALT, hashlib.sha256)
