"""Missions: planned in bulk, accepted, declined, released, cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.editions.models import Edition, EnrolledPlace, Enrolment
from parvis.web.fieldwork import refusals, steering_refusals
from parvis.web.fieldwork.eligibility import conflicts_of, is_certified, is_ready
from parvis.web.fieldwork.models import Mission, Observer, Scenario, Signature
from parvis.web.fieldwork.planning import spent_scenarios
from parvis.web.fieldwork.training import code_of_conduct
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person
from parvis.web.territory.models import Place

State = Mission.State


@dataclass(frozen=True, slots=True)
class NewMission:
    """A contact to make, as a plan says it."""

    enrolment: Enrolment
    place: Place
    channel: str
    window_starts_on: date
    window_ends_on: date
    scenario: Scenario | None = None
    observer: Observer | None = None
    half_day: str = ""


@transaction.atomic
def plan_missions(edition: Edition, *, missions: Sequence[NewMission], by: Person, at: datetime) -> list[Mission]:
    """Write a whole plan. Raises ParvisError with every mission that cannot be, and why; then nothing is written."""
    if edition.state not in (Edition.State.ENROLMENT, Edition.State.FIELDWORK):
        raise ParvisError(refusals.PLANNING_CLOSED)
    faults = list(_faults_of_plan(edition, missions))
    if faults:
        raise ParvisError(faults)
    planned = [
        Mission(
            edition=edition, enrolment=new.enrolment, place=new.place, channel=new.channel, scenario=new.scenario,
            observer=new.observer, window_starts_on=new.window_starts_on, window_ends_on=new.window_ends_on,
            half_day=new.half_day, planned_at=at, planned_by=by,
        )
        for new in missions
    ]  # fmt: skip
    Mission.objects.bulk_create(planned, batch_size=500)
    journal_many(verb="mission.planned", subjects=planned, by=by, at=at, edition=edition.slug)
    return planned


def _faults_of_plan(edition: Edition, missions: Sequence[NewMission]) -> Iterator[Fault]:
    enrolled = set(EnrolledPlace.objects.filter(enrolment__edition=edition).values_list("enrolment", "place"))
    conflicts = conflicts_of({new.observer.pk for new in missions if new.observer})
    spent = spent_scenarios(edition, [(new.place.organisation_id, new.scenario) for new in missions if new.scenario])
    for row, new in enumerate(missions, 1):
        enrolment = new.enrolment
        informed = enrolment.staff_informed_on
        checks = [
            (enrolment.edition_id != edition.pk, refusals.OTHER_EDITION),
            (enrolment.state != Enrolment.State.ACCEPTED, refusals.NOT_ACCEPTED_ENROLMENT),
            (informed is None or informed > new.window_starts_on, refusals.STAFF_NOT_INFORMED),
            ((enrolment.pk, new.place.pk) not in enrolled, refusals.PLACE_NOT_ENROLLED),
            (new.channel not in enrolment.absent_channels and new.channel in edition.channels, None),
        ]
        if not checks.pop()[0]:
            checks.append((True, refusals.CHANNEL_NOT_MEASURED))
        if new.scenario:
            checks.append((not is_ready(new.scenario, new.channel), refusals.SCENARIO_NOT_READY))
            over = (new.place.organisation_id, new.scenario.pk) in spent
            checks.append((over, steering_refusals.SCENARIO_SPENT))
        if new.observer:
            checks.append((not is_certified(new.observer, new.channel), refusals.NOT_CERTIFIED))
            checks.append((conflicts.between(new.observer.pk, new.place), refusals.IN_CONFLICT))
        yield from (_at_row(fault, row) for wrong, fault in checks if wrong)


def _at_row(fault: Fault, row: int) -> Fault:
    return Fault(fault.code, fault.what, fault.remedy, {"row": str(row)})


def accept(mission: Mission, *, by: Person, at: datetime) -> Mission:
    return accept_missions([mission], by=by, at=at)[0]


@transaction.atomic
def accept_missions(missions: Sequence[Mission], *, by: Person, at: datetime) -> list[Mission]:
    """The observer takes missions that were offered. Needs the code of conduct, as it stands now, signed."""
    in_force = Signature.objects.filter(observer__person=by, version=code_of_conduct().version)
    signed = set(in_force.values_list("edition", flat=True))
    current = _locked(missions)
    conflicts = conflicts_of({each.observer_id for each in current if each.observer_id})
    faults = []
    for mission in current:
        checks = [
            (not is_own(mission, by), refusals.NOT_YOURS),
            (mission.state != State.OFFERED, refusals.NOT_OFFERED),
            (mission.offer_ends_on is not None and mission.offer_ends_on < at.date(), refusals.OFFER_OVER),
            (mission.edition_id not in signed, refusals.CODE_NOT_SIGNED),
            (
                mission.observer is not None and not is_certified(mission.observer, mission.channel),
                refusals.NOT_CERTIFIED,
            ),
            (conflicts.are_any and conflicts.between(mission.observer_id, mission.place), refusals.IN_CONFLICT),
        ]
        faults += [refusals.at_key(fault, f"M{mission.pk}") for wrong, fault in checks if wrong]
    if faults:
        raise ParvisError(faults)
    for mission in missions:
        mission.state, mission.accepted_at, mission.accepted_by = State.ACCEPTED, at, by
    change_all(missions, state=State.ACCEPTED, accepted_at=at, accepted_by=by)
    journal_each("mission.accepted", missions, by=by, at=at)
    return list(missions)


def is_own(mission: Mission, person: Person) -> bool:
    return mission.observer is not None and mission.observer.person_id == person.pk


def _locked(missions: Sequence[Mission]) -> list[Mission]:
    """The missions as the database has them now, held until the end of the transaction."""
    rows = Mission.objects.select_for_update().prefetch_related(
        "observer", "edition", "place"
    )  # few of each, read once
    return list(rows.filter(pk__in=[mission.pk for mission in missions]))


@transaction.atomic
def decline(mission: Mission, *, reason: str, by: Person, at: datetime) -> Mission:
    """The observer does not take an offer; it can be offered to someone else at once."""
    (current,) = _locked([mission])
    if not is_own(current, by):
        raise ParvisError(refusals.NOT_YOURS)
    if current.state != State.OFFERED:
        raise ParvisError(refusals.NOT_OFFERED)
    return _let_go(mission, State.DECLINED, "mission.declined", reason=reason, by=by, at=at)


@transaction.atomic
def release(mission: Mission, *, reason: str, by: Person, at: datetime) -> Mission:
    """The observer gives back an accepted mission, as long as nothing was sent to the organisation."""
    (current,) = _locked([mission])
    if not is_own(current, by):
        raise ParvisError(refusals.NOT_YOURS)
    if current.state != State.ACCEPTED:
        raise ParvisError(refusals.NOT_IN_HAND)
    if hasattr(current, "observation"):
        raise ParvisError(refusals.CASE_IS_OPEN)
    return _let_go(mission, State.RELEASED, "mission.released", reason=reason, by=by, at=at)


@transaction.atomic
def cancel(mission: Mission, *, reason: str, by: Person, at: datetime) -> Mission:
    """The organiser gives up a contact that is not done."""
    if not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    (current,) = _locked([mission])
    if current.state in (State.DONE, State.CANCELLED) or hasattr(current, "observation"):
        raise ParvisError(refusals.NOT_TO_OFFER)
    return _let_go(mission, State.CANCELLED, "mission.cancelled", reason=reason, by=by, at=at)


def _let_go(mission: Mission, to: str, verb: str, *, reason: str, by: Person, at: datetime) -> Mission:
    mission.state, mission.reason = to, reason.strip()[:200]
    mission.save(update_fields=["state", "reason"])
    journal(verb=verb, subject=mission, by=by, at=at, edition=mission.edition.slug, detail={"reason": mission.reason})
    return mission


def change_all(missions: Sequence[Mission], **values: Any) -> None:
    """The same values for all, a few statements whatever their number."""
    keys = [mission.pk for mission in missions]
    for start in range(0, len(keys), 5000):
        Mission.objects.filter(pk__in=keys[start : start + 5000]).update(**values)


def journal_each(verb: str, missions: Sequence[Mission], *, by: Person, at: datetime) -> None:
    """Journal lines under each mission's own edition."""
    for slug in dict.fromkeys(mission.edition.slug for mission in missions):
        of_edition = [mission for mission in missions if mission.edition.slug == slug]
        journal_many(verb=verb, subjects=of_edition, by=by, at=at, edition=slug)
