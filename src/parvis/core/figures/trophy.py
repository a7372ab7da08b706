"""Who wins the consultation's trophy: which rate ranks a body, up to which ceiling, and who is first among whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Rate(StrEnum):
    """What the rate that ranks a body is a rate of."""

    INHABITANTS = "inhabitants"
    VISITS = "visits"


class TrophyBy(StrEnum):
    """What qualified responses are divided by, for the trophy."""

    OWN = "inhabitants_else_visits"  # two rankings, a trophy each: rates of inhabitants and of visits do not compare
    INHABITANTS = "inhabitants"  # where nobody lives, nobody wins
    VISITS = "visits"  # of those who declared theirs

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The rates that may rank a body, the first known one being its own."""
        return tuple(Rate) if self is TrophyBy.OWN else (Rate(self.value),)


@dataclass(frozen=True, slots=True)
class TrophyRule:
    """What the published rule says of the trophy.

    ceiling_per_1000: qualified responses beyond it add nothing. least_bodies: a ranking of fewer gives no trophy.
    """

    by: TrophyBy = TrophyBy.OWN
    ceiling_per_1000: float = 100.0
    least_bodies: int = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """What a body counts: qualified responses, and its rates for 1,000, None where nothing is known to divide by."""

    organisation: str
    qualified: int
    per_1000_inhabitants: float | None
    per_1000_visits: float | None

    def per_1000(self, rate: Rate) -> float | None:
        return self.per_1000_inhabitants if rate is Rate.INHABITANTS else self.per_1000_visits


@dataclass(frozen=True, slots=True)
class Deciding:
    """The rate for 1,000 by which a body is ranked, up to the ceiling of the rule, and what it is a rate of."""

    of: Rate
    value: float


Entered = tuple[Counted, Deciding]


def up_to_ceiling(per_1000: float | None, rule: TrophyRule) -> float | None:
    """A rate for 1,000, stopped at the ceiling of the rule; None stays None.

    Source: method of Parvis, docs/method/participation.md: a body of few inhabitants, or one that declares few visits,
    wins nothing by more responses than that.

    >>> up_to_ceiling(120.0, TrophyRule()), up_to_ceiling(30.0, TrophyRule())
    (100.0, 30.0)
    """
    return None if per_1000 is None else min(per_1000, rule.ceiling_per_1000)


def deciding(count: Counted, rule: TrophyRule) -> Deciding | None:
    """The rate that ranks a body.

    Args:
        count: its rates as they are; the ceiling is applied here.
        rule: by what responses are divided, and the ceiling.

    Returns:
        The first known of the rates that the rule allows, at most the ceiling; None when the rule ranks it nowhere.

    >>> found = deciding(Counted("hospital", 500, None, 120.0), TrophyRule())
    >>> found.of.value, found.value
    ('visits', 100.0)
    """
    for rate in rule.by.rates:
        value = up_to_ceiling(count.per_1000(rate), rule)
        if value is not None:
            return Deciding(rate, value)
    return None


def rankings(counts: Iterable[Counted], rule: TrophyRule) -> dict[Rate, list[Entered]]:
    """The bodies of each ranking, the best first, with the rate that decides for them.

    Args:
        counts: one for each body.
        rule: by what responses are divided, and the ceiling.

    Returns:
        Every rate, in the order of `Rate`, with those whom it ranks: by falling rate, those alike in the order given. A
        body stands in one ranking at most, since rates of inhabitants and of visits do not compare.

    >>> bodies = [Counted("a", 9, 2.0, 7.0), Counted("b", 9, 3.0, None), Counted("c", 9, None, 5.0)]
    >>> found = rankings(bodies, TrophyRule())
    >>> {rate.value: [count.organisation for count, _ in entered] for rate, entered in found.items()}
    {'inhabitants': ['b', 'a'], 'visits': ['c']}
    """
    ranked: dict[Rate, list[Entered]] = {rate: [] for rate in Rate}
    for count in counts:
        decided = deciding(count, rule)
        if decided is not None:
            ranked[decided.of].append((count, decided))
    return {rate: sorted(entered, key=lambda each: -each[1].value) for rate, entered in ranked.items()}


def winners(counts: Iterable[Counted], rule: TrophyRule, *, least_responses: int) -> list[Entered]:
    """The best of each ranking, ex aequo included.

    Args:
        counts: one for each body.
        rule: by what responses are divided, the ceiling, and how many bodies make a ranking.
        least_responses: qualified responses under which a body is ranked and cannot win.

    Returns:
        Winners in the order of `Rate`, then of organisation, whatever the order given. Nobody where fewer bodies are
        ranked than the rule says: who is alone has beaten nobody. Rates tie when they are equal, as those at the
        ceiling are; a rate is a quotient of counts, rounded once, so equal ones are equal to the last bit.

    Source: method of Parvis, docs/method/participation.md.

    >>> bodies = [Counted("town", 300, 30.0, None), Counted("city", 900, 20.0, None), Counted("hamlet", 40, 80.0, None)]
    >>> [count.organisation for count, _ in winners(bodies, TrophyRule(), least_responses=100)]
    ['town']
    """
    won: list[Entered] = []
    for entered in rankings(counts, rule).values():
        able = [each for each in entered if each[0].qualified >= least_responses]
        if len(entered) >= rule.least_bodies and able:
            first = [each for each in able if each[1].value == able[0][1].value]
            won += sorted(first, key=lambda each: each[0].organisation)
    return won
