"""A request leaves by the mailbox: claimed once, handed to the server, then written in the case."""

from __future__ import annotations

import hashlib
import secrets
import smtplib
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from parvis.core.contacts.mail import address_with, day_of
from parvis.core.vocabulary import Channel, ParvisError
from parvis.web.fieldwork import refusals as field
from parvis.web.fieldwork.actions.cases import open_case, record_event
from parvis.web.fieldwork.actions.observations import is_filing_open
from parvis.web.fieldwork.mailbox import refusals
from parvis.web.fieldwork.mailbox.servers import smtp
from parvis.web.fieldwork.models import Event, Mission, MissionAddress, MissionMail, Observation
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that is read as another
LEAVING = timedelta(minutes=2)  # how long a sending may take before it can be tried again


def is_on() -> bool:
    """Is there a mailbox? It needs an address with its place for a token, and both servers."""
    return "{}" in settings.MAILBOX_ADDRESS and bool(settings.MAILBOX_SMTP and settings.MAILBOX_IMAP)


def address_of(mission: Mission, *, by: Person, at: datetime) -> str:
    """The address of a mission, made the first time it is needed."""
    try:
        with transaction.atomic():
            found, _ = MissionAddress.objects.get_or_create(
                mission=mission, defaults={"token": _token(), "created_at": at, "created_by": by}
            )
    except IntegrityError:  # two requests at once, or a token drawn twice
        found, _ = MissionAddress.objects.get_or_create(
            mission=mission, defaults={"token": _token(), "created_at": at, "created_by": by}
        )
    return address_with(settings.MAILBOX_ADDRESS, found.token)


def _token() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(12))


def send_mail(
    mission: Mission, *, to: str, name: str, subject: str, text: str, by: Person, at: datetime, reminder: bool = False
) -> MissionMail:
    """Send the request of a mission, or its reminder; the case says that it left, and when.

    name: the ordinary name that the body reads. Nothing in the message tells of the barometer. Raises ParvisError when
    it may not leave, or when the server did not take it: then nothing is in the case, and the same message can be
    tried again under the same identifier.
    """
    mail, message = _claim(mission, to, name, subject, text, by=by, at=at, reminder=reminder)
    try:
        with smtp(settings.MAILBOX_SMTP) as server:
            server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        why = _plain(error)
        MissionMail.objects.filter(pk=mail.pk).update(note=why, moment=at - LEAVING)
        raise ParvisError(refusals.not_sent(why)) from error
    return _record(mail, mission, by=by, at=at, reminder=reminder)


def _claim(
    mission: Mission, to: str, name: str, subject: str, text: str, *, by: Person, at: datetime, reminder: bool
) -> tuple[MissionMail, EmailMessage]:
    """Say that a message is leaving, so that a second press does not send it twice."""
    address = address_of(mission, by=by, at=at) if is_on() else ""
    with transaction.atomic():
        mission = (
            Mission.objects.select_for_update(of=("self",)).select_related("observer", "edition").get(pk=mission.pk)
        )
        _check(mission, by, reminder=reminder)
        waiting = MissionMail.objects.filter(mission=mission, kind=MissionMail.Kind.SENT, sent_at__isnull=True).first()
        if waiting is not None and waiting.moment > at - LEAVING:
            raise ParvisError(refusals.ALREADY_LEAVING)
        first = MissionMail.objects.filter(mission=mission, kind=MissionMail.Kind.SENT, sent_at__isnull=False).first()
        number = waiting.message_id if waiting else f"<{uuid4()}@{address.rpartition('@')[2]}>"
        message = _message(address, to, name, subject, text, number, at, first.message_id if first else "")
        raw = message.as_bytes(policy=SMTP)
        mail = waiting or MissionMail(mission=mission, kind=MissionMail.Kind.SENT, message_id=number)
        mail.sender, mail.subject, mail.body, mail.note = address, subject[:250], text, ""
        mail.moment, mail.proof, mail.sha256 = at, "SMTP", hashlib.sha256(raw).hexdigest()
        mail.raw.save(f"{mail.sha256}.eml", ContentFile(raw), save=False)
        mail.save()
    return mail, message


def _check(mission: Mission, by: Person, *, reminder: bool) -> None:
    case = Observation.objects.filter(mission=mission).first()
    checks = [
        (not is_on(), refusals.MAILBOX_OFF),
        (mission.observer is None or mission.observer.person_id != by.pk, field.NOT_YOURS),
        (mission.channel != Channel.EMAIL, refusals.NOT_AN_EMAIL),
        (not is_filing_open(mission.edition), field.FIELDWORK_CLOSED),
        (mission.state != Mission.State.ACCEPTED, field.NOT_IN_HAND),
        (not reminder and case is not None, refusals.ALREADY_SENT),
        (reminder and case is None, refusals.NOTHING_SENT),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)


def _message(
    address: str, to: str, name: str, subject: str, text: str, number: str, at: datetime, answers: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(_line(name), addr_spec=address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = _line(subject)
    message["Date"] = format_datetime(timezone.localtime(at))
    message["Message-ID"] = number
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text)
    return message


def _line(text: str) -> str:
    return " ".join(text.split())


def _record(mail: MissionMail, mission: Mission, *, by: Person, at: datetime, reminder: bool) -> MissionMail:
    """The server has it: the case opens on that day, or notes the reminder."""
    on = day_of(at, mission.place.organisation.departement)
    with transaction.atomic():
        if reminder:
            case = Observation.objects.get(mission=mission)
            event = record_event(case, kind=Event.Kind.REMINDER, on=on, by=by, at=at, detail="SMTP")
        else:
            half_day = "am" if timezone.localtime(at).hour < 12 else "pm"
            case = open_case(mission, uuid=uuid4(), sent_on=on, half_day=half_day, by=by, at=at)
            event = case.events.get(kind=Event.Kind.SENT)
        mail.sent_at, mail.sent_by, mail.event = at, by, event
        mail.save(update_fields=["sent_at", "sent_by", "event"])
        journal(verb="mission_mail.sent", subject=mail, by=by, at=at, edition=mission.edition.slug)
    return mail


def _plain(error: Exception) -> str:
    """What the server said, without whom we wrote to."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return f"{code} {said.decode('utf-8', 'replace')}"[:150]
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"[:150]
    return type(error).__name__
