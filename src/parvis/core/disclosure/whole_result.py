"""The tables of a whole result, protected together: the last step before anything leaves the core."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from parvis.core.bundle.result_tables import DIAGNOSTICS
from parvis.core.disclosure.estimates import DisclosureRules, protect_estimates
from parvis.core.disclosure.peers import peer_figure_allowed
from parvis.core.disclosure.publication import EarlierPublication
from parvis.core.figures.perception import PIECE as GAP
from parvis.core.figures.scoring import OVERALL
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import PODIUM, Source, Status, Verdict

_CURVE_NUMBERS = ("share", "standard_error", "low", "high", "at_risk", "events")
_CHANGE_NUMBERS = ("before", "after", "difference", "low", "high")


def protect_result(
    tables: Mapping[str, pa.Table], method: Method, earlier: Iterable[EarlierPublication] = ()
) -> dict[str, pa.Table]:
    """The same tables with every figure that must be hidden blanked, and the table `disclosure` that says why.

    The podium of each category is taken as known to everybody. Changes and gaps follow the estimates that they compare,
    and the nation's delay curves need as many organisations behind them as any other figure of peers.

    Raises:
        Leak: what cannot be made safe.
    """
    organisations = tables["organisations"]
    pairs = zip(organisations["organisation"].to_pylist(), organisations["category"].to_pylist(), strict=True)
    categories = {name: category for name, category in pairs if category is not None}
    named = _podium(tables["ranks"])
    rule = method.disclosure
    peers = max(rule.organisations, method.minimum.peers)
    rules = DisclosureRules(rule.respondents, rule.respondents_national, peers, rule.dominance, rule.prior)
    protected = protect_estimates(tables["estimates"], categories, rules, named=named, earlier=earlier)
    return {
        **tables,
        "estimates": protected.estimates,
        "disclosure": protected.disclosure,
        "changes": _changes(tables["changes"], protected.estimates),
        "delay_curves": _curves(tables["delay_curves"], named, peers),
        "diagnostics": pa.concat_tables(
            [_gaps(tables["diagnostics"], protected.estimates), _counts(protected.disclosure)]
        ),
    }


def _podium(ranks: pa.Table) -> set[str]:
    first = pc.fill_null(pc.less_equal(ranks["rank"], PODIUM), False)
    return set(ranks.filter(first)["organisation"].to_pylist())


def _changes(changes: pa.Table, estimates: pa.Table) -> pa.Table:
    """A mean over organisations that is hidden has no change either."""
    hidden = estimates.filter(pc.not_equal(estimates["status"], Status.PUBLISHED.value))
    hidden = hidden.filter(pc.is_in(hidden["subject_kind"], value_set=pa.array(["category", "nation"])))
    gone = set(
        zip(
            hidden["subject_kind"].to_pylist(),
            hidden["subject"].to_pylist(),
            hidden["measure"].to_pylist(),
            strict=True,
        )
    )
    keys = zip(*(changes[name].to_pylist() for name in ("subject_kind", "subject", "measure")), strict=True)
    mask = pa.array([key in gone for key in keys], pa.bool_())
    blank = _blanked(changes, mask, _CHANGE_NUMBERS)
    return _replaced(blank, "verdict", pc.if_else(mask, Verdict.NOT_COMPARABLE.value, _one(blank, "verdict")))


def _gaps(diagnostics: pa.Table, estimates: pa.Table) -> pa.Table:
    """What citizens see beside what was observed is told of a body only where both of its figures are."""
    overall = pc.and_(pc.equal(estimates["subject_kind"], "organisation"), pc.equal(estimates["measure"], OVERALL))
    told = estimates.filter(pc.and_(overall, pc.equal(estimates["status"], Status.PUBLISHED.value)))
    sources = Counter(told["subject"].to_pylist())
    both = pa.array([subject for subject, count in sources.items() if count == len(Source)], pa.string())
    return diagnostics.filter(pc.or_(pc.not_equal(diagnostics["piece"], GAP), pc.is_in(diagnostics["subject"], both)))


def hidden_by_rule(disclosure: pa.Table) -> dict[str, int]:
    """How many figures each rule hides, by rule; what was not measured is not hidden."""
    decided = zip(disclosure["rule"].to_pylist(), disclosure["status"].to_pylist(), strict=True)
    return dict(sorted(Counter(rule for rule, status in decided if status != Status.NOT_MEASURED).items()))


def _counts(disclosure: pa.Table) -> pa.Table:
    """Diagnostics: how many figures are hidden, and by which rule; every figure has one rule."""
    found = hidden_by_rule(disclosure)
    told = [("hidden", sum(found.values())), *((f"hidden {rule}", count) for rule, count in found.items())]
    return DIAGNOSTICS.filled([("disclosure", "", measure, float(count), None) for measure, count in told])


def _curves(curves: pa.Table, named: set[str], fewest: int) -> pa.Table:
    own = curves.filter(pc.equal(curves["subject_kind"], "organisation"))
    members: dict[tuple[str, ...], set[str]] = {}
    names = ("channel", "kind", "unit")
    for subject, *key in zip(own["subject"].to_pylist(), *(own[name].to_pylist() for name in names), strict=True):
        members.setdefault(tuple(key), set()).add(subject)
    rows = zip(curves["subject_kind"].to_pylist(), *(curves[name].to_pylist() for name in names), strict=True)
    hidden = [
        kind != "organisation" and not peer_figure_allowed(members.get(tuple(key), set()), named, fewest)
        for kind, *key in rows
    ]
    mask = pa.array(hidden, pa.bool_())
    blank = _blanked(curves, mask, _CURVE_NUMBERS)
    return _replaced(blank, "status", pc.if_else(mask, Status.HIDDEN_TO_PROTECT.value, _one(blank, "status")))


def _blanked(table: pa.Table, mask: pa.Array, names: Iterable[str]) -> pa.Table:
    for name in names:
        column = _one(table, name)
        table = _replaced(table, name, pc.if_else(mask, pa.scalar(None, column.type), column))
    return table


def _replaced(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), table.schema.field(name), column)


def _one(table: pa.Table, name: str) -> pa.Array:
    column = table[name].combine_chunks()
    return pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column
