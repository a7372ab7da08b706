"""What observers are taught: a module and a quiz per channel, and the code of conduct, read from the files beside."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from parvis.core.vocabulary import Channel, Text

FOLDER = Path(__file__).resolve().parent
PASS_SHARE = 0.8  # of the questions of a quiz: the one place where the pass mark stands


@dataclass(frozen=True, slots=True)
class Slide:
    """One short screen of a module."""

    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """One question; `right` is the rank of the right choice, from 1, in the order of the file."""

    text: Text
    choices: tuple[Text, ...]
    right: int
    because: Text


@dataclass(frozen=True, slots=True)
class Module:
    """What is taught about one channel."""

    channel: Channel
    version: str
    slides: tuple[Slide, ...]
    questions: tuple[QuizQuestion, ...]

    @property
    def needed(self) -> int:
        """How many right answers pass: the smallest number that reaches the pass mark."""
        count = len(self.questions)
        return next(right for right in range(count + 1) if right >= PASS_SHARE * count)


@dataclass(frozen=True, slots=True)
class Conduct:
    """The code of conduct in force; `sha256` is the fingerprint of its words in both languages."""

    version: str
    dated: date
    lead: Text
    articles: tuple[Text, ...]
    sha256: str


@cache
def module(channel: str) -> Module:
    """The module of a channel. Raises KeyError for what is no channel."""
    if channel not in set(Channel):
        raise KeyError(channel)
    given = _read(channel)
    questions = tuple(
        QuizQuestion(_text(row), tuple(_text(one) for one in row["choices"]), row["right"], _text(row["because"]))
        for row in given["questions"]
    )
    slides = tuple(Slide(_text(row["title"]), _text(row)) for row in given["screens"])
    return Module(Channel(given["channel"]), given["version"], slides, questions)


def modules() -> list[Module]:
    """Every module, in the order of the channels."""
    return [module(str(channel)) for channel in Channel]


@cache
def code_of_conduct() -> Conduct:
    given = _read("code_of_conduct")
    lead, articles = _text(given["lead"]), tuple(_text(row) for row in given["articles"])
    words = "\n".join(f"{text.fr}\n{text.en}" for text in (lead, *articles))
    return Conduct(given["version"], given["dated"], lead, articles, hashlib.sha256(words.encode()).hexdigest())


def shuffled(question: QuizQuestion, seed: str) -> list[tuple[int, Text]]:
    """The choices with their ranks, in an order drawn by the seed: the same for one try, another for the next."""
    ranked = enumerate(question.choices, 1)
    return sorted(ranked, key=lambda one: hashlib.sha256(f"{seed}:{one[1].fr}".encode()).digest())


def right_answers(taught: Module, answers: Mapping[str, int]) -> int:
    """How many answers (question number from 1, as text → rank of the choice) are right."""
    return sum(answers.get(str(number)) == each.right for number, each in enumerate(taught.questions, 1))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def _text(given: Mapping[str, Any]) -> Text:
    return Text(given["fr"], given["en"])
