"""The set shipped for 2026: complete, sourced, in both languages, and valid for other tools."""

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from parvis.core.instruments.answers import check_answers, score_answers
from parvis.core.instruments.form import Measure, QuestionKind, form_from_json, scale_of
from parvis.core.instruments.grid import read_grid, read_questionnaire, to_xform
from parvis.core.vocabulary import AnswerState, Channel, DelayKind, Determinant, Outcome, Stage

FOLDER = Path(__file__).parents[3] / "src/parvis/grids/2026"
FORMS = sorted(FOLDER.glob("*.xlsx"))
TODAY = date(2026, 11, 20)


@cache
def grid_of(channel):
    return read_grid(FOLDER / f"{channel}.xlsx")


@cache
def citizens():
    return read_questionnaire(FOLDER / "questionnaire.xlsx")


def grids():
    return [grid_of(channel) for channel in Channel]


def criteria():
    return [criterion for grid in grids() for criterion in grid.criteria]


def test_140_to_160_criteria_in_all():
    assert 140 <= len(criteria()) <= 160
    assert len({criterion.code for criterion in criteria()}) == len(criteria())


def test_every_stage_and_determinant_is_looked_at():
    assert {criterion.stage for criterion in criteria()} == set(Stage)
    for grid in grids():
        assert {criterion.stage for criterion in grid.criteria} == set(Stage), grid.code
    counts = Counter(criterion.determinant for criterion in criteria())
    assert set(counts) == set(Determinant)
    assert min(counts.values()) >= 8
    for channel in (Channel.PHONE, Channel.EMAIL, Channel.LETTER, Channel.VISIT):
        assert {criterion.determinant for criterion in grid_of(channel).criteria} == set(Determinant), channel


def test_every_criterion_has_its_source_and_both_languages():
    for criterion in criteria():
        reference, _, reason = criterion.source.partition("\u202f: ")
        assert len(reference) > 5, criterion.code
        assert len(reason) > 5, f"{criterion.code}: a source says what it justifies"
        assert criterion.label.fr, criterion.code
        assert criterion.label.en, criterion.code
        assert criterion.label.fr != criterion.label.en, criterion.code
        assert not criterion.label.fr.endswith("."), criterion.code


def test_few_criteria_are_critical_or_subjective():
    for grid in grids():
        assert 1 <= sum(criterion.critical for criterion in grid.criteria) <= 2, grid.code
        assert sum(criterion.subjective for criterion in grid.criteria) <= 1, grid.code


@pytest.mark.parametrize("channel", Channel)
def test_the_outcome_comes_first_and_hides_the_rest(channel):
    grid = grid_of(channel)
    first = next(grid.questions)
    assert (first.name, first.kind, first.criterion) == ("outcome", QuestionKind.CHOICE, None)
    assert [choice.name for choice in first.choices] == list(Outcome)
    assert set(check_answers(grid, {"outcome": "not_reached"}, today=TODAY).live.visible) <= {
        *("outcome", "request", "by_form", "tries_made", "comment")
    }


def _filled(grid, best: bool) -> dict[str, str]:
    """Every question answered by what scores most (or least)."""
    answers = {}
    for question in grid.questions:
        if question.name == "request":
            answers["request"] = "complaint"
            continue
        if question.bands:
            answers[question.name] = "1" if best else {"rings": "60", "tries_needed": "20"}.get(question.name, "100")
        elif question.choices:
            scored = [choice for choice in question.choices if choice.score is not None]
            worst_first = sorted(scored, key=lambda choice: choice.score)
            answers[question.name] = (worst_first[-1 if best else 0] if scored else question.choices[0]).name
    return answers


@pytest.mark.parametrize("channel", Channel)
def test_a_perfect_contact_earns_everything_and_a_poor_one_nothing(channel):
    grid = grid_of(channel)
    for best in (True, False):
        given = _filled(grid, best)
        checked = check_answers(grid, given, today=TODAY)
        assert checked.faults == ()
        marks = score_answers(grid, checked.answers, today=TODAY)
        scored = {code: mark.value for code, mark in marks.items() if mark.state is AnswerState.SCORED}
        assert set(scored.values()) == {1.0 if best else 0.0}
        assert AnswerState.MISSING not in {mark.state for mark in marks.values()}
        assert len(scored) >= len(grid.criteria) * 0.8


