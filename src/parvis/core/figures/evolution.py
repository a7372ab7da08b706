"""Changes since the edition before: both recomputed on the criteria that both have, under the same method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.core.bundle import Dataset, MeasureKind, SubjectKind
from parvis.core.bundle.result_tables import CHANGES
from parvis.core.figures.change import Change, changes, common_core
from parvis.core.figures.checked_estimates import check_estimates
from parvis.core.figures.scoring import NATION, OVERALL, Figures, Scoring, score_observations
from parvis.core.figures.scoring.chain import Step, average
from parvis.core.figures.scoring.columns import NO_CHANNEL
from parvis.core.figures.tally.engine import Engine
from parvis.core.instruments.method import Method

Integers = NDArray[np.int64]
Rows = list[tuple[object, ...]]
_VIEWS = (MeasureKind.STAGE, MeasureKind.DETERMINANT)


def evolution(engine: Engine, dataset: Dataset, previous: Dataset, method: Method) -> pa.Table:
    """The table `changes`: overall, by channel, stage and determinant for organisations; overall for groups of them.

    Families of tests: the headline scores of a category; within an organisation its channels, its stages, and its
    determinants, each table apart. Categories and the nation compare the organisations that both editions measured.
    Contacts of two editions are independent: places are fixed strata, and nobody is asked twice.

    Source: method of Parvis 4.9; see `change.changes`.
    """
    core = common_core(_weights(previous, method), _weights(dataset, method))
    if not core.weights:
        return CHANGES.empty()
    shared = replace(
        method,
        criteria_weights=core.weights,
        not_reached=replace(
            method.not_reached,
            criteria={code: mark for code, mark in method.not_reached.criteria.items() if code in core.weights},
        ),
    )
    after = score_observations(engine, _restricted(dataset, core.weights), shared)
    before = score_observations(engine, _restricted(previous, core.weights), shared)
    rows = _of_organisations(before, after, MeasureKind.OVERALL, method)
    for kind in (MeasureKind.CHANNEL, *_VIEWS):
        rows += _of_organisations(before, after, kind, method)
    rows += _groups(before, after, method)
    return CHANGES.filled(rows)


def _weights(dataset: Dataset, method: Method) -> dict[str, float]:
    table = dataset.table("criteria")
    given = zip(table["criterion"].to_pylist(), table["weight"].to_pylist(), strict=True)
    weights = {code: method.criteria_weights.get(code, weight) for code, weight in given}
    return {code: weight for code, weight in weights.items() if weight > 0}


def _restricted(dataset: Dataset, weights: dict[str, float]) -> Dataset:
    """The same dataset with the shared criteria only; answers to others meet no criterion and drop out of the scan."""
    criteria = dataset.table("criteria")
    kept = criteria.filter(pc.is_in(criteria["criterion"], value_set=pa.array(list(weights), pa.string())))
    tables = {name: dataset.tables[name] for name in dataset.tables if name not in ("answers", "criteria")}
    if "answers" not in dataset.files:
        tables["answers"] = dataset.table("answers")
    return replace(dataset, tables={**tables, "criteria": kept})


def _of_organisations(before: Scoring, after: Scoring, kind: MeasureKind, method: Method) -> Rows:
    """What both editions tell of each organisation on one kind of measure, in the order of the later one."""
    figures = _figures_of(after, kind)
    former = {key: (figure, row) for figure in _figures_of(before, kind) for key, row in _keyed(figure)}
    pairs = [((figure, row), former[key], key) for figure in figures for key, row in _keyed(figure) if key in former]
    pairs.sort(key=lambda pair: pair[2])
    if not pairs:
        return []
    category = dict(zip(after.frames.contacts.organisations, after.frames.category.tolist(), strict=True))
    subjects, measures = [key[0] for _, _, key in pairs], [key[1] for _, _, key in pairs]
    families = [category[name] if kind is MeasureKind.OVERALL else name for name in subjects]
    now, then = _step([pair[0] for pair in pairs]), _step([pair[1] for pair in pairs])
    return list(_rows(SubjectKind.ORGANISATION, subjects, measures, then, now, method, families))


def _figures_of(scoring: Scoring, kind: MeasureKind) -> list[Figures]:
    return [
        figures
        for figures in scoring.figures
        if figures.subject_kind is SubjectKind.ORGANISATION and figures.measure_kind is kind
    ]


def _keyed(figures: Figures) -> Iterator[tuple[tuple[str, str], int]]:
    """Rows by organisation and measure; of stages and determinants only those over all channels."""
    across = figures.measure_kind in _VIEWS
    for row, (subject, measure) in enumerate(zip(figures.subject.tolist(), figures.measure.tolist(), strict=True)):
        if not across or figures.channel[row] == NO_CHANNEL:
            yield (figures.subjects[subject], figures.measures[measure]), row


def _step(rows: Sequence[tuple[Figures, int]]) -> Step:
    return Step(
        np.array([figures.value[row] for figures, row in rows]),
        np.array([figures.standard_error[row] for figures, row in rows]),
        np.array([figures.degrees_of_freedom[row] for figures, row in rows]),
        np.array([figures.n[row] for figures, row in rows]),
        np.array([figures.flags[row] for figures, row in rows]),
    )


def _groups(before: Scoring, after: Scoring, method: Method) -> Rows:
    names, former = after.frames.contacts.organisations, before.frames.contacts.organisations
    mine, theirs = after.organisations.step, before.organisations.step
    earlier = {name: row for row, name in enumerate(former)}
    both = [
        row
        for row, name in enumerate(names)
        if name in earlier and not np.isnan(mine.score[row]) and not np.isnan(theirs.score[earlier[name]])
    ]
    if not both:
        return []
    now = mine.rows(np.array(both))
    then = theirs.rows(np.array([earlier[names[row]] for row in both]))
    rows: Rows = []
    for kind, words, group in (
        (SubjectKind.CATEGORY, after.frames.categories, after.frames.category[both]),
        (SubjectKind.NATION, [NATION], np.zeros(len(both), np.int64)),
    ):
        first, count = average(group, then, len(words))
        second, _ = average(group, now, len(words))
        kept = np.flatnonzero(count)
        subjects = [words[row] for row in kept]
        rows += list(_rows(kind, subjects, [OVERALL] * len(kept), first.rows(kept), second.rows(kept), method))
    return rows


def _rows(
    kind: SubjectKind,
    subjects: list[str],
    measures: list[str],
    before: Step,
    after: Step,
    method: Method,
    families: Sequence[object] | None = None,
) -> Iterator[tuple[object, ...]]:
    keys = [f"{subject}\x1f{measure}" for subject, measure in zip(subjects, measures, strict=True)]
    found = changes(
        check_estimates(keys, before.score, before.standard_error, before.degrees),
        check_estimates(keys, after.score, after.standard_error, after.degrees),
        family=method.change.family,
        margin=method.change.margin,
        confidence=1 - method.change.level,
        groups=dict(zip(keys, families or [""] * len(keys), strict=True)),
    )
    for at, change in enumerate(found):
        pair = (_plain(before.score[at]), _plain(after.score[at]))
        yield (kind.value, subjects[at], measures[at], *pair, *_limits(change, pair))


def _limits(change: Change, pair: tuple[float | None, float | None]) -> tuple[object, ...]:
    difference = change.difference
    if difference is None and pair[0] is not None and pair[1] is not None:
        difference = pair[1] - pair[0]
    return difference, change.low, change.high, change.verdict.value


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
