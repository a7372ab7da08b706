"""Any colour an organisation gives becomes one that everyone can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.vocabulary import ParvisError
from parvis.rendering import contrast

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")
STYLE = Path(contrast.__file__).resolve().parents[1] / "web/static/css/parvis.css"


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast.ratio("#000000", "#FFFFFF") == 21
    assert round(contrast.ratio("#767676", "#FFFFFF"), 2) == 4.54  # the well-known limit grey


@given(COLOURS)
def test_an_accent_is_always_readable_on_white_and_carries_readable_text(colour: str) -> None:
    accent = contrast.accent(colour)
    assert contrast.ratio(accent.colour, "#FFFFFF") >= contrast.TEXT_RATIO
    assert contrast.ratio(accent.on_colour, accent.colour) >= contrast.TEXT_RATIO
    assert accent.corrected == (contrast.ratio(colour, "#FFFFFF") < contrast.TEXT_RATIO)


@given(COLOURS, COLOURS)
def test_a_correction_reaches_text_contrast_on_any_ground_that_allows_it(colour: str, ground: str) -> None:
    best = max(contrast.ratio("#000", ground), contrast.ratio("#fff", ground))
    assert contrast.ratio(contrast.readable(colour, ground), ground) >= min(contrast.TEXT_RATIO, best)


@pytest.mark.parametrize("colour", ["", "blue", "#12", "#GGGGGG", "#1234567", "url(x)"])
def test_what_is_not_a_colour_is_refused_with_a_remedy(colour: str) -> None:
    with pytest.raises(ParvisError) as refused:
        contrast.accent(colour or "?")
    assert "#16324F" in refused.value.messages("fr")[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("--govuk-text-colour", "--pv-ground"),
        ("--govuk-text-colour", "--pv-surface"),
        ("--govuk-secondary-text-colour", "--pv-ground"),
        ("--govuk-link-colour", "--pv-ground"),
        ("--govuk-link-visited-colour", "--pv-ground"),
        ("--govuk-error-colour", "--pv-ground"),
        ("--pv-on-accent", "--pv-accent"),
        ("--pv-good", "--pv-good-ground"),
        ("--pv-warn", "--pv-warn-ground"),
        ("--pv-bad", "--pv-bad-ground"),
        ("--pv-info", "--pv-info-ground"),
        ("--pv-mute", "--pv-mute-ground"),
        ("--pv-chart-text", "--pv-chart-ground"),
        ("--pv-chart-text", "--pv-chart-band"),
    ],
)
def test_the_pages_keep_seven_to_one_in_light_and_dark(scheme: str, text: str, ground: str) -> None:
    colours = _colours(scheme)
    assert contrast.ratio(colours[text], colours[ground]) >= contrast.TEXT_RATIO


def _colours(scheme: str) -> dict[str, str]:
    light, _, rest = STYLE.read_text("utf-8").partition("@media (prefers-color-scheme: dark)")
    dark = rest.split("/* Ground, words, focus */")[0]
    found = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6})", light))
    return {**found, **dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6})", dark))} if scheme == "dark" else found
