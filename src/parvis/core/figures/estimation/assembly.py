"""From sums to figures: point estimates, standard errors, degrees of freedom, limits, statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.figures.estimation.design import Design, Frame, lay
from parvis.core.figures.estimation.figures import Figures
from parvis.core.figures.estimation.gate import reliable, verdicts
from parvis.core.figures.estimation.limits import Point, kish_size, limits
from parvis.core.figures.estimation.variance import Linear, gather, spread, spread_after_raking
from parvis.core.figures.tally.columns import Profile, codes_of
from parvis.core.figures.tally.responses import Item, Moments

if TYPE_CHECKING:
    from parvis.core.figures.estimation.survey import Request
    from parvis.core.figures.estimation.weighing import Weighted

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Domains:
    """The domains of a request: their keys, the domain of each group, and answers of weight zero in each."""

    keys: pa.Table
    of_group: Codes
    ignored: Floats

    def __len__(self) -> int:
        return self.keys.num_rows if self.keys.num_columns else 1


def assemble(
    weighted: Weighted,
    request: Request,
    design: Design,
    items: Sequence[Item],
    labels: Sequence[tuple[str, str | None]],
    found: Mapping[str, Profile],
    nothing: Moments | None,
) -> Figures:
    """All figures of a request from the sums of its groups.

    Args:
        weighted: sums under final weights.
        request, design: what is asked, of which sample.
        items: what was summed, with a label (variable, level) each.
        found: profiles of the columns.
        nothing: answers of weight zero by domain, if there are some.

    Returns:
        `Figures`, domains × items in reading order.
    """
    sums = weighted.moments
    frame = lay(design, sums)
    domains = _domains(sums, request.by, len(items), nothing)
    collect = gather(domains.of_group, len(domains))
    total = {name: np.asarray(collect @ getattr(sums, name)) for name in ("n", "w", "w2", "wy", "wx", "wyy")}
    linear, value = _linear(total, sums.centre, request.statistic == "total")
    counted = None
    if design.plain and weighted.raking is None and request.statistic != "total":
        counted = total["n"].sum(axis=0)
    if weighted.calibration is None:
        result = spread(sums, frame, domains.of_group, linear, counted)
    else:
        result = spread_after_raking(sums, frame, domains.of_group, linear, weighted.calibration)
    df = _degrees_of_freedom(sums, frame, domains, total["n"], request.statistic == "total")
    # one answer says nothing of its own spread, unless the figure is a total, whose spread is that of the whole sample
    known = (result.variance > result.floor) & ((total["n"] > 1) | (request.statistic == "total"))
    with np.errstate(invalid="ignore"):
        error = np.where(known & np.isfinite(value), np.sqrt(result.variance), np.nan)
    point = Point(
        estimate=value,
        standard_error=error,
        n=total["n"],
        kish=kish_size(total["w"], total["w2"], total["n"]),
        population_variance=_population_variance(total) * (total["w"] ** 2 if request.statistic == "total" else 1.0),
        degrees_of_freedom=df,
        is_share=np.broadcast_to(_shares(request, items, found), value.shape),
        clustered=frame.clustered,
    )
    return _figures(point, domains, labels, request, _alone(frame, domains, df, design))


def _domains(sums: Moments, by: Sequence[str], items: int, nothing: Moments | None) -> _Domains:
    if not by:
        ignored = np.zeros((1, items)) if nothing is None else nothing.n.sum(axis=0, keepdims=True)
        return _Domains(pa.table({}), np.zeros(len(sums.rows), np.int64), ignored)
    keys = sums.keys.select(list(by))
    both = keys if nothing is None else pa.concat_tables([keys, nothing.keys.select(list(by))])
    codes, distinct = codes_of(both, by)
    ignored = np.zeros((distinct.num_rows, items))
    if nothing is not None:
        np.add.at(ignored, codes[len(sums.rows) :], nothing.n)
    return _Domains(distinct, codes[: len(sums.rows)], ignored)


def _linear(total: dict[str, Floats], centre: Floats, is_total: bool) -> tuple[Linear, Floats]:
    if is_total:
        value = np.where(total["n"] > 0, total["wy"], np.nan)
        return Linear(np.zeros_like(value), np.ones_like(value)), value
    usable = (total["n"] > 0) & (total["wx"] != 0)
    scale = np.where(usable, total["wx"], 1.0)
    ratio = np.where(usable, total["wy"] / scale, 0.0)
    return Linear(ratio, scale), np.where(usable, ratio + centre, np.nan)


def _population_variance(total: dict[str, Floats]) -> Floats:
    """Σ w (y − mean)² / Σw × n / (n − 1), the estimated variance of one answer; NaN with fewer than two."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total["wy"] / total["w"]
        return np.maximum(total["wyy"] / total["w"] - mean**2, 0.0) * total["n"] / (total["n"] - 1)


