"""A report is received once, checked by its grid, and kept as given."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.actions import (
    Filing,
    ImportedObservation,
    approve_many,
    import_observations,
    open_case,
    record_event,
    record_observation,
    record_observations,
)
from parvis.web.fieldwork.models import Event, Mission, Observation
from parvis.web.fieldwork.queries import observations_for_dataset
from parvis.web.people.models import JournalEntry
from tests.web.fieldwork.factories import DAY, NOON, Field, FieldPersonFactory

pytestmark = pytest.mark.django_db
GOOD = {"outcome": "reached", "rings": "3", "courtesy": "yes"}


def filing(mission: Mission, answers: dict[str, object] | None = None, key: uuid.UUID | None = None) -> Filing:
    return Filing(mission, key or uuid.uuid4(), answers or GOOD, happened_on=DAY, half_day="am")


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_a_report_is_kept_as_given() -> None:
    field = Field()
    mission = field.mission()
    received = record_observation(filing(mission), by=field.person, at=NOON)
    received.refresh_from_db()
    mission.refresh_from_db()
    assert (received.answers, received.outcome, received.state) == (GOOD, "reached", "received")
    assert (received.observer, received.place, received.instrument) == (
        field.observer, field.place, field.instruments["phone"]
    )  # fmt: skip
    assert mission.state == "done"
    assert JournalEntry.objects.filter(verb="observation.received").count() == 1


def test_the_same_report_twice_is_one_observation() -> None:
    field = Field()
    mission = field.mission()
    sent = filing(mission)
    first = record_observation(sent, by=field.person, at=NOON)
    again = record_observation(sent, by=field.person, at=NOON)
    assert first.pk == again.pk
    assert Observation.objects.count() == 1
    assert JournalEntry.objects.filter(verb="observation.received").count() == 1


def test_the_same_report_with_other_answers_is_refused_and_the_first_stays() -> None:
    field = Field()
    sent = filing(field.mission())
    record_observation(sent, by=field.person, at=NOON)
    other = filing(sent.mission, {**GOOD, "courtesy": "no"}, sent.uuid)
    with pytest.raises(ParvisError) as refused:
        record_observation(other, by=field.person, at=NOON)
    assert codes(refused) == ["same_report_different"]
    assert Observation.objects.get().answers == GOOD


def test_a_second_report_on_a_mission_is_refused() -> None:
    field = Field()
    mission = field.mission()
    record_observation(filing(mission), by=field.person, at=NOON)
    with pytest.raises(ParvisError) as refused:
        record_observation(filing(mission), by=field.person, at=NOON)
    assert codes(refused) == ["already_filed"]
    both = field.mission()
    with pytest.raises(ParvisError) as refused:
        record_observations([filing(both), filing(both)], by=field.person, at=NOON)
    assert codes(refused) == ["already_filed"]


def test_every_fault_of_the_answers_is_told_with_its_question_and_nothing_is_kept() -> None:
    field = Field()
    wrong = {"outcome": "reached", "rings": "40", "mood": "blue"}
    with pytest.raises(ParvisError) as refused:
        record_observation(filing(field.mission(), wrong), by=field.person, at=NOON)
    told = {(fault.code, fault.where["question"]) for fault in refused.value.faults}
    assert told == {("question_unknown", "mood"), ("constraint", "rings"), ("required", "courtesy")}
    assert not Observation.objects.exists()


def test_a_contact_that_failed_needs_no_more_than_its_outcome() -> None:
    field = Field()
    received = record_observation(filing(field.mission(), {"outcome": "not_reached"}), by=field.person, at=NOON)
    assert received.outcome == "not_reached"


def test_only_the_observer_of_the_mission_or_an_organiser_files() -> None:
    field = Field()
    mission = field.mission()
    with pytest.raises(ParvisError) as refused:
        record_observation(filing(mission), by=FieldPersonFactory(), at=NOON)
    assert codes(refused) == ["not_yours"]
    assert record_observation(filing(mission), by=field.organiser, at=NOON).observer == field.observer


@pytest.mark.parametrize(
    ("state", "edition_state", "code"),
    [("offered", "fieldwork", "not_in_hand"), ("cancelled", "fieldwork", "not_in_hand"),
     ("accepted", "frozen", "fieldwork_closed")],
)  # fmt: skip
def test_a_report_needs_a_mission_in_hand_and_an_open_fieldwork(state: str, edition_state: str, code: str) -> None:
    field = Field()
    mission = field.mission(state=state)
    Edition.objects.update(state=edition_state)
    with pytest.raises(ParvisError) as refused:
        record_observation(filing(mission), by=field.person, at=NOON)
    assert codes(refused) == [code]


def test_many_reports_leave_the_same_rows_and_journal_as_one_by_one() -> None:
    def rows(field: Field) -> tuple[list[object], list[object], list[object]]:
        reports = Observation.objects.filter(edition=field.edition).order_by("pk")
        plain = [(r.answers, r.outcome, r.happened_on, r.half_day, r.state, r.origin, r.received_at) for r in reports]
        events = list(Event.objects.filter(observation__in=reports).order_by("pk").values_list("kind", "on"))
        lines = JournalEntry.objects.filter(edition=field.edition.slug).order_by("pk").values_list("verb", "at")
        return plain, events, list(lines)

    one, many = Field("phone", "email"), Field("phone", "email")
    for field in (one, many):
        sent = [
            filing(field.mission()),
            filing(field.mission(), {"outcome": "not_reached"}),
            Filing(field.mission("email"), uuid.uuid4(), GOOD, DAY, "pm", events=[("sent", DAY), ("answered", DAY)]),
        ]
        if field is one:
            for each in sent:
                record_observation(each, by=field.person, at=NOON)
        else:
            record_observations(sent, by=field.person, at=NOON)
        assert list(Mission.objects.filter(edition=field.edition).values_list("state", flat=True)) == ["done"] * 3
    assert rows(one) == rows(many)


def test_the_number_of_queries_does_not_grow_with_the_reports() -> None:
    counts = []
    for size in (1, 5):
        field = Field()
        sent = [filing(field.mission()) for _ in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record_observations(sent, by=field.organiser, at=NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- cases


def test_a_letter_stays_open_until_its_report() -> None:
    field = Field("letter")
    mission, key = field.mission("letter"), uuid.uuid4()
    case = open_case(mission, uuid=key, sent_on=DAY, half_day="am", by=field.person, at=NOON)
    again = open_case(mission, uuid=key, sent_on=DAY, half_day="am", by=field.person, at=NOON)
    assert (case.pk, case.state) == (again.pk, "open")
    later = NOON.replace(day=27)
    record_event(case, kind="auto_reply", on=DAY, by=field.person, at=NOON)
    record_event(case, kind="answered", on=date(2026, 3, 26), by=field.person, at=later)
    record_event(case, kind="answered", on=date(2026, 3, 26), by=field.person, at=later)
    sent = Filing(mission, key, GOOD, happened_on=date(2026, 3, 26), half_day="pm")
    filed = record_observation(sent, by=field.person, at=later)
    filed.refresh_from_db()
    mission.refresh_from_db()
    assert (filed.pk, filed.state, filed.answers, mission.state) == (case.pk, "received", GOOD, "done")
    assert filed.happened_on == DAY
    assert [event.kind for event in filed.events.all()] == ["sent", "auto_reply", "answered"]


def test_an_event_before_the_sending_or_in_the_future_is_refused() -> None:
    field = Field("email")
    case = open_case(field.mission("email"), uuid=uuid.uuid4(), sent_on=DAY, half_day="am", by=field.person, at=NOON)
    for on, code in ((date(2026, 3, 1), "before_sending"), (date(2026, 3, 12), "in_the_future")):
        with pytest.raises(ParvisError) as refused:
            record_event(case, kind="answered", on=on, by=field.person, at=NOON)
        assert codes(refused) == [code]


def test_silence_is_noted_once_the_limit_has_passed_and_not_before() -> None:
    """Sent on Monday 9 March 2026: 15 working days end on Monday 30 March (no holiday before Easter)."""
    field = Field("email")
    case = open_case(field.mission("email"), uuid=uuid.uuid4(), sent_on=DAY, half_day="am", by=field.person, at=NOON)
    later = {"kind": "silence", "by": field.person, "at": NOON + timedelta(days=40)}
    with pytest.raises(ParvisError) as refused:
        record_event(case, on=date(2026, 3, 30), **later)
    assert codes(refused) == ["silence_too_soon"]
    assert "30/03/2026" in refused.value.faults[0].what.fr
    assert record_event(case, on=date(2026, 3, 31), **later).kind == "silence"


def test_the_edition_decides_when_a_silence_is_one_and_no_grid_says_it_earlier() -> None:
    """Two working days after Monday 9 March: silence from Thursday 12 on; what came back waits for nothing."""
    field = Field("email")
    field.edition.silence_after = {"email": 2}
    field.edition.save()
    mission, returned = field.mission("email"), field.mission("email")
    for each in (mission, returned):
        open_case(each, uuid=uuid.uuid4(), sent_on=DAY, half_day="am", by=field.person, at=NOON)
    record_event(returned.observation, kind="bounce", on=DAY, by=field.person, at=NOON)

    def unanswered(on: int, of: Mission = mission) -> Observation:
        filing = Filing(of, of.observation.uuid, {"outcome": "not_reached"}, DAY, "am")
        return record_observation(filing, by=field.person, at=NOON.replace(day=on))

    with pytest.raises(ParvisError) as refused:
        unanswered(11)
    assert codes(refused) == ["silence_too_soon"]
    assert unanswered(12).state == unanswered(11, returned).state == "received"


def test_a_case_answered_after_closing_is_still_noted_in_review_and_told_why_not_later() -> None:
    field = Field("letter")
    case = open_case(field.mission("letter"), uuid=uuid.uuid4(), sent_on=DAY, half_day="am", by=field.person, at=NOON)
    Edition.objects.update(state="review")
    later = NOON.replace(day=20)
    assert record_event(case, kind="answered", on=date(2026, 3, 20), by=field.person, at=later).kind == "answered"
    Edition.objects.update(state="frozen")
    with pytest.raises(ParvisError) as refused:
        record_event(case, kind="reminder", on=date(2026, 3, 20), by=field.person, at=later)
    assert codes(refused) == ["case_closed"]


def test_a_phone_call_is_no_case() -> None:
    field = Field()
    with pytest.raises(ParvisError) as refused:
        open_case(field.mission(), uuid=uuid.uuid4(), sent_on=DAY, half_day="am", by=field.person, at=NOON)
    assert codes(refused) == ["not_a_case"]


# --- imports and the dataset


def imported(field: Field, **given: object) -> ImportedObservation:
    values = {"uuid": uuid.uuid4(), "enrolment": field.enrolment, "place": field.place, "channel": "phone",
              "answers": GOOD, "happened_on": DAY, "visitor": "1"}  # fmt: skip
    return ImportedObservation(**(values | given))  # type: ignore[arg-type]


def test_a_table_is_received_with_its_doubles() -> None:
    field = Field()
    first = imported(field)
    second = imported(field, visitor="2", double_of=first.uuid)
    one, two = import_observations(field.edition, rows=[first, second], by=field.organiser, at=NOON)
    assert (one.origin, one.state, one.mission, two.double_of) == ("import", "received", None, one)
    assert JournalEntry.objects.filter(verb="observation.received").count() == 2


def test_a_table_with_faults_is_refused_whole_with_their_rows() -> None:
    field = Field()
    rows = [imported(field), imported(field, answers={"outcome": "blue"}), imported(field, channel="visit")]
    rows.append(imported(field, uuid=rows[0].uuid))
    with pytest.raises(ParvisError) as refused:
        import_observations(field.edition, rows=rows, by=field.organiser, at=NOON)
    told = [(fault.where["row"], fault.code) for fault in refused.value.faults]
    assert told == [("2", "choice"), ("3", "no_grid"), ("4", "already_filed")]
    assert not Observation.objects.exists()


def test_the_dataset_reads_approved_observations_in_a_stable_order() -> None:
    field = Field("phone", "email")
    mission = field.mission("email")
    sent = [
        Filing(mission, uuid.uuid4(), GOOD, DAY, "pm", events=[("sent", DAY), ("answered", date(2026, 3, 11))]),
        filing(field.mission()),
        filing(field.mission()),
    ]
    received = record_observations(sent, by=field.person, at=NOON)
    approve_many(received[:2], by=field.organiser, at=NOON)
    columns = observations_for_dataset(field.edition)
    assert {len(values) for values in columns.values()} == {2}
    assert columns["channel"] == ["email", "phone"]
    assert columns["observer"] == [field.observer.pseudonym] * 2
    assert columns["answers"] == [GOOD, GOOD]
    assert columns["events"] == [[("sent", DAY), ("answered", date(2026, 3, 11))], []]
    assert columns["identifier"] == [field.enrolment.organisation.identifier] * 2
