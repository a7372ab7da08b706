"""What is asked, once compiled: pages of questions with their logic as small trees, ready to be stored as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from parvis.core.instruments.bands import ScoreBand
from parvis.core.vocabulary import Channel, Criterion, DelayKind, Determinant, Stage, Text

# A compiled expression: true, 5, "yes", or ["operator", argument, …]. See expressions.py.
Tree = Any
# Words by language code, e.g. {"fr": "Accueil", "en": "Welcome", "fr-x-falc": "Accueil"}.
Words = Mapping[str, str]

FORMAT = "parvis-form/1"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class QuestionKind(StrEnum):
    """How an answer is given."""

    CHOICE = "choice"  # one of the choices
    CHOICES = "choices"  # any number of them
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"
    PHOTO = "photo"
    CONFIRMATION = "confirmation"
    CALCULATION = "calculation"
    NOTE = "note"
    RECORDED = "recorded"  # start, end, today: filled by the device, asked of nobody

    @property
    def is_asked(self) -> bool:
        return self not in (QuestionKind.NOTE, QuestionKind.CALCULATION, QuestionKind.RECORDED)

    @property
    def is_number(self) -> bool:
        return self in (QuestionKind.INTEGER, QuestionKind.DECIMAL, QuestionKind.CALCULATION)


class Measure(StrEnum):
    """What a question to citizens is for."""

    RATING = "rating"
    CHOICE = "choice"
    TEXT = "text"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen. `score` (0–1) and `not_applicable` matter on criteria only."""

    name: str
    labels: Words
    score: float | None = None
    not_applicable: bool = False

    def label(self, language: str) -> str:
        return in_language(self.labels, language)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `relevant` already includes the relevance of its groups; None means always."""

    name: str
    kind: QuestionKind
    labels: Words
    hints: Words = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    relevant: Tree | None = None
    required: Tree | None = None
    required_messages: Words = field(default_factory=dict)
    constraint: Tree | None = None
    constraint_messages: Words = field(default_factory=dict)
    calculation: Tree | None = None
    appearance: str = ""
    default: str = ""
    low: float | None = None  # of a range
    high: float | None = None
    step: float | None = None
    criterion: str | None = None
    bands: tuple[ScoreBand, ...] = ()
    delay: DelayKind | None = None
    determinant: Determinant | None = None
    measure: Measure | None = None
    row: int = 0

    def label(self, language: str) -> str:
        return in_language(self.labels, language)

    def hint(self, language: str) -> str:
        return in_language(self.hints, language)

    @property
    def from_timeline(self) -> bool:
        """Is this a delay that the dates of the contact give, so that nobody has to be asked?"""
        return self.delay in (DelayKind.ACKNOWLEDGMENT, DelayKind.ANSWER)


@dataclass(frozen=True, slots=True)
class Page:
    """Questions shown together: one group of the form."""

    name: str
    labels: Words
    questions: tuple[Question, ...]

    def label(self, language: str) -> str:
        return in_language(self.labels, language)


@dataclass(frozen=True, slots=True)
class Form:
    """What a grid and a questionnaire share."""

    code: str
    version: str
    titles: Words
    languages: tuple[str, ...]
    pages: tuple[Page, ...]
    ignored_columns: tuple[str, ...] = ()

    @property
    def questions(self) -> Iterator[Question]:
        """Every question, in the order of the form."""
        return (question for page in self.pages for question in page.questions)

    def question(self, name: str) -> Question:
        """The question of that name. Raises KeyError when there is none."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)

    def title(self, language: str) -> str:
        return in_language(self.titles, language) or self.code

    def to_json(self) -> dict[str, Any]:
        """Only strings, numbers, booleans, lists and dictionaries: what the web stores and the browser reads."""
        return {"format": FORMAT, "kind": type(self).__name__.lower(), **_plain(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The form that `to_json` stored."""
        return cls(**_form_fields(stored))


@dataclass(frozen=True, slots=True)
class Questionnaire(Form):
    """Versioned list of questions to citizens."""

    def measured(self) -> Iterator[Question]:
        """The questions whose answers are counted: all but notes and what the device records."""
        return (question for question in self.questions if question.measure is not None)


@dataclass(frozen=True, slots=True)
class Grid(Form):
    """Versioned list of criteria for one channel."""

    channel: Channel = Channel.PHONE
    criteria: tuple[Criterion, ...] = ()

    def criterion(self, code: str) -> Criterion:
        """The criterion of that code. Raises KeyError when there is none."""
        for criterion in self.criteria:
            if criterion.code == code:
                return criterion
        raise KeyError(code)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The grid that `to_json` stored."""
        return cls(
            **_form_fields(stored),
            channel=Channel(stored["channel"]),
            criteria=tuple(_criterion(criterion) for criterion in stored.get("criteria", ())),
        )


def form_from_json(stored: Mapping[str, Any]) -> Grid | Questionnaire:
    """The grid or questionnaire that `to_json` stored."""
    return Grid.from_json(stored) if stored["kind"] == "grid" else Questionnaire.from_json(stored)


def in_language(words: Words, language: str) -> str:
    """The words in a language, else in its base language, else in French, English, or whichever exists.

    >>> in_language({"fr": "oui", "en": "yes"}, "en-GB"), in_language({"fr": "oui"}, "de"), in_language({}, "fr")
    ('yes', 'oui', '')
    """
    for code in (language, language.split("-")[0], "fr", "en"):
        if words.get(code):
            return words[code]
    return next(iter(words.values()), "")


def scale_of(question: Question) -> tuple[float, float] | None:
    """Lowest and highest mark of a rating, from its numeric choices or its range; None when it has no scale."""
    if question.low is not None and question.high is not None:
        return question.low, question.high
    if question.measure is not Measure.RATING:
        return None
    marks = [float(c.name) for c in question.choices if not c.not_applicable and _NUMBER.fullmatch(c.name)]
    return (min(marks), max(marks)) if len(marks) > 1 else None


def _plain(thing: Any) -> Any:
    """A dataclass as a dictionary without its empty fields, which `from_json` puts back."""
    if isinstance(thing, StrEnum):
        return thing.value
    if hasattr(thing, "__dataclass_fields__"):
        values = {name: _plain(getattr(thing, name)) for name in thing.__dataclass_fields__}
        return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}
    if isinstance(thing, tuple | list):
        return [_plain(item) for item in thing]
    if isinstance(thing, Mapping):
        return dict(thing)
    return thing


def _form_fields(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": stored["code"],
        "version": stored.get("version", ""),
        "titles": stored.get("titles", {}),
        "languages": tuple(stored.get("languages", ())),
        "pages": tuple(_page(page, {}) for page in stored.get("pages", ())),
        "ignored_columns": tuple(stored.get("ignored_columns", ())),
    }


def _page(stored: Mapping[str, Any], trees: dict[str, Tree]) -> Page:
    questions = tuple(_question(question, trees) for question in stored.get("questions", ()))
    return Page(stored["name"], stored.get("labels", {}), questions)


def _question(stored: Mapping[str, Any], trees: dict[str, Tree]) -> Question:
    values = dict(stored)
    if "relevant" in stored:
        values["relevant"] = _shared(stored["relevant"], trees)
    values["kind"] = QuestionKind(stored["kind"])
    values["labels"] = stored.get("labels", {})
    values["choices"] = tuple(Choice(**{"labels": {}, **choice}) for choice in stored.get("choices", ()))
    values["bands"] = tuple(
        ScoreBand(band["comparison"], band.get("limit"), band.get("score")) for band in stored.get("bands", ())
    )
    for name, kind in (("delay", DelayKind), ("determinant", Determinant), ("measure", Measure)):
        if stored.get(name):
            values[name] = kind(stored[name])
    return Question(**values)


def _shared(tree: Tree, trees: dict[str, Tree]) -> Tree:
    """The same object for equal conditions joined by `and`, as the reader makes them: each is then settled once."""
    if isinstance(tree, list) and tree[0] == "and":
        tree = ["and", *(_shared(part, trees) for part in tree[1:])]
    return trees.setdefault(repr(tree), tree)


def _criterion(stored: Mapping[str, Any]) -> Criterion:
    values = dict(stored)
    values |= {
        "channel": Channel(stored["channel"]),
        "stage": Stage(stored["stage"]),
        "determinant": Determinant(stored["determinant"]),
        "label": Text(stored["label"].get("fr", ""), stored["label"].get("en", "")),
        "source": stored.get("source", ""),
    }
    return Criterion(**values)
