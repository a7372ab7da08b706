"""The estimates of a result, protected: peers' means, small groups of citizens, and what would give them away."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.core.disclosure.complementary import Leak
from parvis.core.disclosure.peers import FEWEST_PEERS, peer_figure_allowed
from parvis.core.disclosure.primary import (
    DOMINANT_SHARE,
    NATIONAL_THRESHOLD,
    PRIOR_PERCENT,
    THRESHOLD,
    complement_too_few,
)
from parvis.core.disclosure.publication import Decision, EarlierPublication, Figure, Protected, protect
from parvis.core.disclosure.system import Equation, Integers, Key
from parvis.core.figures.tally.columns import codes_of
from parvis.core.vocabulary import Fault, Reason, Source, Status

_NUMBERS = ("value", "standard_error", "low", "high", "n_effective", "degrees_of_freedom")
_DEAR = {"category": 20.0, "nation": 400.0}
_SAME = 1e-6
_MEASURE = ("source", "measure_kind", "measure", "channel")
# a batch of so many rows, and the audit of it, take some 40 MB
_BATCH = 30_000


@dataclass(frozen=True, slots=True)
class DisclosureRules:
    """The thresholds of a method, and how narrowly a hidden figure may be worked out (points, or share × 100)."""

    respondents: int = THRESHOLD
    respondents_national: int = NATIONAL_THRESHOLD
    peers: int = FEWEST_PEERS
    dominance: float = DOMINANT_SHARE
    prior: float = PRIOR_PERCENT
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class ProtectedEstimates:
    """The estimates with statuses set and hidden values blanked, and the table `disclosure` that says why."""

    estimates: pa.Table
    disclosure: pa.Table
    narrowest: float | None


class _Row(NamedTuple):
    """A row of the estimates; a named tuple, for there are a million of them."""

    kind: str
    subject: str
    source: str
    table: str  # source and measure, as `disclosure` names them
    value: float | None
    n: float
    status: str
    key: Key
    alike: bool  # all its respondents gave one answer


def protect_estimates(
    estimates: pa.Table,
    categories: Mapping[str, str],
    rules: DisclosureRules | None = None,
    *,
    named: Collection[str] = (),
    earlier: Iterable[EarlierPublication] = (),
) -> ProtectedEstimates:
    """Set the status of every estimate so that no organisation's or small group's figure can be worked out.

    Args:
        estimates: the table of the result (see the bundles' page), values still whole.
        categories: organisation → category, as compared.
        rules: thresholds; the defaults of the method page when None.
        named: organisations whose observed figures are public (laureates).
        earlier: publications already out, keyed (source/kind/measure/channel, subject kind/subject).

    Returns:
        Rows in the order given. Observed scores of organisations keep their status (they go to their owner) but are
        unknown to others: means over organisations need 5 left without the reader and the named. Perceived figures
        need enough respondents, who did not all answer the same, also beside those of any one organisation, and no
        organisation may dominate a pool.
        Means over organisations are linked to them, and to each other, in the audit.

    Raises:
        Leak: what cannot be made safe.
    """
    applied, past = rules or DisclosureRules(), list(earlier)
    faults: list[Fault] = []
    decided: list[tuple[Integers, list[_Row], Protected]] = []
    alike = _alike(estimates)
    for members in _batches(estimates, past):
        with _uncollected():
            rows = _rows(estimates.take(pa.array(members)), alike[members])
            figures, equations = [], []
            for measure in _by_measure(rows):
                part_figures, part_equations = _linked(measure, categories, applied, named)
                figures += part_figures
                equations += part_equations
            try:
                found = protect(figures, equations, earlier=past, dominance=applied.dominance, prior=applied.prior)
            except Leak as leak:
                faults += leak.faults
                continue
            ruled = [place for place, row in enumerate(rows) if row.key in found.rules]
            kept = replace(found, statuses={rows[place].key: found.statuses[rows[place].key] for place in ruled})
            decided.append((members[ruled], [rows[place] for place in ruled], kept))
    if faults:
        raise Leak(faults)
    decisions = [decision for _, _, found in decided for decision in found.decisions]
    narrowest = min((found.narrowest for _, _, found in decided if found.narrowest is not None), default=None)
    return ProtectedEstimates(_with_statuses(estimates, decided), disclosure_table(decisions), narrowest)


def _batches(estimates: pa.Table, earlier: Sequence[EarlierPublication]) -> Iterator[Integers]:
    """Rows of some measures at a time: no equation ties two measures, and memory stays that of a few.

    With earlier publications, whose sums may tie anything, all rows at once.
    """
    shared = pc.is_in(estimates["subject_kind"], value_set=pa.array(("organisation", *_DEAR)))
    rows = np.flatnonzero(shared.to_numpy())
    if earlier:
        yield rows
        return
    measure = codes_of(estimates.select(_MEASURE).take(pa.array(rows)), _MEASURE)[0]
    order = np.argsort(measure, kind="stable")
    edges = np.flatnonzero(np.diff(measure[order])) + 1
    batch: list[Integers] = []
    for members in np.split(rows[order], edges):
        batch.append(members)
        if sum(map(len, batch)) >= _BATCH:
            yield np.concatenate(batch)
            batch = []
    if batch:
        yield np.concatenate(batch)


def disclosure_table(decisions: Iterable[Decision]) -> pa.Table:
    """The table `disclosure` of a result: table, cell, rule, status, sorted by the first three."""
    listed = sorted(decisions, key=lambda decision: (decision.table, decision.cell, decision.rule))
    columns = {
        "table": [decision.table for decision in listed],
        "cell": [decision.cell for decision in listed],
        "rule": [decision.rule for decision in listed],
        "status": [decision.status.value for decision in listed],
    }
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


@contextmanager
def _uncollected() -> Iterator[None]:
    """A million small tuples, none of them in a cycle: the collector would walk them again and again for nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _alike(estimates: pa.Table) -> NDArray[np.bool_]:
    """Where all respondents gave the same answer: a rating without spread; every level of a choice made by all."""
    perceived = pc.not_equal(estimates["source"], Source.OBSERVED.value)
    measured = pc.and_(pc.greater(pc.fill_null(estimates["n"], 0), 1), pc.is_valid(estimates["value"]))
    rows = np.flatnonzero(pc.and_(perceived, measured).to_numpy())
    few = estimates.select(("subject_kind", "subject", "measure", "value", "reason")).take(pa.array(rows)).to_pylist()
    questions = [(row["subject_kind"], row["subject"], *row["measure"].split("=", 1)) for row in few]
    chosen = {key[:3] for key, row in zip(questions, few, strict=True) if len(key) > 3 and row["value"] >= 1 - _SAME}
    found = np.zeros(estimates.num_rows, bool)
    found[rows] = [
        key[:3] in chosen if len(key) > 3 else Reason.NO_VARIANCE.value in row["reason"].split()
        for key, row in zip(questions, few, strict=True)
    ]
    return found


def _rows(estimates: pa.Table, alike: NDArray[np.bool_]) -> list[_Row]:
    names = ("subject_kind", "subject", "source", "value", "n", "status")
    kinds, subjects, sources, values, sizes, statuses = (estimates[name].to_pylist() for name in names)
    tables = _tables(estimates)
    people = [float(n or 0) for n in sizes]
    keys = [(table, f"{kind}/{subject}") for table, kind, subject in zip(tables, kinds, subjects, strict=True)]
    columns = (kinds, subjects, sources, tables, values, people, statuses, keys, alike.tolist())
    return list(map(_Row._make, zip(*columns, strict=True)))


def _tables(estimates: pa.Table) -> list[str]:
    """Source, kind of measure, measure and channel of each row in one word, each said once."""
    parts = [estimates[name].to_pylist() for name in _MEASURE]
    rows = list(zip(*parts, strict=True))
    said = {row: "/".join(part for part in row if part) for row in set(rows)}
    return [said[row] for row in rows]


def _by_measure(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.kind in ("organisation", "category", "nation"):
            groups[row.table].append(row)
    yield from groups.values()


def _linked(
    rows: Sequence[_Row], categories: Mapping[str, str], rules: DisclosureRules, named: Collection[str]
) -> tuple[list[Figure], list[Equation]]:
    """The figures of one measure over organisations, categories and the nation, and the means that tie them."""
    organisations = [row for row in rows if row.kind == "organisation" and row.value is not None]
    figures = [_figure(row, rules, named) for row in organisations]
    everyone = [(row.subject, figure.key, row.value or 0.0) for row, figure in zip(organisations, figures, strict=True)]
    members: dict[str | None, list[tuple[str, Key, float]]] = defaultdict(list)
    for member in everyone:
        members[categories.get(member[0])].append(member)
    answered: dict[str | None, list[float]] = defaultdict(list)
    for row in rows:
        if row.kind == "organisation" and row.source != Source.OBSERVED and row.n > 0:
            answered[categories.get(row.subject)].append(row.n)
    equations = []
    for row in rows:
        if row.kind == "organisation":
            continue
        own = everyone if row.kind == "nation" else members[row.subject]
        pooled = [n for part in (answered.values() if row.kind == "nation" else [answered[row.subject]]) for n in part]
        figures.append(_mean(row, [name for name, _, _ in own], pooled, rules, named))
        if row.value is not None and _is_mean(row.value, [value for _, _, value in own]):
            equations.append(Equation.mean_of(row.key, {key: 1.0 for _, key, _ in own}))
    return figures, equations


def _figure(row: _Row, rules: DisclosureRules, named: Collection[str]) -> Figure:
    scale = 100.0 if (row.value or 0.0) > 1 or row.source == Source.OBSERVED else 1.0
    width = rules.width * scale / 100
    if row.source == Source.OBSERVED:
        private = row.subject not in named
        return Figure(row.key, row.value, private=private, width=width, highest=scale, cost=np.inf)
    return Figure(
        row.key,
        row.value,
        row.n,
        rules.respondents,
        answers=_answers(row),
        width=width,
        highest=scale,
        hidden=_gone(row),
        rule="reliability",
    )


def _mean(
    row: _Row, members: Sequence[str], answered: Sequence[float], rules: DisclosureRules, named: Collection[str]
) -> Figure:
    """A figure over organisations. Citizens' answers are pooled: each organisation contributes its respondents."""
    threshold = rules.respondents_national if row.kind == "nation" else rules.respondents
    perceived = row.source != Source.OBSERVED
    hidden, rule = _gone(row), "reliability"
    if not hidden and not perceived and not peer_figure_allowed(members, named, rules.peers):
        hidden, rule = True, "peers"
    whole = sum(answered)
    if not hidden and perceived and any(complement_too_few(part, whole, threshold) for part in answered):
        hidden, rule = True, "complement"
    return Figure(
        row.key,
        row.value,
        row.n if perceived else None,
        threshold,
        answers=_answers(row),
        contributions=answered if perceived else (),
        width=0.0,
        highest=np.inf,
        cost=_DEAR[row.kind],
        hidden=hidden,
        rule=rule,
    )


def _answers(row: _Row) -> Sequence[float]:
    return (row.n,) if row.alike else ()


def _gone(row: _Row) -> bool:
    """Hidden already: not to be shown by the reliability of the figure itself."""
    return row.value is not None and row.status != Status.PUBLISHED


def _is_mean(value: float, parts: Sequence[float]) -> bool:
    return bool(parts) and abs(value - sum(parts) / len(parts)) <= _SAME * (1 + abs(value))


def _with_statuses(estimates: pa.Table, decided: Iterable[tuple[Integers, list[_Row], Protected]]) -> pa.Table:
    status = np.array(_one(estimates["status"]).to_numpy(zero_copy_only=False))
    reasons = np.array(_one(estimates["reason"]).to_numpy(zero_copy_only=False))
    for places, rows, protected in decided:
        for place, row in zip(places.tolist(), rows, strict=True):
            rule = protected.rules[row.key]
            if row.value is not None and rule != "reliability":
                status[place] = protected.statuses[row.key].value
            if rule == "peers":
                reasons[place] = " ".join(filter(None, [reasons[place], Reason.TOO_FEW_PEERS.value]))
    table = estimates
    mask = pc.not_equal(pa.array(status, pa.string()), Status.PUBLISHED.value)
    for name in _NUMBERS:
        if name in table.column_names:
            column = _one(table[name])
            kept = pc.if_else(mask, pa.scalar(None, column.type), column)
            table = table.set_column(table.column_names.index(name), table.schema.field(name), kept)
    for name, values in (("status", status), ("reason", reasons)):
        field = table.schema.field(name)
        table = table.set_column(table.column_names.index(name), field, pa.array(values, field.type))
    return table


def _one(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array
