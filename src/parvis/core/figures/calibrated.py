"""One weight per response: base weights raked to the known totals of each territory that can be, then trimmed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.bundle import Dataset
from parvis.core.figures.tally.columns import codes_of
from parvis.core.figures.weighting import Margin, rake, trim
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import ParvisError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Told = list[tuple[object, ...]]
_LEVELS_OF_PLACE = ("organisation", "departement", "region")


def calibrated_weights(dataset: Dataset, responses: pa.Table, method: Method) -> tuple[Floats, Told]:
    """Final weights, in the order of the responses, and rows for the table of diagnostics.

    The margins' territories are organisations, départements or regions, or a single one for everybody. A territory is
    raked when every level of its margins was met and the totals can be reached; otherwise its base weights stay, and
    the diagnostics name what was missing. A response that leaves a raked variable blank takes its territory's mean
    factor.
    """
    base = np.array(responses["base_weight"].to_pylist(), np.float64)
    margins = dataset.table("margins").to_pylist()
    if not margins:
        return base, []
    known = {row["territory"] for row in margins}
    territory = _territories(dataset, responses, known)
    weights, told = base.copy(), []
    for name in sorted(known):
        rows = np.flatnonzero(territory == name)
        mine = [row for row in margins if row["territory"] == name]
        if len(rows):
            told += _rake_territory(name, rows, mine, responses, weights, method)
        else:
            told.append(("weighting", name, "responses", 0.0, None))
    return weights, told


def _rake_territory(
    name: str, rows: Integers, margins: list[dict[str, object]], responses: pa.Table, weights: Floats, method: Method
) -> Told:
    variables = sorted({str(row["variable"]) for row in margins})
    absent = [variable for variable in variables if variable not in responses.column_names]
    if absent:
        return [("weighting", name, "not_raked", None, ", ".join(absent))]
    part = responses.take(pa.array(rows)).select(variables)
    texts = {variable: [None if v is None else str(v) for v in part[variable].to_pylist()] for variable in variables}
    full = np.array([all(values) for values in zip(*texts.values(), strict=True)], bool) & (weights[rows] > 0)
    if not full.any():
        return [("weighting", name, "not_raked", None, ", ".join(variables))]
    answered = pa.table({variable: pa.array(values, pa.string()) for variable, values in texts.items()})
    codes, cells = codes_of(answered.filter(pa.array(full)), variables)
    base = np.bincount(codes, weights[rows[full]]).astype(np.float64)
    count = np.bincount(codes).astype(np.float64)
    try:
        raking = rake(cells, base, [_margin(variable, margins) for variable in variables], rescale=True)
    except ParvisError as error:
        return [("weighting", name, "not_raked", None, "; ".join(error.messages("fr")))]
    bounds = (method.consultation.trim_low, method.consultation.trim_high)
    trimming = trim(base * raking.factors / count, count, raking.targets, bounds)
    factor = trimming.weights * count / base
    mean = float((base * factor).sum() / base.sum())
    weights[rows[full]] *= factor[codes]
    weights[rows[~full]] *= mean
    final = weights[rows]
    return [
        ("weighting", name, "responses", float(len(rows)), None),
        ("weighting", name, "gap_before", raking.gap_before, None),
        ("weighting", name, "gap_after", trimming.gap_left, None),
        ("weighting", name, "sweeps", float(raking.sweeps), None),
        ("weighting", name, "trimmed", float(trimming.trimmed), None),
        ("weighting", name, "largest_over_smallest", float(factor.max() / factor.min()), None),
        ("weighting", name, "kish_deff", float(len(final) * (final**2).sum() / final.sum() ** 2), None),
    ]


def _margin(variable: str, margins: list[dict[str, object]]) -> Margin:
    mine = sorted((str(row["level"]), float(str(row["total"]))) for row in margins if row["variable"] == variable)
    return Margin(variable, (variable,), tuple((level,) for level, _ in mine), np.array([total for _, total in mine]))


def _territories(dataset: Dataset, responses: pa.Table, known: set[str]) -> NDArray[np.object_]:
    """The territory of each response: the first of organisation, département, region that the margins know."""
    organisations = dataset.table("organisations")
    names = organisations["organisation"].to_pylist()
    holders = responses["organisation"].to_pylist()
    found = np.full(len(holders), "", dtype=object)
    for level in reversed(_LEVELS_OF_PLACE):
        place = dict(zip(names, organisations[level].to_pylist(), strict=True))
        for row, holder in enumerate(holders):
            if place.get(holder) in known:
                found[row] = place[holder]
    if not any(found) and len(known) == 1:
        found[:] = next(iter(known))
    return found
