"""Which sums a scan asks for, each once, and how its terms become whole numbers.

A sum of whole numbers has no rounding, so that no order of rows, thread or engine can move it. Ratings are whole
already; weights are rounded once to a step that 62 bits of a sum allow; other terms are scaled and rounded one by one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parvis.core.figures.tally.columns import SHORT_REACH, Level, Profile, is_nan, number

if TYPE_CHECKING:
    import ibis

    from parvis.core.figures.tally.engine import Engine

# 62 bits of a signed 64-bit sum, one kept for the rounding of every term
_BITS = 61
_ONCE, _TWICE = "parvis weight", "parvis weight squared"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing summed: a column as a number; or the indicator of one of its levels; or the column over another one."""

    column: str
    level: Level | None = None
    denominator: str | None = None
    centred: bool = True


@dataclass(frozen=True, slots=True)
class _Terms:
    """y and its largest absolute value, whether every row has one, and whether it is whole and short."""

    y: Any
    reach: float
    complete: bool
    short: bool


class Plan:
    """The sums asked of rows with a positive weight (`base`), by name, with the power of two of their terms."""

    def __init__(
        self,
        engine: Engine,
        table: ibis.Table,
        weight: str | None,
        profiles: Mapping[str, Profile],
        items: Sequence[Item],
        rows: int,
    ) -> None:
        """weight None stands for 1; `items` are those that will be asked; `rows` bounds the number of rows."""
        self.asked: dict[str, Any] = {}
        self._sum = engine.whole_sum
        self.exponents: dict[str, int] = {}
        self._exact: set[str] = set()
        self._profiles = profiles
        self._rows = max(rows, 1)
        self._weighted = weight is not None
        self._heaviest = 1.0 if weight is None else max(profiles[weight].high or 0.0, 0.0)
        self.base = table
        self._w: Any = None
        if weight is not None:
            self._weigh(table, weight, max((self._reach(item) for item in items), default=1.0))
        self._count("rows", self.base.count())
        self.weight_sums = ("rows", "rows")
        if weight is not None:
            self.weight_sums = (
                self._whole("rows_w", self.base[_ONCE], self._exponents[0]),
                self._whole("rows_w2", self.base[_TWICE], self._exponents[1]),
            )

    def _weigh(self, table: ibis.Table, weight: str, furthest: float) -> None:
        positive = table.filter(number(table, weight, self._profiles[weight]) > 0)
        w = positive[weight].cast("float64")  # NaN is left out by now
        reach = max(min(furthest, SHORT_REACH), 1.0) ** 2
        self._exponents = self._exponent(self._heaviest * reach), self._exponent(self._heaviest**2 * reach)
        whole = {_ONCE: _scaled(w, self._exponents[0]), _TWICE: _scaled(w * w, self._exponents[1])}
        self.base = positive.mutate(**whole)
        self._w = self.base[weight].cast("float64")

    def grain(self, name: str) -> float:
        """Half the step of a term; whole terms are exact."""
        return 0.0 if name in self._exact else math.ldexp(0.5, -self.exponents[name])

    def centre(self, item: Item) -> float:
        """What is subtracted from the column: nothing for shares, ratios and totals."""
        profile = self._profiles[item.column]
        plain = item.level is not None or item.denominator is not None or not item.centred or profile.only_0_and_1
        return 0.0 if plain else profile.centre

    def _reach(self, item: Item) -> float:
        """The largest distance of the item from its centre."""
        profile, centre = self._profiles[item.column], self.centre(item)
        if item.level is not None:
            return 1.0
        return max(abs((profile.low or 0.0) - centre), abs((profile.high or 0.0) - centre))

    def item(self, item: Item) -> dict[str, str]:
        """Ask for the sums of one item; the name of each. Equal sums have one name, so that they are taken once."""
        if item.denominator is not None:
            return self._ratio(item)
        terms = self._terms(item)
        label = item.column if item.level is None else f"{item.column}={item.level}"
        label += "-" if self.centre(item) else ""
        names = self._answers(item.column, terms)
        binary = item.level is not None or self._profiles[item.column].only_0_and_1
        names |= self._firsts(label, terms)
        names |= {"wyy": names["wy"], "vyy": names["vy"]} if binary else self._squares(label, terms)
        return names | {"wx": names["w"], "vx": names["w2"], "vxy": names["vy"], "vxx": names["w2"]}

    def _answers(self, label: str, terms: _Terms) -> dict[str, str]:
        """n, Σw and Σw² over answers: those of all rows when every row has an answer."""
        if terms.complete:
            return {"n": "rows", "w": self.weight_sums[0], "w2": self.weight_sums[1]}
        n = self._count(f"n:{label}", terms.y.count())
        if not self._weighted:
            return {"n": n, "w": n, "w2": n}
        # adding zero times the answer makes a null of the weight where there is none: half the price of a condition
        none = terms.y * 0 if terms.short else (terms.y * 0).cast("int64")
        return {
            "n": n,
            "w": self._whole(f"w:{label}", self.base[_ONCE] + none, self._exponents[0]),
            "w2": self._whole(f"w2:{label}", self.base[_TWICE] + none, self._exponents[1]),
        }

    def _firsts(self, label: str, terms: _Terms) -> dict[str, str]:
        y, reach = terms.y, terms.reach
        if not self._weighted:
            name = self._whole(f"wy:{label}", y, 0) if terms.short else self._rounded(f"wy:{label}", y, reach)
            return {"wy": name, "vy": name}
        if terms.short:
            return {
                "wy": self._whole(f"wy:{label}", self.base[_ONCE] * y, self._exponents[0]),
                "vy": self._whole(f"vy:{label}", self.base[_TWICE] * y, self._exponents[1]),
            }
        return {
            "wy": self._rounded(f"wy:{label}", self._w * y, self._heaviest * reach),
            "vy": self._rounded(f"vy:{label}", self._w * self._w * y, self._heaviest**2 * reach),
        }

    def _squares(self, label: str, terms: _Terms) -> dict[str, str]:
        y, reach = terms.y, terms.reach
        if not self._weighted:
            name = (
                self._whole(f"wyy:{label}", y * y, 0) if terms.short else self._rounded(f"wyy:{label}", y * y, reach**2)
            )
            return {"wyy": name, "vyy": name}
        if terms.short:
            return {
                "wyy": self._whole(f"wyy:{label}", self.base[_ONCE] * (y * y), self._exponents[0]),
                "vyy": self._whole(f"vyy:{label}", self.base[_TWICE] * (y * y), self._exponents[1]),
            }
        return {
            "wyy": self._rounded(f"wyy:{label}", self._w * y * y, self._heaviest * reach**2),
            "vyy": self._rounded(f"vyy:{label}", self._w * self._w * y * y, (self._heaviest * reach) ** 2),
        }

    def _ratio(self, item: Item) -> dict[str, str]:
        import ibis

        above, below = self._profiles[item.column], self._profiles[item.denominator or ""]
        y, x = number(self.base, item.column, above), number(self.base, item.denominator or "", below)
        both = y.notnull() & x.notnull()
        y, x = both.ifelse(y, ibis.null("float64")), both.ifelse(x, ibis.null("float64"))
        label = f"{item.column}/{item.denominator}"
        terms = _Terms(y, above.reach, above.complete and below.complete, False)
        names = self._answers(label, terms) | self._firsts(label, terms) | self._squares(label, terms)
        x_terms = _Terms(x, below.reach, terms.complete, False)
        firsts, squares = self._firsts(f"x:{label}", x_terms), self._squares(f"x:{label}", x_terms)
        crossed = x * y if not self._weighted else self._w * self._w * x * y
        return names | {
            "wx": firsts["wy"],
            "vx": firsts["vy"],
            "vxx": squares["vyy"],
            "vxy": self._rounded(f"vxy:{label}", crossed, self._heaviest**2 * above.reach * below.reach),
        }

    def _terms(self, item: Item) -> _Terms:
        import ibis

        profile, column = self._profiles[item.column], self.base[item.column]
        if item.level is not None:
            if column.type().is_floating() and profile.not_a_number:
                column = is_nan(column).ifelse(ibis.null(column.type()), column)
            return _Terms((column == item.level).cast("int64"), 1.0, profile.complete, True)
        centre, reach = self.centre(item), self._reach(item)
        if profile.short and reach <= SHORT_REACH:
            whole = column.cast("int64")
            return _Terms(whole - int(centre) if centre else whole, reach, profile.complete, True)
        y = number(self.base, item.column, profile)
        return _Terms(y - centre if centre else y, reach, profile.complete, False)

    def _exponent(self, bound: float) -> int:
        if bound <= 0:
            return 0
        return max(min(_BITS - math.ceil(math.log2(self._rows * max(bound, 1e-300))), 1000), -1000)

    def _count(self, name: str, expression: Any) -> str:
        self.asked[name], self.exponents[name] = expression, 0
        self._exact.add(name)
        return name

    def _whole(self, name: str, term: Any, exponent: int) -> str:
        """Ask for the sum of a term that is whole already, times a power of two."""
        self.asked[name], self.exponents[name] = self._sum(term), exponent
        self._exact.add(name)
        return name

    def _rounded(self, name: str, term: Any, bound: float) -> str:
        """Ask for the sum of a term whose absolute value never passes `bound`."""
        exponent = self._exponent(bound)
        self.asked[name], self.exponents[name] = self._sum(_scaled(term, exponent)), exponent
        return name


def _scaled(term: Any, exponent: int) -> Any:
    return (term * (2.0**exponent)).round().cast("int64")
