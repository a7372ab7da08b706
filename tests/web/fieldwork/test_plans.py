"""Contact plans: computed from the rows, looked at, adopted; making one again keeps what is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from parvis.core.contacts.planning import Weights
from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import EnrolledPlace, Enrolment
from parvis.web.fieldwork.actions import adopt_plan, ask_plan, retire_scenario, set_fees, suspend
from parvis.web.fieldwork.actions.plans import compute
from parvis.web.fieldwork.models import ContactPlan, Mission
from parvis.web.fieldwork.planning import Asked, problem_of
from parvis.web.jobs.models import Job
from parvis.web.people.models import JournalEntry
from tests.web.fieldwork.factories import (
    NOON,
    AbsenceFactory,
    ConflictFactory,
    Field,
    ObservationFactory,
    ObserverFactory,
    ScenarioFactory,
)
from tests.web.territory.factories import PlaceFactory

pytestmark = pytest.mark.django_db
ASKED = Asked({"phone": 3, "email": 2, "website": 1}, date(2026, 3, 10), date(2026, 5, 29))


def field_with_people(observers: int = 7) -> Field:
    """One organisation with two sites, and enough people and scenarios."""
    field = Field("phone", "email", "website")
    annexe = PlaceFactory(organisation=field.enrolment.organisation, kind="annexe")
    EnrolledPlace.objects.create(enrolment=field.enrolment, place=annexe)
    ObserverFactory.create_batch(observers - 1)
    for channel in ("phone", "email", "website"):
        ScenarioFactory.create_batch(2, edition=field.edition, channel=channel)
    return field


def made(field: Field, asked: Asked = ASKED) -> ContactPlan:
    return compute(ask_plan(field.edition, asked=asked, by=field.organiser, at=NOON))


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_a_plan_is_shown_before_anything_is_written() -> None:
    field = field_with_people()
    plan = made(field)
    channels = {row["channel"]: row for row in plan.report["channels"]}
    assert plan.report["contacts"] == 3 * 2 + 2 * 2 + 1  # the website once for the organisation
    assert plan.report["missing"] == 0
    assert channels["phone"]["half_width"] == 16.0  # 1.96 × 20 ÷ √6
    assert plan.report["cost_left"] == 6 * 5 + 4 * 5 + 6
    assert Mission.objects.count() == 0
    assert Job.objects.get().arguments == {"edition": field.edition.slug, "plan": plan.pk}


def test_the_same_rows_give_the_same_plan() -> None:
    field = field_with_people()
    assert made(field).contacts == made(field).contacts


def test_weights_reach_the_planner_and_stay_with_the_plan() -> None:
    field = field_with_people()
    asked = replace(ASKED, weights=Weights(spread=0))
    plan = made(field, asked)
    assert Asked.from_json(plan.asked) == asked
    assert plan.contacts != made(field).contacts


def test_adopting_writes_the_missions_once() -> None:
    field = field_with_people()
    plan = adopt_plan(made(field), by=field.organiser, at=NOON)
    pairs = Counter(Mission.objects.values_list("place", "observer"))
    assert Counter(Mission.objects.values_list("channel", flat=True)) == {"phone": 6, "email": 4, "website": 1}
    assert max(pairs.values()) == 1
    assert field.edition.missions.exclude(scenario=None).count() == 11
    assert JournalEntry.objects.filter(verb="mission.planned").count() == 11
    with pytest.raises(ParvisError) as refused:
        adopt_plan(plan, by=field.organiser, at=NOON)
    assert codes(refused) == ["plan_adopted"]


def test_making_it_again_keeps_what_is_done_and_moves_only_what_must() -> None:
    field = field_with_people(9)
    adopt_plan(made(field), by=field.organiser, at=NOON)
    done = field.edition.missions.filter(channel="phone").order_by("pk")[0]
    taken = {"accepted_at": NOON, "accepted_by": field.organiser, "offered_at": NOON, "offered_by": field.organiser}
    Mission.objects.filter(pk=done.pk).update(state="done", **taken)
    done.refresh_from_db()
    ObservationFactory(mission=done)
    gone = field.edition.missions.exclude(observer=done.observer).order_by("pk")[0].observer
    suspend(gone, reason="Déménagement", by=field.organiser, at=NOON)
    held = set(field.edition.missions.filter(observer=gone).values_list("pk", flat=True))
    before = dict(field.edition.missions.exclude(pk__in=held).values_list("pk", "observer"))
    plan = made(field)
    assert (plan.report["fixed"], plan.report["moved"], plan.report["new"]) == (1, len(held), 0)
    assert plan.report["cancelled"] == []
    adopt_plan(plan, by=field.organiser, at=NOON)
    assert dict(field.edition.missions.exclude(pk__in=held).values_list("pk", "observer")) == before
    assert not field.edition.missions.filter(observer=gone).exists()


def test_fewer_contacts_cancel_what_nothing_asks_for_any_more_and_never_what_is_done() -> None:
    field = field_with_people()
    adopt_plan(made(field), by=field.organiser, at=NOON)
    plan = made(field, replace(ASKED, contacts={"phone": 1, "email": 2, "website": 1}))
    assert len(plan.report["cancelled"]) == 4
    adopt_plan(plan, by=field.organiser, at=NOON)
    assert field.edition.missions.filter(state="cancelled", channel="phone").count() == 4


def test_a_plan_computed_before_the_field_moved_is_refused() -> None:
    field = field_with_people()
    adopt_plan(made(field), by=field.organiser, at=NOON)
    plan = made(field, replace(ASKED, contacts={"phone": 1, "email": 2, "website": 1}))
    Mission.objects.filter(pk=plan.report["cancelled"][0]).update(observer=field.observer, state="declined")
    with pytest.raises(ParvisError) as refused:
        adopt_plan(plan, by=field.organiser, at=NOON)
    assert codes(refused) == ["plan_overtaken"]
    assert not field.edition.missions.filter(state="cancelled").exists()


def test_what_cannot_be_met_says_which_rule_stands_in_the_way() -> None:
    field = field_with_people(2)
    ConflictFactory(observer=field.observer, organisation=field.enrolment.organisation)
    plan = made(field)
    # the only other person goes once to each site: two contacts of eleven
    assert (plan.report["contacts"], plan.report["missing"]) == (2, 9)
    assert set(plan.report["rules"]) == {"in_conflict", "already_there"}
    assert plan.report["shortfalls"][0]["reasons"] == {"in_conflict": 1, "already_there": 1}


def test_rotation_opening_hours_and_information_of_staff_are_obeyed() -> None:
    field = field_with_people()
    field.place.opening_hours = {"tue": [["09:00", "12:00"]]}
    field.place.save()
    ObservationFactory(mission=field.mission(state="done"), happened_on=date(2026, 2, 20))
    Enrolment.objects.filter(pk=field.enrolment.pk).update(staff_informed_on=date(2026, 4, 1))
    problem = problem_of(field.edition, ASKED)
    here = next(each for each in problem.places if each.place == str(field.place.pk))
    person = next(each for each in problem.observers if each.observer == str(field.observer.pk))
    assert here.open_half_days == {(1, "am")}
    assert here.closed == ((date(2026, 3, 10), date(2026, 3, 31)),)
    assert here.contacts["phone"] == 2  # one of the three is done
    assert person.recent == {str(field.place.pk)}
    later = problem_of(field.edition, replace(ASKED, starts_on=date(2026, 5, 22), rotation_days=90))
    assert next(each for each in later.observers if each.observer == person.observer).recent == frozenset()


def test_absences_single_places_services_and_forbidden_lines_reach_the_planner() -> None:
    """Away half of each day of the period, so half as much to do; barred from the annexe alone; an emergency line."""
    field = field_with_people()
    annexe = field.enrolment.organisation.places.get(kind="annexe")
    annexe.phone = "39 19"
    annexe.save()
    AbsenceFactory(observer=field.observer, starts_on=ASKED.starts_on, ends_on=ASKED.ends_on, half_day="am")
    ConflictFactory(observer=field.observer, organisation=field.enrolment.organisation, place=annexe)
    problem = problem_of(field.edition, replace(ASKED, forbidden_lines=("03 81 00 00 00",)))
    person = next(each for each in problem.observers if each.observer == str(field.observer.pk))
    there = next(each for each in problem.observers if each.observer != str(field.observer.pk))
    assert person.away == ((ASKED.starts_on, ASKED.ends_on, "am"),)
    assert (person.barred, person.conflicts) == ({str(annexe.pk)}, frozenset())
    assert 2 * person.capacity == pytest.approx(there.capacity, abs=1)
    plan = made(field)
    assert plan.report["rules"] == {"forbidden_line": 3}
    held = [(row[1], row[6]) for row in plan.contacts if row[2] == field.observer.pk]
    assert ("phone", "am") not in held


def test_costs_and_precision_are_those_of_the_edition() -> None:
    """Phone at 6.50 €; a method at 80 %: 1.2816 × 20 ÷ √6 = 10.5 points."""
    field = field_with_people()
    set_fees(field.edition, amounts={"phone": Decimal("6.50")}, by=field.organiser, at=NOON)
    field.edition.method_text = field.edition.method_text.replace("confidence = 0.95", "confidence = 0.8")
    field.edition.save()
    report = made(field).report
    assert report["cost_left"] == 6 * 6.5 + 4 * 5 + 6
    assert (report["confidence"], report["channels"][1]["half_width"]) == (0.8, 10.5)


def test_a_retired_scenario_is_planned_no_more() -> None:
    field = field_with_people()
    for scenario in field.edition.scenarios.filter(channel="website"):
        retire_scenario(scenario, reason="Trop connu", by=field.organiser, at=NOON)
    assert {each.channel for each in problem_of(field.edition, ASKED).scenarios} == {"phone", "email"}
    assert made(field).report["without_scenario"] == ["website"]


def test_an_impossible_request_is_refused_with_every_reason() -> None:
    field = Field()
    with pytest.raises(ParvisError) as refused:
        ask_plan(
            field.edition, asked=replace(ASKED, contacts={}, ends_on=date(2026, 1, 1)), by=field.organiser, at=NOON
        )
    assert codes(refused) == ["plan_empty", "plan_period"]


def test_someone_sent_twice_to_a_place_keeps_one_mission_and_none_is_counted_twice() -> None:
    field = field_with_people()
    for day in (12, 13, 16):
        field.mission(scenario=None, window_starts_on=date(2026, 3, day), window_ends_on=date(2026, 3, 27))
    plan = made(field)
    assert (plan.report["kept"], plan.report["moved"], plan.report["cancelled"]) == (1, 2, [])
    adopt_plan(plan, by=field.organiser, at=NOON)
    asked = {"phone": 6, "email": 4, "website": 1}
    assert Counter(field.edition.missions.exclude(state="cancelled").values_list("channel", flat=True)) == asked
