"""Which questions of a form apply, given the answers so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from parvis.core.instruments.expressions import Scope, as_text, evaluate, is_true
from parvis.core.instruments.form import Form, Page, Question, QuestionKind, Tree

MOST_FORMS, MOST_REMEMBERED = 64, 512
_FEW_ANSWERS = (QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.CONFIRMATION)


@dataclass(frozen=True, slots=True)
class Live:
    """The questions that apply, given the answers, and the text of each answer that counts."""

    visible: frozenset[str]
    values: Mapping[str, str]


def live_answers(form: Form, answers: Mapping[str, Any], *, today: date | None = None) -> Live:
    """Which questions apply. An answer to a question that does not apply counts as empty for the others."""
    known, day = outline(form), today.isoformat() if today else ""
    deciding = known.deciding(answers, day)
    visible = known.remembered.get(deciding) if deciding else None
    if visible is not None:
        return Live(visible, {name: as_text(answers.get(name)).strip() for name in visible})
    live = _Living(known.questions, answers, day).all()
    if deciding:
        if len(known.remembered) >= MOST_REMEMBERED:
            known.remembered.clear()
        known.remembered[deciding] = live.visible
    return live


def asked_pages(form: Form, live: Live) -> tuple[Page, ...]:
    """The pages that have something to ask, given the answers so far."""
    known = outline(form)
    found = known.asked.get(live.visible)
    if found is None:
        found = tuple(p for p in form.pages if any(q.kind.is_asked and q.name in live.visible for q in p.questions))
        if len(known.asked) >= MOST_REMEMBERED:
            known.asked.clear()
        known.asked[live.visible] = found
    return found


class Outline:
    """A form's questions by name, and what was worked out before for the choices on which its relevance hangs.

    Only choices of the form itself are remembered, never a text or a number that someone gave.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.questions = {question.name: question for question in form.questions}
        self.remembered: dict[tuple[str, ...], frozenset[str]] = {}
        self.asked: dict[frozenset[str], tuple[Page, ...]] = {}
        looked_at = {each for question in form.questions for each in _looks_at(question.relevant)}
        self.hangs_on_the_day = "" in looked_at
        self.hangs_on = {
            name: {choice.name for choice in self.questions[name].choices} | {"", "OK"}
            for name in sorted(looked_at & self.questions.keys())
        }
        self.calculated = [question for question in form.questions if question.calculation is not None]
        kinds = {self.questions[name].kind for name in self.hangs_on}
        self.is_simple = not self.calculated and kinds <= set(_FEW_ANSWERS)

    def deciding(self, answers: Mapping[str, Any], day: str) -> tuple[str, ...] | None:
        """The answers that decide which questions apply; None when they are not all choices of the form."""
        if not self.is_simple:
            return None
        found = [day if self.hangs_on_the_day else ""]
        for name, choices in self.hangs_on.items():
            text = as_text(answers.get(name)).strip()
            if text not in choices:
                return None
            found.append(text)
        return tuple(found)


_outlines: dict[int, Outline] = {}


def outline(form: Form) -> Outline:
    """The outline of a form, made once; it holds the form, so that no other can take its place in memory."""
    known = _outlines.get(id(form))
    if known is None:
        if len(_outlines) >= MOST_FORMS:
            _outlines.clear()
        known = _outlines[id(form)] = Outline(form)
    return known


def _looks_at(tree: Tree) -> Iterator[str]:
    """The questions that an expression looks at; "" for the day.

    >>> list(_looks_at(["and", ["selected", ["$", "channel"], "visit"], ["<", ["today"], "2026-03-01"]]))
    ['channel', '']
    """
    if isinstance(tree, list):
        if tree[0] in ("$", "today"):
            yield tree[1] if tree[0] == "$" else ""
        for part in tree[1:]:
            yield from _looks_at(part)


class _Living:
    """Follows relevance and calculations from question to question; the reader has refused circles."""

    def __init__(self, questions: Mapping[str, Question], answers: Mapping[str, Any], day: str) -> None:
        self.questions = questions
        self.answers = answers
        self.scope = Scope(self, today=day)  # expressions look answers up right here
        self.values: dict[str, str] = {}
        self.visible: set[str] = set()
        self.done: set[str] = set()
        self.held: dict[int, bool] = {}  # the condition of a group, shared by its questions, is settled once

    def all(self) -> Live:
        for name in self.questions:
            if name not in self.done:
                self.settle(name)
        return Live(frozenset(self.visible), self.values)

    def get(self, name: str, default: str = "", /) -> str:
        """The text of an answer, settling first whether its question applies."""
        if name not in self.done and name in self.questions:
            self.settle(name)
        return self.values.get(name, default)

    def settle(self, name: str) -> None:
        self.done.add(name)
        question = self.questions[name]
        if question.relevant is None or self.holds(question.relevant):
            self.visible.add(name)
            if question.calculation is not None:
                self.values[name] = as_text(evaluate(question.calculation, self.scope))
            else:
                self.values[name] = as_text(self.answers.get(name)).strip()

    def holds(self, tree: Tree) -> bool:
        known = self.held.get(id(tree))
        if known is None:
            nested = isinstance(tree, list) and tree[0] == "and"
            known = all(map(self.holds, tree[1:])) if nested else is_true(tree, self.scope)
            self.held[id(tree)] = known
        return known
