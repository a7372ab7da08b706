"""From marks to contacts: what each contact earned, which ones count, and what a contact that was not reached earns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parvis.core.figures.scoring.columns import total
from parvis.core.figures.tally.observations import CHANNELS, ContactFrame, CriteriaFrame, ViewSums
from parvis.core.instruments.method import Method

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ContactScores:
    """Each contact's sums and score (0-100, NaN when nothing could be marked); only those that count enter figures."""

    numerator: Floats
    denominator: Floats
    grid_weight: Floats
    score: Floats
    counted: Flags
    low_coverage: Flags
    unmarked: Flags
    views: ViewScores


@dataclass(frozen=True)
class ViewScores:
    """Contact × view sums of the contacts that count, sorted by contact then view, in weights."""

    contact: Integers
    view: Integers
    numerator: Floats
    denominator: Floats


@dataclass(frozen=True)
class SilentMarks:
    """What a contact that was not reached earns on each criterion (0-1), NaN where it is not applicable."""

    mark: Floats

    @staticmethod
    def of(criteria: CriteriaFrame, method: Method) -> SilentMarks:
        rule = method.not_reached
        given = [rule.criteria.get(code, rule.score) for code in criteria.codes]
        return SilentMarks(np.array([np.nan if mark is None else mark for mark in given], dtype=np.float64))


def score_contacts(contacts: ContactFrame, criteria: CriteriaFrame, sums: ViewSums, method: Method) -> ContactScores:
    """The score of every contact: sum of weight × value over sum of weight, on ranked criteria that apply.

    A contact that was not reached earns what the method says on its whole grid. A contact that reached the service
    counts when the share of its grid's weight that could be marked is large enough. A failure of ours never counts.

    Source: method of Parvis 4.1; the worked figures stand in `docs/method/notes-observees.md`.
    """
    silent = _silent_views(criteria, SilentMarks.of(criteria, method))
    views = _with_silence(contacts, sums, silent)
    size = len(contacts.organisation)
    numerator = total(views.contact, views.numerator, size)
    denominator = total(views.contact, views.denominator, size)
    grid = _grid_weights(criteria)[contacts.channel]
    unmarked = (contacts.reached | contacts.not_reached) & (denominator <= 0)
    # compared in whole millionths, so that exactly one half is one half
    needed = np.rint(grid * method.coverage.minimum_share * 1e6)
    low = contacts.reached & ~unmarked & (np.rint(denominator * 1e6) < needed)
    counted = (contacts.reached | contacts.not_reached) & ~low & ~unmarked
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(denominator > 0, 100 * numerator / denominator, np.nan)
    kept = counted[views.contact]
    counted_views = ViewScores(views.contact[kept], views.view[kept], views.numerator[kept], views.denominator[kept])
    return ContactScores(numerator, denominator, grid, score, counted, low, unmarked, counted_views)


def _grid_weights(criteria: CriteriaFrame) -> Floats:
    return total(criteria.channel[criteria.ranked], criteria.weight[criteria.ranked] / 1e6, len(CHANNELS))


def _silent_views(criteria: CriteriaFrame, silent: SilentMarks) -> dict[int, ViewScores]:
    """Per channel, the view sums of a contact that was not reached."""
    found = {}
    applies = criteria.ranked & ~np.isnan(silent.mark)
    for channel in range(len(CHANNELS)):
        rows = np.flatnonzero(applies & (criteria.channel == channel))
        view, inverse = np.unique(criteria.view[rows], return_inverse=True)
        weight = criteria.weight[rows] / 1e6
        found[channel] = ViewScores(
            np.zeros(len(view), np.int64),
            view,
            total(inverse, weight * silent.mark[rows], len(view)),
            total(inverse, weight, len(view)),
        )
    return found


def _with_silence(contacts: ContactFrame, sums: ViewSums, silent: dict[int, ViewScores]) -> ViewScores:
    parts = [ViewScores(sums.contact, sums.view, sums.numerator / 1e12, sums.denominator / 1e6)]
    for channel, views in silent.items():
        rows = np.flatnonzero(contacts.not_reached & (contacts.channel == channel))
        size = len(views.view)
        parts.append(
            ViewScores(
                np.repeat(rows, size),
                np.tile(views.view, len(rows)),
                np.tile(views.numerator, len(rows)),
                np.tile(views.denominator, len(rows)),
            )
        )
    contact = np.concatenate([part.contact for part in parts])
    view = np.concatenate([part.view for part in parts])
    order = np.lexsort((view, contact))
    numerator = np.concatenate([part.numerator for part in parts])[order]
    denominator = np.concatenate([part.denominator for part in parts])[order]
    return ViewScores(contact[order], view[order], numerator, denominator)
