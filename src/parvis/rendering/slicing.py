"""What a scorecard and the national page are cut from: the tables of a Result, read once, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pyarrow as pa

from parvis.core.bundle import Dataset, MeasureKind, Result
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Channel, Determinant, Reason, Stage, Status, Text
from parvis.rendering import labels, words
from parvis.rendering.words import Unit

Levels = Mapping[tuple[str, str], Text]  # what a choice says, by question and code
Key = tuple[str, str, str, str | None]  # source, measure kind, measure, channel
OVERALL = "overall"
ORDER = {word.value: at for vocabulary in (Channel, Stage, Determinant) for at, word in enumerate(vocabulary)}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a result with what allows it to be read: interval, n, status, and where peers stand.

    `unit` is score (0–100), share (0–1) or number (its own unit). `value` is None unless published.
    """

    code: str
    channel: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    status: Status = Status.NOT_MEASURED
    reason: str = ""
    peers: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    band: str | None = None
    unit: Unit = "score"
    label: Text | None = None

    @property
    def indicative(self) -> bool:
        return Reason.INDICATIVE in self.reason.split()

    def said(self, of: str = "observed", language: str = "fr") -> str:
        """The figure in full words, or why it is absent."""
        return words.figure(
            self.value, self.low, self.high, self.n, status=self.status, reason=self.reason, of=of, unit=self.unit,
            language=language,
        )  # fmt: skip

    def named(self, kind: str, language: str = "fr") -> str:
        """The screen words of the measure: its own label, else the vocabulary's."""
        if self.label is not None:
            return self.label.in_language(language)
        return labels.said(kind, self.code, language)


@dataclass(frozen=True, slots=True)
class CriterionFigure:
    """One criterion of a grid with its figure."""

    figure: Figure
    label: Text
    stage: str | None
    determinant: str | None
    weight: float
    critical: bool

    @property
    def code(self) -> str:
        return self.figure.code

    @property
    def channel(self) -> str | None:
        return self.figure.channel


@dataclass(frozen=True, slots=True)
class ChangeFigure:
    """One measure in two editions, and what may be said of the difference."""

    code: str
    before: float | None
    after: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Participation:
    """Responses by entry point; `entry_point` is None for the total of the organisation."""

    entry_point: str | None
    opened: int | None
    started: int | None
    completed: int | None
    qualified: int | None
    per_1000_inhabitants: float | None
    per_1000_visits: float | None = None


@dataclass(frozen=True, slots=True)
class Delays:
    """How soon answers came on one channel: points (delay, share answered, low, high), and the delays promised."""

    channel: str
    kind: str
    unit: str
    n: int
    points: tuple[tuple[float, float, float | None, float | None], ...]
    promises: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """What the result says of a criterion besides its figure."""

    channel: str
    stage: str | None
    determinant: str | None
    weight: float
    critical: bool
    label: Text


@dataclass(frozen=True, slots=True)
class Words:
    """The labels that a result needs: criteria, questions, indicators, categories."""

    criteria: Mapping[str, Criterion]
    questions: Mapping[str, Text]
    indicators: Mapping[str, Text]
    categories: Mapping[str, Text]
    promises: Mapping[tuple[str, str, str], tuple[float, ...]] = field(default_factory=dict)
    levels: Levels = field(default_factory=dict)


def words_of(
    result: Result,
    dataset: Dataset | None,
    method: Method | None,
    categories: Mapping[str, Text] | None,
    levels: Levels | None = None,
) -> Words:
    """The labels of criteria and questions from the bundles, of indicators and promises from the method."""
    criteria = {
        row["criterion"]: Criterion(
            row["channel"],
            row["stage"],
            row["determinant"],
            row["weight"],
            row["critical"],
            _text(row, row["criterion"]),
        )
        for row in table_of(result, dataset, "criteria").to_pylist()
    }
    questions = table_of(result, dataset, "questions").to_pylist()
    promises: dict[tuple[str, str, str], tuple[float, ...]] = {}
    for one in method.indicators if method else ():
        key = (one.channel.value, one.kind.value, one.unit.value)
        promises[key] = (*promises.get(key, ()), one.at_most)
    return Words(
        criteria,
        {row["question"]: _text(row, row["question"]) for row in questions},
        {one.code: one.label for one in method.indicators} if method else {},
        dict(categories or {}),
        promises,
        levels or {},
    )


def table_of(result: Result, dataset: Dataset | None, name: str) -> pa.Table:
    """A table that the result carries, else the dataset's."""
    if name in result.tables or dataset is None:
        return result.table(name)
    return dataset.table(name)


def _text(row: Mapping[str, Any], code: str) -> Text:
    french = row["label_fr"] or row["label_en"] or code
    return Text(french, row["label_en"] or french)


ESTIMATE_COLUMNS = (
    "subject_kind", "subject", "source", "measure_kind", "measure", "channel",
    "value", "low", "high", "n", "status", "reason", "standard_error",
)  # fmt: skip


