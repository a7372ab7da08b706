"""Is a filled form valid, whoever filled it; and what its answers are worth."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from parvis.core.instruments.bands import band_score
from parvis.core.instruments.expressions import Scope, as_text, is_true, number_of
from parvis.core.instruments.form import Form, Grid, Question, QuestionKind
from parvis.core.instruments.relevance import Live, live_answers, outline
from parvis.core.vocabulary import AnswerState, Fault, Outcome, Text

__all__ = [
    "AnswerRefused",
    "CheckedAnswers",
    "Live",
    "Mark",
    "check_answers",
    "live_answers",
    "outcome_of",
    "score_answers",
    "typed_answer",
]
LONGEST_TEXT = 5000


class Mark(NamedTuple):
    """What one criterion earned: `value` is 0–1, None unless scored; `raw` is the answer as given."""

    state: AnswerState
    value: float | None
    raw: str


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """Typed answers of the questions that apply (a number is a number, several choices a list), and every fault."""

    answers: dict[str, Any]
    faults: tuple[Fault, ...]
    live: Live

    @property
    def valid(self) -> bool:
        return not self.faults


def check_answers(
    form: Form, given: Mapping[str, Any], *, today: date, pages: Collection[str] | None = None
) -> CheckedAnswers:
    """Check a filled form: types, choices, relevance, required, constraint.

    given: answer by question name, as text (from a page or a phone) or typed; several choices as a list or spaced.
    today: what `today()` means, by the server's clock. pages: names of the only pages whose questions are checked,
    for a form that is filled page by page; the other answers still count in the logic.
    Returns the answers that apply, typed (hidden ones are dropped), and one fault per thing wrong, with its question.
    """
    known = outline(form).questions
    faults = [_fault("question_unknown", name) for name in given if name not in known]
    typed: dict[str, Any] = {}
    refused: dict[str, Fault] = {}
    for question in known.values():
        if given.get(question.name) is None:
            continue
        try:
            value = typed_answer(question, given[question.name])
        except AnswerRefused as error:
            refused[question.name] = _fault(error.code, question.name, error.detail)
        else:
            if value is not None:
                typed[question.name] = value
    live = live_answers(form, typed, today=today)
    for page in form.pages:
        if pages is None or page.name in pages:
            for question in page.questions:
                if _may_be_wrong(question, live, refused):
                    faults.extend(_question_faults(question, live, refused, today))
    kept = {name: value for name, value in typed.items() if name in live.visible}
    for question in outline(form).calculated:
        if live.values.get(question.name, "") not in ("", "NaN"):
            kept[question.name] = live.values[question.name]
    return CheckedAnswers(kept, tuple(faults), live)


def score_answers(grid: Grid, answers: Mapping[str, Any], *, today: date | None = None) -> dict[str, Mark]:
    """What each criterion of the grid earned, in the order of the grid.

    A criterion whose question does not apply, or whose choice or band says `na`, is not applicable; one that applies
    and has no answer is missing. A contact that was not reached is dealt with by its outcome, not here.
    """
    live = live_answers(grid, answers, today=today)
    asked = {question.criterion: question for question in grid.questions if question.criterion}
    return {criterion.code: _mark(asked[criterion.code], live) for criterion in grid.criteria}


def outcome_of(answers: Mapping[str, Any]) -> Outcome:
    """How the contact ended, as its `outcome` question says; reached when the grid does not ask."""
    said = as_text(answers.get("outcome"))
    return Outcome(said) if said in tuple(Outcome) else Outcome.REACHED


class AnswerRefused(ValueError):
    """An answer that is not of the kind asked for."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def typed_answer(question: Question, given: Any) -> Any:
    """An answer in the type of its question: int, float, str, list of str; None when empty.

    Raises AnswerRefused (codes `type`, `choice`, `range`, `too_long`).
    """
    text = as_text(given).strip()
    if not text or not question.kind.is_asked:
        return text if text and question.kind is QuestionKind.RECORDED else None
    match question.kind:
        case QuestionKind.CHOICE:
            return _chosen(question, [text])[0]
        case QuestionKind.CHOICES:
            return _chosen(question, text.split())
        case QuestionKind.INTEGER | QuestionKind.DECIMAL:
            return _number(question, text)
        case QuestionKind.DATE | QuestionKind.TIME | QuestionKind.MOMENT:
            return _moment(question.kind, text)
        case QuestionKind.CONFIRMATION:
            if text.lower() not in ("yes", "ok", "true", "1", "on"):
                raise AnswerRefused("type")
            return "OK"
    if len(text) > LONGEST_TEXT:
        raise AnswerRefused("too_long", str(LONGEST_TEXT))
    return text


