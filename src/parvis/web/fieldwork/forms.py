"""A grid as screens: what to show, and what was typed. The same rows serve the page and the offline app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from parvis.core.instruments.answers import live_answers
from parvis.core.instruments.expressions import Scope, as_text, is_true
from parvis.core.instruments.form import Form, Page, Question, QuestionKind
from parvis.core.vocabulary import Fault

INPUT_TYPES = {
    QuestionKind.INTEGER: "number",
    QuestionKind.DECIMAL: "number",
    QuestionKind.DATE: "date",
    QuestionKind.TIME: "time",
    QuestionKind.MOMENT: "datetime-local",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question on a screen. `control` is choice, choices, confirmation, text, input, photo or note."""

    name: str
    control: str
    input_type: str
    label: str
    hint: str
    value: str
    chosen: frozenset[str]
    options: tuple[tuple[str, str], ...]
    shown: bool
    required: bool
    timer: str
    low: str
    high: str
    error: str


def rows(
    form: Form,
    page: Page,
    answers: Mapping[str, Any],
    *,
    today: date,
    faults: Iterable[Fault] = (),
    all_of: bool = False,
) -> list[Row]:
    """The questions of a stage, with their answers; `all_of` also gives those that do not apply (the app hides them).

    Delays that the dates of a case give are asked of nobody.
    """
    language = get_language() or "fr"
    live = live_answers(form, answers, today=today)
    told = {fault.where.get("question", ""): _said(fault, language) for fault in faults}
    return [
        _row(question, live.values.get(question.name, as_text(answers.get(question.name))), language,
             shown=question.name in live.visible, scope=Scope(live.values, today=today.isoformat()),
             error=told.get(question.name, ""))
        for question in page.questions
        if is_shown_to_people(question) and (all_of or question.name in live.visible)
    ]  # fmt: skip


def _said(fault: Fault, language: str) -> str:
    words = f"{fault.what.in_language(language)} {fault.remedy.in_language(language)}"
    return words[:1].upper() + words[1:]


def is_shown_to_people(question: Question) -> bool:
    return not question.from_timeline and (question.kind.is_asked or question.kind is QuestionKind.NOTE)


def _row(question: Question, value: str, language: str, *, shown: bool, scope: Scope, error: str) -> Row:
    kind = question.kind
    controls = {
        QuestionKind.CHOICE: "choice",
        QuestionKind.CHOICES: "choices",
        QuestionKind.CONFIRMATION: "confirmation",
        QuestionKind.PHOTO: "photo",
        QuestionKind.NOTE: "note",
    }
    multiline = kind is QuestionKind.TEXT and "multiline" in question.appearance
    delay = question.delay.value if question.delay else ""
    return Row(
        name=question.name,
        control="text" if multiline else controls.get(kind, "input"),
        input_type=INPUT_TYPES.get(kind, "text"),
        label=question.label(language),
        hint=question.hint(language),
        value=value,
        chosen=frozenset(value.split()) if kind is QuestionKind.CHOICES else frozenset({value}),
        options=tuple((choice.name, choice.label(language)) for choice in question.choices),
        shown=shown,
        required=question.required is not None and is_true(question.required, scope),
        timer={"pick_up": "count", "waiting": "minutes"}.get(delay, ""),
        low=as_text(question.low),
        high=as_text(question.high),
        error=error,
    )


def typed(page: Page, data: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """The answers so far with those of one screen as they were typed; what was left empty is no answer."""
    after = dict(before)
    for question in page.questions:
        if not is_shown_to_people(question) or question.kind is QuestionKind.PHOTO:
            continue
        several = question.kind is QuestionKind.CHOICES
        value: Any = data.getlist(question.name) if several else data.get(question.name, "").strip()
        if value:
            after[question.name] = value
        else:
            after.pop(question.name, None)
    return after


def screens(form: Form) -> list[Page]:
    """The stages that ask something of people."""
    return [page for page in form.pages if any(is_shown_to_people(question) for question in page.questions)]