def _shares(request: Request, items: Sequence[Item], found: Mapping[str, Profile]) -> NDArray[np.bool_]:
    """A mean of 0 and 1 is a share, whether it was asked as one or not: it has a share's limits."""
    if request.statistic != "mean" or request.scaled:
        return np.zeros(len(items), bool)
    return np.array([item.level is not None or found[item.column].only_0_and_1 for item in items], bool)


def _degrees_of_freedom(sums: Moments, frame: Frame, domains: _Domains, n: Floats, is_total: bool) -> Floats:
    """Clusters (or rows) less strata, among those of the domain that have an answer.

    Source: Korn & Graubard 1999; as `degf` of R survey on a subset. Where a domain lies in one cluster, or has one row
    in each stratum, the design's; a single row has none.
    """
    size = len(domains)
    strata = int(frame.stratum.max(initial=0)) + 1
    present = _present(domains.of_group * strata + frame.stratum, sums.n, size, strata)
    if not frame.clustered:
        own = n - present
        whole = float(frame.units.sum()) - strata
    else:
        units = int(frame.unit.max(initial=0)) + 1
        own = _present(domains.of_group * units + frame.unit, sums.n, size, units) - present
        whole = float(frame.units.sum()) - strata
    df = np.where(own > 0, own, whole)
    fewest = 0 if frame.clustered or frame.strata > 1 or is_total else 1
    return np.where((n > fewest) & (df > 0), df, np.nan)


def _present(key: Codes, n: Floats, domains: int, width: int) -> Floats:
    """How many units of each domain have an answer, by item."""
    unique, inverse = np.unique(key, return_inverse=True)
    answered = (gather(inverse.astype(np.int64), len(unique)) @ n) > 0
    return np.asarray(gather(unique // width, domains) @ answered.astype(np.float64))


def _alone(frame: Frame, domains: _Domains, df: Floats, design: Design) -> NDArray[np.bool_]:
    """Domains that touch a stratum of a single unit."""
    if design.plain or not frame.alone.any():
        return np.zeros(df.shape, bool)
    touched = np.bincount(domains.of_group, frame.alone[frame.stratum], minlength=len(domains)) > 0
    return np.broadcast_to(touched[:, None], df.shape)


def _figures(
    point: Point,
    domains: _Domains,
    labels: Sequence[tuple[str, str | None]],
    request: Request,
    alone: NDArray[np.bool_],
) -> Figures:
    interval = limits(point, request.confidence)
    passed = reliable(point.estimate, interval.n_effective, point.is_share, request.gate, request.confidence)
    flat = _flat(point)
    statuses, reasons = verdicts(flat, passed.ravel(), domains.ignored.ravel() > 0, alone.ravel(), request.gate)
    size, width = point.estimate.shape
    repeated = np.repeat(np.arange(size), width)
    missing = np.isnan(flat.estimate)
    with np.errstate(invalid="ignore", divide="ignore"):
        simple = point.population_variance / point.n
        effect = np.where(simple > 0, point.standard_error**2 / simple, np.nan)
    return Figures(
        keys=domains.keys.take(pa.array(repeated)) if domains.keys.num_columns else domains.keys,
        value=tuple(label for _ in range(size) for label, _ in labels),
        level=tuple(level for _ in range(size) for _, level in labels),
        n=flat.n,
        n_effective=np.where(missing, np.nan, interval.n_effective.ravel()),
        estimate=flat.estimate,
        standard_error=flat.standard_error,
        low=np.where(missing, np.nan, interval.low.ravel()),
        high=np.where(missing, np.nan, interval.high.ravel()),
        degrees_of_freedom=np.where(missing, np.nan, flat.degrees_of_freedom),
        design_effect=effect.ravel(),
        status=statuses,
        reason=reasons,
    )


def _flat(point: Point) -> Point:
    return Point(
        point.estimate.ravel(),
        point.standard_error.ravel(),
        point.n.ravel(),
        point.kish.ravel(),
        point.population_variance.ravel(),
        point.degrees_of_freedom.ravel(),
        np.asarray(point.is_share).ravel(),
        point.clustered,
    )
