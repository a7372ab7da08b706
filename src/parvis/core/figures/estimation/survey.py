"""Figures of any survey file: means, totals, ratios and shares, by any grouping, under the design that drew it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.figures.estimation.assembly import assemble
from parvis.core.figures.estimation.checks import (
    MOST_LEVELS,
    check_columns,
    check_contents,
    check_types,
    too_many_levels,
)
from parvis.core.figures.estimation.design import Design
from parvis.core.figures.estimation.figures import Figures
from parvis.core.figures.estimation.gate import shipped_gate
from parvis.core.figures.estimation.weighing import Weighted, Weighting, cell_columns, weigh
from parvis.core.figures.tally.columns import Profile, levels, number, profiles
from parvis.core.figures.tally.engine import Engine, opened
from parvis.core.figures.tally.names import told_apart
from parvis.core.figures.tally.responses import Item, Moments, moments
from parvis.core.figures.weighting.diagnostics import WeightDiagnostics
from parvis.core.figures.weighting.raking import Raking
from parvis.core.figures.weighting.trimming import Trimming, check_bounds
from parvis.core.instruments.method.parts import Gate
from parvis.core.vocabulary import ParvisError

if TYPE_CHECKING:
    import ibis

Floats = NDArray[np.float64]
Progress = Callable[[str], None]


class Statistic(StrEnum):
    """What is estimated of a column."""

    MEAN = "mean"
    TOTAL = "total"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a survey file.

    `share` asks for the share of each level (of 1 in a column of 0 and 1); `by` names the columns whose crossed values
    are domains of the whole design; `denominator` is the column under each value of a ratio. `scaled` says that means
    are those of a scale, never shares, even where all answers happen to be 0 or 1. `gate` sets the statuses.
    """

    values: tuple[str, ...]
    statistic: Statistic = Statistic.MEAN
    denominator: str | None = None
    share: bool = False
    by: tuple[str, ...] = ()
    confidence: float = 0.95
    scaled: bool = False
    gate: Gate = field(default_factory=shipped_gate)


@dataclass(frozen=True, slots=True)
class View:
    """One grouping; `follows_raking` False takes raked weights as fixed: lighter, conservative by a few thousandths."""

    by: tuple[str, ...] = ()
    follows_raking: bool = True


@dataclass(frozen=True, slots=True)
class Survey:
    """The figures, how the weights were reached, and what is told of them when that was asked."""

    figures: Figures
    raking: Raking | None
    trimming: Trimming | None
    diagnostics: tuple[WeightDiagnostics, ...] = ()


def estimate(
    data: pa.Table | str | Path,
    request: Request,
    design: Design | None = None,
    weighting: Weighting | None = None,
    *,
    engine: Engine | str | None = None,
    progress: Progress | None = None,
) -> Survey:
    """Estimate figures from a survey file in one scan.

    Args:
        data: an Arrow table, or the path of a .parquet or .csv file.
        request: what is asked.
        design: how the sample was drawn; independent rows of weight 1 by default.
        weighting: known totals and bounds; none by default.
        engine: one that is open, or a name as for `opened`.
        progress: told each step as it begins: profile, scan, weights, figures.

    Returns:
        `Survey`; figures are in the order of the domains' keys, then of the values asked, then of the levels.

    Raises:
        ParvisError: all faults of the columns, of their contents, or of the margins.

    Source: Lumley 2010; Woodruff 1971; Deville & Särndal 1992; method of Parvis 4.3 and 4.4. Missing answers are left
    out. In a file of independent rows a mean's variance counts the rows with an answer (method 4.3); as soon as a
    design or margins are declared, it counts the whole sample, as R survey does.

    >>> answers = pa.table({"q1": [1, 2, 4, 5, None]})
    >>> found = next(iter(estimate(answers, Request(("q1",))).figures.table().to_pylist()))
    >>> found["n"], found["estimate"], round(found["standard_error"], 4), found["degrees_of_freedom"]
    (4, 3.0, 0.9129, 3.0)
    """
    views = [View(request.by)]
    return estimate_views(data, request, views, design, weighting, engine=engine, progress=progress)[0]


