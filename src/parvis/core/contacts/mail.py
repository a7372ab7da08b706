"""A message as its headers prove it: when it came, what sent it (a person or a machine), which mission it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum
from html import unescape
from zoneinfo import ZoneInfo

from parvis.core.contacts.delays import EventKind

MOST_TEXT = 20_000  # characters of a message that people read; the whole stays in its file
_ZONES = {
    "971": "America/Guadeloupe", "972": "America/Martinique", "973": "America/Cayenne", "974": "Indian/Reunion",
    "975": "America/Miquelon", "976": "Indian/Mayotte", "977": "America/Guadeloupe", "978": "America/Guadeloupe",
    "986": "Pacific/Wallis", "987": "Pacific/Tahiti", "988": "Pacific/Noumea",
}  # fmt: skip


class MailKind(StrEnum):
    """Who or what wrote a message. Only a person's can be an answer."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"  # an automatic acknowledgment, a ticket opened, a read receipt
    ABSENCE = "absence"
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message is, and the header or words that show it. `certain`: a header says it, not only the words."""

    kind: MailKind
    shown_by: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """When a message reached us, and which header proves it."""

    at: datetime
    proof: str


def read_message(raw: bytes) -> Message:
    """The message (RFC 5322), however badly written: nothing in it makes reading fail.

    NUL bytes, which no message may hold (RFC 5322, 4.1) and no database takes, are left out.
    """
    return message_from_bytes(raw.replace(b"\0", b""))


def kind_of(message: Message) -> Reading:
    """A person, or a machine: a bounce first, then an automatic reply or an absence notice by headers, then by words.

    Source: RFC 3464 (delivery reports), RFC 8098 (read receipts), RFC 3834 (Auto-Submitted, null return path), and
    the older marks X-Autoreply, X-Autorespond, Precedence. An absence told by words alone is not certain.

    >>> kind_of(read_message(b"Auto-Submitted: auto-replied\\r\\nSubject: Absence du bureau\\r\\n\\r\\n")).kind.value
    'absence'
    >>> kind_of(read_message(b"Subject: Re: Inscription\\r\\n\\r\\nBonjour, voici les pieces.")).kind.value
    'person'
    """
    return _bounce(message) or _machine(message) or _absence_in_words(message) or Reading(MailKind.PERSON, "", False)


def moment_of(message: Message, *, stored: datetime | None = None, latest: datetime) -> Moment:
    """When the message reached our server.

    The topmost `Received` was written by our own server: it is the proof. Without one, the moment when the server
    stored it (`stored`), then the sender's own `Date`. latest: what comes after it (aware) is not believed.
    """
    for told in message.get_all("Received", []):
        found = _date(str(told).rpartition(";")[2])
        if found is not None and found <= latest:
            return Moment(found, "Received")
    if stored is not None and stored <= latest:
        return Moment(stored, "INTERNALDATE")
    written = _date(str(message.get("Date", "")))
    if written is not None and written <= latest:
        return Moment(written, "Date")
    return Moment(latest, "")


def day_of(moment: datetime, departement: str) -> date:
    """The day where the service stands: overseas départements have their own hours.

    >>> day_of(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), "25"), day_of(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), "971")
    (datetime.date(2026, 3, 3), datetime.date(2026, 3, 2))
    """
    return moment.astimezone(ZoneInfo(_ZONES.get(departement, "Europe/Paris"))).date()


def address_with(pattern: str, token: str) -> str:
    """The address of a mission.

    >>> address_with("courrier+{}@exemple.fr", "k3j4h5"), address_with("{}@exemple.fr", "k3j4h5")
    ('courrier+k3j4h5@exemple.fr', 'k3j4h5@exemple.fr')
    """
    return pattern.replace("{}", token)


def tokens_in(message: Message, pattern: str) -> list[str]:
    """The tokens of our own addresses that a message was sent to, or that a delivery report says it could not reach.

    pattern: our address with `{}` where the token stands. The addresses of delivery (written by our server) come first.
    """
    wanted = re.compile(re.escape(pattern).replace(r"\{\}", r"([a-z0-9]{6,40})"), re.IGNORECASE)
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc", "Resent-To")
    found = [address for each in (message, *_enclosed(message)) for name in names for address in _addresses(each, name)]
    found += [address for each in _enclosed(message) for address in _addresses(each, "From")]
    tokens = [match[1].lower() for address in found if (match := wanted.fullmatch(address))]
    return list(dict.fromkeys(tokens))


def answered_ids(message: Message) -> list[str]:
    """The messages that this one answers, nearest first: In-Reply-To, References, then what it encloses."""
    told = [*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))]
    told += [found for each in _enclosed(message) for found in _ids(each, "Message-ID")]
    return list(dict.fromkeys(told))


def id_of(message: Message) -> str:
    return next(iter(_ids(message, "Message-ID")), "")


def header_text(message: Message, name: str) -> str:
    """A header in plain words, whatever its encoding; empty when there is none."""
    written = str(message.get(name, ""))
    try:
        parts = [
            piece.decode(charset or "utf-8", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in decode_header(written)
        ]
    except (LookupError, ValueError):
        parts = [written]
    return _plain("".join(parts))


def text_of(message: Message) -> str:
    """What a person reads: the plain text, or the other one without its tags; attachments are left out."""
    for kind in ("text/plain", "text/html"):
        for part in message.walk():
            if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
                written = _decoded(part)[: 10 * MOST_TEXT]
                return (_untagged(written) if kind == "text/html" else written).strip()[:MOST_TEXT]
    return ""


def proposal(text: str) -> EventKind:
    """What a person's message may be, from its first words; the observer decides.

    >>> proposal("Nous accusons réception de votre demande."), proposal("La piscine ouvre à 9 h.")
    (<EventKind.ACKNOWLEDGED: 'acknowledged'>, <EventKind.ANSWERED: 'answered'>)
    """
    opening = own_words(text)[:600].lower()
    if re.search(
        r"bien (reçu|pris)|accus(ons|e) (de )?réception|a été (enregistrée|prise en compte)|we have rec", opening
    ):
        return EventKind.ACKNOWLEDGED
    if re.search(r"(transm(et|is|it)|transfér|réorient|forwarded)", opening) and len(opening) < 400:
        return EventKind.TRANSFERRED
    return EventKind.ANSWERED


def own_words(text: str) -> str:
    """A reply without the message that it quotes."""
    kept = []
    for line in text.splitlines():
        if re.match(
            r"\s*(-{2,} ?(message d|original)|(le|on) .{6,80}(a écrit|wrote) ?:|de ?: .*@)", line, re.IGNORECASE
        ):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


def _bounce(message: Message) -> Reading | None:
    kind = message.get_content_type()
    report = str(message.get_param("report-type", "")).lower()
    if kind == "multipart/report" and report == "disposition-notification":
        return Reading(MailKind.AUTO_REPLY, "report-type=disposition-notification", True)
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is not None or (kind == "multipart/report" and report == "delivery-status"):
        actions = {str(each.get("Action", "")).strip().lower() for each in _blocks(status)}
        if actions & {"delayed", "delivered", "relayed", "expanded"} and "failed" not in actions:
            return Reading(MailKind.AUTO_REPLY, f"Action: {sorted(actions)[0] or sorted(actions)[-1]}", True)
        return Reading(MailKind.BOUNCE, "multipart/report", True)
    if message.get("X-Failed-Recipients"):
        return Reading(MailKind.BOUNCE, "X-Failed-Recipients", True)
    sender = " ".join(_addresses(message, "From"))
    if _has_no_return(message) and re.match(r"(mailer-daemon|postmaster)@", sender, re.IGNORECASE):
        return Reading(MailKind.BOUNCE, "Return-Path: <>", True)
    return None


_MACHINES = (
    ("X-Autoreply", r"(?!no\b).+"),
    ("X-Autorespond", r".+"),
    ("X-Autogenerated", r".+"),
    ("X-Auto-Reply-From", r".+"),
    ("Precedence", r"(auto.?reply|bulk|junk|list)\b"),
    ("List-Id", r".+"),
)


def _machine(message: Message) -> Reading | None:
    submitted = str(message.get("Auto-Submitted", "")).strip().lower()
    shown = f"Auto-Submitted: {submitted}" if submitted and not re.match(r"no\b", submitted) else ""
    for name, wanted in _MACHINES:
        value = str(message.get(name, "")).strip().lower()
        if not shown and value and re.match(wanted, value):
            shown = f"{name}: {value}"
    if not shown and _has_no_return(message):
        shown = "Return-Path: <>"
    if not shown and re.match(_ABSENT_SUBJECT, header_text(message, "Subject"), re.IGNORECASE):
        return Reading(MailKind.ABSENCE, "Subject", False)
    if not shown:
        return None
    said = f"{header_text(message, 'Subject')}\n{own_words(text_of(message))[:500]}"
    kind = MailKind.ABSENCE if re.search(_ABSENT, said, re.IGNORECASE) else MailKind.AUTO_REPLY
    # Ticket desks mark what their people write as auto-generated: then a person has to look.
    doubtful = kind is MailKind.AUTO_REPLY and re.match(_DESKS, shown)
    return Reading(kind, shown[:120], not doubtful)


_DESKS = r"Auto-Submitted: auto-gen|Precedence: (bulk|junk|list)|List-Id"
_ABSENT_SUBJECT = (
    r"\s*(\[?(réponse|reponse) automatique|automatic reply|auto(matic)?[- ]?(reply|response)|out of( the)? office"
    r"|absence du bureau|absent\(?e?\)? du bureau|message d.absence|en congés?\b)"
)
_ABSENT = (
    r"absence du bureau|absent\(?e?\)? du bureau|message d.absence|out of( the)? office"
    r"|je (suis|serai)\s+(actuellement\s+)?(absent|en cong|en vacances|en formation|hors d)"
    r"|(je suis|serai) de retour|à mon retour|i am (currently )?(away|on leave|out of)|i will be back"
)


_AWAY = r"je (suis|serai)\s+(actuellement\s+)?(absent|en cong|en vacances)|i am (currently )?(away|out of)"


def _absence_in_words(message: Message) -> Reading | None:
    opening = own_words(text_of(message))[:400]
    alone = re.search(_AWAY, opening, re.IGNORECASE)
    back = re.search(
        r"jusqu.au|de retour|à mon retour|en mon absence|until|be back|in my absence", opening, re.IGNORECASE
    )
    return Reading(MailKind.ABSENCE, "text", False) if alone and back else None


def _has_no_return(message: Message) -> bool:
    told = message.get("Return-Path")
    return told is not None and re.sub(r"\s", "", str(told)) in ("<>", "")


def _enclosed(message: Message) -> Iterator[Message]:
    """The messages, or only their headers, that this one carries."""
    for part in message.walk():
        if part is message:
            continue
        if part.get_content_type() == "message/rfc822":
            inside = part.get_payload()
            yield from (each for each in inside if isinstance(each, Message)) if isinstance(inside, list) else ()
        elif part.get_content_type() == "text/rfc822-headers":
            yield message_from_bytes(_decoded(part).encode())


def _blocks(status: Message | None) -> list[Message]:
    inside = status.get_payload() if status is not None else None
    return [each for each in inside if isinstance(each, Message)] if isinstance(inside, list) else []


def _addresses(message: Message, name: str) -> list[str]:
    return [address.strip().lower() for _, address in getaddresses([str(v) for v in message.get_all(name, [])])]


def _ids(message: Message, name: str) -> list[str]:
    return re.findall(r"<[^<>\s]{1,240}>", " ".join(str(value) for value in message.get_all(name, [])))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(re.sub(r"\s+", " ", text).strip())
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.year > 1990 and abs(found.utcoffset() or timedelta()) < timedelta(hours=24) else None


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _untagged(text: str) -> str:
    """The words of a page, in one pass whatever it is made of."""
    first, *pieces = text.split("<")
    kept, hidden = [first], ""
    for piece in pieces:
        tag, _, after = piece.partition(">")
        name = tag.split(None, 1)[0].lower() if tag.split() else ""
        if hidden:
            if name == f"/{hidden}":
                hidden = ""
                kept += [" ", after]
        elif name in ("script", "style", "head"):
            hidden = name
        else:
            kept += ["\n" if name in ("br", "br/", "/p", "/div", "/tr") else " ", after]
    return unescape("".join(kept))


def _plain(text: str) -> str:
    return " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())
