"""Working days and delays, by hand on the calendar."""

from datetime import date

import pytest

from parvis.core.contacts.delays import (
    Delay,
    Event,
    EventKind,
    add_working_days,
    contact_delays,
    fill_delays,
    public_holidays,
    timeline_delays,
    timeline_faults,
    timeline_outcome,
    working_days_between,
)
from parvis.core.instruments.answers import score_answers
from parvis.core.instruments.grid import read_grid
from parvis.core.vocabulary import AnswerState, DelayKind, DelayUnit, Outcome

K = EventKind
DAYS = DelayUnit.WORKING_DAYS
GRID = read_grid(
    b"""
    | survey   |         |            |       |           |        |                |                |                         |        |
    |          | type    | name       | label | criterion | stage  | determinant    | delay          | score_bands             | source |
    |          | integer | ack_days   | A     | A1        | access | responsiveness | acknowledgment | <=5:1; else:0           | S      |
    |          | integer | reply_days | B     | B1        | access | responsiveness | answer         | <=5:1; <=10:0.5; else:0 | S      |
    |          | integer | rings      | C     |           |        |                | pick_up        |                         |        |
    |          | decimal | minutes    | D     |           |        |                | waiting        |                         |        |
    | settings |         |
    |          | channel |
    |          | email   |
    """,  # noqa: E501
    "form.md",
)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def events(*lines: tuple[EventKind, str]) -> list[Event]:
    return [Event(kind, day(on)) for kind, on in lines]


@pytest.mark.parametrize(
    ("start", "end", "departement", "days"),
    [
        ("03-09", "03-09", "25", 0),  # the same Monday
        ("03-09", "03-10", "25", 1),
        ("03-06", "03-09", "25", 1),  # Friday to Monday
        ("03-07", "03-09", "25", 1),  # Saturday to Monday
        ("03-06", "03-07", "25", 0),  # Friday to Saturday
        ("05-07", "05-18", "25", 5),  # Victory Day and Ascension in between: 11, 12, 13, 15, 18
        ("07-10", "07-15", "25", 2),  # 14 July
        ("04-02", "04-07", "25", 2),  # 3 April works, Easter Monday does not
        ("04-02", "04-07", "57", 1),  # Good Friday in Moselle
        ("04-02", "04-07", "67", 1),  # and in Alsace, both départements
        ("04-02", "04-07", "68", 1),
        ("05-26", "05-28", "971", 1),  # abolition of slavery in Guadeloupe
        ("05-26", "05-28", "974", 2),
        ("12-24", "12-28", "25", 1),  # 26 December is a Saturday
        ("03-10", "03-09", "25", -1),
    ],
)
def test_working_days_by_hand(start, end, departement, days):
    assert working_days_between(day(start), day(end), departement) == days


def test_a_deadline_counts_forward_as_delays_count_back():
    for departement in ("25", "57", "971"):
        for number in range(30):
            limit = add_working_days(day("03-27"), number, departement)
            assert working_days_between(day("03-27"), limit, departement) == number


@pytest.mark.parametrize(
    ("departement", "own"),
    [
        ("57", {"04-03", "12-26"}),
        ("67", {"04-03", "12-26"}),
        ("68", {"04-03", "12-26"}),
        ("972", {"05-22", "07-21"}),
        ("973", {"06-10"}),
        ("974", {"12-20"}),
        ("976", {"04-27"}),
        ("2A", set()),
        ("975", set()),
    ],
)
def test_departements_have_their_own_holidays(departement, own):
    mainland = public_holidays("25", 2026)
    assert len(mainland) == 11
    assert public_holidays(departement, 2026) - mainland == {day(on) for on in own}


def test_the_usual_timeline():
    found = timeline_delays(
        events((K.ANSWERED, "03-18"), (K.SENT, "03-09"), (K.ACKNOWLEDGED, "03-10")),
        departement="25",
        until=day("06-01"),
    )
    assert found == [Delay(DelayKind.ACKNOWLEDGMENT, 1.0, DAYS), Delay(DelayKind.ANSWER, 7.0, DAYS)]


def test_neither_auto_replies_nor_absences_nor_parts_are_an_answer():
    found = timeline_delays(
        events((K.SENT, "03-09"), (K.AUTO_REPLY, "03-09"), (K.PARTLY_ANSWERED, "03-11"), (K.TRANSFERRED, "03-12")),
        departement="25",
        until=day("03-16"),
    )
    assert found == [
        Delay(DelayKind.ACKNOWLEDGMENT, 5.0, DAYS, censored=True),
        Delay(DelayKind.ANSWER, 5.0, DAYS, censored=True),
    ]


