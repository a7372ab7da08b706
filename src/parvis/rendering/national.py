"""The national slice of a Result: what everyone may read. Only laureates who agreed are named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from parvis.core.bundle import Dataset, MeasureKind, Result
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import PODIUM, Source, Status, Text
from parvis.rendering import slicing
from parvis.rendering.likeness import Likeness, likeness_of
from parvis.rendering.shelves import Shelves, Sorter, marks_of, read_back
from parvis.rendering.slicing import ChangeFigure, Figure


@dataclass(frozen=True, slots=True)
class Laureate:
    """One row of the palmarès. `name` is None when the organisation did not agree to be named.

    Where few organisations compare, ranks have no interval (`low` and `high` are None) and those that nothing
    separates from the first share its place: `rank` 1, `level_with_first`, `ex_aequo`.
    """

    rank: int
    low: int | None
    high: int | None
    level_with_first: bool
    name: str | None = None
    figure: Figure | None = None
    ex_aequo: bool = False


@dataclass(frozen=True, slots=True)
class CategorySlice:
    """One category: its means, how many took part and were ranked, its laureates, its extremes without names."""

    code: str
    label: Text | None
    organisations: int
    ranked: int
    observed: Figure | None = None
    perceived: Figure | None = None
    channels: tuple[Figure, ...] = ()
    determinants: tuple[Figure, ...] = ()
    laureates: tuple[Laureate, ...] = ()
    rankability: float | None = None  # 0–1: the share of what separates its organisations that is not noise
    mostly_noise: bool = False  # under the method's limit: most differences of rank are noise
    lowest: float | None = None
    highest: float | None = None
    change: ChangeFigure | None = None

    @property
    def has_rank_sets(self) -> bool:
        """Whether its ranks come with their intervals, as they do where enough organisations compare."""
        return bool(self.laureates) and all(one.low is not None for one in self.laureates)

    def named(self, language: str = "fr") -> str:
        return self.label.in_language(language) if self.label else self.code


@dataclass(frozen=True, slots=True)
class National(Shelves):
    """National and category figures, changes, and the palmarès."""

    edition: str
    organisations: int
    categories: tuple[CategorySlice, ...] = ()
    responses: int | None = None
    likeness: tuple[Likeness, ...] = ()

    def category(self, code: str) -> CategorySlice | None:
        return next((one for one in self.categories if one.code == code), None)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> National:
        kept = read_back(value)
        kept["categories"] = tuple(_category_from(one) for one in kept.get("categories", ()))
        kept["likeness"] = tuple(Likeness.from_json(one) for one in kept.get("likeness", ()))
        return National(**kept)


def _category_from(value: Mapping[str, Any]) -> CategorySlice:
    kept: dict[str, Any] = {"label": None, **value}
    kept["label"] = slicing.text_from(kept["label"])
    for name in ("channels", "determinants"):
        kept[name] = slicing.figures_from(kept.get(name, ()))
    for name in ("observed", "perceived"):
        kept[name] = slicing.figure_from(kept.get(name))
    kept["change"] = ChangeFigure(**kept["change"]) if kept.get("change") else None
    kept["laureates"] = tuple(
        Laureate(**{"low": None, "high": None, **one, "figure": slicing.figure_from(one.get("figure"))})
        for one in kept.get("laureates", ())
    )
    return CategorySlice(**kept)


def slice_national(
    result: Result,
    dataset: Dataset | None = None,
    *,
    method: Method | None = None,
    named: Mapping[str, str] | None = None,
    categories: Mapping[str, Text] | None = None,
    levels: slicing.Levels | None = None,
) -> National:
    """The figures that everyone may read.

    Args:
        result, dataset, method, categories, levels: as `scorecard.slice_result`; categories come in the order given.
        named: organisation → name, for the laureates who agreed to be named; nobody else's name gets in.

    Returns:
        Laureates are those of rank 1 to 3 or level with the first, by rank; unnamed ones keep their rank only,
        and only scores of the podium are told. An organisation alone in its category is there without an interval: a
        mention, not a rank.
    """
    words = slicing.words_of(result, dataset, method, categories, levels)
    nation, by_category = Sorter(words), defaultdict[str, Sorter](lambda: Sorter(words))
    overall: dict[str, Figure] = {}
    for row in slicing.rows_of(result.table("estimates"), slicing.ESTIMATE_COLUMNS):
        if row[0] == "nation":
            nation.take(row)
        elif row[0] == "category":
            by_category[row[1]].take(row)
        elif row[0] == "organisation" and row[3] == MeasureKind.OVERALL and row[2] == Source.OBSERVED:
            overall[row[1]] = slicing.figure_of(row, words)
    members = _members(result, dataset)
    laureates, ranked = _laureates(result, named or {}, overall)
    changes = [one for found in slicing.changes_of(result, "nation").values() for one in found]
    slices = [
        _category(code, members[code], by_category[code], words, laureates.get(code, ()), ranked.get(code, 0), overall)
        for code in _in_order(members, categories)
    ]
    return National(
        edition=str(result.manifest.get("edition", "")),
        organisations=sum(len(codes) for codes in members.values()),
        changes=tuple(changes),
        categories=_with_rankability(slices, result),
        likeness=likeness_of(result, words),
        responses=_responses(result),
        delays=tuple(one for found in slicing.delays_of(result, "nation", words).values() for one in found),
        **marks_of(result),
        **nation.parts(),
    )


def _members(result: Result, dataset: Dataset | None) -> dict[str, list[str]]:
    """The organisations of each category."""
    found: dict[str, list[str]] = defaultdict(list)
    organisations = slicing.table_of(result, dataset, "organisations")
    for organisation, category in slicing.rows_of(organisations, ("organisation", "category")):
        found[category or ""].append(organisation)
    return found


def _category(
    code: str,
    members: list[str],
    shelf: Sorter,
    words: slicing.Words,
    laureates: tuple[Laureate, ...] | list[Laureate],
    ranked: int,
    overall: Mapping[str, Figure],
) -> CategorySlice:
    parts = shelf.parts()
    values = [value for one in members if one in overall and (value := overall[one].value) is not None]
    enough = len(values) >= 5  # an extreme of fewer could be guessed back to someone
    return CategorySlice(
        code=code,
        label=words.categories.get(code),
        organisations=len(members),
        ranked=ranked,
        laureates=tuple(laureates),
        lowest=min(values) if enough else None,
        highest=max(values) if enough else None,
        **{name: parts[name] for name in ("observed", "perceived", "channels", "determinants") if name in parts},
    )


def _with_rankability(slices: list[CategorySlice], result: Result) -> tuple[CategorySlice, ...]:
    """The categories with how much their ranks say, where ranks have their sets, and how their mean changed."""
    rows = slicing.rows_of(result.table("diagnostics"), ("piece", "subject", "measure", "value", "text"))
    told = {
        category: {"rankability": value, "mostly_noise": noise == "mostly_noise"}
        for piece, category, measure, value, noise in rows
        if (piece, measure) == ("ranking", "rankability")
    }
    changed = {
        code: change
        for code, found in slicing.changes_of(result, "category").items()
        for change in found
        if change.code == slicing.OVERALL
    }
    return tuple(replace(one, change=changed.get(one.code), **told.get(one.code, {})) for one in slices)


def _in_order(members: Mapping[str, list[str]], categories: Mapping[str, Text] | None) -> list[str]:
    """Categories that have members: in the order given to `categories`, then by code."""
    order = {code: number for number, code in enumerate(categories or {})}
    return sorted((code for code in members if code), key=lambda code: (order.get(code, len(order)), code))


def _laureates(
    result: Result, named: Mapping[str, str], overall: Mapping[str, Figure]
) -> tuple[dict[str, list[Laureate]], dict[str, int]]:
    found: dict[str, list[tuple[int, bool, str, Laureate]]] = defaultdict(list)
    ranked: dict[str, int] = defaultdict(int)
    for row in result.table("ranks").to_pylist():
        if row["status"] != Status.PUBLISHED:
            continue
        ranked[row["category"]] += 1
        rank, level = row["rank"], bool(row["level_with_first"])
        if not level and (rank is None or rank > PODIUM):
            continue
        name = named.get(row["organisation"])
        # the disclosure check takes the podium's scores as known to everybody, and nobody else's
        figure = overall.get(row["organisation"]) if name and rank is not None and rank <= PODIUM else None
        laureate = Laureate(rank or 1, row["rank_low"], row["rank_high"], level, name, figure, rank is None)
        found[row["category"]].append((rank or 1, laureate.ex_aequo, name or "\uffff", laureate))
    # rank, then name: the code of an organisation that did not agree must not decide the order that people see
    ordered = {code: [row[-1] for row in sorted(rows, key=lambda row: row[:3])] for code, rows in found.items()}
    alone = {code: [replace(one, low=None, high=None) for one in ordered[code]] for code in found if ranked[code] == 1}
    return {**ordered, **alone}, ranked


def _responses(result: Result) -> int | None:
    rows = slicing.rows_of(result.table("participation"), ("entry_point", "qualified"))
    counts = [qualified for entry_point, qualified in rows if entry_point is None and qualified is not None]
    return sum(counts) if counts else None
