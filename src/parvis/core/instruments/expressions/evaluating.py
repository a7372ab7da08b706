"""The interpreter of compiled expressions. Its twin runs in the browser: change both, or neither."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from parvis.core.instruments.form import Tree

LONGEST_MATCHED = 1000  # characters of an answer given to a pattern
Value = bool | float | str


class Answers(Protocol):
    """Where answers are looked up by question name, as text: any dictionary will do."""

    def get(self, name: str, default: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may look at: the other answers as text, the question's own answer, and the day."""

    values: Answers
    own: str = ""
    today: str = ""


_NUMBER = re.compile(r" *(-?(?:\d+(?:\.\d*)?|\.\d+)) *\Z", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d).*)?\Z", re.ASCII | re.DOTALL)


def evaluate(tree: Tree, scope: Scope) -> Value:
    """The value of a compiled expression: a boolean, a number or a text. Empty answers are empty texts.

    >>> evaluate(["<=", ["$", "rings"], 5], Scope({"rings": "4"}))
    True
    """
    if not isinstance(tree, list):
        return tree if isinstance(tree, bool | str) else float(tree)
    head = tree[0]
    if head == "$":
        return scope.values.get(tree[1], "")
    if head == ".":
        return scope.own
    if head == "and":
        return all(truth(evaluate(part, scope)) for part in tree[1:])
    if head == "or":
        return any(truth(evaluate(part, scope)) for part in tree[1:])
    if head == "if":
        return evaluate(tree[2 if truth(evaluate(tree[1], scope)) else 3], scope)
    if head == "today":
        return scope.today
    return _OPERATIONS[head](*(evaluate(part, scope) for part in tree[1:]))


def is_true(tree: Tree, scope: Scope) -> bool:
    """Does the condition hold?

    >>> is_true(["!=", ["."], ""], Scope({}, own="yes"))
    True
    """
    return truth(evaluate(tree, scope))


def as_text(value: Any) -> str:
    """An answer or a value as the text that expressions compare: nothing is "", several choices are spaced.

    >>> as_text(None), as_text(["a", "b"]), as_text(4.0), as_text(2.5)
    ('', 'a b', '4', '2.5')
    """
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(as_text(item) for item in value)
    if isinstance(value, int | float):
        return _number_text(float(value))
    return str(value)


def truth(value: Value) -> bool:
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def number_of(value: Value) -> float:
    """A value as a number; a date counts as its days since 1970-01-01; other texts are not a number (NaN)."""
    if not isinstance(value, str):
        return float(value)
    found = _NUMBER.match(value)
    if found:
        return float(found.group(1))
    day = _DAY.match(value)
    if not day:
        return math.nan
    year, month, number, hours, minutes = (int(part or 0) for part in day.groups())
    try:
        days = date(year, month, number).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return math.nan
    return days + (hours * 60 + minutes) / 1440


def _number_text(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    rounded = math.floor(number * 1e6 + 0.5) / 1e6
    return f"{rounded:.6f}".rstrip("0").rstrip(".") if rounded else "0"


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return number_of(left) == number_of(right)


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    return math.nan if not left or math.isnan(left) else math.copysign(math.inf, left)


def _round(value: Value, digits: Value = 0.0) -> float:
    number, places = number_of(value), number_of(digits)
    if not math.isfinite(number) or not math.isfinite(places):
        return number
    power = 10.0 ** math.floor(min(max(places, -9), 9))
    return math.floor(number * power + 0.5) / power


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    def of(*values: Value) -> float:
        numbers = [number_of(value) for value in values]
        return math.nan if any(math.isnan(number) for number in numbers) else choose(numbers)

    return of


def _matches(value: Value, pattern: Value) -> bool:
    return re.fullmatch(f"(?:{pattern})", as_text(value)[:LONGEST_MATCHED], re.ASCII | re.DOTALL) is not None


def _whole(value: Value) -> float:
    number = number_of(value)
    return float(math.trunc(number)) if math.isfinite(number) else number


def _remainder(left: Value, right: Value) -> float:
    numerator, denominator = number_of(left), number_of(right)
    return math.fmod(numerator, denominator) if denominator and math.isfinite(numerator) else math.nan


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "=": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "<": lambda a, b: number_of(a) < number_of(b),
    "<=": lambda a, b: number_of(a) <= number_of(b),
    ">": lambda a, b: number_of(a) > number_of(b),
    ">=": lambda a, b: number_of(a) >= number_of(b),
    "+": lambda a, b: number_of(a) + number_of(b),
    "-": lambda a, b: number_of(a) - number_of(b),
    "*": lambda a, b: number_of(a) * number_of(b),
    "div": lambda a, b: _divide(number_of(a), number_of(b)),
    "mod": _remainder,
    "neg": lambda a: -number_of(a),
    "not": lambda a: not truth(a),
    "selected": lambda a, b: as_text(b).strip() in as_text(a).split(" "),
    "count-selected": lambda a: float(len([part for part in as_text(a).split(" ") if part])),
    "coalesce": lambda a, b: a if as_text(a) else b,
    "number": number_of,
    "int": _whole,
    "round": _round,
    "abs": lambda a: abs(number_of(a)),
    "min": _extreme(min),
    "max": _extreme(max),
    "string": as_text,
    "string-length": lambda a: float(len(as_text(a))),
    "concat": lambda *parts: "".join(as_text(part) for part in parts),
    "contains": lambda a, b: as_text(b) in as_text(a),
    "starts-with": lambda a, b: as_text(a).startswith(as_text(b)),
    "ends-with": lambda a, b: as_text(a).endswith(as_text(b)),
    "regex": _matches,
}
