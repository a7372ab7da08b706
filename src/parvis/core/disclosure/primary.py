"""Primary rules: which figures come too close to somebody, taken one by one."""

from __future__ import annotations

from collections.abc import Sequence

THRESHOLD = 10
NATIONAL_THRESHOLD = 5
DOMINANT_SHARE = 0.85
PRIOR_PERCENT = 10.0


def too_few(respondents: float, threshold: int = THRESHOLD) -> bool:
    """Whether somebody answered, but fewer people than the threshold.

    Args:
        respondents: unweighted number of people; weights hide nobody.
        threshold: the fewest people that a figure may show.

    Returns:
        False for nobody at all: an empty cell speaks of no one.

    Source: INSEE, guide to the confidentiality of tables (frequency rule), applied to unweighted respondents.

    >>> [too_few(n) for n in (0, 1, 9, 10)]
    [False, True, True, False]
    """
    return 0 < respondents < threshold


def homogeneous(answers: Sequence[float]) -> bool:
    """Whether two people or more all gave the same answer, so that belonging to the group tells it.

    Args:
        answers: number of people per possible answer, 0 included.

    >>> homogeneous([0, 25, 0]), homogeneous([1, 24]), homogeneous([0, 1])
    (True, False, False)
    """
    return sum(answers) > 1 and max(answers) == sum(answers)


def complement_too_few(respondents: float, total: float, threshold: int = THRESHOLD) -> bool:
    """Whether a few people only stand outside a cell whose total is published: the cell then speaks of them.

    Args:
        respondents: unweighted people in the cell.
        total: unweighted people in its published total.
        threshold: as `too_few`.

    >>> complement_too_few(97, 100), complement_too_few(100, 100), complement_too_few(90, 100)
    (True, False, False)
    """
    return too_few(total - respondents, threshold)


def dominated(contributions: Sequence[float], largest: int = 1, share: float = DOMINANT_SHARE) -> bool:
    """The (n, k) rule: whether the n largest contributors make more than a share k of a total.

    Args:
        contributions: 0 or more each.
        largest: n, how many contributors are added up.
        share: k, 0 to 1.

    >>> dominated([90, 5, 5]), dominated([85, 15])
    (True, False)
    """
    total = sum(contributions)
    return total > 0 and sum(sorted(contributions, reverse=True)[:largest]) > share * total


def within_percent(contributions: Sequence[float], percent: float = PRIOR_PERCENT) -> bool:
    """The p % rule: whether the second contributor, subtracting itself, would know the first to within p %.

    Args:
        contributions: 0 or more each.
        percent: p, 0 or more.

    Returns:
        True when what remains beside the two largest is under p % of the largest; False when all is zero.

    >>> within_percent([100, 50, 9]), within_percent([100, 50, 10]), within_percent([7])
    (True, False, True)
    """
    ordered = [*sorted(contributions, reverse=True), 0.0, 0.0]
    return ordered[0] > 0 and sum(ordered[2:]) < percent / 100 * ordered[0]


def primary_rule(
    respondents: float | None,
    threshold: int,
    *,
    answers: Sequence[float] = (),
    contributions: Sequence[float] = (),
    dominance: float = DOMINANT_SHARE,
    prior: float = PRIOR_PERCENT,
) -> str:
    """The first primary rule that hides a figure, "" when none does; arguments as `Figure` and `protect` have them.

    >>> primary_rule(9, 10), primary_rule(30, 10, contributions=(90, 5, 5)), primary_rule(None, 10)
    ('threshold', 'dominance', '')
    """
    if respondents is not None and too_few(respondents, threshold):
        return "threshold"
    if homogeneous(answers):
        return "homogeneity"
    if dominated(contributions, share=dominance):
        return "dominance"
    return "prior" if contributions and within_percent(contributions, prior) else ""
