"""The words of the barometer as types. One meaning each; GLOSSARY.md tells them to people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

PODIUM = 3  # places of a category that a palmarès names; their scores are then known to everybody


class Channel(StrEnum):
    """How a request reaches a public service."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    WEBSITE = "website"
    SOCIAL = "social"


class Stage(StrEnum):
    """The part of the citizen's journey that a criterion looks at."""

    ACCESS = "access"
    ORIENTATION = "orientation"
    HANDLING = "handling"
    COMPLAINTS = "complaints"


class Determinant(StrEnum):
    """What makes a reception good, whatever the channel."""

    ACCESSIBILITY = "accessibility"
    RESPONSIVENESS = "responsiveness"
    COURTESY = "courtesy"
    PERSONALISATION = "personalisation"
    WAITING = "waiting"
    ANSWER_QUALITY = "answer_quality"
    TRANSFER = "transfer"
    COMPLAINT_HANDLING = "complaint_handling"


class Level(StrEnum):
    """What an organisation is delivered: raw results, an expert's analysis, or an audit as well."""

    RAW = "raw"
    ANALYSED = "analysed"
    AUDIT = "audit"


class Outcome(StrEnum):
    """How a contact ended. Not reached is an outcome, never a missing value."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    OUR_FAILURE = "our_failure"


class AnswerState(StrEnum):
    """Whether a criterion could be marked."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


class DelayKind(StrEnum):
    PICK_UP = "pick_up"
    WAITING = "waiting"
    ACKNOWLEDGMENT = "acknowledgment"
    ANSWER = "answer"


class DelayUnit(StrEnum):
    RINGS = "rings"
    MINUTES = "minutes"
    WORKING_DAYS = "working_days"


class Source(StrEnum):
    """Observed by mystery citizens, or perceived by citizens. Never averaged together."""

    OBSERVED = "observed"
    PERCEIVED = "perceived"


class Status(StrEnum):
    """Whether a figure may be read. Hidden is not zero."""

    PUBLISHED = "published"
    TOO_FEW = "too_few"
    HIDDEN_TO_PROTECT = "hidden_to_protect"
    NOT_MEASURED = "not_measured"


class Reason(StrEnum):
    """Why a figure is absent or to be read with care (several may apply, joined by a space)."""

    NO_DATA = "NO_DATA"
    ZERO_WEIGHT = "ZERO_WEIGHT"
    NO_VARIANCE = "NO_VARIANCE"
    MODELLED_SE = "MODELLED_SE"
    INDICATIVE = "INDICATIVE"
    LOW_COVERAGE = "LOW_COVERAGE"
    SINGLE_PSU = "SINGLE_PSU"
    NOT_COMPARABLE = "NOT_COMPARABLE"
    INFEASIBLE = "INFEASIBLE"
    TOO_FEW_PEERS = "TOO_FEW_PEERS"


class Band(StrEnum):
    """Where a figure stands in its expected range among peers."""

    MUCH_WORSE = "much_worse"
    WORSE = "worse"
    SOMEWHAT_WORSE = "somewhat_worse"
    EXPECTED = "expected"
    SOMEWHAT_BETTER = "somewhat_better"
    BETTER = "better"
    MUCH_BETTER = "much_better"


class Verdict(StrEnum):
    """What may be said of a difference between two editions."""

    UP = "up"
    DOWN = "down"
    STABLE = "stable"
    NO_CLEAR_CHANGE = "no_clear_change"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in French and in English."""

    fr: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.fr


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in what we were given: where it is, what it is, what to do next.

    `where` holds what helps to find it, in reading order, e.g. {"file": "plan.csv", "row": "12"};
    its keys are among file, sheet, row, column, question, table, key.
    """

    code: str
    what: Text
    remedy: Text
    where: dict[str, str] = field(default_factory=dict)

    def message(self, language: str = "fr") -> str:
        place = ", ".join(f"{_PLACES[key].in_language(language)} {value}" for key, value in self.where.items())
        sentence = f"{self.what.in_language(language)} {self.remedy.in_language(language)}"
        return f"{place} : {sentence}" if place and language == "fr" else f"{place}: {sentence}" if place else sentence


_PLACES = {
    "file": Text("fichier", "file"),
    "sheet": Text("feuille", "sheet"),
    "row": Text("ligne", "row"),
    "column": Text("colonne", "column"),
    "question": Text("question", "question"),
    "table": Text("table", "table"),
    "key": Text("clé", "key"),
}


class ParvisError(Exception):
    """The base of every error that Parvis raises on purpose; it carries all its faults at once."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(fault.message("en") for fault in self.faults))

    def messages(self, language: str = "fr") -> list[str]:
        return [fault.message(language) for fault in self.faults]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One scored item of a grid."""

    code: str
    channel: Channel
    stage: Stage
    determinant: Determinant
    weight: float
    label: Text
    source: str
    critical: bool = False
    subjective: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with all that allows it to be trusted. `value` is None unless `status` is published."""

    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    n: int
    n_effective: float | None = None
    degrees_of_freedom: float | None = None
    status: Status = Status.PUBLISHED
    reason: str = ""
