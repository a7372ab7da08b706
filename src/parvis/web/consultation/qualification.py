"""Which responses count for the consultation's trophy, and by what they are divided.

Signals weigh points, and enough points set a response aside; what is left is divided by inhabitants or by visits. The
rule is data, published with its hash before the first response. Changing it afterwards is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from parvis.core.figures.trophy import TrophyBy, TrophyRule
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


# How trophies went when a rule did not say: such a rule is read, and hashed, as it was published.
UNSAID = {"trophy_by": TrophyBy.INHABITANTS.value, "trophy_least_bodies": 1}


@dataclass(frozen=True, slots=True)
class Rule:
    """Points of each flag, the points that set a response aside, the limits behind the flags, what the trophy divides.

    ceiling_per_1000: qualified responses beyond it add nothing to the rate of the trophy.
    trophy_least_bodies: a ranking of fewer bodies gives no trophy.
    codes_needed: a response about an enrolled body qualifies only with a counter code of that body.
    work_bits: how hard the little work of the browser is (0: none is asked); 13 is about a second of an old phone.
    """

    id: str = "2026-2"
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
    trophy_by: str = TrophyBy.OWN.value
    trophy_least_bodies: int = 2

    def sha256(self) -> str:
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        told = {**asdict(self), "points": dict(self.points)}
        unsaid = UNSAID.keys() if all(told[name] == value for name, value in UNSAID.items()) else ()
        return {name: value for name, value in told.items() if name not in unsaid}

    @property
    def trophy(self) -> TrophyRule:
        """What of it the trophy is decided by."""
        return TrophyRule(TrophyBy(self.trophy_by), self.ceiling_per_1000, self.trophy_least_bodies)

    def quarantines(self, flags: Collection[str]) -> bool:
        """
        >>> Rule().quarantines(["trap"]), Rule().quarantines(["night", "straight_lined"])
        (True, False)
        """
        return sum(self.points.get(flag, 0) for flag in flags) >= self.quarantine_points


def rule_from_json(given: Mapping[str, Any]) -> Rule:
    """The rule that was published. Raises ParvisError when it is not one."""
    told = {**UNSAID, **given} if not set(given) & set(UNSAID) else dict(given)
    if not _is_rule(told):
        raise ParvisError(refusals.BAD_RULE)
    return Rule(**{**told, "points": dict(told["points"])})


def _is_rule(told: Mapping[str, Any]) -> bool:
    expected, points = asdict(Rule()), told.get("points")
    if set(told) != set(expected) or not isinstance(points, Mapping) or set(points) != set(expected["points"]):
        return False
    others = ("id", "points", "codes_needed", "trophy_by")
    numbers = [value for name, value in told.items() if name not in others] + list(points.values())
    if any(isinstance(value, bool) or not isinstance(value, int | float) or value < 0 for value in numbers):
        return False
    if not isinstance(told["codes_needed"], bool) or told["trophy_by"] not in list(TrophyBy):
        return False
    return isinstance(told["work_bits"], int) and told["work_bits"] <= MOST_WORK_BITS
