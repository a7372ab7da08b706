"""How an invented observer fills a real grid: each question answered as good as the body truly is, by chance."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from parvis.core.instruments.answers import live_answers
from parvis.core.instruments.form import Grid, Question, QuestionKind
from parvis.core.vocabulary import Outcome

NOT_APPLICABLE = 0.06
_REQUESTS = (("information", 0.6), ("procedure", 0.3), ("complaint", 0.1))


class Filler:
    """Fills one grid again and again; its questions are looked at once."""

    def __init__(self, grid: Grid, difficulty: dict[str, float], *, today: date) -> None:
        self.grid, self.today = grid, today
        self.questions = [q for q in grid.questions if q.kind.is_asked and q.kind is not QuestionKind.PHOTO]
        self.difficulty = np.array([difficulty.get(q.criterion or "", 0.3) for q in self.questions])

    def fill(self, draws: np.random.Generator, *, logit: float, outcome: Outcome) -> dict[str, Any]:
        """Answers that the grid accepts, those of hidden questions left out."""
        good = draws.random(len(self.questions)) < 1 / (1 + np.exp(-(logit + self.difficulty)))
        luck = draws.random(len(self.questions))
        given: dict[str, Any] = {}
        for question, is_good, chance in zip(self.questions, good, luck, strict=True):
            if question.name == "outcome":
                given["outcome"] = str(outcome)
            elif question.kind is not QuestionKind.TEXT:
                given[question.name] = answer(question, bool(is_good), float(chance))
        shown = live_answers(self.grid, given, today=self.today).visible
        return {name: value for name, value in given.items() if name in shown and value is not None}


def answer(question: Question, is_good: bool, chance: float) -> Any:
    """One plausible answer: a good or a less good one, `chance` (0–1) choosing among those."""
    if question.name == "request":
        return _among(_REQUESTS, chance)
    match question.kind:
        case QuestionKind.CHOICE | QuestionKind.CHOICES:
            return _choice(question, is_good, chance)
        case QuestionKind.INTEGER | QuestionKind.DECIMAL:
            return _number(question, is_good, chance)
        case _:
            return None


def _choice(question: Question, is_good: bool, chance: float) -> str:
    scored = [choice for choice in question.choices if choice.score is not None]
    if not scored:
        return question.choices[int(chance * len(question.choices))].name
    not_applicable = next((choice for choice in question.choices if choice.not_applicable), None)
    if not_applicable is not None and chance < NOT_APPLICABLE:
        return not_applicable.name
    best = max(choice.score or 0.0 for choice in scored)
    fitting = [choice for choice in scored if (choice.score == best) == is_good] or scored
    return fitting[int(chance * len(fitting))].name


def _number(question: Question, is_good: bool, chance: float) -> int:
    limits = [band.limit for band in question.bands if band.limit is not None]
    first, last = (int(limits[0]), int(limits[-1])) if limits else (2, 5)
    low, high = (min(1, first), first) if is_good else (first + 1, max(last + 4, first + 2))
    return low + int(chance * (high - low + 1))


def _among(weighted: tuple[tuple[str, float], ...], chance: float) -> str:
    total = 0.0
    for word, share in weighted:
        total += share
        if chance < total:
            return word
    return weighted[-1][0]
