"""One organisation's slice of a Result: all that its pages and its report need, in one frozen value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from parvis.core.bundle import Dataset, MeasureKind, Result
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Source, Status, Text
from parvis.rendering import gaps, slicing
from parvis.rendering.shelves import Shelves, Sorter, marks_of, read_back
from parvis.rendering.slicing import CriterionFigure, Figure, Participation, Words

ENOUGH_CONTACTS = 3  # under this a criterion is neither a strength nor a lead: one bad day would decide
STRONG, WEAK = 80.0, 60.0
MOST_LISTED = 5
EXPECTED_CUT = 1.645


@dataclass(frozen=True, slots=True)
class Rank:
    """The rank among the ranked organisations of the category, with its interval."""

    rank: int
    low: int
    high: int
    of: int
    level_with_first: bool


@dataclass(frozen=True, slots=True)
class Scorecard(Shelves):
    """One organisation in one publication.

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
    rank: Rank | None = None
    leading: Text | None = None
    gap: gaps.Gap | None = None
    corrected: float | None = None  # the score once each observer's severity is given back, where the rule says so
    participation: tuple[Participation, ...] = ()
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

    def beside_score(self, language: str = "fr", *, brief: bool = False) -> list[str]:
        """What is told beside the score and never in it: where citizens place it, and what severity changes.

        `brief`, for a page where room is short: a clear gap alone.
        """
        if self.observed is None or self.observed.value is None:
            return []
        felt = self.perceived is not None and self.perceived.value is not None
        gap = self.gap if self.gap and felt and (self.gap.clear or not brief) else None
        corrected = None if brief else self.corrected
        return [
            *([gap.said(self.observed, self.perceived, language)] if gap else []),
            *([] if corrected is None else [gaps.corrected_said(self.observed, corrected, language)]),
        ]

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Scorecard:
        kept = read_back(value)
        kept["category_label"] = slicing.text_from(kept.get("category_label"))
        kept["rank"] = Rank(**kept["rank"]) if kept.get("rank") else None
        kept["leading"] = slicing.text_from(kept.get("leading"))
        kept["gap"] = gaps.Gap(**kept["gap"]) if kept.get("gap") else None
        kept["participation"] = tuple(Participation(**one) for one in kept.get("participation", ()))
        kept["strengths"], kept["leads"] = tuple(kept.get("strengths", ())), tuple(kept.get("leads", ()))
        return Scorecard(**kept)


def slice_result(
    result: Result,
    dataset: Dataset | None = None,
    *,
    method: Method | None = None,
    categories: Mapping[str, Text] | None = None,
    levels: slicing.Levels | None = None,
) -> dict[str, Scorecard]:
    """Every organisation's scorecard, by organisation, in one pass over the tables.

    Args:
        result: the organiser's or the public result.
        dataset: gives names and labels that the result does not carry.
        method: labels of indicators, and the cut of the expected range.
        categories: screen words of categories, by code.
        levels: what the choices of the questionnaire say; a choice without words keeps its code.

    Returns:
        Organisations in the order of their codes. Peers' means only where the category's figure is published.
    """
    words = slicing.words_of(result, dataset, method, categories, levels)
    peers, bands = slicing.peers_of(result), _bands(result)
    cut = method.bands.cut_points[0] if method else EXPECTED_CUT
    changes, (ranks, leading) = slicing.changes_of(result, "organisation"), _ranks(result)
    participation, delays = _participation(result), slicing.delays_of(result, "organisation", words)
    beside, corrected = gaps.gaps_of(result), gaps.corrected_of(result)
    estimates = _estimates(result)
    cards = {}
    identities = slicing.table_of(result, dataset, "organisations").to_pylist()
    for identity in sorted(identities, key=lambda row: str(row["organisation"])):
        code, category = identity["organisation"], identity["category"] or ""
        sorter = _Beside(words, peers.get(category, {}), bands.get(code, {}), cut)
        for row in estimates.get(code, ()):
            sorter.take(row)
        cards[code] = Scorecard(
            **_identity(identity, result, words),
            rank=ranks.get(code),
            leading=leading.get(code),
            gap=beside.get(code),
            corrected=corrected.get(code),
            changes=tuple(changes.get(code, ())),
            participation=tuple(participation.get(code, ())),
            delays=tuple(delays.get(code, ())),
            **sorter.parts(),
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
        **marks_of(result),
    }


class _Beside(Sorter):
    """The figures of one organisation, beside its peers' means and its expected range."""

    def __init__(
        self, words: Words, peers: Mapping[slicing.Key, float], bands: Mapping[str, Mapping[str, Any]], cut: float
    ) -> None:
        super().__init__(words)
        self.peers, self.bands, self.cut = peers, bands, cut

    def take(self, row: tuple[Any, ...]) -> None:
        source, kind, measure = row[2:5]
        figure = slicing.figure_of(row, self.words, self.peers.get(row[2:6]))
        if source == Source.OBSERVED and kind in (MeasureKind.OVERALL, MeasureKind.CHANNEL) and measure in self.bands:
            figure = self._placed(figure, row[12], self.bands[measure])
        self.put(row, figure)

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

    def parts(self) -> dict[str, Any]:
        parts = super().parts()
        criteria = parts.get("criteria", ())
        return {**parts, "strengths": strengths(criteria), "leads": leads(criteria)}


def strengths(criteria: Sequence[CriterionFigure]) -> tuple[str, ...]:
    """The codes of the best criteria: at least 80 on at least 3 contacts; higher first, then heavier, then by code."""
    known = [(one.figure.value, one) for one in _usable(criteria) if one.figure.value is not None]
    best = sorted((-value, -one.weight, one.code) for value, one in known if value >= STRONG)
    return tuple(code for _, _, code in best[:MOST_LISTED])


def leads(criteria: Sequence[CriterionFigure]) -> tuple[str, ...]:
    """The codes of the criteria to work on: under 60 on at least 3 contacts; critical ones first, then those that would
    bring most to the score (weight times what is missing to 100), then by code."""
    known = [(one.figure.value, one) for one in _usable(criteria) if one.figure.value is not None]
    weak = sorted((not one.critical, -one.weight * (100 - value), one.code) for value, one in known if value < WEAK)
    return tuple(code for _, _, code in weak[:MOST_LISTED])


def _usable(criteria: Sequence[CriterionFigure]) -> list[CriterionFigure]:
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
    names = ["organisation", *(one.name for one in fields(Participation))]
    for organisation, *rest in slicing.rows_of(result.table("participation"), names):
        found[organisation].append(Participation(*rest))
    for counts in found.values():
        counts.sort(key=lambda one: (one.entry_point is not None, one.entry_point or ""))
    return found
