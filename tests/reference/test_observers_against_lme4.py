"""The mixed model against values recorded from R 4.2 with lme4 1.1-31 (commands in `observer_contacts`)."""

from __future__ import annotations

import pytest

from parvis.core.figures.observers.severity import severity

from .observer_contacts import contacts

MODES = [4.18372054, 1.57111111, -0.05510170, -6.44319477, 1.81581963, -4.70769239, 3.85948426, -0.22414668]
ERRORS = [1.943645773, 1.793663638, 2.054697460, 1.841697969, 1.946137155, 1.744197103, 1.867953015, 1.860310943]


def test_crossed_model_with_interaction() -> None:
    found = severity(*zip(*contacts(), strict=True))
    assert found.criterion == pytest.approx(3870.474925, abs=1e-5)
    assert found.components == pytest.approx(
        {"organisation": 61.358719, "organisation_channel": 15.266327, "observer": 17.415889, "residual": 175.670875},
        rel=1e-4,
    )
    assert [-one.severity for one in found.observers] == pytest.approx(MODES, abs=1e-4)
    assert [one.standard_error for one in found.observers] == pytest.approx(ERRORS, rel=1e-4)
    # likelihood ratio 3894.305287 - 3870.474925, half of a chi-square with one degree of freedom: 5.26e-7
    assert found.p == pytest.approx(5.26e-7, rel=2e-3)


def test_crossed_model_without_interaction() -> None:
    found = severity(*zip(*contacts(), strict=True), interaction=False)
    assert found.criterion == pytest.approx(3873.345285, abs=1e-5)
    expected = {"organisation": 66.113001, "observer": 18.036874, "residual": 185.914212}
    assert found.components == pytest.approx(expected, rel=1e-4)
