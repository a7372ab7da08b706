"""The estimates of a result, protected: peers' means, small groups of citizens, and what would give them away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parvis.core.disclosure.complementary import Leak
from parvis.core.disclosure.measures import (
    DisclosureRules,
    Ruled,
    SharedFigures,
    SharedKeys,
    Words,
    ruled,
    shared_figures,
)
from parvis.core.disclosure.publication import Decision, EarlierPublication, guarded, with_earlier
from parvis.core.disclosure.system import Floats, Integers, words
from parvis.core.vocabulary import Fault, Reason, Status

__all__ = ["DisclosureRules", "ProtectedEstimates", "disclosure_table", "protect_estimates"]

_NUMBERS = ("value", "standard_error", "low", "high", "n_effective", "degrees_of_freedom")
# the audit of so many figures at a time takes some 50 MB
_BATCH = 100_000


@dataclass(frozen=True, slots=True)
class ProtectedEstimates:
    """The estimates with statuses set and hidden values blanked, and the table `disclosure` that says why."""

    estimates: pa.Table
    disclosure: pa.Table
    narrowest: float | None


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
    found: list[_Hidden] = []
    narrowest = np.inf
    for figures in _batches(shared_figures(estimates), past):
        given = ruled(figures, categories, applied, named)
        try:
            rules_of, widths = _decided(given, past)
        except Leak as leak:
            faults += leak.faults
            continue
        found.append(_hidden(given.figures, rules_of))
        narrowest = min(narrowest, float(widths.min(initial=np.inf)))
    if faults:
        raise Leak(faults)
    decisions = [decision for each in found for decision in each.decisions]
    shown = _with_statuses(estimates, found)
    return ProtectedEstimates(shown, disclosure_table(decisions), narrowest if np.isfinite(narrowest) else None)


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Rows of the estimates with a figure not shown, the decision taken on each, in the same order."""

    rows: Integers
    decisions: list[Decision]


def _batches(figures: SharedFigures, earlier: Sequence[EarlierPublication]) -> Iterator[SharedFigures]:
    """Figures of some measures at a time: no equation ties two measures, and memory stays that of a few.

    With earlier publications, whose sums may tie anything, all figures at once.
    """
    start = 0
    for span in figures.spans():
        if span.stop - start >= _BATCH and not earlier:
            yield figures.at(slice(start, span.stop))
            start = span.stop
    if start < len(figures.row):
        yield figures.at(slice(start, len(figures.row)))


def _decided(given: Ruled, earlier: Sequence[EarlierPublication]) -> tuple[Words, Floats]:
    """The rule that hides each figure, its own or "complementary", and the widths left to the secret ones."""
    needs, secret, own = with_earlier(given.needs, given.secret, earlier)
    hidden, widths = guarded(needs, secret)
    further = given.measured[(hidden & ~secret)[own]]
    rules = given.rule.copy()
    rules[further[rules[further] == ""]] = "complementary"
    return rules, widths


def _hidden(figures: SharedFigures, rules: Words) -> _Hidden:
    chosen, keys = np.flatnonzero(rules != ""), SharedKeys(figures)
    decisions = []
    for at in chosen.tolist():
        (table, *cell), rule = keys[at], str(rules[at])
        status = Status.TOO_FEW if rule == "threshold" else Status.HIDDEN_TO_PROTECT
        if np.isnan(figures.value[at]):
            status = Status.NOT_MEASURED
        decisions.append(Decision(table, words(cell), rule, status))
    return _Hidden(figures.row[chosen], decisions)


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


def _with_statuses(estimates: pa.Table, found: Iterable[_Hidden]) -> pa.Table:
    """The table with what was decided; a figure too unreliable by itself keeps the status that says so."""
    given = [pair for each in found for pair in zip(each.rows.tolist(), each.decisions, strict=True)]
    decided = {row: decision for row, decision in given if decision.rule != "reliability"}
    statuses = {row: one.status.value for row, one in decided.items() if one.status != Status.NOT_MEASURED}
    table = _replaced(estimates, "status", statuses)
    alone = [row for row, decision in decided.items() if decision.rule == "peers"]
    reasons = estimates["reason"].take(pa.array(alone, pa.int64())).to_pylist()
    told = {
        row: " ".join(filter(None, [reason, Reason.TOO_FEW_PEERS.value]))
        for row, reason in zip(alone, reasons, strict=True)
    }
    table = _replaced(table, "reason", told)
    hidden = pc.not_equal(table["status"], Status.PUBLISHED.value)
    for name in _NUMBERS:
        if name in table.column_names:
            column = table[name]
            kept = pc.if_else(hidden, pa.scalar(None, column.type), column)
            table = table.set_column(table.column_names.index(name), table.schema.field(name), kept)
    return table


def _replaced(table: pa.Table, name: str, values: Mapping[int, str]) -> pa.Table:
    """The table with some texts of a column replaced, by row."""
    if not values:
        return table
    rows = sorted(values)
    mask = np.zeros(table.num_rows, bool)
    mask[rows] = True
    field = table.schema.field(name)
    told = pa.array([values[row] for row in rows], field.type)
    column = pc.replace_with_mask(table[name].combine_chunks(), pa.array(mask), told)
    return table.set_column(table.column_names.index(name), field, column)
