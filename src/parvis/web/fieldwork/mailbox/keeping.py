"""A message that came: kept whole, put in its mission's case when it can be, with the moment that its headers prove."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.message import Message

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from parvis.core.contacts.mail import (
    MailKind,
    answered_ids,
    day_of,
    header_text,
    id_of,
    kind_of,
    moment_of,
    read_message,
    text_of,
    tokens_in,
)
from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork.actions.cases import record_event
from parvis.web.fieldwork.mailbox import refusals
from parvis.web.fieldwork.models import Event, Mission, MissionAddress, MissionMail, Observation
from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal

UNREADABLE = "Ce message ne se lit pas ; il est gardé entier."
UNKNOWN = "Aucune mission n’a cette adresse."
NOTED = {
    MailKind.AUTO_REPLY: Event.Kind.AUTO_REPLY, MailKind.ABSENCE: Event.Kind.AUTO_REPLY,
    MailKind.BOUNCE: Event.Kind.BOUNCE,
}  # fmt: skip


@transaction.atomic
def keep_unread(raw: bytes, *, stored: datetime | None, at: datetime) -> MissionMail | None:
    """A message on which our reading fails: kept whole for the organiser, so that it stops nothing behind it."""
    sha256 = hashlib.sha256(raw).hexdigest()
    if MissionMail.objects.filter(sha256=sha256).exists():
        return None
    mail = MissionMail(kind=MissionMail.Kind.PERSON, moment=stored or at, proof="INTERNALDATE" if stored else "",
                       sha256=sha256, note=UNREADABLE)  # fmt: skip
    mail.raw.save(f"{sha256}.eml", ContentFile(raw), save=False)
    mail.save()
    return mail


@transaction.atomic
def keep_mail(raw: bytes, *, stored: datetime | None, at: datetime) -> MissionMail | None:
    """Keep a message. The same one again, or one that we sent ourselves, is nothing new: None.

    stored: when the server put it on its shelf. What a machine wrote is noted in the case at once; what a person
    wrote waits for the observer, who alone says whether it answers.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    message = read_message(raw)
    mission = mission_of(message)
    number = id_of(message)[:250]
    if MissionMail.objects.filter(sha256=sha256).exists() or _is_known(mission, number):
        return None
    reading = kind_of(message)
    moment = moment_of(message, stored=stored, latest=at)
    mail = MissionMail(
        mission=mission, kind=reading.kind, message_id=number, sender=header_text(message, "From")[:250],
        subject=header_text(message, "Subject")[:250], body=text_of(message).replace("\x00", ""),
        reason="".join(filter(str.isprintable, reading.shown_by))[:200], moment=moment.at, proof=moment.proof,
        sha256=sha256, note="" if mission else UNKNOWN,
    )  # fmt: skip
    mail.raw.save(f"{sha256}.eml", ContentFile(raw), save=False)
    mail.save()
    if mission is not None:
        _join(mail, mission, at=at)
    return mail


def mission_of(message: Message) -> Mission | None:
    """The mission of a message: by the address it was sent to, else by the message of ours that it answers."""
    missions = Mission.objects.select_related("edition", "observer__person", "place__organisation")
    for token in tokens_in(message, settings.MAILBOX_ADDRESS):
        address = MissionAddress.objects.filter(token=token).first()
        if address is not None:
            return missions.get(pk=address.mission_id)
    for number in answered_ids(message)[:50]:
        sent = MissionMail.objects.filter(message_id=number, mission__isnull=False).first()
        if sent is not None:
            return missions.get(pk=sent.mission_id)
    return None


def _is_known(mission: Mission | None, number: str) -> bool:
    """A message that came by two ways has other headers and the same identifier."""
    return bool(number) and MissionMail.objects.filter(mission=mission, message_id=number).exists()


def _join(mail: MissionMail, mission: Mission, *, at: datetime) -> None:
    journal(verb="mission_mail.received", subject=mail, by=None, at=at, edition=mission.edition.slug,
            detail={"kind": mail.kind, "proof": mail.proof})  # fmt: skip
    if mail.kind in NOTED:
        note_in_case(mail, mission, kind=NOTED[MailKind(mail.kind)], at=at)
    elif mission.observer is not None:
        context = {"mission": mission, "site": settings.PUBLIC_URL.rstrip("/")}
        write_mail(to=mission.observer.person, template="mail/mission_mail", context=context)


def note_in_case(mail: MissionMail, mission: Mission, *, kind: str, at: datetime) -> bool:
    """Write a message's event in its case, on the day its headers prove; when it cannot be, the message says why."""
    case = Observation.objects.filter(mission=mission).select_related("edition").first()
    try:
        if case is None or mission.observer is None:
            raise ParvisError(refusals.NO_CASE_FOR_MAIL)
        on = day_of(mail.moment, mission.place.organisation.departement)
        detail = f"{mail.proof or '–'} : {date_format(timezone.localtime(mail.moment), 'd/m/Y H:i')}. {mail.reason}"[
            :300
        ]
        mail.event = record_event(case, kind=kind, on=on, by=mission.observer.person, at=at, detail=detail)
    except ParvisError as error:
        mail.note = " ".join(error.messages("fr"))[:300]
    else:
        mail.note = ""
    mail.save(update_fields=["event", "note"])
    return mail.event is not None
