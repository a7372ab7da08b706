"""Who wins the consultation's trophy, by the rule that was published: which rate decides, and among whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from parvis.web.consultation.qualification import Rule, TrophyBy


class Rate(models.TextChoices):
    INHABITANTS = "inhabitants", _("habitants")
    VISITS = "visits", _("visites")


@dataclass(frozen=True, slots=True)
class Count:
    """Of one body. Rates are for 1,000, None where nothing is known to divide by."""

    organisation: str
    qualified: int
    per_1000_inhabitants: float | None
    per_1000_visits: float | None


@dataclass(frozen=True, slots=True)
class Deciding:
    """The rate by which a body is ranked, up to the ceiling of the rule, and what it is a rate of."""

    of: Rate
    value: float


def deciding(rule: Rule, *, per_1000_inhabitants: float | None, per_1000_visits: float | None) -> Deciding | None:
    """The rate that decides for a body; None when the rule ranks it nowhere.

    >>> found = deciding(Rule(), per_1000_inhabitants=None, per_1000_visits=120.0)   # the ceiling is 100
    >>> found.of.value, found.value
    ('visits', 100.0)
    """
    rates = {Rate.INHABITANTS: per_1000_inhabitants, Rate.VISITS: per_1000_visits}
    allowed = list(Rate) if rule.trophy_by == TrophyBy.OWN else [Rate(rule.trophy_by)]
    known = [Deciding(of, min(value, rule.ceiling_per_1000)) for of in allowed if (value := rates[of]) is not None]
    return known[0] if known else None


def winners(counts: Iterable[Count], rule: Rule, *, least_responses: int) -> list[tuple[Count, Deciding]]:
    """The best of each ranking, ex aequo included, in order of ranking and key.

    A body enters the ranking of the rate that decides for it, and wins from that many qualified responses on. A ranking
    of fewer bodies than the rule says gives no trophy: who is alone has beaten nobody.
    """
    ranked: dict[Rate, list[tuple[Count, Deciding]]] = {rate: [] for rate in Rate}
    for count in sorted(counts, key=lambda each: each.organisation):
        found = deciding(rule, per_1000_inhabitants=count.per_1000_inhabitants, per_1000_visits=count.per_1000_visits)
        if found is not None:
            ranked[found.of].append((count, found))
    won: list[tuple[Count, Deciding]] = []
    for entered in ranked.values():
        able = [each for each in entered if each[0].qualified >= least_responses]
        if len(entered) >= rule.trophy_least_bodies and able:
            best = max(found.value for _, found in able)
            won += [each for each in able if each[1].value == best]
    return won