def estimate_views(
    data: pa.Table | str | Path,
    request: Request,
    views: Sequence[View],
    design: Design | None = None,
    weighting: Weighting | None = None,
    *,
    engine: Engine | str | None = None,
    progress: Progress | None = None,
) -> list[Survey]:
    """Estimate the same figures by several groupings (the nation, territories, organisations) in one scan.

    Args:
        data, request, design, weighting, engine, progress: as `estimate`; the groupings of `request` are not used.
        views: the groupings.

    Returns:
        One `Survey` per view, in order.

    Raises:
        ParvisError: as `estimate`.

    >>> answers = pa.table({"q1": [1, 3, 5], "g": ["a", "a", "b"]})
    >>> nation, groups = estimate_views(answers, Request(("q1",)), [View(), View(("g",))])
    >>> nation.figures.estimate.tolist(), groups.figures.estimate.tolist()
    ([3.0], [2.0, 5.0])
    """
    design, weighting = design or Design(), weighting or Weighting()
    request = replace(request, by=tuple(dict.fromkeys(name for view in views for name in view.by)))
    tell = progress or _silent
    for bounds in filter(None, (weighting.bounds, weighting.factor_bounds)):
        check_bounds(bounds)
    with nullcontext(engine) if isinstance(engine, Engine) else opened(engine) as place:
        table = place.table(told_apart(data, [*_columns(request, design, weighting), *request.by]))
        check_columns(request, design, weighting.variables, table.columns)
        used = dict.fromkeys([*_columns(request, design, weighting), *request.by])
        check_types([name for name in used if table[name].type().is_nested()])
        tell("profile")
        found = profiles(place, table, _columns(request, design, weighting))
        check_contents(request, design, weighting.complete, found)
        items, labels = _items(place, table, request, found)
        tell("scan")
        sums = _scan(place, table, request, design, weighting, items, found)
        nothing = _of_zero_weight(place, table, request, design, items, found)
    tell("weights")
    weighted = weigh(sums, design, weighting)
    tell("figures")
    surveys = []
    for view in views:
        kept = _seen(weighted, view, design, weighting)
        asked = replace(request, by=view.by)
        figures = assemble(kept, asked, design, items, labels, found, nothing)
        surveys.append(Survey(figures, weighted.raking, weighted.trimming, weighted.diagnostics))
    return surveys


def _seen(weighted: Weighted, view: View, design: Design, weighting: Weighting) -> Weighted:
    """Sums by no more keys than a view needs: its own, the design's, and the raking cells if errors follow them."""
    calibration = weighted.calibration if view.follows_raking else None
    cells = cell_columns(design, weighting) if calibration is not None else []
    needed = list(dict.fromkeys([*view.by, *design.keys, *cells]))
    if set(needed) == set(weighted.moments.keys.column_names):
        return replace(weighted, calibration=calibration)
    moments, first = weighted.moments.regrouped(needed)
    return replace(weighted, moments=moments, calibration=calibration.of(first) if calibration else None)


def _columns(request: Request, design: Design, weighting: Weighting) -> list[str]:
    extra = [request.denominator] if request.denominator is not None else []
    return list(dict.fromkeys([*request.values, *extra, *design.columns, *weighting.variables]))


def _items(
    place: Engine, table: ibis.Table, request: Request, found: dict[str, Profile]
) -> tuple[list[Item], list[tuple[str, str | None]]]:
    items: list[Item] = []
    labels: list[tuple[str, str | None]] = []
    faults = []
    for column in request.values:
        if not request.share or found[column].only_0_and_1:
            centred = request.statistic is Statistic.MEAN
            items.append(Item(column, denominator=request.denominator, centred=centred))
            labels.append((column, None))
            continue
        answers = levels(place, table, column)
        if not answers:  # a figure that says why it is absent
            items.append(Item(column))
            labels.append((column, None))
        if len(answers) > MOST_LEVELS:
            faults.append(too_many_levels(column, len(answers)))
            continue
        items += [Item(column, level=level) for level in answers]
        labels += [(column, _level_text(level)) for level in answers]
    if faults:
        raise ParvisError(faults)
    return items, labels


def _level_text(level: object) -> str:
    if isinstance(level, bool):
        return "true" if level else "false"
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


def _scan(
    place: Engine,
    table: ibis.Table,
    request: Request,
    design: Design,
    weighting: Weighting,
    items: Sequence[Item],
    found: dict[str, Profile],
) -> Moments:
    groups = list(dict.fromkeys([*request.by, *design.keys, *cell_columns(design, weighting)]))
    return moments(place, table, groups, items, design.weight, found, population=design.population)


def _of_zero_weight(
    place: Engine, table: ibis.Table, request: Request, design: Design, items: Sequence[Item], found: dict[str, Profile]
) -> Moments | None:
    """Answers whose weight is zero, by domain: they count for nothing, but a figure must say why it is absent."""
    if design.weight is None or (found[design.weight].low or 0.0) > 0:
        return None
    ignored = table.filter(number(table, design.weight, found[design.weight]) == 0)
    return moments(place, ignored, request.by, items, None, found)


def _silent(_: str) -> None:
    return None
