"""Filled forms: what is valid, what applies, what it is worth."""

from datetime import date

import pytest

from parvis.core.instruments.answers import Mark, check_answers, live_answers, outcome_of, score_answers
from parvis.core.instruments.grid import read_form
from parvis.core.vocabulary import AnswerState, Outcome

TODAY = date(2026, 11, 20)
GRID = read_form(
    """
    | survey   |                      |           |       |                          |                    |                    |           |        |             |               |                     |        |
    |          | type                 | name      | label | relevant                 | constraint         | required           | criterion | stage  | determinant | calculation   | score_bands         | source |
    |          | begin group          | contact   | C     |                          |                    |                    |           |        |             |               |                     |        |
    |          | select_one ended     | outcome   | O     |                          |                    | yes                |           |        |             |               |                     |        |
    |          | date                 | on        | D     |                          | . <= today()       |                    |           |        |             |               |                     |        |
    |          | end group            |           |       |                          |                    |                    |           |        |             |               |                     |        |
    |          | begin group          | access    | A     | ${outcome} = 'reached'   |                    |                    |           |        |             |               |                     |        |
    |          | integer              | rings     | R     |                          | . >= 0 and . <= 60 | yes                | R1        | access | responsiveness |            | <=5:1; <=8:0.5; else:0 | S   |
    |          | select_one yesno     | greeting  | G     |                          |                    | yes                | G1        | access | courtesy    |               |                     | S      |
    |          | select_one yesno     | moved     | M     | ${greeting} = 'no'       |                    |                    | M1        | access | transfer    |               |                     | S      |
    |          | select_multiple ways | ways      | W     |                          |                    |                    |           |        |             |               |                     |        |
    |          | text                 | which     | X     | selected(${ways}, 'other') |                  | ${rings} > 5       |           |        |             |               |                     |        |
    |          | calculate            | total     |       |                          |                    |                    | T1        | access | waiting     | ${rings} * 10 | <=50:1; else:0      | S      |
    |          | end group            |           |       |                          |                    |                    |           |        |             |               |                     |        |
    | choices  |                      |           |       |                          |                    |                    |           |        |             |               |                     |        |
    |          | list_name            | name      | label | score                    |                    |                    |           |        |             |               |                     |        |
    |          | ended                | reached   | Oui   |                          |                    |                    |           |        |             |               |                     |        |
    |          | ended                | not_reached | Non |                          |                    |                    |           |        |             |               |                     |        |
    |          | yesno                | yes       | Oui   | 1                        |                    |                    |           |        |             |               |                     |        |
    |          | yesno                | no        | Non   | 0                        |                    |                    |           |        |             |               |                     |        |
    |          | yesno                | na        | –     | na                       |                    |                    |           |        |             |               |                     |        |
    |          | ways                 | web       | Web   |                          |                    |                    |           |        |             |               |                     |        |
    |          | ways                 | other     | Autre |                          |                    |                    |           |        |             |               |                     |        |
    | settings |                      |           |       |                          |                    |                    |           |        |             |               |                     |        |
    |          | channel              |           |       |                          |                    |                    |           |        |             |               |                     |        |
    |          | phone                |           |       |                          |                    |                    |           |        |             |               |                     |        |
    """.encode(),  # noqa: E501
    "form.md",
)
GOOD = {
    "outcome": "reached",
    "on": "2026-11-20",
    "rings": "6",
    "greeting": "yes",
    "ways": ["other", "web"],
    "which": "x",
}


def said(given, **options) -> list[tuple[str, str]]:
    checked = check_answers(GRID, given, today=TODAY, **options)
    return [(fault.code, fault.where["question"]) for fault in checked.faults]


def test_a_good_form_comes_back_typed():
    checked = check_answers(GRID, GOOD, today=TODAY)
    assert checked.valid
    assert checked.answers == {
        "outcome": "reached",
        "on": "2026-11-20",
        "rings": 6,
        "greeting": "yes",
        "ways": ["web", "other"],
        "which": "x",
        "total": "60",
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"rings": ""}, ("required", "rings")),
        ({"rings": None}, ("required", "rings")),
        ({"rings": "six"}, ("type", "rings")),
        ({"rings": "6.5"}, ("type", "rings")),
        ({"rings": "1e5"}, ("type", "rings")),
        ({"rings": "61"}, ("constraint", "rings")),
        ({"rings": -1}, ("constraint", "rings")),
        ({"greeting": "maybe"}, ("choice", "greeting")),
        ({"ways": "web pigeon"}, ("choice", "ways")),
        ({"on": "20/11/2026"}, ("type", "on")),
        ({"on": "2026-02-30"}, ("type", "on")),
        ({"on": "2026-11-21"}, ("constraint", "on")),
        ({"which": ""}, ("required", "which")),
        ({"which": "x" * 5001}, ("too_long", "which")),
        ({"nobody": "1"}, ("question_unknown", "nobody")),
    ],
)
def test_each_thing_wrong_is_one_fault_with_its_question(change, fault):
    assert said(GOOD | change) == [fault]


def test_required_may_depend_on_an_answer():
    assert said(GOOD | {"rings": "5", "which": ""}) == []


def test_hidden_answers_are_dropped_and_need_nothing():
    given = GOOD | {"outcome": "not_reached", "rings": "999", "greeting": ""}
    checked = check_answers(GRID, given, today=TODAY)
    assert checked.valid
    assert checked.answers == {"outcome": "not_reached", "on": "2026-11-20"}


def test_page_by_page_only_that_page_is_checked():
    assert said({"outcome": "reached"}, pages={"contact"}) == []
    assert said({}, pages={"contact"}) == [("required", "outcome")]
    assert said({"outcome": "reached"}, pages={"access"}) == [("required", "rings"), ("required", "greeting")]


def test_all_faults_come_at_once():
    assert said({"outcome": "reached", "rings": "x", "greeting": "y", "on": "z"}) == [
        ("type", "on"),
        ("type", "rings"),
        ("choice", "greeting"),
    ]


def test_scores_by_hand():
    marks = score_answers(GRID, {"outcome": "reached", "rings": 6, "greeting": "no", "moved": "na"})
    assert marks == {
        "R1": Mark(AnswerState.SCORED, 0.5, "6"),
        "G1": Mark(AnswerState.SCORED, 0.0, "no"),
        "M1": Mark(AnswerState.NOT_APPLICABLE, None, "na"),
        "T1": Mark(AnswerState.SCORED, 0.0, "60"),
    }


def test_hidden_is_not_applicable_and_unanswered_is_missing():
    marks = score_answers(GRID, {"outcome": "reached", "greeting": "yes", "moved": "yes"})
    assert {code: mark.state for code, mark in marks.items()} == {
        "R1": AnswerState.MISSING,
        "G1": AnswerState.SCORED,
        "M1": AnswerState.NOT_APPLICABLE,
        "T1": AnswerState.MISSING,
    }


def test_the_outcome_is_what_was_said():
    assert outcome_of({"outcome": "our_failure"}) is Outcome.OUR_FAILURE
    assert outcome_of({}) is Outcome.REACHED


def test_what_applies_follows_the_answers():
    assert live_answers(GRID, {"outcome": "reached", "greeting": "no"}).visible >= {"rings", "moved"}
    assert live_answers(GRID, {"outcome": "not_reached", "greeting": "no"}).visible == {"outcome", "on"}
