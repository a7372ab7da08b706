"""Missions: planned with every rule, then in the hands of one observer at a time."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork.actions import (
    Filing,
    NewMission,
    NewObserver,
    accept,
    accept_missions,
    cancel,
    certify,
    close_fieldwork,
    declare_conflict,
    decline,
    end_offers,
    offer,
    offer_missions,
    offer_planned,
    open_case,
    plan_missions,
    record_observation,
    register_observer,
    release,
    sign_code,
    suspend,
)
from parvis.web.fieldwork.board import figures_of
from parvis.web.fieldwork.models import Mission, Signature
from parvis.web.fieldwork.openrosa import settle_parcel
from parvis.web.fieldwork.queries import missions_of, observers_for
from parvis.web.jobs.models import Mail
from parvis.web.people.models import JournalEntry
from tests.web.fieldwork.factories import (
    DAY,
    MORNING,
    NOON,
    AbsenceFactory,
    Field,
    FieldEnrolmentFactory,
    FieldPersonFactory,
    ObservationFactory,
    ObserverFactory,
    ParcelFactory,
    ScenarioFactory,
)
from tests.web.territory.factories import OrganisationFactory, PlaceFactory

pytestmark = pytest.mark.django_db
ENDS = date(2026, 3, 12)


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def new_mission(field: Field) -> NewMission:
    return NewMission(field.enrolment, field.place, "phone", date(2026, 3, 2), date(2026, 3, 27),
                      scenario=ScenarioFactory(edition=field.edition), observer=field.observer)  # fmt: skip


def test_an_observer_is_registered_under_a_pseudonym_then_certified() -> None:
    organiser, person = FieldPersonFactory(), FieldPersonFactory(name="Claire Fontaine")
    observer = register_observer(observer=NewObserver(person, "25056", "25"), by=organiser, at=MORNING)
    assert observer.pseudonym.startswith("CM-")
    assert "Claire" not in observer.pseudonym
    certify(observer, channels=["visit", "phone"], by=organiser, at=NOON)
    observer.refresh_from_db()
    assert (observer.status, observer.certified_channels) == ("certified", ["phone", "visit"])
    with pytest.raises(ParvisError) as refused:
        register_observer(observer=NewObserver(person), by=organiser, at=NOON)
    assert codes(refused) == ["already_observer"]


def test_certification_and_suspension_say_what_is_missing() -> None:
    field = Field()
    with pytest.raises(ParvisError) as refused:
        certify(field.observer, channels=["pigeon"], by=field.organiser, at=NOON)
    assert codes(refused) == ["unknown_channel"]
    with pytest.raises(ParvisError) as refused:
        suspend(field.observer, reason=" ", by=field.organiser, at=NOON)
    assert codes(refused) == ["reason_needed"]


def test_a_plan_is_written_whole() -> None:
    field = Field()
    planned = plan_missions(field.edition, missions=[new_mission(field)] * 3, by=field.organiser, at=NOON)
    assert [mission.state for mission in planned] == ["planned"] * 3
    assert JournalEntry.objects.filter(verb="mission.planned").count() == 3
    assert figures_of(field.edition, NOON.date())["total"]["planned"] == 3


def test_a_plan_that_breaks_rules_is_refused_whole_with_every_row() -> None:
    field, good = Field(), None
    good = new_mission(field)
    stranger = FieldEnrolmentFactory(edition=field.edition, staff_informed_on=None)
    declare_conflict(field.observer, organisation=field.enrolment.organisation, reason="Élu", by=field.person, at=NOON)
    plan = [
        replace(good, observer=None),
        good,
        replace(good, observer=None, place=PlaceFactory()),
        replace(good, observer=None, channel="email"),
        NewMission(stranger, field.place, "phone", date(2026, 3, 2), date(2026, 3, 27)),
        replace(good, observer=None, scenario=ScenarioFactory(edition=field.edition, ethics_reviewed_at=None,
                                                              ethics_reviewed_by=None, ethics_verdict="")),
    ]  # fmt: skip
    with pytest.raises(ParvisError) as refused:
        plan_missions(field.edition, missions=plan, by=field.organiser, at=NOON)
    told = {(fault.where["row"], fault.code) for fault in refused.value.faults}
    assert told == {
        ("2", "in_conflict"), ("3", "place_not_enrolled"), ("4", "scenario_not_ready"),
        ("5", "staff_not_informed"), ("5", "place_not_enrolled"), ("6", "scenario_not_ready"),
    }  # fmt: skip
    assert not Mission.objects.exists()


def test_staff_must_have_been_informed_before_the_window() -> None:
    field = Field()
    late = replace(new_mission(field), window_starts_on=date(2026, 1, 15))
    with pytest.raises(ParvisError) as refused:
        plan_missions(field.edition, missions=[late], by=field.organiser, at=NOON)
    assert codes(refused) == ["staff_not_informed"]


def test_an_offer_is_accepted_by_its_observer() -> None:
    field = Field()
    (mission,) = plan_missions(field.edition, missions=[new_mission(field)], by=field.organiser, at=MORNING)
    offer(mission, ends_on=ENDS, by=field.organiser, at=MORNING)
    assert list(missions_of(field.person)) == [mission]
    accept(mission, by=field.person, at=NOON)
    mission.refresh_from_db()
    assert (mission.state, mission.accepted_at, mission.accepted_by) == ("accepted", NOON, field.person)


def test_an_offer_is_refused_to_others_too_late_and_without_signature() -> None:
    field = Field()
    (mission,) = plan_missions(field.edition, missions=[new_mission(field)], by=field.organiser, at=MORNING)
    offer(mission, ends_on=ENDS, by=field.organiser, at=MORNING)
    with pytest.raises(ParvisError) as refused:
        accept(mission, by=FieldPersonFactory(), at=NOON)
    assert "not_yours" in codes(refused)
    Signature.objects.all().delete()
    with pytest.raises(ParvisError) as refused:
        accept(mission, by=field.person, at=NOON + timedelta(days=10))
    assert codes(refused) == ["offer_over", "code_not_signed"]
    sign_code(field.observer, edition=field.edition, by=field.person, at=NOON)
    accept(mission, by=field.person, at=NOON)


def test_a_mission_declined_or_released_goes_to_someone_else() -> None:
    field, other = Field(), Field()
    mission = field.mission(state="offered")
    decline(mission, reason="En congés", by=field.person, at=NOON)
    offer(mission, observer=other.observer, ends_on=ENDS, by=field.organiser, at=NOON)
    sign_code(other.observer, edition=field.edition, by=other.person, at=NOON)
    accept(mission, by=other.person, at=NOON)
    release(mission, reason="Malade", by=other.person, at=NOON)
    mission.refresh_from_db()
    assert (mission.state, mission.reason, list(missions_of(other.person))) == ("released", "Malade", [])


def test_a_mission_whose_letter_has_left_is_not_released() -> None:
    field = Field("letter")
    mission = field.mission("letter")
    open_case(mission, uuid=uuid.uuid4(), sent_on=DAY, half_day="am", by=field.person, at=NOON)
    with pytest.raises(ParvisError) as refused:
        release(mission, reason="Malade", by=field.person, at=NOON)
    assert codes(refused) == ["case_is_open"]


def test_offers_nobody_answered_go_back_to_the_plan() -> None:
    field = Field()
    mission = field.mission(state="offered", offer_ends_on=DAY)
    assert end_offers(field.edition, by=None, at=NOON) == []
    end_offers(field.edition, by=None, at=NOON + timedelta(days=1))
    mission.refresh_from_db()
    assert (mission.state, mission.observer) == ("planned", None)


def test_offers_need_certification_presence_and_no_conflict() -> None:
    field = Field()
    mission = field.mission(state="planned")
    suspend(field.observer, reason="Trop de retards", by=field.organiser, at=NOON)
    mission.refresh_from_db()
    declare_conflict(field.observer, organisation=field.enrolment.organisation, reason="Élu", by=field.person, at=NOON)
    AbsenceFactory(observer=field.observer, starts_on=mission.window_starts_on, ends_on=mission.window_ends_on)
    with pytest.raises(ParvisError) as refused:
        offer_missions([mission], ends_on=ENDS, by=field.organiser, at=NOON)
    assert codes(refused) == ["not_certified", "in_conflict", "observer_away"]
    Mission.objects.filter(pk=mission.pk).update(state="offered")
    with pytest.raises(ParvisError) as refused:
        accept(mission, by=field.person, at=NOON)
    assert codes(refused) == ["not_certified", "in_conflict"]  # a tie declared after the offer counts as well


def test_a_half_day_absence_stops_the_calls_of_that_half_day_alone() -> None:
    field = Field("phone", "email")
    day = date(2026, 3, 12)
    AbsenceFactory(observer=field.observer, starts_on=DAY, ends_on=date(2026, 3, 31), half_day="am")
    window = {"window_starts_on": day, "window_ends_on": day, "state": "planned"}
    morning, afternoon = (field.mission(half_day=half, **window) for half in ("am", "pm"))
    letter = field.mission(channel="email", **window)
    offered, waiting = offer_planned(field.edition, ends_on=ENDS, by=field.organiser, at=NOON)
    assert (set(offered), waiting) == ({afternoon, letter}, [morning])
    (mail,) = Mail.objects.all()  # one for the person, not one for each mission; it names no place
    assert (mail.to, f"M{afternoon.pk}" in mail.body, field.place.name in mail.body) == (
        field.person.email,
        True,
        False,
    )
    with pytest.raises(ParvisError) as refused:
        offer_planned(field.edition, ends_on=ENDS, by=field.organiser, at=NOON)
    assert codes(refused) == ["observer_away"]


def test_a_conflict_with_one_place_leaves_the_others_of_the_organisation() -> None:
    field = Field()
    annexe = PlaceFactory(organisation=field.enrolment.organisation, kind="annexe")
    mission, other = field.mission(state="planned"), field.mission(state="planned", place=annexe)
    tie = {"organisation": field.enrolment.organisation, "reason": "Voisin", "by": field.person, "at": NOON}
    declare_conflict(field.observer, place=annexe, **tie)
    assert offer_planned(field.edition, ends_on=ENDS, by=field.organiser, at=NOON) == ([mission], [other])
    assert field.observer not in observers_for(other)
    assert field.observer in observers_for(mission)
    declare_conflict(field.observer, **tie)
    assert field.observer not in observers_for(mission)


def test_someone_else_is_not_sent_where_they_came_within_the_rotation() -> None:
    field, other = Field(), ObserverFactory()
    ObservationFactory(mission=field.mission(state="done", observer=other), happened_on=date(2026, 2, 20))
    mission = field.mission(state="planned")
    with pytest.raises(ParvisError) as refused:
        offer(mission, observer=other, ends_on=ENDS, by=field.organiser, at=NOON)
    assert codes(refused) == ["came_recently"]


def test_many_missions_are_offered_and_accepted_together_as_one_by_one() -> None:
    def journal(field: Field) -> list[tuple[str, str]]:
        rows = JournalEntry.objects.filter(edition=field.edition.slug).order_by("pk")
        return sorted(rows.values_list("verb", "by__email"))

    def states(field: Field) -> list[tuple[object, ...]]:
        return list(Mission.objects.filter(edition=field.edition).values_list("state", "accepted_at", "offer_ends_on"))

    one, many = Field(), Field()
    for field in (one, many):
        missions = [field.mission(state="planned", accepted_at=None, accepted_by=None) for _ in range(2)]
        if field is one:
            for mission in missions:
                offer(mission, ends_on=ENDS, by=field.organiser, at=MORNING)
                accept(mission, by=field.person, at=NOON)
        else:
            offer_missions(missions, ends_on=ENDS, by=field.organiser, at=MORNING)
            accept_missions(missions, by=field.person, at=NOON)
    assert states(one) == states(many)
    assert [verb for verb, _ in journal(one)] == [verb for verb, _ in journal(many)]


def test_fieldwork_closes_once_no_mission_is_in_hand() -> None:
    field = Field()
    mission, other = field.mission(), field.mission(state="offered")
    with pytest.raises(ParvisError) as refused:
        close_fieldwork(field.edition, by=field.organiser, at=NOON)
    assert codes(refused) == ["missions_in_hand", "no_observation"]
    cancel(other, reason="Site fermé", by=field.organiser, at=NOON)
    record_observation(Filing(mission, uuid.uuid4(), {"outcome": "not_reached"}, DAY, "am"), by=field.person, at=NOON)
    parcel = ParcelFactory(edition=field.edition, mission=mission, observer=field.observer)
    with pytest.raises(ParvisError) as refused:
        close_fieldwork(field.edition, by=field.organiser, at=NOON)
    assert codes(refused) == ["parcels_waiting"]
    settle_parcel(parcel, settlement="Refait sur le site", by=field.organiser, at=NOON)
    assert close_fieldwork(field.edition, by=field.organiser, at=NOON).state == "review"


def test_a_conflict_is_declared_once() -> None:
    field, organisation = Field(), OrganisationFactory()
    first = declare_conflict(field.observer, organisation=organisation, reason="Élu", by=field.person, at=NOON)
    again = declare_conflict(field.observer, organisation=organisation, reason="Élu", by=field.person, at=NOON)
    assert first.pk == again.pk