def rows_of(table: pa.Table, names: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """Rows as tuples of the named columns: several times faster than dictionaries on a large table."""
    return zip(*(table.column(name).to_pylist() for name in names), strict=True)


def figure_of(row: tuple[Any, ...], known: Words, peers: float | None = None) -> Figure:
    """A figure from a row of ESTIMATE_COLUMNS; a value that is not published is dropped even if it were there."""
    _, _, _, kind, measure, channel, value, low, high, n, status, reason, _ = row
    if status != Status.PUBLISHED:
        value = low = high = None
    unit: Unit = "score"
    label = None
    if kind == MeasureKind.QUESTION:
        question, chosen, level = measure.partition("=")
        unit, label = "share" if chosen else "score", known.questions.get(question)
        if label is not None and chosen:
            said = known.levels.get((question, level), Text(level, level))
            label = Text(f"{label.fr} – {said.fr}", f"{label.en} – {said.en}")
    elif kind == MeasureKind.INDICATOR:
        # a criterion without a scale keeps its own unit; the method's indicators are shares
        raw = known.criteria.get(measure)
        unit, label = ("number", raw.label) if raw else ("share", known.indicators.get(measure))
    return Figure(measure, channel, value, low, high, n, _STATUSES[status], reason or "", peers, unit=unit, label=label)


_STATUSES = {status.value: status for status in Status}


def peers_of(result: Result) -> dict[str, dict[Key, float]]:
    """The published means of each category."""
    means: dict[str, dict[Key, float]] = {}
    for row in rows_of(result.table("estimates"), ESTIMATE_COLUMNS):
        if row[0] == "category" and row[10] == Status.PUBLISHED and row[6] is not None:
            means.setdefault(row[1], {})[row[2:6]] = row[6]
    return means


def changes_of(result: Result, kind: str) -> dict[str, list[ChangeFigure]]:
    found: dict[str, list[ChangeFigure]] = {}
    names = ("subject_kind", "subject", "measure", "before", "after", "difference", "low", "high", "verdict")
    for subject_kind, subject, *rest in rows_of(result.table("changes"), names):
        if subject_kind == kind:
            found.setdefault(subject, []).append(ChangeFigure(*rest))
    for changes in found.values():
        changes.sort(key=lambda one: (one.code != OVERALL, ORDER.get(one.code, 99), one.code))
    return found


def delays_of(result: Result, kind: str, known: Words) -> dict[str, list[Delays]]:
    """The answer-delay curves of subjects of that kind, by subject."""
    points: dict[tuple[str, str, str, str], list[tuple[Any, ...]]] = {}
    names = ("subject_kind", "subject", "channel", "kind", "unit", "at", "share", "low", "high", "at_risk", "status")
    for subject_kind, subject, *rest in rows_of(result.table("delay_curves"), names):
        if subject_kind == kind and rest[-1] == Status.PUBLISHED and rest[4] is not None:
            points.setdefault((subject, rest[0], rest[1], rest[2]), []).append(tuple(rest[3:8]))
    found: dict[str, list[Delays]] = {}
    for (subject, channel, delay, unit), rows in points.items():
        n = max((row[4] or 0 for row in rows), default=0)
        steps = tuple(row[:4] for row in sorted(rows))
        promises = known.promises.get((channel, delay, unit), ())
        found.setdefault(subject, []).append(Delays(channel, delay, unit, n, steps, promises))
    for curves in found.values():
        curves.sort(key=lambda one: (ORDER.get(one.channel, 99), one.kind, one.unit))
    return found


def delays_from(values: Iterable[Mapping[str, Any]]) -> tuple[Delays, ...]:
    return tuple(
        Delays(
            one["channel"], one["kind"], one["unit"], one["n"],
            tuple((at, share, low, high) for at, share, low, high in one["points"]), tuple(one.get("promises", ())),
        )
        for one in values
    )  # fmt: skip


# --- JSON: only what differs from the defaults, so that a row stays small -----------------------------------------


def as_json(thing: Any) -> Any:
    """A dataclass (and all it holds) as plain JSON, without the fields that have their default value."""
    if isinstance(thing, tuple | list):
        return [as_json(one) for one in thing]
    if isinstance(thing, Text):
        return [thing.fr, thing.en]
    if hasattr(thing, "__dataclass_fields__"):
        made = {}
        for name, default in _defaults(type(thing)):
            value = getattr(thing, name)
            if value != default:
                made[name] = value if isinstance(value, _PLAIN) else as_json(value)
        return made
    return thing


_PLAIN = (str, int, float)


_known_defaults: dict[str, tuple[tuple[str, Any], ...]] = {}


def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass with their defaults, looked up once: thousands of figures share a kind."""
    if kind.__name__ not in _known_defaults:
        _known_defaults[kind.__name__] = tuple((one.name, one.default) for one in fields(kind))
    return _known_defaults[kind.__name__]


def text_from(value: Any) -> Text | None:
    return Text(value[0], value[1]) if value is not None else None


def figure_from(value: Mapping[str, Any] | None) -> Figure | None:
    if value is None:
        return None
    kept = dict(value)
    kept["status"] = Status(kept.get("status", Status.NOT_MEASURED))
    kept["label"] = text_from(kept.get("label"))
    return Figure(**kept)


def figures_from(values: Iterable[Mapping[str, Any]]) -> tuple[Figure, ...]:
    return tuple(one for value in values if (one := figure_from(value)) is not None)


def criteria_from(values: Iterable[Mapping[str, Any]]) -> tuple[CriterionFigure, ...]:
    return tuple(
        CriterionFigure(
            figure_from(value["figure"]) or Figure(""),
            text_from(value["label"]) or Text("", ""),
            value.get("stage"),
            value.get("determinant"),
            value["weight"],
            value["critical"],
        )
        for value in values
    )