def _chosen(question: Question, names: list[str]) -> list[str]:
    if len(names) == 1 and any(choice.name == names[0] for choice in question.choices):
        return names
    known = {choice.name for choice in question.choices}
    for name in names:
        if name not in known:
            raise AnswerRefused("choice", name[:60])
    return [choice.name for choice in question.choices if choice.name in names]


def _number(question: Question, text: str) -> float:
    if not re.fullmatch(r"[+-]?\d{1,12}(?:[.,]\d{1,9})?", text):
        raise AnswerRefused("type")
    number = float(text.replace(",", "."))
    if (question.low is not None and number < question.low) or (question.high is not None and number > question.high):
        raise AnswerRefused("range", f"{as_text(question.low)}–{as_text(question.high)}")
    if question.kind is QuestionKind.INTEGER:
        if not number.is_integer():
            raise AnswerRefused("type")
        return int(number)
    return number


def _moment(kind: QuestionKind, text: str) -> str:
    try:
        if kind is QuestionKind.DATE:
            return date.fromisoformat(text).isoformat()
        if kind is QuestionKind.TIME:
            return time.fromisoformat(text).isoformat()
        return datetime.fromisoformat(text).isoformat()
    except ValueError as error:
        raise AnswerRefused("type") from error


def _may_be_wrong(question: Question, live: Live, refused: Mapping[str, Fault]) -> bool:
    """Most questions ask nothing of their answers, or have one and no constraint: nothing is to be evaluated."""
    if question.name in refused:
        return True
    answered = live.values.get(question.name, "") != ""
    return (question.constraint if answered else question.required) is not None


def _question_faults(question: Question, live: Live, refused: Mapping[str, Fault], today: date) -> list[Fault]:
    name = question.name
    if name not in live.visible or not question.kind.is_asked:
        return []
    if name in refused:
        return [refused[name]]
    scope = Scope(live.values, own=live.values.get(name, ""), today=today.isoformat())
    if not scope.own:
        needed = question.required is not None and is_true(question.required, scope)
        return [_fault("required", name)] if needed and not question.from_timeline else []
    if question.constraint is not None and not is_true(question.constraint, scope):
        return [_fault("constraint", name, told=question.constraint_messages)]
    return []


def _mark(question: Question, live: Live) -> Mark:
    if question.name not in live.visible:
        return Mark(AnswerState.NOT_APPLICABLE, None, "")
    raw = live.values.get(question.name, "")
    if not raw:
        return Mark(AnswerState.MISSING, None, "")
    if question.kind.is_number:
        number = number_of(raw.replace(",", "."))
        if math.isnan(number):
            return Mark(AnswerState.MISSING, None, raw)
        score = band_score(question.bands, number)
    else:
        choice = next((choice for choice in question.choices if choice.name == raw), None)
        if choice is None:
            return Mark(AnswerState.MISSING, None, raw)
        score = choice.score
    state = AnswerState.NOT_APPLICABLE if score is None else AnswerState.SCORED
    return Mark(state, score, raw)


_FAULTS = {
    "question_unknown": (
        Text("cette question n’est pas dans le formulaire.", "this question is not in the form."),
        Text("Vérifiez la version de la grille.", "Check the version of the grid."),
    ),
    "required": (
        Text("il manque une réponse.", "an answer is missing."),
        Text("Répondez à cette question.", "Answer this question."),
    ),
    "constraint": (
        Text("cette réponse n’est pas possible.", "this answer is not possible."),
        Text("Corrigez-la.", "Correct it."),
    ),
    "type": (
        Text("cette réponse n’est pas de la forme attendue.", "this answer is not of the expected form."),
        Text(
            "Donnez un nombre, une date ou une heure, selon la question.", "Give a number, a date or a time, as asked."
        ),
    ),
    "choice": (
        Text("ce choix n’existe pas :", "this choice does not exist:"),
        Text("Prenez l’un des choix proposés.", "Take one of the choices offered."),
    ),
    "range": (
        Text("ce nombre sort de l’échelle", "this number is off the scale"),
        Text("Restez dans l’échelle.", "Keep to the scale."),
    ),
    "too_long": (
        Text("ce texte est trop long ; limite :", "this text is too long; limit:"),
        Text("Raccourcissez-le.", "Shorten it."),
    ),
}


def _fault(code: str, question: str, detail: str = "", told: Mapping[str, str] | None = None) -> Fault:
    what, remedy = _FAULTS[code]
    if detail:
        what = Text(f"{what.fr} {detail}.", f"{what.en} {detail}.")
    if told:
        remedy = Text(told.get("fr", remedy.fr), told.get("en", remedy.en))
    return Fault(code, what, remedy, {"question": question})
