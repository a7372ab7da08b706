"""From candidate to mystery citizen, and out again: every change of status has its reason, its person, its moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork import observer_refusals, refusals
from parvis.web.fieldwork.models import Observer, StatusChange
from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal_many
from parvis.web.people.models import Person

Status = Observer.Status
# what an organiser, or the observer, may decide by hand; a certification is decided by `certify` and `take_quiz`
PASSAGES: dict[str, tuple[str, ...]] = {
    Status.APPLIED: (Status.TRAINING, Status.REFUSED, Status.LEFT),
    Status.REFUSED: (Status.TRAINING,),
    Status.TRAINING: (Status.PAUSED, Status.SUSPENDED, Status.LEFT),
    Status.CERTIFIED: (Status.PAUSED, Status.SUSPENDED, Status.LEFT),
    Status.PAUSED: (Status.CERTIFIED, Status.TRAINING, Status.SUSPENDED, Status.LEFT),
    Status.SUSPENDED: (Status.CERTIFIED, Status.TRAINING, Status.LEFT),
    Status.LEFT: (Status.CERTIFIED, Status.TRAINING),
}
OWN = (Status.PAUSED, Status.LEFT, Status.CERTIFIED, Status.TRAINING)  # what observers decide for themselves
WITH_REASON = (Status.REFUSED, Status.SUSPENDED)
BACK = (Status.CERTIFIED, Status.TRAINING)


def next_statuses(observer: Observer, *, own: bool = False) -> list[str]:
    """Where a status may go by hand: back to training or to certified, whichever the certifications say."""
    back = Status.CERTIFIED if observer.certified_channels else Status.TRAINING
    found = [to for to in PASSAGES[observer.status] if to not in BACK or to == back]
    if own:
        found = [to for to in found if to in OWN]
        found = [to for to in found if observer.status == Status.PAUSED or to not in BACK]
    return found


@transaction.atomic
def decide_application(observer: Observer, *, accept: bool, by: Person, at: datetime, reason: str = "") -> Observer:
    """Admit a candidate to the training, or refuse with a reason; the person is told by mail."""
    observer = _locked(observer)
    if observer.status != Status.APPLIED:
        raise ParvisError(observer_refusals.NOT_AN_APPLICANT)
    change_status(observer, to=Status.TRAINING if accept else Status.REFUSED, reason=reason, by=by, at=at)
    write_mail(
        to=observer.person,
        template="mail/application_decided",
        context={"observer": observer, "accepted": accept, "reason": observer.status_reason},
    )
    return observer


@transaction.atomic
def change_status(
    observer: Observer, *, to: str, by: Person, at: datetime, reason: str = "", own: bool = False
) -> Observer:
    """Move an observer by hand. A refusal and a suspension need their reason."""
    if to not in next_statuses(observer, own=own):
        raise ParvisError(observer_refusals.STATUS_IMPOSSIBLE)
    if to in WITH_REASON and not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    return move_many([observer], to=to, reason=reason, by=by, at=at)[0]


def move_many(observers: Sequence[Observer], *, to: str, by: Person, at: datetime, reason: str = "") -> list[Observer]:
    """Write the passage of each observer that is not there already."""
    moving = [each for each in observers if (each.status, each.status_reason) != (to, reason.strip())]
    StatusChange.objects.bulk_create(
        [
            StatusChange(observer=each, from_status=each.status, to_status=to, reason=reason.strip(),
                         changed_at=at, changed_by=by)
            for each in moving
        ],
        batch_size=500,
    )  # fmt: skip
    for each in moving:
        each.status, each.status_reason = to, reason.strip()
    Observer.objects.bulk_update(moving, ["status", "status_reason"], batch_size=200)
    journal_many(verb=f"observer.{to}", subjects=moving, by=by, at=at)
    return list(observers)


def _locked(observer: Observer) -> Observer:
    return Observer.objects.select_for_update(of=("self",)).select_related("person").get(pk=observer.pk)
