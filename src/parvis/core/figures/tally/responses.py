"""THE scan of citizens' answers, or of any survey file: rows become cells of sums, three expressions in all.

`collapse` sums weights to raking cells, `moments` sums answers to domain × item, `apply` joins factors back to rows.
Every sum is taken over whole numbers (terms are scaled by a power of two and rounded), so that neither the order of the
rows, nor the threads, nor the engine can move its last digit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.figures.tally.columns import Level, Profile, number

if TYPE_CHECKING:
    import ibis

    from parvis.core.figures.tally.engine import Engine

Floats = NDArray[np.float64]

# 62 bits of a signed 64-bit sum, one kept for the rounding of every term
_BITS = 61
_ONCE = ("w", "wy", "wx", "wyy")
_TWICE = ("w2", "vy", "vx", "vyy", "vxy", "vxx")
_SUMS = ("n", *_ONCE, *_TWICE)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing summed: a column as a number; or the indicator of one of its levels; or the column over another one."""

    column: str
    level: Level | None = None
    denominator: str | None = None
    centred: bool = True


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums by group (rows of `keys`) and, for those named in arrays (groups × items), by item.

    With w the weight of a row, y the item less its `centre`, x the denominator (1 without one): n answers,
    w = Σw, w2 = Σw², wy = Σwy, wx = Σwx, wyy = Σwy², vy = Σw²y, vx = Σw²x, vyy = Σw²y², vxy = Σw²xy, vxx = Σw²x²,
    over rows with a positive weight and an answer. `rows`, `rows_w`, `rows_w2` sum over all rows with a positive
    weight, answered or not.
    `grain` is half the step of a term, by sum and item: sums carry an error of at most n × grain.
    """

    keys: pa.Table
    rows: Floats
    rows_w: Floats
    rows_w2: Floats
    n: Floats
    w: Floats
    w2: Floats
    wy: Floats
    wx: Floats
    wyy: Floats
    vy: Floats
    vx: Floats
    vyy: Floats
    vxy: Floats
    vxx: Floats
    centre: Floats
    grain: dict[str, Floats]
    population: Floats | None = None
    population_low: Floats | None = None

    def times(self, factor: Floats) -> Moments:
        """The same sums after the weights of each group are multiplied by its factor."""
        once, twice = factor[:, None], (factor * factor)[:, None]
        most = float(factor.max(initial=0.0))
        return replace(
            self,
            rows_w=self.rows_w * factor,
            rows_w2=self.rows_w2 * factor**2,
            grain={name: step * (most if name in _ONCE else most**2) for name, step in self.grain.items()},
            **{name: getattr(self, name) * once for name in _ONCE},
            **{name: getattr(self, name) * twice for name in _TWICE},
        )

    def only(self, groups: NDArray[np.int64]) -> Moments:
        """The sums of some groups."""
        return replace(
            self,
            keys=self.keys.take(pa.array(groups)) if self.keys.num_columns else self.keys,
            rows=self.rows[groups],
            rows_w=self.rows_w[groups],
            rows_w2=self.rows_w2[groups],
            population=None,
            population_low=None,
            **{name: getattr(self, name)[groups] for name in _SUMS},
        )


class _Sums:
    """Collects the sums to ask for, each once, with the power of two that makes its terms whole."""

    def __init__(self, rows: int) -> None:
        self.asked: dict[str, Any] = {}
        self.exponents: dict[str, int] = {}
        self.counts: set[str] = set()
        self._rows = max(rows, 1)

    def count(self, name: str, expression: Any) -> str:
        self.asked[name], self.exponents[name] = expression, 0
        self.counts.add(name)
        return name

    def grain(self, name: str) -> float:
        """Half the step of a term; counts are exact."""
        return 0.0 if name in self.counts else math.ldexp(0.5, -self.exponents[name])

    def add(self, name: str, term: Any, bound: float) -> str:
        """Ask for the sum of a term whose absolute value never passes `bound`."""
        if name not in self.asked:
            exponent = _BITS - math.ceil(math.log2(self._rows * max(bound, 1e-300))) if bound > 0 else 0
            exponent = max(min(exponent, 1000), -1000)
            self.asked[name] = (term * (2.0**exponent)).round().cast("int64").sum().cast("int64")
            self.exponents[name] = exponent
        return name


def collapse(
    engine: Engine, table: ibis.Table, cells: Sequence[str], weight: str | None, profiles: Mapping[str, Profile]
) -> Moments:
    """Sum weights to cells, the first step of raking.

    Args:
        engine, table: where to run and on what.
        cells: columns whose crossed levels are the cells.
        weight: column of base weights, or None for 1.
        profiles: profile of the weight column, if there is one.

    Returns:
        Moments without items; rows in the natural order of the cells.

    >>> import pyarrow as pa
    >>> from parvis.core.figures.tally.columns import profiles
    >>> from parvis.core.figures.tally.engine import opened
    >>> with opened() as engine:
    ...     data = engine.table(pa.table({"sex": ["f", "m", "f"], "w": [1.0, 2.0, 0.5]}))
    ...     found = collapse(engine, data, ["sex"], "w", profiles(engine, data, ["w"]))
    >>> found.keys["sex"].to_pylist(), found.rows_w.tolist()
    (['f', 'm'], [1.5, 2.0])
    """
    return moments(engine, table, cells, (), weight, profiles)


def moments(
    engine: Engine,
    table: ibis.Table,
    by: Sequence[str],
    items: Sequence[Item],
    weight: str | None,
    profiles: Mapping[str, Profile],
    *,
    population: str | None = None,
    rows: int | None = None,
) -> Moments:
    """Sum items by group in one scan.

    Args:
        engine, table: where to run and on what.
        by: columns whose crossed values are the groups; none gives a single group.
        items: what to sum.
        weight: column of weights, or None for 1; rows without a positive weight are left out.
        profiles: profiles of the weight, the items' columns and their denominators.
        population: a column that should be constant within groups, brought along (its largest and smallest values).
        rows: an upper bound of the number of rows; by default the profiles'.

    Returns:
        `Moments`, groups in the natural order of their keys.

    Source: sufficient statistics of a weighted mean and of its linearised variance (Woodruff 1971).
    """
    size = rows if rows is not None else max((profile.rows for profile in profiles.values()), default=2**31)
    base = table if weight is None else table.filter(number(table, weight) > 0)
    heaviest = 1.0 if weight is None else max(profiles[weight].high or 0.0, 0.0)
    sums = _Sums(size)
    w = None if weight is None else number(base, weight)
    names = {"rows": sums.count("rows", base.count())}
    if w is not None:
        names["rows_w"] = sums.add("rows_w", w, heaviest)
        names["rows_w2"] = sums.add("rows_w2", w * w, heaviest**2)
    plan = [_item_sums(sums, base, item, w, heaviest, profiles) for item in items]
    asked = dict(sums.asked)
    if population is not None:
        asked["population"] = number(base, population).max()
        asked["population_low"] = number(base, population).min()
    keys = {f"key{at}": base[column] for at, column in enumerate(by)}
    grouped = base.group_by(**keys).aggregate(**asked) if by else base.aggregate(**asked)
    found = engine.collect(grouped)
    if by:
        found = found.sort_by([(name, "ascending") for name in keys])
    return _read(found, list(by), names, plan, sums, items, profiles)


def apply(table: ibis.Table, factors: ibis.Table, on: Sequence[str], weight: str | None, name: str) -> ibis.Table:
    """The rows with one more column: their weight times the factor of their cell.

    Args:
        table: the rows.
        factors: the columns of `on`, then `factor`; a few thousand rows.
        on: columns of the cell.
        weight: column of base weights, or None for 1.
        name: of the new column.

    Returns:
        An expression; rows whose cell has no factor are left out.
    """
    joined = table.join(factors, list(on))
    weighted = joined["factor"] if weight is None else number(joined, weight) * joined["factor"]
    return joined.mutate(**{name: weighted}).drop("factor")


def _item_sums(
    sums: _Sums, base: ibis.Table, item: Item, w: Any, heaviest: float, profiles: Mapping[str, Profile]
) -> dict[str, str]:
    """The name of each of the sums of one item; equal sums share a name, so that they are taken once."""
    y, x, reach, reach_x, complete = _terms(base, item, profiles)
    answers = f"{item.column}/{item.denominator}" if x is not None else item.column
    label = f"{answers}={item.level}" if item.level is not None else answers
    label = label if _centre(item, profiles) == 0 else f"{label}-"
    plan = _weight_sums(sums, y, w, heaviest, answers, complete)
    if w is None:
        plan["wy"] = plan["vy"] = sums.add(f"wy:{label}", y, reach)
        plan["wyy"] = plan["vyy"] = plan["wy"] if _binary(item, profiles) else sums.add(f"wyy:{label}", y * y, reach**2)
    else:
        plan["wy"] = sums.add(f"wy:{label}", w * y, heaviest * reach)
        plan["vy"] = sums.add(f"vy:{label}", w * w * y, heaviest**2 * reach)
        plan |= {"wyy": plan["wy"], "vyy": plan["vy"]}
        if not _binary(item, profiles):
            plan["wyy"] = sums.add(f"wyy:{label}", w * y * y, heaviest * reach**2)
            plan["vyy"] = sums.add(f"vyy:{label}", w * w * y * y, (heaviest * reach) ** 2)
    if x is None:
        return plan | {"wx": plan["w"], "vx": plan["w2"], "vxy": plan["vy"], "vxx": plan["w2"]}
    square = 1.0 if w is None else w * w
    wx = sums.add(f"wx:{label}", x if w is None else w * x, heaviest * reach_x)
    return plan | {
        "wx": wx,
        "vx": wx if w is None else sums.add(f"vx:{label}", w * w * x, heaviest**2 * reach_x),
        "vxy": sums.add(f"vxy:{label}", square * x * y, heaviest**2 * reach * reach_x),
        "vxx": sums.add(f"vxx:{label}", square * x * x, (heaviest * reach_x) ** 2),
    }


def _weight_sums(sums: _Sums, y: Any, w: Any, heaviest: float, answers: str, complete: bool) -> dict[str, str]:
    """n, Σw and Σw² over answers: those of all rows when every row has an answer."""
    import ibis

    answered = y.notnull()
    n = "rows" if complete else sums.count(f"n:{answers}", answered.sum().cast("int64"))
    if w is None:
        return {"n": n, "w": n, "w2": n}
    if complete:
        return {"n": n, "w": "rows_w", "w2": "rows_w2"}
    kept = answered.ifelse(w, ibis.null("float64"))
    return {
        "n": n,
        "w": sums.add(f"w:{answers}", kept, heaviest),
        "w2": sums.add(f"w2:{answers}", kept * kept, heaviest**2),
    }


def _binary(item: Item, profiles: Mapping[str, Profile]) -> bool:
    return item.level is not None or (item.denominator is None and profiles[item.column].only_0_and_1)


def _terms(base: ibis.Table, item: Item, profiles: Mapping[str, Profile]) -> tuple[Any, Any, float, float, bool]:
    """y, x (None for 1), the largest of each, and whether every row has them."""
    import ibis

    profile = profiles[item.column]
    if item.level is not None:
        column = base[item.column]
        if column.type().is_floating():
            column = column.isnan().ifelse(ibis.null(column.type()), column)
        return (column == item.level).cast("int8").cast("float64"), None, 1.0, 1.0, profile.complete
    y, centre = number(base, item.column), _centre(item, profiles)
    reach = max(abs((profile.low or 0.0) - centre), abs((profile.high or 0.0) - centre))
    if item.denominator is None:
        return (y - centre if centre else y), None, reach, 1.0, profile.complete
    x, over = number(base, item.denominator), profiles[item.denominator]
    both = y.notnull() & x.notnull()
    y, x = both.ifelse(y, ibis.null("float64")), both.ifelse(x, ibis.null("float64"))
    return y, x, reach, over.reach, profile.complete and over.complete


def _centre(item: Item, profiles: Mapping[str, Profile]) -> float:
    profile = profiles[item.column]
    plain = item.level is not None or item.denominator is not None or not item.centred or profile.only_0_and_1
    return 0.0 if plain else profile.centre


def _read(
    found: pa.Table,
    by: list[str],
    names: dict[str, str],
    plan: list[dict[str, str]],
    sums: _Sums,
    items: Sequence[Item],
    profiles: Mapping[str, Profile],
) -> Moments:
    def column(name: str) -> Floats:
        whole = np.asarray(found[name].combine_chunks().fill_null(0).to_numpy(zero_copy_only=False))
        return np.asarray(np.ldexp(whole.astype(np.float64), -sums.exponents[name]))

    cache: dict[str, Floats] = {}
    for name in sums.asked:
        cache[name] = column(name)
    groups = found.num_rows
    keys = found.select([f"key{at}" for at in range(len(by))]).rename_columns(by)
    rows = cache["rows"]
    populations = {
        name: np.asarray(found[name].combine_chunks().to_numpy(zero_copy_only=False), np.float64)
        for name in ("population", "population_low")
        if name in found.column_names
    }
    arrays = {
        sum_name: np.column_stack([cache[one[sum_name]] for one in plan]) if plan else np.zeros((groups, 0))
        for sum_name in _SUMS
    }
    grain = {sum_name: np.array([sums.grain(one[sum_name]) for one in plan]) for sum_name in (*_ONCE, *_TWICE)}
    return Moments(
        keys=keys,
        rows=rows,
        rows_w=cache[names["rows_w"]] if "rows_w" in names else rows,
        rows_w2=cache[names["rows_w2"]] if "rows_w2" in names else rows,
        centre=np.array([_centre(item, profiles) for item in items]),
        grain=grain,
        **populations,
        **arrays,
    )
