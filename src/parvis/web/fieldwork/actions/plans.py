"""Contact plans: asked, computed in the background, adopted. What is done stays; only what must move moves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from parvis.core.contacts.planning import Plan, PlannedContact, make_plan
from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition, Enrolment
from parvis.web.fieldwork import planning, refusals, steering_refusals
from parvis.web.fieldwork.actions.missions import NewMission, plan_missions
from parvis.web.fieldwork.models import ContactPlan, Mission, Observer, Scenario
from parvis.web.fieldwork.plan_report import report_of
from parvis.web.jobs.actions import ask_job
from parvis.web.jobs.models import Job
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person
from parvis.web.territory.models import Place

State = Mission.State
COMPUTE = "parvis.web.fieldwork.tasks.compute_contact_plan"
ADOPT = "parvis.web.fieldwork.tasks.adopt_contact_plan"
PLANNING = (Edition.State.ENROLMENT, Edition.State.FIELDWORK)
# place, channel, observer, scenario, first and last day, half-day; the mission that moves, or 0 for a new one
Row = list[Any]


@transaction.atomic
def ask_plan(edition: Edition, *, asked: planning.Asked, by: Person, at: datetime) -> ContactPlan:
    """Ask for a plan; a worker computes it, and the page shows how far it is. Nothing is decided yet."""
    checks = [
        (edition.state not in PLANNING, refusals.PLANNING_CLOSED),
        (not sum(asked.contacts.values()), steering_refusals.PLAN_EMPTY),
        (asked.ends_on < asked.starts_on, steering_refusals.PLAN_PERIOD),
        (bool(set(asked.contacts) - set(edition.channels)), refusals.UNKNOWN_CHANNEL),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    last = edition.contact_plans.aggregate(last=Max("number"))["last"] or 0
    plan = ContactPlan.objects.create(
        edition=edition, number=last + 1, asked=asked.to_json(), seed=edition.seed, asked_at=at, asked_by=by
    )
    journal(verb="plan.asked", subject=plan, by=by, at=at, edition=edition.slug, detail={"number": plan.number})
    ask_job(
        task=COMPUTE,
        label=f"Plan de contacts {plan.number}",
        arguments={"edition": edition.slug, "plan": plan.pk},
        by=by,
        at=at,
    )
    return plan


def compute(plan: ContactPlan) -> ContactPlan:
    """Make the plan from the rows as they are now. The same rows and seed give the same plan."""
    asked = planning.Asked.from_json(plan.asked)
    problem = planning.problem_of(plan.edition, asked)
    if not problem.places:
        raise ParvisError(steering_refusals.NO_PLACE)
    made = make_plan(
        problem.places, problem.observers, problem.rules, seed=plan.seed, scenarios=problem.scenarios,
        keep=problem.keep, done=problem.done,
    )  # fmt: skip
    rows, cancelled = difference(made, problem.movable, problem.keep)
    plan.contacts = rows
    plan.report = report_of(plan.edition, asked, problem, made, rows=rows, cancelled=cancelled)
    plan.save(update_fields=["contacts", "report"])
    return plan


def difference(
    made: Plan, movable: Sequence[planning.MissionRow], keep: Sequence[PlannedContact]
) -> tuple[list[Row], list[int]]:
    """What changes: rows of missions that are new or move, and the missions that nothing asks for any more.

    A contact to remake takes over a mission of the same place and channel when one is free.
    """
    kept = Counter(keep) & Counter(made.contacts)
    left, free = Counter(kept), defaultdict(list)
    for row in movable:
        contact = planning.contact_of(row)
        if left[contact]:
            left[contact] -= 1
        else:
            free[contact.place, contact.channel].append(row.pk)
    rows = []
    for contact in made.contacts:
        if contact in kept:
            continue
        waiting = free[contact.place, contact.channel]
        rows.append(_row(contact, waiting.pop(0) if waiting else 0))
    return rows, sorted(pk for left in free.values() for pk in left)


def _row(contact: PlannedContact, mission: int) -> Row:
    return [
        int(contact.place), contact.channel, int(contact.observer), int(contact.scenario or 0),
        contact.window_starts_on.isoformat(), contact.window_ends_on.isoformat(), contact.half_day, mission,
    ]  # fmt: skip


@transaction.atomic
def ask_adoption(plan: ContactPlan, *, by: Person, at: datetime) -> Job:
    """Adopt a plan that was looked at; a worker writes its missions."""
    _refuse_adoption(plan)
    arguments = {"edition": plan.edition.slug, "plan": plan.pk, "by": by.pk, "at": at.isoformat()}
    return ask_job(task=ADOPT, label=f"Adoption du plan {plan.number}", arguments=arguments, by=by, at=at)


def _refuse_adoption(plan: ContactPlan) -> None:
    checks = [
        (plan.edition.state not in PLANNING, refusals.PLANNING_CLOSED),
        (not plan.is_computed, steering_refusals.PLAN_NOT_COMPUTED),
        (plan.adopted_at is not None, steering_refusals.PLAN_ADOPTED),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)


@transaction.atomic
def adopt_plan(plan: ContactPlan, *, by: Person, at: datetime) -> ContactPlan:
    """Write the missions of a plan: new ones in bulk, moved ones in place, unwanted ones cancelled. All, or nothing."""
    plan = ContactPlan.objects.select_for_update(of=("self",)).select_related("edition").get(pk=plan.pk)
    _refuse_adoption(plan)
    touched = [row[7] for row in plan.contacts if row[7]] + plan.report["cancelled"]
    _refuse_drift(plan, touched)
    _cancel(plan, plan.report["cancelled"], by=by, at=at)
    _move(plan, [row for row in plan.contacts if row[7]], by=by, at=at)
    _create(plan, [row for row in plan.contacts if not row[7]], by=by, at=at)
    plan.adopted_at, plan.adopted_by = at, by
    plan.save(update_fields=["adopted_at", "adopted_by"])
    plan.edition.contact_plan = plan.asked["contacts"]
    plan.edition.save(update_fields=["contact_plan"])
    journal(verb="plan.adopted", subject=plan, by=by, at=at, edition=plan.edition.slug, detail={"number": plan.number})
    return plan


def _refuse_drift(plan: ContactPlan, touched: Sequence[int]) -> None:
    """Refuse when missions were added since, or when one that would change has changed hands."""
    now = dict.fromkeys(touched)
    for chunk in _chunks(touched):
        rows = plan.edition.missions.filter(pk__in=chunk, observation__isnull=True)
        now.update({pk: [state, observer] for pk, state, observer in rows.values_list("pk", "state", "observer")})
    newest = plan.edition.missions.aggregate(last=Max("pk"))["last"] or 0
    if newest != plan.report["newest"] or any(now[int(pk)] != as_was for pk, as_was in plan.report["touched"].items()):
        raise ParvisError(steering_refusals.PLAN_OVERTAKEN)


def _cancel(plan: ContactPlan, keys: Sequence[int], *, by: Person, at: datetime) -> None:
    reason = f"Plan {plan.number}"
    for chunk in _chunks(keys):
        missions = list(Mission.objects.filter(pk__in=chunk))
        Mission.objects.filter(pk__in=chunk).update(state=State.CANCELLED, reason=reason)
        journal_many(verb="mission.cancelled", subjects=missions, by=by, at=at, edition=plan.edition.slug)


def _move(plan: ContactPlan, rows: Sequence[Row], *, by: Person, at: datetime) -> None:
    by_key = {row[7]: row for row in rows}
    for chunk in _chunks(list(by_key)):
        missions = list(Mission.objects.filter(pk__in=chunk))
        for mission in missions:
            _, _, mission.observer_id, scenario, starts, ends, mission.half_day, _ = by_key[mission.pk]
            mission.scenario_id = scenario or None
            mission.window_starts_on, mission.window_ends_on = date.fromisoformat(starts), date.fromisoformat(ends)
            mission.state, mission.reason, mission.offer_ends_on = State.PLANNED, "", None
            mission.offered_at = mission.offered_by = mission.accepted_at = mission.accepted_by = None
        fields = ["observer", "scenario", "window_starts_on", "window_ends_on", "half_day", "state", "reason",
                  "offer_ends_on", "offered_at", "offered_by", "accepted_at", "accepted_by"]  # fmt: skip
        Mission.objects.bulk_update(missions, fields, batch_size=100)
        journal_many(verb="mission.moved", subjects=missions, by=by, at=at, edition=plan.edition.slug)


def _create(plan: ContactPlan, rows: Sequence[Row], *, by: Person, at: datetime) -> None:
    edition = plan.edition
    places = Place.objects.in_bulk({row[0] for row in rows})
    enrolments: dict[int, Enrolment] = {each.organisation_id: each for each in edition.enrolments.all()}
    for enrolment in enrolments.values():
        enrolment.edition = edition
    observers = Observer.objects.in_bulk({row[2] for row in rows})
    scenarios = Scenario.objects.in_bulk({row[3] for row in rows if row[3]})
    plan_missions(edition, by=by, at=at, missions=[
        NewMission(
            enrolment=enrolments[places[place].organisation_id], place=places[place], channel=channel,
            window_starts_on=date.fromisoformat(starts), window_ends_on=date.fromisoformat(ends),
            scenario=scenarios.get(scenario), observer=observers[observer], half_day=half,
        )
        for place, channel, observer, scenario, starts, ends, half, _ in rows
    ])  # fmt: skip


def _chunks(keys: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
