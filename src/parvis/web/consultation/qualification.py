"""Which responses count for the consultation's trophy: signals weigh points, and enough points set a response aside.

The rule is data, published with its hash before the first response. Changing it afterwards is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals

MOST_WORK_BITS = 18  # half a minute of an old phone; more would turn people away


class Flag(StrEnum):
    """Why a response deserves a look. A flag accuses nobody and removes nothing."""

    TRAP = "trap"  # a field that people cannot see was filled
    TOO_FAST = "too_fast"
    CROWDED = "crowded"  # one address answered more often than a household does
    FLOOD = "flood"  # one address answered more often than any shared one does
    BURST = "burst"  # an entry point received more in ten minutes than people can give
    DUPLICATE_TEXT = "duplicate_text"
    STRAIGHT_LINED = "straight_lined"
    NIGHT = "night"
    STAFF_NETWORK = "staff_network"
    NO_CODE = "no_code"  # the rule asks for a counter code, and none that is valid came
    NO_WORK = "no_work"  # the rule asks the browser for a little work, and it did none (a browser without scripts)


@dataclass(frozen=True, slots=True)
class Rule:
    """Points of each flag, the points that set a response aside, and the limits behind the flags.

    ceiling_per_1000: qualified responses beyond it add nothing to the rate of the trophy.
    codes_needed: a response about an enrolled body qualifies only with a counter code of that body.
    work_bits: how hard the little work of the browser is (0: none is asked); 13 is about a second of an old phone.
    """

    id: str = "2026-1"
    points: Mapping[str, int] = field(
        default_factory=lambda: {
            Flag.TRAP.value: 3,
            Flag.TOO_FAST.value: 2,
            Flag.CROWDED.value: 2,
            Flag.FLOOD.value: 3,
            Flag.BURST.value: 2,
            Flag.DUPLICATE_TEXT.value: 2,
            Flag.STRAIGHT_LINED.value: 1,
            Flag.NIGHT.value: 1,
            Flag.STAFF_NETWORK.value: 1,
            Flag.NO_CODE.value: 3,
            Flag.NO_WORK.value: 2,
        }
    )
    quarantine_points: int = 3
    first_page_seconds: float = 2.0
    whole_seconds: float = 15.0
    straight_line_marks: int = 6
    crowded_address_day: int = 6
    flood_address_day: int = 20
    hall_hour: int = 40
    entry_point_10_minutes: int = 40
    night_from: int = 1
    night_to: int = 5
    ceiling_per_1000: float = 100.0
    codes_needed: bool = False
    work_bits: int = 0

    def sha256(self) -> str:
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "points": dict(self.points)}

    def quarantines(self, flags: Collection[str]) -> bool:
        """
        >>> Rule().quarantines(["trap"]), Rule().quarantines(["night", "straight_lined"])
        (True, False)
        """
        return sum(self.points.get(flag, 0) for flag in flags) >= self.quarantine_points


def rule_from_json(given: Mapping[str, Any]) -> Rule:
    """The rule that was published. Raises ParvisError when it is not one."""
    expected = Rule().to_json()
    points = given.get("points")
    if set(given) != set(expected) or not isinstance(points, Mapping) or set(points) != set(expected["points"]):
        raise ParvisError(refusals.BAD_RULE)
    others = ("id", "points", "codes_needed")
    numbers = [value for name, value in given.items() if name not in others] + list(points.values())
    if any(isinstance(value, bool) or not isinstance(value, int | float) or value < 0 for value in numbers):
        raise ParvisError(refusals.BAD_RULE)
    if not isinstance(given["codes_needed"], bool) or not isinstance(given["work_bits"], int):
        raise ParvisError(refusals.BAD_RULE)
    if given["work_bits"] > MOST_WORK_BITS:
        raise ParvisError(refusals.BAD_RULE)
    return Rule(**{**given, "points": dict(points)})
