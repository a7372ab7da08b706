"""The figures of one organisation, of a category or of the nation, sorted into the fields that pages read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from parvis.core.bundle import MeasureKind, Result
from parvis.core.vocabulary import Source
from parvis.rendering import slicing
from parvis.rendering.slicing import ChangeFigure, CriterionFigure, Delays, Figure, Words

LISTS = ("channels", "stages", "determinants", "grid", "perceived_determinants", "indicators", "questions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """What a scorecard and the national slice have alike. Absent figures keep their status, so that pages say why."""

    demonstration: bool = False
    imported: bool = False
    observed: Figure | None = None
    perceived: Figure | None = None
    channels: tuple[Figure, ...] = ()
    stages: tuple[Figure, ...] = ()
    determinants: tuple[Figure, ...] = ()
    grid: tuple[Figure, ...] = ()  # a determinant in a channel
    perceived_determinants: tuple[Figure, ...] = ()
    criteria: tuple[CriterionFigure, ...] = ()
    indicators: tuple[Figure, ...] = ()
    questions: tuple[Figure, ...] = ()
    changes: tuple[ChangeFigure, ...] = ()
    delays: tuple[Delays, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, defaults left out; `from_json` gives an equal value back."""
        return dict(slicing.as_json(self))


def read_back(value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `Shelves` from plain JSON, the others as they are."""
    kept: dict[str, Any] = dict(value)
    for name in LISTS:
        kept[name] = slicing.figures_from(kept.get(name, ()))
    kept["criteria"] = slicing.criteria_from(kept.get("criteria", ()))
    kept["observed"] = slicing.figure_from(kept.get("observed"))
    kept["perceived"] = slicing.figure_from(kept.get("perceived"))
    kept["changes"] = tuple(ChangeFigure(**one) for one in kept.get("changes", ()))
    kept["delays"] = slicing.delays_from(kept.get("delays", ()))
    return kept


def marks_of(result: Result) -> dict[str, Any]:
    """What every page says of where the figures come from."""
    return {
        "demonstration": bool(result.manifest.get("demonstration")),
        "imported": result.manifest.get("origin") == "imported",
    }


class Sorter:
    """Puts each figure on its shelf; `parts` gives the shelves in the order in which people read."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.single: dict[str, Figure] = {}
        self.lists: dict[str, list[Any]] = defaultdict(list)

    def take(self, row: tuple[Any, ...]) -> None:
        """One row of the estimates, its columns as `slicing.ESTIMATE_COLUMNS` names them."""
        self.put(row, slicing.figure_of(row, self.words))

    def put(self, row: tuple[Any, ...], figure: Figure) -> None:
        source, kind, _, channel = row[2:6]
        observed = source == Source.OBSERVED
        if kind == MeasureKind.OVERALL:
            self.single["observed" if observed else "perceived"] = figure
        elif kind == MeasureKind.CRITERION:
            self._criterion(figure)
        elif kind in (MeasureKind.INDICATOR, MeasureKind.QUESTION):
            self.lists[f"{kind}s"].append(figure)
        elif kind == MeasureKind.DETERMINANT and channel is None:
            self.lists["determinants" if observed else "perceived_determinants"].append(figure)
        elif not observed:
            return
        elif kind == MeasureKind.DETERMINANT:
            self.lists["grid"].append(figure)
        elif kind == MeasureKind.CHANNEL:
            self.lists["channels"].append(figure)
        elif kind == MeasureKind.STAGE and channel is None:
            self.lists["stages"].append(figure)

    def _criterion(self, figure: Figure) -> None:
        known = self.words.criteria.get(figure.code)
        if known is not None:
            placed = figure if figure.channel else replace(figure, channel=known.channel)
            told = CriterionFigure(
                placed, known.label, known.stage, known.determinant, known.weight, known.critical
            )  # fmt: skip
            self.lists["criteria"].append(told)

    def parts(self) -> dict[str, Any]:
        order = slicing.ORDER
        for found in self.lists.values():
            found.sort(key=lambda one: (order.get(one.code, 99), order.get(one.channel or "", 99), one.code))
        return {**self.single, **{name: tuple(found) for name, found in self.lists.items()}}
