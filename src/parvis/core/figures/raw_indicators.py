"""Criteria without a scale: their numbers as given, reported beside the scores and never inside them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.core.bundle import Dataset, MeasureKind, SubjectKind
from parvis.core.figures.scoring import NATION, Frames
from parvis.core.figures.scoring.chain import Step, average
from parvis.core.figures.scoring.columns import Figures, flag, total
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Reason

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def raw_indicator_figures(dataset: Dataset, frames: Frames, method: Method) -> list[Figures]:
    """The mean of what was given, in its own unit, for each criterion of weight 0, with a t interval.

    Per organisation, then per category and nation as unweighted means of organisations. A value that is not a number is
    left out.
    """
    wanted = np.flatnonzero(frames.criteria.weight == 0)
    organisation, criterion, value = _numbers(dataset, frames, wanted)
    width = max(len(frames.criteria.codes), 1)
    cell, inverse = np.unique(organisation * width + criterion, return_inverse=True)
    if not len(cell):
        return []
    n = np.bincount(inverse, minlength=len(cell)).astype(np.int64)
    mean = total(inverse, value, len(cell)) / n
    squares = total(inverse, (value - mean[inverse]) ** 2, len(cell))
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where((n > 1) & (squares > 0), np.sqrt(squares / (n - 1) / n), np.nan)
    flags = flag(Reason.NO_VARIANCE, np.isnan(error)) | flag(Reason.INDICATIVE, n < method.minimum.contacts_indicative)
    step = Step(mean, error, np.where(np.isnan(error), np.nan, n - 1.0), n, flags)
    holder, item = cell // width, cell % width
    names = frames.contacts.organisations
    made = [_figures(SubjectKind.ORGANISATION, names, frames, holder, item, step)]
    for kind, groups, group in (
        (SubjectKind.CATEGORY, frames.categories, frames.category),
        (SubjectKind.NATION, [NATION], np.zeros(len(names), np.int64)),
    ):
        mine = group[holder]
        averaged, count = average(np.where(mine < 0, -1, mine * width + item), step, len(groups) * width)
        kept = np.flatnonzero(count)
        made.append(_figures(kind, groups, frames, kept // width, kept % width, averaged.rows(kept)))
    return made


def _figures(
    kind: SubjectKind, subjects: list[str], frames: Frames, subject: Integers, item: Integers, step: Step
) -> Figures:
    return Figures(
        kind,
        MeasureKind.INDICATOR,
        subjects,
        frames.criteria.codes,
        subject,
        item,
        frames.criteria.channel[item],
        step.score,
        step.standard_error,
        step.degrees,
        step.contacts,
        step.flags,
        lowest=-np.inf,
        highest=np.inf,
    )


def _numbers(dataset: Dataset, frames: Frames, wanted: Integers) -> tuple[Integers, Integers, Floats]:
    """Organisation, criterion and number of every raw value, in the order of contacts and criteria."""
    none = np.zeros(0, np.int64)
    if not len(wanted):
        return none, none, np.zeros(0)
    codes = pa.array([frames.criteria.codes[index] for index in wanted], pa.string())
    answers = dataset.table("answers").select(["observation", "criterion", "raw"])
    answers = answers.filter(pc.is_in(answers["criterion"], value_set=codes))
    contact = pc.index_in(answers["observation"], value_set=frames.contacts.observations).fill_null(-1).to_numpy()
    criterion = wanted[pc.index_in(answers["criterion"], value_set=codes).to_numpy()]
    value = np.array([_number(text) for text in answers["raw"].to_pylist()], np.float64)
    kept = (contact >= 0) & ~np.isnan(value)
    kept &= frames.contacts.reached[contact]
    order = np.lexsort((criterion[kept], contact[kept]))
    holder = frames.contacts.organisation[contact[kept][order]]
    return holder, criterion[kept][order].astype(np.int64), value[kept][order]


def _number(text: str | None) -> float:
    try:
        number = float((text or "").replace(",", "."))
    except ValueError:
        return float("nan")
    return number if np.isfinite(number) else float("nan")
