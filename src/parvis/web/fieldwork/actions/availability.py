"""When observers make no contact."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork import observer_refusals, refusals
from parvis.web.fieldwork.models import Absence, Observer
from parvis.web.people.actions import journal
from parvis.web.people.models import Person


@transaction.atomic
def declare_absence(
    observer: Observer, *, starts_on: date, ends_on: date, by: Person, at: datetime, half_day: str = ""
) -> Absence:
    """Days off, or the same half-day of each of them. Said twice, it is one absence."""
    checks = [
        (ends_on < starts_on, observer_refusals.ABSENCE_BACKWARDS),
        (ends_on < at.date(), observer_refusals.ABSENCE_OVER),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    absence, created = Absence.objects.get_or_create(
        observer=observer, starts_on=starts_on, ends_on=ends_on, half_day=half_day,
        defaults={"declared_at": at, "declared_by": by},
    )  # fmt: skip
    if created:
        journal(verb="observer.absence_declared", subject=absence, by=by, at=at)
    return absence


@transaction.atomic
def cancel_absence(absence: Absence, *, by: Person, at: datetime) -> None:
    """The observer is there after all."""
    if absence.observer.person_id != by.pk:
        raise ParvisError(refusals.NOT_YOURS)
    journal(verb="observer.absence_cancelled", subject=absence, by=by, at=at)
    absence.delete()
