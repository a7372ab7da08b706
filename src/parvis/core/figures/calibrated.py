"""One weight per response: base weights raked to the known totals of each territory that can be, then trimmed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.bundle import Dataset
from parvis.core.figures.tally.columns import codes_of
from parvis.core.figures.weighting import Margin, diagnose, diagnostic_rows, rake, spread_missing, trim
from parvis.core.figures.weighting.margins import texts_of
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import ParvisError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Told = list[tuple[object, ...]]
_BASE = "parvis_base_weight"
_LEVELS_OF_PLACE = ("organisation", "departement", "region")


def calibrated_weights(dataset: Dataset, responses: pa.Table, method: Method) -> tuple[Floats, Told]:
    """Final weights, in the order of the responses, and rows for the table of diagnostics.

    The margins' territories are organisations, départements or regions, or a single one for everybody. A territory is
    raked when every level of its margins was met and the totals can be reached; otherwise its base weights stay, and
    the diagnostics name what was missing. A response that leaves a raked variable blank is spread over the levels of
    those that are like it.

    Source: Deming & Stephan 1940; Potter 1990 for the trimming; method of Parvis 4.4.
    """
    base = np.array(responses["base_weight"].to_pylist(), np.float64)
    margins = dataset.table("margins").to_pylist()
    if not margins:
        return base, []
    known = {row["territory"] for row in margins}
    territory = territories_of(dataset, responses, known)
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
    used = rows[weights[rows] > 0]
    part = responses.take(pa.array(used)).select(variables)
    base = pa.array(weights[used])
    codes, cells = codes_of(part.append_column(_BASE, base), [*variables, _BASE])
    counted = {(str(row["variable"]), str(row["level"])) for row in margins}
    # an answer that the population's source does not know, « other » for instance, is spread like a blank one
    levels = {name: [each if (name, each) in counted else "" for each in texts_of(cells[name])] for name in variables}
    each = np.asarray(cells[_BASE].to_numpy(), np.float64)
    count = np.bincount(codes, minlength=len(each)).astype(np.float64)
    try:
        spread = spread_missing(levels, each * count)
        raking = rake(cells, spread.weights, [_margin(variable, margins) for variable in variables], rescale=True)
    except ParvisError as error:
        return [("weighting", name, "not_raked", None, "; ".join(error.messages("fr")))]
    bounds = (method.consultation.trim_low, method.consultation.trim_high)
    shared = np.asarray(spread.shares.T @ count, np.float64)
    started = np.divide(spread.weights * raking.factors, shared, out=np.zeros_like(shared), where=shared > 0)
    trimming = trim(started, shared, raking.targets, bounds)
    final = trimming.weights * shared
    factors = np.divide(final, spread.weights, out=np.zeros_like(final), where=spread.weights > 0)
    lightest, heaviest = trimming.weights[shared > 0].min(), trimming.weights[shared > 0].max()
    weights[used] = np.clip(each * spread.back(factors), lightest, heaviest)[codes]
    (found,) = diagnose(spread.weights, final, shared, raking.targets, trimmed=trimming.brought)
    sweeps: Told = [("weighting", name, "sweeps", float(raking.sweeps), None)]
    return [*diagnostic_rows([replace(found, territory=name)]), *sweeps]


def _margin(variable: str, margins: list[dict[str, object]]) -> Margin:
    mine = sorted((str(row["level"]), float(str(row["total"]))) for row in margins if row["variable"] == variable)
    return Margin(variable, (variable,), tuple((level,) for level, _ in mine), np.array([total for _, total in mine]))


def territories_of(dataset: Dataset, responses: pa.Table, known: set[str]) -> NDArray[np.object_]:
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
