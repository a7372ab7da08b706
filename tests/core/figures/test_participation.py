"""Participation by hand: small counts, known answers."""

from __future__ import annotations

import pytest

from parvis.core.figures.participation import (
    Funnel,
    break_off,
    item_answers,
    per_thousand,
    rates,
    representativity,
)
from parvis.core.vocabulary import ParvisError


def test_rates_along_the_way() -> None:
    found = rates(Funnel(opened=400, started=300, completed=240, qualified=228, invited=1200))

    assert (found.started, found.completed, found.qualified, found.participation) == (0.75, 0.8, 0.95, 0.2)


def test_nobody_invited_means_no_participation_rate() -> None:
    found = rates(Funnel(opened=0, started=0, completed=0, qualified=0))

    assert (found.started, found.completed, found.qualified, found.participation) == (None, None, None, None)


@pytest.mark.parametrize("funnel", [Funnel(1, 2, 0, 0), Funnel(3, 2, 2, -1), Funnel(3, 2, 1, 2)])
def test_counts_that_grow_along_the_way_are_refused(funnel: Funnel) -> None:
    with pytest.raises(ParvisError) as raised:
        rates(funnel)

    assert [fault.code for fault in raised.value.faults] == ["participation_order"]


def test_break_off_page_by_page() -> None:
    losses = break_off(["welcome", "service", "contact"], ["service", None, "welcome", "service", None])

    assert [(loss.page, loss.seen, loss.stopped, loss.share) for loss in losses] == [
        ("welcome", 5, 1, 0.2),
        ("service", 4, 2, 0.5),
        ("contact", 2, 0, 0.0),
    ]


def test_a_page_nobody_reached_has_no_share() -> None:
    assert break_off(["a", "b"], ["a"])[1].share is None


def test_an_unknown_page_is_named() -> None:
    with pytest.raises(ParvisError, match="“z”"):
        break_off(["a"], ["z"])


def test_not_applicable_is_not_a_blank() -> None:
    found = item_answers(answered=6, not_applicable=3, missing=1)

    assert (found.asked, found.answered, found.not_applicable, found.missing) == (10, 0.6, 0.3, 0.1)
    assert item_answers(0, 0, 0).answered is None


def test_responses_per_thousand_inhabitants() -> None:
    assert per_thousand(36, 24_000) == 1.5
    assert per_thousand(36, None) is None
    assert per_thousand(36, 0) is None


def test_even_participation_is_fully_representative() -> None:
    found = representativity([10, 20, 30], [100, 200, 300])

    assert found.indicator == pytest.approx(1.0)
    assert found.contributions == pytest.approx((0, 0, 0), abs=1e-12)


def test_the_r_indicator_by_hand() -> None:
    """Propensities .2 and .05 on 1 and 3 quarters: mean .0875, variance .00421875, 1 − 2 × .064952."""
    found = representativity([20, 15], [100, 300])

    assert found.propensities == (0.2, 0.05)
    assert found.indicator == pytest.approx(1 - 2 * 0.00421875**0.5)
    assert found.contributions == pytest.approx((0.75, -0.25))


def test_no_response_at_all_has_no_indicator() -> None:
    assert representativity([0, 0], [10, 10]).indicator is None


@pytest.mark.parametrize(("responses", "population"), [([-1], [10]), ([1], [0]), ([11], [10])])
def test_impossible_counts_are_refused(responses: list[int], population: list[int]) -> None:
    with pytest.raises(ParvisError) as raised:
        representativity(responses, population)

    assert [fault.code for fault in raised.value.faults] == ["participation_count"]
