"""What weighting did to each territory: how unequal weights became, who holds them, and how far from known totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from parvis.core.figures.weighting.margins import Floats, shown
from parvis.core.figures.weighting.raking import Target
from parvis.core.figures.weighting.trimming import weighted_median

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

TOP = 0.01


@dataclass(frozen=True, slots=True)
class WeightDiagnostics:
    """One territory: rows that count, and what a reader of weights asks of them.

    `kish_deff` is n Σw²/(Σw)²; `top_share` the share of the weight held by the heaviest 1 % of rows (one row at least);
    `largest_over_median` compares final weights, `largest_over_smallest` the factors that weighting applied;
    `trimmed_share` is the share of rows brought to a bound; gaps are the largest relative distances to a total, and
    `worst` the level where the last one is.
    """

    territory: str
    rows: int
    kish_deff: float
    top_share: float
    largest_over_median: float
    largest_over_smallest: float
    trimmed_share: float
    gap_before: float
    gap_after: float
    worst: str


def diagnose(
    base: Floats,
    final: Floats,
    rows: Floats,
    targets: Sequence[Target] = (),
    blocks: Codes | None = None,
    names: Sequence[str] = ("",),
    trimmed: Flags | None = None,
) -> list[WeightDiagnostics]:
    """Diagnostics of each territory.

    Args:
        base, final: weight of each cell before and after, whose rows all weigh the same.
        rows: number of rows of each cell.
        targets: margins laid on the cells.
        blocks, names: the territory of each cell, 0, 1, …, and what each is called; None for a single one.
        trimmed: cells whose rows were brought to a bound.

    Returns:
        One `WeightDiagnostics` per territory that has weight, in order.

    Source: Kish 1965 for the design effect; method of Parvis 4.4.

    >>> even = np.array([98.0, 2.0])
    >>> (told,) = diagnose(even, np.array([98.0, 20.0]), np.array([98.0, 2.0]))
    >>> told.rows, round(told.kish_deff, 4), round(told.top_share, 4), told.largest_over_median   # 100 × 298 / 118²
    (100, 2.1402, 0.0847, 10.0)
    """
    place = np.zeros(len(rows), np.int64) if blocks is None else blocks
    brought = np.zeros(len(rows), bool) if trimmed is None else trimmed
    told = []
    for block in np.unique(place[(final > 0) & (rows > 0)]).tolist():
        mine = np.flatnonzero((place == block) & (final > 0) & (rows > 0))
        each, count = final[mine] / rows[mine], rows[mine]
        size, total = float(count.sum()), float(final[mine].sum())
        scale = total / float(base[mine].sum())
        started, _ = _gap(targets, base * scale, mine)
        ended, worst = _gap(targets, final, mine)
        factors = final[mine] / base[mine]
        told.append(
            WeightDiagnostics(
                territory=names[block],
                rows=round(size),
                kish_deff=size * float((each**2 * count).sum()) / total**2,
                top_share=_top_share(each, count, size, total),
                largest_over_median=float(each.max()) / weighted_median(each, count),
                largest_over_smallest=float(factors.max() / factors.min()),
                trimmed_share=float(count[brought[mine]].sum()) / size,
                gap_before=started,
                gap_after=ended,
                worst=worst,
            )
        )
    return told


def _top_share(each: Floats, count: Floats, size: float, total: float) -> float:
    """The weight of the heaviest 1 % of rows over the whole; a cell may be taken in part."""
    wanted = max(1.0, np.floor(TOP * size + 1e-9))
    order = np.argsort(-each, kind="stable")
    reached = np.minimum(np.cumsum(count[order]), wanted)
    taken = np.diff(np.concatenate([[0.0], reached]))
    return float((each[order] * taken).sum()) / total


def _gap(targets: Sequence[Target], weights: Floats, mine: Codes) -> tuple[float, str]:
    """The largest relative distance to a total among the levels that these cells hold, and that level."""
    largest, worst = 0.0, ""
    for target in targets:
        gaps = np.abs(np.bincount(target.codes[mine], weights[mine], len(target.totals)) / target.totals - 1)
        held = np.unique(target.codes[mine])
        at = int(held[np.argmax(gaps[held])])
        if gaps[at] > largest:
            levels = [level for level, total in zip(target.margin.levels, target.margin.totals, strict=True) if total]
            largest, worst = float(gaps[at]), f"{' × '.join(target.margin.variables)} = {shown(levels[at])}"
    return largest, worst


def diagnostic_rows(diagnostics: Sequence[WeightDiagnostics]) -> list[tuple[str, str, str, float | None, str | None]]:
    """Rows of a table of diagnostics: piece, subject (the territory), measure, value, text.

    >>> one = WeightDiagnostics("", 3, 1.0, 0.4, 1.0, 1.0, 0.0, 0.1, 0.0, "")
    >>> diagnostic_rows([one])[1]
    ('weighting', '', 'kish_deff', 1.0, None)
    """
    called = {"rows": "responses"}
    measures = [field.name for field in fields(WeightDiagnostics) if field.name not in ("territory", "worst")]
    return [
        (
            "weighting",
            one.territory,
            called.get(name, name),
            float(getattr(one, name)),
            one.worst or None if name == "gap_after" else None,
        )
        for one in diagnostics
        for name in measures
    ]
