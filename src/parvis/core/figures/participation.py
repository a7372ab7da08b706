"""Who took part, where people stopped, and whom the respondents look like. Opt-in has no response rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts along a consultation; `invited` is None where no list of people was ever written to."""

    opened: int
    started: int
    completed: int
    qualified: int
    invited: int | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares 0–1, None where their denominator is 0 or does not exist."""

    started: float | None
    completed: float | None
    qualified: float | None
    participation: float | None


@dataclass(frozen=True, slots=True)
class PageLoss:
    """One page: how many saw it, how many stopped there, the share who stopped (None when nobody saw it)."""

    page: str
    seen: int
    stopped: int
    share: float | None


@dataclass(frozen=True, slots=True)
class ItemAnswers:
    """One question among those who were asked: answered, not applicable, refused or left blank, as shares 0–1."""

    asked: int
    answered: float | None
    not_applicable: float | None
    missing: float | None


@dataclass(frozen=True, slots=True)
class Representativity:
    """The R-indicator (1 when every group takes part alike), and what each group adds to the unevenness.

    `contributions` are the groups' shares of the variance of participation, signed: negative where the group takes part
    less than the whole. `variation` is the standard deviation of participation over its mean: where few take part, the
    indicator is close to 1 whoever they are, and this is what tells.
    """

    indicator: float | None
    propensities: tuple[float, ...]
    contributions: tuple[float, ...]
    variation: float | None = None


def rates(funnel: Funnel) -> Rates:
    """Rates along a consultation.

    Args:
        funnel: counts, each at most the one before.

    Returns:
        `Rates`: started of opened, completed of started, qualified of completed, and completed of invited when there
        was a list. They have no sampling interval: volunteers are not a sample.

    Raises:
        ParvisError: a count that is negative or passes the one before.

    Source: AAPOR Standard Definitions 2023, participation rate of opt-in panels.

    >>> rates(Funnel(opened=200, started=150, completed=120, qualified=114)).completed
    0.8
    """
    steps = [funnel.opened, funnel.started, funnel.completed, funnel.qualified]
    if min(steps) < 0 or any(after > before for before, after in pairwise(steps)):
        raise ParvisError(_order_fault(steps))
    return Rates(
        started=_ratio(funnel.started, funnel.opened),
        completed=_ratio(funnel.completed, funnel.started),
        qualified=_ratio(funnel.qualified, funnel.completed),
        participation=None if funnel.invited is None else _ratio(funnel.completed, funnel.invited),
    )


def break_off(pages: Sequence[str], last_seen: Sequence[str | None]) -> list[PageLoss]:
    """Where people stopped.

    Args:
        pages: the pages in their order.
        last_seen: for each response that was started, the last page it saw, or None when it was completed.

    Returns:
        One `PageLoss` per page, in order.

    Raises:
        ParvisError: a page that is not in the list.

    >>> [(loss.seen, loss.stopped) for loss in break_off(["a", "b"], ["a", "b", None, None])]
    [(4, 1), (3, 1)]
    """
    unknown = sorted({page for page in last_seen if page is not None and page not in pages})
    if unknown:
        raise ParvisError(
            [
                Fault(
                    "page_unknown",
                    Text(f"la page « {page} » n’est pas dans la liste.", f"page “{page}” is not in the list."),
                    Text("Ajoutez-la à sa place.", "Add it in its place."),
                )
                for page in unknown
            ]
        )
    losses, seen = [], len(last_seen)
    for page in pages:
        stopped = sum(1 for last in last_seen if last == page)
        losses.append(PageLoss(page, seen, stopped, _ratio(stopped, seen)))
        seen -= stopped
    return losses


def item_answers(answered: int, not_applicable: int, missing: int) -> ItemAnswers:
    """How a question was met: not applicable is not a refusal.

    Args:
        answered, not_applicable, missing: counts among those who were asked.

    Returns:
        `ItemAnswers`; shares are None when nobody was asked.

    >>> item_answers(80, 15, 5).missing
    0.05
    """
    asked = answered + not_applicable + missing
    return ItemAnswers(asked, _ratio(answered, asked), _ratio(not_applicable, asked), _ratio(missing, asked))


def per_thousand(responses: int, people: int | None) -> float | None:
    """Responses per 1,000 inhabitants, or visits; None where these are unknown or 0. It has no sampling interval.

    >>> per_thousand(84, 12_000)
    7.0
    """
    return None if not people else 1000 * responses / people


def representativity(responses: ArrayLike, population: ArrayLike) -> Representativity:
    """How evenly the groups of a population took part.

    Args:
        responses: respondents of each group.
        population: inhabitants of each group, positive.

    Returns:
        `Representativity`; the indicator is 1 − 2 × the population's standard deviation of participation; it and the
        variation are None when nobody answered.

    Raises:
        ParvisError: a negative count, or more respondents than inhabitants.

    Source: Schouten, Cobben & Bethlehem 2009, Survey Methodology 35:101; its equation 6 for the variation, which bounds
    the bias of a mean in standard deviations of the answers.

    >>> found = representativity([30, 10], [100, 100])   # 0.3 and 0.1: deviation 0.1 around 0.2
    >>> round(found.indicator, 6), round(found.variation, 6), [round(part, 6) for part in found.contributions]
    (0.8, 0.5, [0.5, -0.5])
    """
    answered, people = np.asarray(responses, np.float64), np.asarray(population, np.float64)
    if (answered < 0).any() or (people <= 0).any() or (answered > people).any():
        raise ParvisError(
            Fault(
                "participation_count",
                Text(
                    "un groupe a un effectif négatif, nul, ou moins d’habitants que de réponses.",
                    "a group has a negative or zero count, or fewer inhabitants than responses.",
                ),
                Text("Vérifiez les populations.", "Check the populations."),
            )
        )
    propensity = answered / people
    if answered.sum() == 0:
        return Representativity(None, tuple(propensity.tolist()), tuple(0.0 for _ in propensity))
    weight = people / people.sum()
    mean = float(weight @ propensity)
    distance = propensity - mean
    parts = weight * distance**2
    variance = float(parts.sum())
    signed = np.sign(distance) * parts / variance if variance > 0 else np.zeros_like(parts)
    deviation = variance**0.5
    parts_told = tuple(propensity.tolist()), tuple(signed.tolist())
    return Representativity(1 - 2 * deviation, *parts_told, variation=deviation / mean)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def _order_fault(steps: list[int]) -> Fault:
    shown = " → ".join(str(step) for step in steps)
    return Fault(
        "participation_order",
        Text(
            f"les effectifs ouvert, commencé, terminé, retenu ne décroissent pas : {shown}.",
            f"the counts opened, started, completed, qualified do not decrease: {shown}.",
        ),
        Text("Vérifiez le décompte.", "Check the counts."),
    )
