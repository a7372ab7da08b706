"""The folder of the mail server is read by numbers, from where the last reading stopped; nothing there is changed."""

from __future__ import annotations

import imaplib
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q

from parvis.web.fieldwork.mailbox.keeping import keep_mail, keep_unread
from parvis.web.fieldwork.mailbox.sending import is_on
from parvis.web.fieldwork.mailbox.servers import imap, server_of
from parvis.web.fieldwork.models import MailboxCursor

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=5)
MOST_AT_ONCE = 100
MOST_BYTES = 20 * 1024 * 1024  # of what is larger, the headers alone are read: they hold the proof


def fetch(*, at: datetime) -> int:
    """Read what came since the last time; returns how many messages are new.

    Each message is kept, then how far the reading is: cut anywhere, it goes on from there, and nothing is kept twice.
    A failure is kept with its reason, for the organiser, and tried again later.
    """
    if not is_on():
        return 0
    cursor, _ = MailboxCursor.objects.get_or_create(folder=_place())
    try:
        with imap(settings.MAILBOX_IMAP) as server:
            new = _read(server, cursor, at)
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        MailboxCursor.objects.filter(pk=cursor.pk).update(polled=at, problem=str(error)[:300] or type(error).__name__)
        return 0
    MailboxCursor.objects.filter(pk=cursor.pk).update(polled=at, problem="")
    return new


def take_turn(at: datetime) -> bool:
    """Has the folder rested for five minutes? Then it is this worker's turn, and no other's."""
    if not is_on():
        return False
    cursor, _ = MailboxCursor.objects.get_or_create(folder=_place())
    rested = Q(polled__isnull=True) | Q(polled__lte=at - EVERY)
    return MailboxCursor.objects.filter(rested, pk=cursor.pk).update(polled=at) == 1


def _place() -> str:
    server = server_of(settings.MAILBOX_IMAP)
    return f"{server.user}@{server.host}/{server.folder}"[:120]


def _read(server: imaplib.IMAP4, cursor: MailboxCursor, at: datetime) -> int:
    _expect(server.select(_quoted(server_of(settings.MAILBOX_IMAP).folder), readonly=True))
    told = server.response("UIDVALIDITY")[1]
    validity = int(told[0]) if told and told[0] else 0
    if (
        validity != cursor.validity
    ):  # the server has numbered everything anew: read it all again, known ones are skipped
        cursor.validity, cursor.last_uid = validity, 0
    new = 0
    for number in _numbers(server, cursor.last_uid)[:MOST_AT_ONCE]:
        raw, stored = _message(server, number)
        new += raw is not None and _keep(raw, stored, at)
        cursor.last_uid = number
        cursor.save(update_fields=["validity", "last_uid"])
    return new


def _keep(raw: bytes, stored: datetime | None, at: datetime) -> bool:
    """Keep one message; whatever it is, those behind it come next."""
    try:
        return keep_mail(raw, stored=stored, at=at) is not None
    except IntegrityError:  # another worker has just kept it
        return False
    except Exception:
        log.exception("A message of the mailbox cannot be read; it is kept whole")
        return keep_unread(raw, stored=stored, at=at) is not None


def _numbers(server: imaplib.IMAP4, after: int) -> list[int]:
    """The numbers past the last one read; `n:*` always names at least the last message, even when it is older."""
    found = _expect(server.uid("SEARCH", f"UID {after + 1}:*"))
    return sorted(number for number in map(int, (found[0] or b"").split()) if number > after)


def _message(server: imaplib.IMAP4, number: int) -> tuple[bytes | None, datetime | None]:
    """A message and when the server stored it; None when someone has just deleted it."""
    facts = b" ".join(_pieces(_expect(server.uid("FETCH", str(number), "(INTERNALDATE RFC822.SIZE)"))))
    size = re.search(rb"RFC822\.SIZE (\d+)", facts)
    whole = size is None or int(size[1]) <= MOST_BYTES
    answer = _expect(server.uid("FETCH", str(number), "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])"))
    bodies = [part[1] for part in answer if isinstance(part, tuple)]
    return (bodies[0] if bodies else None), _stored(facts)


def _stored(facts: bytes) -> datetime | None:
    found = re.search(rb'INTERNALDATE "([^"]+)"', facts)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _pieces(answer: list[bytes | tuple[bytes, bytes] | None]) -> Iterator[bytes]:
    for part in answer:
        if isinstance(part, tuple):
            yield part[0]
        elif part is not None:
            yield part


def _expect(answer: tuple[str, list]) -> list:  # type: ignore[type-arg]
    status, found = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {found!r}")
    return found


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
