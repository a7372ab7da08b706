"""What a method decides, section by section. The bounds of each number stand beside it and are checked on reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field
from typing import Any, Literal

from parvis.core.vocabulary import Channel, DelayKind, DelayUnit, Text

METHOD_FORMAT = "parvis-method/1"


def within(low: float, high: float) -> Any:
    """A number of the file that must lie between two bounds, both allowed."""
    return field(metadata={"low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Scores:
    """Intervals, and how close two scores are when they are the same; they run from 0 to 100."""

    confidence: float = within(0.5, 0.9999)
    tie_tolerance: float = within(0, 1)


@dataclass(frozen=True, slots=True)
class Places:
    """How the places of one organisation add up: equally, or by the weights of the dataset."""

    weights: Literal["equal", "declared"]


@dataclass(frozen=True, slots=True)
class NotReached:
    """What a contact earns when nobody answered: `score` on every criterion of its grid, save those of `criteria`.

    `criteria` gives for one criterion another score (0 to 1), or `"not_applicable"`.
    """

    score: float = within(0, 1)
    criteria: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A reached contact counts when at least this share of its grid's weight could be marked."""

    minimum_share: float = within(0, 1)


@dataclass(frozen=True, slots=True)
class Minimum:
    """The fewest contacts or organisations behind a figure, by what the figure is used for."""

    contacts_indicative: int = within(1, 1000)
    contacts_to_compare: int = within(1, 1000)
    peers: int = within(1, 1000)
    organisations_to_rank: int = within(2, 1000)
    organisations_to_band: int = within(2, 1000)
    gap_share: float = within(0, 1)


@dataclass(frozen=True, slots=True)
class Variance:
    """When a variance seen on a handful of contacts borrows strength from like cells."""

    small_contacts: int = within(2, 100)
    minimum_cells: int = within(2, 10000)
    largest_degrees: float = within(4, 1e6)


@dataclass(frozen=True, slots=True)
class Observers:
    """When the severity of observers is corrected for: the rule stands before the figures are known."""

    minimum_share: float = within(0, 1)
    level: float = within(0, 0.5)
    minimum_observers: int = within(2, 10000)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How ranks get their intervals."""

    method: Literal["bootstrap", "holm", "bonferroni"]
    draws: int = within(100, 100000)
    step_down_limit: int = within(0, 10000)
    rankability: float = within(0, 1)


@dataclass(frozen=True, slots=True)
class Bands:
    """Expected range among peers: shares winsorised at both ends, and the seven bands' cut points."""

    winsorise: float = within(0, 0.49)
    cut_points: tuple[float, float, float] = field(default=(1.645, 1.960, 3.090))


@dataclass(frozen=True, slots=True)
class Change:
    """What may be called a change between two editions."""

    family: Literal["bh", "holm"]
    level: float = within(0.0001, 0.5)
    margin: float = within(0, 100)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Below these numbers a figure is hidden, and with it what would reveal it."""

    respondents: int = within(1, 1000)
    respondents_national: int = within(1, 1000)
    organisations: int = within(1, 1000)
    observers: int = within(1, 1000)
    dominance: float = within(0.01, 1)
    prior: float = within(0, 100)


@dataclass(frozen=True, slots=True)
class Gate:
    """When a citizens' figure is reliable enough to be shown."""

    effective_size: float = within(0, 100000)
    width: float = within(0, 1)
    narrow_width: float = within(0, 1)
    relative_width: float = within(0, 100)
    degrees_of_freedom: float = within(0, 1000)


@dataclass(frozen=True, slots=True)
class Consultation:
    """Citizens' answers: the question that heads the page, and how weights are bounded."""

    headline: str
    trim_low: float = within(0, 1)
    trim_high: float = within(1, 1000)


@dataclass(frozen=True, slots=True)
class Trophies:
    """How many contacts a trophy needs, and how many responses the consultation's own."""

    minimum_contacts: int = within(1, 10000)
    minimum_responses: int = within(1, 100000)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A share computed from raw delays, e.g. calls picked up within five rings. It never enters a score."""

    code: str
    channel: Channel
    kind: DelayKind
    unit: DelayUnit
    at_most: float
    label: Text


@dataclass(frozen=True, slots=True)
class Method:
    """All that turns a dataset into figures. `why` holds the reason of each section, in both languages."""

    id: str
    title: Text
    channels: Mapping[Channel, float]
    criteria_weights: Mapping[str, float]
    scores: Scores
    places: Places
    not_reached: NotReached
    coverage: Coverage
    minimum: Minimum
    variance: Variance
    observers: Observers
    ranking: Ranking
    bands: Bands
    change: Change
    disclosure: Disclosure
    gate: Gate
    consultation: Consultation
    trophies: Trophies
    indicators: tuple[Indicator, ...]
    why: Mapping[str, Text]
    sha256: str  # of the file


def bounds(part: Field[Any]) -> tuple[float, float] | None:
    return (part.metadata["low"], part.metadata["high"]) if "low" in part.metadata else None
