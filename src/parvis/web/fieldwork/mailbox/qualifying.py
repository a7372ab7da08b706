"""What a message is: the observer says it, within what its headers allow. The organiser finds lost ones a home."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from parvis.core.contacts.mail import kind_of, read_message
from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork import refusals as field
from parvis.web.fieldwork.mailbox import refusals
from parvis.web.fieldwork.mailbox.keeping import NOTED, note_in_case
from parvis.web.fieldwork.models import Event, Evidence, Mission, MissionMail, Observation
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

Kind = MissionMail.Kind
ANSWERS = (Event.Kind.ACKNOWLEDGED, Event.Kind.TRANSFERRED, Event.Kind.PARTIAL_ANSWER, Event.Kind.ANSWERED)


def qualifications(mail: MissionMail) -> tuple[str, ...]:
    """What a message can be said to be. A machine can acknowledge, never answer.

    A ticket desk marks as automatic what its people write, and words alone may mislead: where no header is certain,
    the observer's eyes decide.
    """
    if mail.qualified_at is not None or mail.kind in (Kind.SENT, Kind.BOUNCE):
        return ()
    if mail.kind == Kind.PERSON:
        return ANSWERS
    with mail.raw.open("rb") as kept:
        certain = kind_of(read_message(kept.read())).certain
    if not certain:
        return ANSWERS
    return (Event.Kind.ACKNOWLEDGED,) if mail.kind == Kind.AUTO_REPLY else ()


@transaction.atomic
def qualify(mail: MissionMail, *, kind: str, by: Person, at: datetime) -> MissionMail:
    """Say what a message is: it enters the case on the day its headers prove, and becomes one of its pieces."""
    mail = MissionMail.objects.select_for_update(of=("self",)).select_related(
        "mission__edition", "mission__observer__person", "mission__place__organisation"
    ).get(pk=mail.pk)  # fmt: skip
    mission = mail.mission
    if mission is None or mission.observer is None or mission.observer.person_id != by.pk:
        raise ParvisError(field.NOT_YOURS)
    if mail.qualified_at is not None:
        raise ParvisError(refusals.ALREADY_QUALIFIED)
    if kind not in qualifications(mail):
        raise ParvisError(refusals.MAIL_OF_A_MACHINE)
    if not note_in_case(mail, mission, kind=kind, at=at):
        raise ParvisError(_why(mail, mission))
    mail.qualified_at, mail.qualified_by = at, by
    mail.save(update_fields=["qualified_at", "qualified_by"])
    _add_piece(mail, mission, by=by, at=at)
    journal(verb="mission_mail.qualified", subject=mail, by=by, at=at, edition=mission.edition.slug,
            detail={"kind": kind})  # fmt: skip
    return mail


def _why(mail: MissionMail, mission: Mission) -> list[field.Fault]:
    if not Observation.objects.filter(mission=mission).exists():
        return [refusals.NO_CASE_FOR_MAIL]
    return [field.refusal("mail_not_noted", mail.note, mail.note, "Le message reste ici.", "The message stays here.")]


def _add_piece(mail: MissionMail, mission: Mission, *, by: Person, at: datetime) -> None:
    """Reviewers see the message itself; organisations only once names are masked."""
    case = Observation.objects.get(mission=mission)
    if Evidence.objects.filter(observation=case, sha256=mail.sha256).exists():
        return
    piece = Evidence(observation=case, kind=Evidence.Kind.MAIL, sha256=mail.sha256, added_at=at, added_by=by)
    with mail.raw.open("rb") as kept:
        piece.file.save(f"{mail.sha256}.eml", ContentFile(kept.read()), save=False)
    piece.save()
    journal(verb="evidence.added", subject=piece, by=by, at=at, edition=mission.edition.slug)


@transaction.atomic
def attach(mail: MissionMail, *, mission: Mission, by: Person, at: datetime) -> MissionMail:
    """Put a message that named no mission where it belongs; what a machine wrote is noted in the case."""
    mail = MissionMail.objects.select_for_update().get(pk=mail.pk)
    if mail.mission_id is not None:
        raise ParvisError(refusals.ALREADY_ATTACHED)
    mail.mission, mail.note = mission, ""
    mail.save(update_fields=["mission", "note"])
    journal(verb="mission_mail.attached", subject=mail, by=by, at=at, edition=mission.edition.slug)
    if mail.kind in NOTED:
        note_in_case(mail, mission, kind=NOTED[mail.kind], at=at)
    return mail