def test_an_answer_that_comes_first_leaves_no_acknowledgment_delay():
    for late in ((), ((K.ACKNOWLEDGED, "03-20"),)):
        timeline = events((K.SENT, "03-09"), (K.ANSWERED, "03-10"), *late)
        assert timeline_delays(timeline, departement="25", until=day("04-01")) == [Delay(DelayKind.ANSWER, 1.0, DAYS)]


def test_silence_censors_at_the_limit_not_at_the_day_of_looking():
    timeline = events((K.SENT, "03-09"), (K.ACKNOWLEDGED, "03-11"), (K.SILENCE, "03-23"))
    assert timeline_delays(timeline, departement="25", until=day("08-01")) == [
        Delay(DelayKind.ACKNOWLEDGMENT, 2.0, DAYS),
        Delay(DelayKind.ANSWER, 10.0, DAYS, censored=True),
    ]


def test_what_bounced_or_was_not_sent_has_no_delay():
    assert timeline_delays(events((K.SENT, "03-09"), (K.BOUNCED, "03-09")), departement="25", until=day("04-01")) == []
    assert timeline_delays([], departement="25", until=day("04-01")) == []


@pytest.mark.parametrize(
    ("kinds", "outcome"),
    [
        ([K.SENT], None),
        ([K.SENT, K.ACKNOWLEDGED, K.AUTO_REPLY, K.REMINDED], None),
        ([K.SENT, K.ANSWERED], Outcome.REACHED),
        ([K.SENT, K.SILENCE], Outcome.NOT_REACHED),
        ([K.SENT, K.BOUNCED], Outcome.OUR_FAILURE),
        ([K.SENT, K.BOUNCED, K.ANSWERED], Outcome.REACHED),
        ([K.SENT, K.SILENCE, K.ANSWERED], Outcome.REACHED),
    ],
)
def test_how_a_timeline_ends(kinds, outcome):
    assert timeline_outcome([Event(kind, day("03-09")) for kind in kinds]) is outcome


def test_impossible_timelines_are_told():
    assert [fault.code for fault in timeline_faults([])] == ["timeline_sending"]
    twice = events((K.SENT, "03-09"), (K.SENT, "03-10"))
    assert [fault.code for fault in timeline_faults(twice)] == ["timeline_sending"]
    before = events((K.SENT, "03-09"), (K.ANSWERED, "03-06"))
    assert [fault.code for fault in timeline_faults(before)] == ["timeline_order"]
    assert "06/03/2026" in timeline_faults(before)[0].what.fr
    assert timeline_faults(events((K.SENT, "03-09"), (K.ANSWERED, "03-09"))) == []


def test_the_timeline_fills_the_criteria_that_depend_on_it():
    timeline = events((K.SENT, "03-09"), (K.ACKNOWLEDGED, "03-10"), (K.ANSWERED, "03-18"))
    filled = fill_delays(GRID, {"reply_days": 99, "rings": 3}, timeline, departement="25", until=day("04-01"))
    assert filled == {"ack_days": 1, "reply_days": 7, "rings": 3}
    marks = score_answers(GRID, filled)
    assert (marks["A1"].value, marks["B1"].value) == (1.0, 0.5)


def test_an_answer_still_awaited_leaves_its_criterion_missing():
    timeline = events((K.SENT, "03-09"), (K.ACKNOWLEDGED, "03-10"))
    filled = fill_delays(GRID, {"reply_days": 0}, timeline, departement="25", until=day("03-12"))
    assert filled == {"ack_days": 1}
    assert score_answers(GRID, filled)["B1"].state is AnswerState.MISSING


def test_every_delay_of_a_contact_in_the_order_of_kinds():
    timeline = events((K.SENT, "03-09"), (K.ANSWERED, "03-10"))
    answers = {"minutes": "2.5", "rings": 4, "reply_days": 50}
    assert contact_delays(GRID, answers, timeline, departement="25", until=day("04-01")) == [
        Delay(DelayKind.PICK_UP, 4.0, DelayUnit.RINGS),
        Delay(DelayKind.WAITING, 2.5, DelayUnit.MINUTES),
        Delay(DelayKind.ANSWER, 1.0, DAYS),
    ]
    without = contact_delays(GRID, answers, until=day("04-01"))
    assert without[-1] == Delay(DelayKind.ANSWER, 50.0, DAYS)
