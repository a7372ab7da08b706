"""One organisation's slice of a Result: all that its pages and its report need, in one frozen value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from parvis.core.bundle import Dataset, MeasureKind, Result
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Channel, Determinant, Source, Stage, Status, Text
from parvis.rendering import slicing
from parvis.rendering.slicing import ChangeFigure, CriterionFigure, Delays, Figure, Participation, Words

ENOUGH_CONTACTS = 3  # under this a criterion is neither a strength nor a lead: one bad day would decide
STRONG, WEAK = 80.0, 60.0
MOST_LISTED = 5
EXPECTED_CUT = 1.645
_ORDERS: dict[str, dict[str, int]] = {
    "channel": {word.value: at for at, word in enumerate(Channel)},
    "stage": {word.value: at for at, word in enumerate(Stage)},
    "determinant": {word.value: at for at, word in enumerate(Determinant)},
}


@dataclass(frozen=True, slots=True)
class Rank:
    """The rank among the ranked organisations of the category, with its interval."""

    rank: int
    low: int
    high: int
    of: int
    level_with_first: bool


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One organisation in one publication. Absent figures keep their status, so that pages can say why.

    `leading` stands for the rank where too few organisations compare: first, level with the first, or alone.
    """

    organisation: str
    name: str
    edition: str
    category: str | None = None
    category_label: Text | None = None
    population: int | None = None
    departement: str | None = None
    region: str | None = None
    comparable: bool = True
    demonstration: bool = False
    imported: bool = False
    observed: Figure | None = None
    perceived: Figure | None = None
    channels: tuple[Figure, ...] = ()
    stages: tuple[Figure, ...] = ()
    determinants: tuple[Figure, ...] = ()
    grid: tuple[Figure, ...] = ()
    perceived_determinants: tuple[Figure, ...] = ()
    criteria: tuple[CriterionFigure, ...] = ()
    indicators: tuple[Figure, ...] = ()
    questions: tuple[Figure, ...] = ()
    rank: Rank | None = None
    leading: Text | None = None
    changes: tuple[ChangeFigure, ...] = ()
    participation: tuple[Participation, ...] = ()
    delays: tuple[Delays, ...] = ()
    strengths: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()

    def criterion(self, code: str) -> CriterionFigure | None:
        return next((one for one in self.criteria if one.code == code), None)

    @property
    def strong_criteria(self) -> tuple[CriterionFigure, ...]:
        return tuple(one for code in self.strengths if (one := self.criterion(code)))

    @property
    def weak_criteria(self) -> tuple[CriterionFigure, ...]:
        return tuple(one for code in self.leads if (one := self.criterion(code)))

    @property
    def responses(self) -> Participation | None:
        """The total over entry points."""
        return next((one for one in self.participation if one.entry_point is None), None)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, defaults left out; `from_json` gives an equal scorecard back."""
        return dict(slicing.as_json(self))

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Scorecard:
        kept: dict[str, Any] = dict(value)
        for name in ("channels", "stages", "determinants", "grid", "perceived_determinants", "indicators", "questions"):
            kept[name] = slicing.figures_from(kept.get(name, ()))
        kept["criteria"] = slicing.criteria_from(kept.get("criteria", ()))
        kept["observed"] = slicing.figure_from(kept.get("observed"))
        kept["perceived"] = slicing.figure_from(kept.get("perceived"))
        kept["category_label"] = slicing.text_from(kept.get("category_label"))
        kept["rank"] = Rank(**kept["rank"]) if kept.get("rank") else None
        kept["leading"] = slicing.text_from(kept.get("leading"))
        kept["changes"] = tuple(ChangeFigure(**one) for one in kept.get("changes", ()))
        kept["participation"] = tuple(Participation(**one) for one in kept.get("participation", ()))
        kept["delays"] = slicing.delays_from(kept.get("delays", ()))
        kept["strengths"], kept["leads"] = tuple(kept.get("strengths", ())), tuple(kept.get("leads", ()))
        return Scorecard(**kept)


def slice_result(
    result: Result,
    dataset: Dataset | None = None,
    *,
    method: Method | None = None,
    categories: Mapping[str, Text] | None = None,
) -> dict[str, Scorecard]:
    """Every organisation's scorecard, by organisation, in one pass over the tables.

    Args:
        result: the organiser's or the public result.
        dataset: gives names and labels that the result does not carry.
        method: labels of indicators, and the cut of the expected range.
        categories: screen words of categories, by code.

    Returns:
        Organisations in the order of their codes. Peers' means only where the category's figure is published.
    """
    words = slicing.words_of(result, dataset, method, categories)
    peers, bands = slicing.peers_of(result), _bands(result)
    cut = method.bands.cut_points[0] if method else EXPECTED_CUT
    changes, (ranks, leading) = slicing.changes_of(result, "organisation"), _ranks(result)
    participation, delays = _participation(result), slicing.delays_of(result, "organisation", words)
    estimates = _estimates(result)
    cards = {}
    identities = slicing.table_of(result, dataset, "organisations").to_pylist()
    for identity in sorted(identities, key=lambda row: str(row["organisation"])):
        code, category = identity["organisation"], identity["category"] or ""
        parts = _Parts(words, peers.get(category, {}), bands.get(code, {}), cut)
        for row in estimates.get(code, ()):
            parts.take(row)
        cards[code] = Scorecard(
            **_identity(identity, result, words),
            rank=ranks.get(code),
            leading=leading.get(code),
            changes=tuple(changes.get(code, ())),
            participation=tuple(participation.get(code, ())),
            delays=tuple(delays.get(code, ())),
            **parts.sorted(),
        )
    return cards


def _estimates(result: Result) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in slicing.rows_of(result.table("estimates"), slicing.ESTIMATE_COLUMNS):
        if row[0] == "organisation":
            found[row[1]].append(row)
    return found


def _identity(row: Mapping[str, Any], result: Result, words: Words) -> dict[str, Any]:
    return {
        "organisation": row["organisation"],
        "name": row["name"] or row["organisation"],
        "edition": str(result.manifest.get("edition", "")),
        "category": row["category"],
        "category_label": words.categories.get(row["category"] or ""),
        "population": row["population"],
        "departement": row["departement"],
        "region": row["region"],
        "comparable": bool(row["comparable"]),
        "demonstration": bool(result.manifest.get("demonstration")),
        "imported": result.manifest.get("origin") == "imported",
    }


class _Parts:
    """Sorts the figures of one organisation into the fields of its scorecard."""

    def __init__(
        self, words: Words, peers: Mapping[slicing.Key, float], bands: Mapping[str, Mapping[str, Any]], cut: float
    ) -> None:
        self.words, self.peers, self.bands, self.cut = words, peers, bands, cut
        self.kept: dict[str, Any] = {"observed": None, "perceived": None}
        self.lists: dict[str, list[Any]] = defaultdict(list)

    def take(self, row: tuple[Any, ...]) -> None:
        source, kind, measure, channel = row[2:6]
        figure = slicing.figure_of(row, self.words, self.peers.get(row[2:6]))
        if source == Source.OBSERVED and kind in (MeasureKind.OVERALL, MeasureKind.CHANNEL) and measure in self.bands:
            figure = self._placed(figure, row[12], self.bands[measure])
        if kind == MeasureKind.OVERALL:
            self.kept["observed" if source == Source.OBSERVED else "perceived"] = figure
        elif kind == MeasureKind.CRITERION:
            self._criterion(figure)
        elif kind == MeasureKind.INDICATOR:
            self.lists["indicators"].append(figure)
        elif kind == MeasureKind.QUESTION:
            self.lists["questions"].append(figure)
        elif source == Source.PERCEIVED:
            if kind == MeasureKind.DETERMINANT and channel is None:
                self.lists["perceived_determinants"].append(figure)
        elif kind == MeasureKind.CHANNEL:
            self.lists["channels"].append(figure)
        elif kind == MeasureKind.STAGE and channel is None:
            self.lists["stages"].append(figure)
        elif kind == MeasureKind.DETERMINANT:
            self.lists["determinants" if channel is None else "grid"].append(figure)

    def _criterion(self, figure: Figure) -> None:
        known = self.words.criteria.get(figure.code)
        if known is None:
            return
        self.lists["criteria"].append(
            CriterionFigure(
                figure if figure.channel else replace(figure, channel=known.channel),
                known.label,
                known.stage,
                known.determinant,
                known.weight,
                known.critical,
            )
        )

    def _placed(self, figure: Figure, standard_error: float | None, band: Mapping[str, Any]) -> Figure:
        """The figure with its band and expected range.

        The bundle gives the range (expected_low, expected_high), or z and z_adjusted, from which it follows exactly:
        target = value - z * s, and the peers' usual spread sqrt(s² + tau²) = (value - target) / z_adjusted.
        """
        low, high = band.get("expected_low"), band.get("expected_high")
        z, adjusted = band.get("z"), band.get("z_adjusted")
        if low is None and figure.value is not None and standard_error and z and adjusted:
            target, spread = figure.value - z * standard_error, z * standard_error / adjusted
            low, high = max(target - self.cut * spread, 0.0), min(target + self.cut * spread, 100.0)
        return replace(figure, band=band.get("band"), expected_low=low, expected_high=high)

    def sorted(self) -> dict[str, Any]:
        for kind, name in (("channel", "channels"), ("stage", "stages"), ("determinant", "determinants")):
            self.lists[name].sort(key=_by(kind))
        order, across = _ORDERS["determinant"], _ORDERS["channel"]
        self.lists["perceived_determinants"].sort(key=_by("determinant"))
        self.lists["grid"].sort(key=lambda one: (order.get(one.code, 99), across.get(one.channel or "", 99)))
        for name in ("indicators", "questions"):
            self.lists[name].sort(key=lambda one: (one.code, one.channel or ""))
        self.lists["criteria"].sort(key=lambda one: (across.get(one.channel or "", 99), one.code))
        criteria = self.lists["criteria"]
        return {
            **self.kept,
            **{name: tuple(found) for name, found in self.lists.items()},
            "strengths": strengths(criteria),
            "leads": leads(criteria),
        }


def _by(kind: str) -> Callable[[Figure], int]:
    """The reading order of a vocabulary, for figures."""
    order = _ORDERS[kind]
    return lambda figure: order.get(figure.code, len(order))


def strengths(criteria: list[CriterionFigure]) -> tuple[str, ...]:
    """The codes of the best criteria: at least 80 on at least 3 contacts; higher first, then heavier, then by code."""
    known = [(one.figure.value, one) for one in _usable(criteria) if one.figure.value is not None]
    best = sorted((-value, -one.weight, one.code) for value, one in known if value >= STRONG)
    return tuple(code for _, _, code in best[:MOST_LISTED])


def leads(criteria: list[CriterionFigure]) -> tuple[str, ...]:
    """The codes of the criteria to work on: under 60 on at least 3 contacts; critical ones first, then those that would
    bring most to the score (weight times what is missing to 100), then by code."""
    known = [(one.figure.value, one) for one in _usable(criteria) if one.figure.value is not None]
    weak = sorted((not one.critical, -one.weight * (100 - value), one.code) for value, one in known if value < WEAK)
    return tuple(code for _, _, code in weak[:MOST_LISTED])


def _usable(criteria: list[CriterionFigure]) -> list[CriterionFigure]:
    return [
        one
        for one in criteria
        if one.figure.status is Status.PUBLISHED and (one.figure.n or 0) >= ENOUGH_CONTACTS and one.weight > 0
    ]


def _bands(result: Result) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in result.table("bands").to_pylist():
        found[row["organisation"]][row["measure"]] = row
    return found


def _ranks(result: Result) -> tuple[dict[str, Rank], dict[str, Text]]:
    """Ranks with their intervals; and where a category is too small for intervals, what may be said instead."""
    rows = [row for row in result.table("ranks").to_pylist() if row["status"] == Status.PUBLISHED]
    size: dict[str, int] = defaultdict(int)
    for row in rows:
        size[row["category"]] += 1
    ranks: dict[str, Rank] = {}
    leading: dict[str, Text] = {}
    for row in rows:
        code, of = row["organisation"], size[row["category"]]
        if of > 1 and row["rank"] is not None and row["rank_low"] is not None and row["rank_high"] is not None:
            ranks[code] = Rank(row["rank"], row["rank_low"], row["rank_high"], of, bool(row["level_with_first"]))
        elif row["rank"] is not None or row["level_with_first"]:
            leading[code] = _leading(row["rank"], of)
    return ranks, leading


def _leading(rank: int | None, of: int) -> Text:
    if of == 1:
        return Text(
            "Seule classée de sa catégorie\u202f: une mention, pas un rang.", "Alone in its category: a mention."
        )
    if rank is None:
        return Text(
            f"À égalité avec la première des {of} structures comparées.",
            f"Level with the first of the {of} organisations compared.",
        )
    return Text(f"Première des {of} structures comparées.", f"First of the {of} organisations compared.")


def _participation(result: Result) -> dict[str, list[Participation]]:
    found: dict[str, list[Participation]] = defaultdict(list)
    names = ("organisation", "entry_point", "opened", "started", "completed", "qualified", "per_1000_inhabitants")
    for organisation, *rest in slicing.rows_of(result.table("participation"), names):
        found[organisation].append(Participation(*rest))
    for counts in found.values():
        counts.sort(key=lambda one: (one.entry_point is not None, one.entry_point or ""))
    return found
