"""Delays with answers that never came, and the raw shares of the method."""

from __future__ import annotations

import numpy as np
import pytest

from parvis.core.bundle import Dataset
from parvis.core.figures.delays import delay_curves, indicator_figures, kaplan_meier
from parvis.core.figures.scoring import frames_of
from parvis.core.instruments.method import load_method
from tests.core.datasets import criterion, dataset, observation, organisation, place

# Freireich 1963, weeks of remission under 6-MP (Kaplan-Meier's classic): + is censored
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
CENSORED = [0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]


def test_the_curve_of_freireich_1963() -> None:
    curve = kaplan_meier(np.array(WEEKS, float), np.array(CENSORED, bool))
    assert curve.at.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    survival = 1 - curve.share
    assert survival.round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.standard_error.round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]


def test_nothing_answered_is_an_empty_curve() -> None:
    curve = kaplan_meier(np.array([10.0, 10.0]), np.array([True, True]))
    assert not len(curve.at)


def test_limits_hold_the_share_and_stay_within_one() -> None:
    curve = kaplan_meier(np.array(WEEKS, float), np.array(CENSORED, bool))
    assert (curve.low < curve.share).all()
    assert (curve.share < curve.high).all()
    assert (curve.low > 0).all()
    assert (curve.high < 1).all()


def calls() -> Dataset:
    delay = {"kind": "pick_up", "unit": "rings"}
    return dataset(
        organisations=[organisation("a")],
        places=[place("a-1", "a")],
        criteria=[criterion("x")],
        observations=[
            *(observation(str(number), "a") for number in range(4)),
            observation("silent", "a", outcome="not_reached"),
            observation("ours", "a", outcome="our_failure"),
        ],
        delays=[
            {"observation": "0", "amount": 3.0, "censored": False, **delay},
            {"observation": "1", "amount": 5.0, "censored": False, **delay},
            {"observation": "2", "amount": 8.0, "censored": False, **delay},
            {"observation": "3", "amount": 2.0, "censored": True, **delay},  # hung up after two rings: says nothing
            {"observation": "ours", "amount": 1.0, "censored": False, **delay},
        ],
    )


def test_an_unanswered_call_is_late_and_a_failure_of_ours_is_not_counted() -> None:
    method = load_method()[0]
    figures = indicator_figures(calls(), frames_of(calls(), method), method)
    organisation_figures = figures[0]
    assert organisation_figures.n.tolist() == [4]  # 3, 5 and 8 rings, and the call that nobody took
    assert organisation_figures.value.tolist() == [0.5]
    assert organisation_figures.low is not None
    assert organisation_figures.low[0] == pytest.approx(0.15, abs=0.001)


def test_the_curve_keeps_the_unanswered_call_at_risk() -> None:
    method = load_method()[0]
    rows = delay_curves(calls(), frames_of(calls(), method), 0.95).to_pylist()
    mine = [row for row in rows if row["subject"] == "a"]
    assert [(row["at"], row["at_risk"]) for row in mine] == [(3.0, 4), (5.0, 3), (8.0, 2)]
    assert [row["share"] for row in mine] == pytest.approx([0.25, 0.5, 0.75])
