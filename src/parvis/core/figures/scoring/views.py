"""Side views: stages, determinants and criteria as ratios of sums, with an error taken within the cell.

They explain the score and are never a step of its chain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parvis.core.figures.proportions import wilson
from parvis.core.figures.scoring.chain import Step
from parvis.core.figures.scoring.columns import flag, total
from parvis.core.figures.scoring.contacts import ContactScores, SilentMarks
from parvis.core.figures.scoring.moderation import moderated, priors_by_family
from parvis.core.figures.tally.observations import CHANNELS, ContactFrame, CriteriaFrame, CriterionSums
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Reason

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CellFigures:
    """One figure per organisation × channel × item (stage, determinant or criterion), sorted so, 0-100."""

    organisation: Integers
    channel: Integers
    item: Integers
    step: Step
    low: Floats
    high: Floats


@dataclass(frozen=True)
class CriterionCells:
    """What `explain` tells of a criterion: marks and their total, contacts not reached and what they earned."""

    organisation: Integers
    channel: Integers
    criterion: Integers
    marked: Integers
    marked_total: Floats
    not_reached: Integers
    not_reached_total: Floats


def view_figures(contacts: ContactFrame, scores: ContactScores, item_of_view: Integers, method: Method) -> CellFigures:
    """Figures per organisation × channel × item, where `item_of_view` says which item a view belongs to (-1: none).

    Ratio of sums over the contacts that count; residual e = numerator - ratio × denominator per contact; standard
    error = sqrt(k/(k-1) sum e^2) / sum of denominators, k the cell's contacts to which the item applies.

    Source: Woodruff 1971, within the cell. R survey takes the whole design's n/(n-1), too small where k = 2.
    """
    views = scores.views
    item = item_of_view[views.view]
    kept = (item >= 0) & (views.denominator > 0)
    items = int(item_of_view.max(initial=-1)) + 1
    pair, inverse = np.unique(views.contact[kept] * max(items, 1) + item[kept], return_inverse=True)
    numerator = total(inverse, views.numerator[kept], len(pair))
    denominator = total(inverse, views.denominator[kept], len(pair))
    cell = contacts.cell[pair // max(items, 1)] * max(items, 1) + pair % max(items, 1)
    number, index = np.unique(cell, return_inverse=True)
    k = np.bincount(index, minlength=len(number)).astype(np.int64)
    whole = total(index, denominator, len(number))
    ratio = total(index, numerator, len(number)) / whole
    residuals = total(index, (numerator - ratio[index] * denominator) ** 2, len(number))
    holder, item_number = number // max(items, 1), number % max(items, 1)
    families = (item_number, holder % len(CHANNELS) * max(items, 1) + item_number)
    step = _ratio_step(100 * ratio, residuals * 1e4, whole, k, families, method)
    none = np.full(len(number), np.nan)
    return CellFigures(holder // len(CHANNELS), holder % len(CHANNELS), item_number, step, none, none)


def criterion_figures(
    contacts: ContactFrame, scores: ContactScores, criteria: CriteriaFrame, sums: CriterionSums, method: Method
) -> tuple[CellFigures, CriterionCells]:
    """Figures per organisation × channel × criterion of that channel's grid; a criterion's own weight cancels out.

    A criterion whose marks are all 0 or 1 gets Wilson's interval.

    Source: Woodruff 1971; Wilson 1927.
    """
    cells = _criterion_cells(contacts, scores, criteria, sums, method)
    number = cells.organisation * len(CHANNELS) + cells.channel
    lookup = number * len(criteria.codes) + cells.criterion
    row = np.searchsorted(lookup, sums.cell * len(criteria.codes) + sums.criterion)
    squares = np.zeros(len(lookup))
    squares[row] = sums.squares / 1e12
    earned = np.nan_to_num(SilentMarks.of(criteria, method).mark)[cells.criterion]
    squares += cells.not_reached * earned**2
    k = cells.marked + cells.not_reached
    whole = cells.marked_total + cells.not_reached_total
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(k > 0, whole / k, np.nan)
    residuals = np.maximum(squares - np.nan_to_num(ratio) ** 2 * k, 0.0)
    residuals = np.where(residuals < 1e-9 * np.maximum(k, 1), 0.0, residuals)
    step = _ratio_step(100 * ratio, residuals * 1e4, k.astype(np.float64), k, (cells.criterion,), method)
    binary = (np.abs(squares - whole) < 1e-9 * np.maximum(k, 1)) & (k > 0)
    limits = wilson(np.where(binary, whole, 0.0), np.where(binary, k, 0), method.scores.confidence)
    figures = CellFigures(cells.organisation, cells.channel, cells.criterion, step, 100 * limits.low, 100 * limits.high)
    return figures, cells


def _criterion_cells(
    contacts: ContactFrame, scores: ContactScores, criteria: CriteriaFrame, sums: CriterionSums, method: Method
) -> CriterionCells:
    """Every organisation × channel that was contacted, crossed with the criteria of that channel's grid."""
    holders = np.unique(contacts.cell[scores.counted])
    silent = np.bincount(
        contacts.cell[scores.counted & contacts.not_reached], minlength=int(holders.max(initial=-1)) + 1
    )
    grids = [np.flatnonzero((criteria.channel == channel) & (criteria.weight > 0)) for channel in range(len(CHANNELS))]
    sizes = np.array([len(grid) for grid in grids])[holders % len(CHANNELS)]
    holder = np.repeat(holders, sizes)
    parts = [grids[channel] for channel in holders % len(CHANNELS)]
    criterion = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    lookup = holder * len(criteria.codes) + criterion
    row = np.searchsorted(lookup, sums.cell * len(criteria.codes) + sums.criterion)
    marked, marked_total = np.zeros(len(holder), np.int64), np.zeros(len(holder))
    marked[row], marked_total[row] = sums.marked, sums.total / 1e6
    earned = SilentMarks.of(criteria, method).mark[criterion]
    not_reached = np.where(np.isnan(earned), 0, silent[holder])
    return CriterionCells(
        holder // len(CHANNELS),
        holder % len(CHANNELS),
        criterion,
        marked,
        marked_total,
        not_reached,
        not_reached * np.nan_to_num(earned),
    )


def _ratio_step(
    value: Floats, residuals: Floats, whole: Floats, k: Integers, families: tuple[Integers, ...], method: Method
) -> Step:
    """A ratio with its error within the cell; a single contact, or no spread, borrows its variance from like cells.

    families: number of each cell's family of like cells, from the widest to the narrowest.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_weight = whole / k
        variance = np.where(k > 1, residuals / (k - 1) / mean_weight**2, np.nan)
    seen = k > 0
    rows = np.flatnonzero(seen)
    rule = method.variance
    prior, worth = np.full(len(k), np.nan), np.full(len(k), np.nan)
    levels = [(family[rows], 1) for family in families]
    prior[rows], worth[rows] = priors_by_family(variance[rows], k[rows], levels, rule.largest_degrees)
    own = (k > 1) & (variance > 0)
    borrowed, degrees = moderated(variance, np.maximum(k, 1), prior, worth)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(seen, np.sqrt(np.where(own, variance, borrowed) / k), np.nan)
    degrees = np.where(np.isnan(error), np.nan, np.where(own, k - 1.0, degrees))
    flags = flag(Reason.MODELLED_SE, seen & ~own & ~np.isnan(error)) | flag(Reason.NO_VARIANCE, seen & np.isnan(error))
    flags |= flag(Reason.INDICATIVE, seen & (k < method.minimum.contacts_indicative)) | flag(Reason.NO_DATA, ~seen)
    return Step(value, error, degrees, k, flags)
