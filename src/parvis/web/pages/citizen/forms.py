"""The questions of a page as a template shows them, and what a browser sends back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from parvis.core.instruments.answers import Live
from parvis.core.instruments.form import Page, Question, QuestionKind
from parvis.core.vocabulary import Fault

WIDGETS = {
    QuestionKind.CHOICE: "radio",
    QuestionKind.CHOICES: "checkbox",
    QuestionKind.INTEGER: "number",
    QuestionKind.DECIMAL: "number",
    QuestionKind.TEXT: "text",
    QuestionKind.DATE: "date",
    QuestionKind.NOTE: "note",
    QuestionKind.CONFIRMATION: "confirmation",
}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    checked: bool
    id: str


@dataclass(frozen=True, slots=True)
class Field:
    """A question ready to be shown; `described` lists the ids of its hint and its error."""

    name: str
    widget: str
    legend: str
    hint: str
    options: tuple[Option, ...]
    value: str
    error: str

    @property
    def id(self) -> str:
        return f"q-{self.name}"

    @property
    def first_id(self) -> str:
        """Where a link to this question leads: its first control."""
        return self.options[0].id if self.options else self.id

    @property
    def described(self) -> str:
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, *([f"{self.id}-error"] if self.error else [])])


def fields_of(
    page: Page, live: Live, answers: Mapping[str, Any], language: str, errors: Mapping[str, str]
) -> list[Field]:
    """The questions of a page that apply, with the answers known and what is wrong with them."""
    return [
        _field(question, answers.get(question.name), language, errors.get(question.name, ""))
        for question in page.questions
        if question.name in live.visible and question.kind in WIDGETS
    ]


def _field(question: Question, answer: Any, language: str, error: str) -> Field:
    widget = WIDGETS[question.kind]
    chosen = set(answer if isinstance(answer, list) else str(answer or "").split())
    options = tuple(
        Option(choice.name, choice.label(language), choice.name in chosen, f"q-{question.name}-{choice.name}")
        for choice in question.choices
    )
    value = "" if answer is None or isinstance(answer, list) else str(answer)
    return Field(question.name, widget, question.label(language), question.hint(language), options, value, error)


def sent_in(request: HttpRequest) -> MultiValueDict[str, str]:
    """What a browser sends, read in one go; a form with files, or of another alphabet, is left to Django."""
    if request.content_type != "application/x-www-form-urlencoded" or request.encoding not in (None, "utf-8"):
        return request.POST
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    try:
        return MultiValueDict(parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=most))
    except ValueError:
        return request.POST  # which tells what is wrong with it


def given_in(page: Page, sent: MultiValueDict[str, str]) -> dict[str, str]:
    """Answers to a page's questions as a browser sends them; several choices become spaced words."""
    return {
        question.name: " ".join(sent.getlist(question.name)) for question in page.questions if question.name in sent
    }


def errors_of(
    faults: tuple[Fault, ...] | list[Fault], words: Mapping[str, str], page: Page, language: str
) -> dict[str, str]:
    """What to tell beside each question. A constraint tells it in the questionnaire's own words when it has some."""
    told = {}
    questions = {question.name: question for question in page.questions}
    for fault in faults:
        question = questions.get(fault.where.get("question", ""))
        if question is None:
            continue
        own = {"constraint": question.constraint_messages, "required": question.required_messages}.get(fault.code, {})
        told[question.name] = own.get(language) or words.get(fault.code) or words["choice"]
    return told
