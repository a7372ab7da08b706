"""Changes since the edition before: both recomputed on the criteria that both have, under the same method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.core.bundle import Dataset, SubjectKind
from parvis.core.bundle.result_tables import CHANGES
from parvis.core.figures.change import Change, changes, common_core
from parvis.core.figures.checked_estimates import check_estimates
from parvis.core.figures.scoring import NATION, OVERALL, Scoring, score_observations
from parvis.core.figures.scoring.chain import Step, average
from parvis.core.figures.tally.engine import Engine
from parvis.core.figures.tally.observations import CHANNELS
from parvis.core.instruments.method import Method

Integers = NDArray[np.int64]
Rows = list[tuple[object, ...]]


def evolution(engine: Engine, dataset: Dataset, previous: Dataset, method: Method) -> pa.Table:
    """The table `changes`: overall and by channel, for organisations, categories and the nation.

    One family per category for the headline score; channels form a family within each organisation. Categories and the
    nation compare the organisations that both editions measured. Contacts of two editions are independent.
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
    rows: Rows = []
    for members in _categories(after):
        rows += _headline(before, after, members, method)
    for row in range(len(after.frames.contacts.organisations)):
        rows += _by_channel(before, after, row, method)
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


def _categories(scoring: Scoring) -> Iterator[Integers]:
    for number in range(-1, len(scoring.frames.categories)):
        members = np.flatnonzero(scoring.frames.category == number)
        if len(members):
            yield members


def _headline(before: Scoring, after: Scoring, members: Integers, method: Method) -> Rows:
    names = after.frames.contacts.organisations
    earlier = {name: row for row, name in enumerate(before.frames.contacts.organisations)}
    chosen = [row for row in members if names[row] in earlier]
    if not chosen:
        return []
    mine = after.organisations.step.rows(np.array(chosen))
    theirs = before.organisations.step.rows(np.array([earlier[names[row]] for row in chosen]))
    subjects = [names[row] for row in chosen]
    return list(_rows(SubjectKind.ORGANISATION, subjects, [OVERALL] * len(subjects), theirs, mine, method))


def _by_channel(before: Scoring, after: Scoring, row: int, method: Method) -> Rows:
    name = after.frames.contacts.organisations[row]
    former = before.frames.contacts.organisations
    position = int(np.searchsorted(np.array(former, dtype=object), name)) if former else 0
    if position >= len(former) or former[position] != name:
        return []
    mine = _channels_of(after, row)
    theirs = _channels_of(before, position)
    both = sorted(set(mine) & set(theirs))
    if not both:
        return []
    now = after.channels.step.rows(np.array([mine[channel] for channel in both]))
    then = before.channels.step.rows(np.array([theirs[channel] for channel in both]))
    measures = [CHANNELS[channel].value for channel in both]
    return list(_rows(SubjectKind.ORGANISATION, [name] * len(both), measures, then, now, method))


def _channels_of(scoring: Scoring, row: int) -> dict[int, int]:
    low, high = np.searchsorted(scoring.channels.organisation, [row, row + 1])
    return {int(scoring.channels.channel[at]): int(at) for at in range(low, high)}


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
    kind: SubjectKind, subjects: list[str], measures: list[str], before: Step, after: Step, method: Method
) -> Iterator[tuple[object, ...]]:
    keys = [f"{subject}\x1f{measure}" for subject, measure in zip(subjects, measures, strict=True)]
    found = changes(
        check_estimates(keys, before.score, before.standard_error, before.degrees),
        check_estimates(keys, after.score, after.standard_error, after.degrees),
        family=method.change.family,
        margin=method.change.margin,
        confidence=1 - method.change.level,
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