def test_thresholds_are_those_of_their_sources():
    def worth(channel: Channel, question: str, number: int) -> float | None:
        grid = grid_of(channel)
        given = {"outcome": "reached", "acknowledgment_sent": "yes", question: number}
        return score_answers(grid, given)[str(grid.question(question).criterion)].value

    assert [worth(Channel.PHONE, "rings", rings) for rings in (5, 6, 8, 9)] == [1.0, 0.5, 0.5, 0.0]
    assert [worth(Channel.EMAIL, "answer_days", days) for days in (5, 6, 10, 16)] == [1.0, 0.5, 0.5, 0.0]
    assert [worth(Channel.LETTER, "acknowledgment_days", days) for days in (10, 11, 16)] == [1.0, 0.5, 0.0]
    assert [worth(Channel.VISIT, "wait_minutes", minutes) for minutes in (5, 10, 20, 21)] == [1.0, 0.7, 0.3, 0.0]


def test_delays_are_where_they_are_measured():
    delays = {grid.channel: {q.delay for q in grid.questions if q.delay} for grid in grids()}
    assert delays[Channel.PHONE] == {DelayKind.PICK_UP, DelayKind.WAITING}
    assert delays[Channel.EMAIL] == delays[Channel.LETTER] == {DelayKind.ACKNOWLEDGMENT, DelayKind.ANSWER}
    assert delays[Channel.VISIT] == {DelayKind.WAITING}
    assert delays[Channel.SOCIAL] == {DelayKind.ANSWER}


def test_nobody_is_ever_named():
    for grid in grids():
        assert [q.name for q in grid.questions if q.kind is QuestionKind.TEXT] == ["comment"]
        assert "Ne nommez personne" in grid.question("comment").hint("fr")
    assert "Ne nommez personne" in citizens().question("comment").hint("fr")


def test_the_questionnaire_opens_on_two_questions_and_asks_little():
    assert [question.name for question in citizens().pages[0].questions] == ["satisfaction", "channel"]
    assert [q.name for q in citizens().questions if q.required is not None] == ["satisfaction", "channel"]
    assert all(len(page.questions) <= 4 for page in citizens().pages)
    rated = [q for q in citizens().measured() if q.determinant is not None]
    assert {question.determinant for question in rated} == set(Determinant)
    for question in citizens().measured():
        if question.measure is Measure.RATING:
            assert scale_of(question) == (1.0, 5.0)
    alone = [page for page in citizens().pages if any(question in rated for question in page.questions)]
    assert all(len(page.questions) == 1 for page in alone), "one rating a screen, no matrix"
    assert {q.name for q in citizens().measured() if q.measure is Measure.PROFILE} == {
        *("age", "sex", "activity", "education")
    }


def test_the_questionnaire_speaks_all_its_languages_everywhere():
    assert citizens().languages == ("fr", "en", "es", "de", "pt", "ar", "uk", "fr-x-falc")
    spoken = set(citizens().languages)
    for page in citizens().pages:
        assert set(page.labels) == spoken
        for question in page.questions:
            assert set(question.labels) == spoken, question.name
            assert set(question.hints) in (set(), spoken)
            assert all(set(choice.labels) == spoken for choice in question.choices), question.name
    assert set(citizens().titles) == spoken
    words = [q.label(code) for q in citizens().questions for code in ("ar", "uk")]
    assert all(re.search(r"[\u0400-\u04ff\u0600-\u06ff]", text) for text in words)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_each_form_stores_and_shows_phones_no_score(path):
    form = citizens() if path.stem == "questionnaire" else grid_of(Channel(path.stem))
    assert form_from_json(form.to_json()) == form
    assert not re.search(r"\bscore\b|Marianne|Services Publics", to_xform(path))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_french_is_set_as_french_is(path):
    form = citizens() if path.stem == "questionnaire" else grid_of(Channel(path.stem))
    for question in form.questions:
        for text in (question.label("fr"), question.hint("fr"), *(choice.label("fr") for choice in question.choices)):
            assert "'" not in text
            assert not re.search(r" [?!;:]|« | »", text), text
