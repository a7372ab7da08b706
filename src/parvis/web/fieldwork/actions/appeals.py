"""An organisation contests a criterion; the outcome is told to it, never who observed nor when exactly."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files import File
from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import CalendarDate
from parvis.web.editions.queries import period
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.models import Appeal, Observation
from parvis.web.people.actions import journal
from parvis.web.people.models import Person


@transaction.atomic
def appeal(
    observation: Observation, *, criterion: str, reason: str, by: Person, at: datetime, proof: File | None = None
) -> Appeal:
    """Contest one criterion of an approved observation of one's own organisation, while appeals are open."""
    organisation = observation.enrolment.organisation
    appeals = period(observation.edition, CalendarDate.Kind.APPEALS)
    criteria = {each.code for each in grid_of(observation.instrument).criteria}
    checks = [
        (not organisation.memberships.filter(person=by).exists(), refusals.NOT_YOUR_ORGANISATION),
        (observation.state != Observation.State.APPROVED, refusals.NOT_APPROVED),
        (criterion not in criteria, refusals.UNKNOWN_CRITERION),
        (not reason.strip(), refusals.REASON_NEEDED),
        (appeals is not None and not is_open(appeals, at.date()), refusals.APPEALS_CLOSED),
        (observation.appeals.filter(criterion=criterion).exists(), refusals.ALREADY_CONTESTED),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    filed = Appeal.objects.create(
        edition=observation.edition, organisation=organisation, observation=observation, criterion=criterion,
        reason=reason.strip(), proof=proof or "", filed_at=at, filed_by=by,
    )  # fmt: skip
    journal(verb="appeal.filed", subject=filed, by=by, at=at, edition=observation.edition.slug)
    return filed


def is_open(appeals: CalendarDate, day: date) -> bool:
    return appeals.starts_on <= day <= appeals.ends_on


@transaction.atomic
def decide_appeal(filed: Appeal, *, uphold: bool, outcome: str, by: Person, at: datetime) -> Appeal:
    """The organiser answers in words; an upheld appeal is followed by a new review of the observation."""
    if not outcome.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    current = Appeal.objects.select_for_update(of=("self",)).get(pk=filed.pk)
    if current.state != Appeal.State.OPEN:
        raise ParvisError(refusals.ALREADY_DECIDED)
    filed.state = Appeal.State.UPHELD if uphold else Appeal.State.REJECTED
    filed.outcome, filed.decided_at, filed.decided_by = outcome.strip(), at, by
    filed.save(update_fields=["state", "outcome", "decided_at", "decided_by"])
    journal(verb=f"appeal.{filed.state}", subject=filed, by=by, at=at, edition=filed.edition.slug)
    return filed
