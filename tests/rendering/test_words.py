"""What figures say to people, in both languages."""

from __future__ import annotations

import datetime as dt
import doctest
import importlib
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import parvis.rendering
from parvis.core.instruments.method import load_method
from parvis.core.vocabulary import Channel, Reason
from parvis.rendering import labels, words

MODULES = [one.name for one in pkgutil.walk_packages(parvis.rendering.__path__, "parvis.rendering.")]


@pytest.mark.parametrize("module", MODULES)
def test_every_example_of_the_documentation_holds(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0


@pytest.mark.parametrize(
    ("value", "decimals", "language", "said"),
    [
        (1248, 0, "fr", "1\u202f248"),
        (1234567.891, 2, "fr", "1\u202f234\u202f567,89"),
        (1234567.891, 2, "en", "1,234,567.89"),
        (999, 0, "fr", "999"),
        (0.5, 0, "fr", "1"),  # halves go away from zero
        (2.5, 0, "fr", "3"),
        (-2.5, 0, "fr", "−3"),
        (2.675, 2, "fr", "2,68"),  # as written, not as stored (2.67499…)
        (-0.001, 1, "fr", "0,0"),  # no minus before zero
        (float("nan"), 1, "fr", "—"),
        (None, 1, "en", "—"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: float | None, decimals: int, language: str, said: str) -> None:
    assert words.number(value, decimals, language) == said


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_written_number_reads_back_within_half_a_unit(value: float, decimals: int) -> None:
    written = words.number(value, decimals)
    read = float(written.replace("\u202f", "").replace(",", ".").replace("−", "-"))
    assert abs(read - value) <= 0.5 * 10**-decimals + abs(value) * 1e-12 + 1e-9


def test_a_figure_never_stands_without_its_n_and_interval() -> None:
    assert words.figure(73.44, 69.02, 77.81, 24) == "73,4 sur 100 (entre 69,0 et 77,8\u202f; 24\u00a0contacts)"
    assert (
        words.figure(73.44, 69.02, 77.81, 1, language="en") == "73.4 out of 100 (between 69.0 and 77.8; 1\u00a0contact)"
    )


def test_an_absent_figure_says_why_and_is_never_zero() -> None:
    for status in ("too_few", "hidden_to_protect", "not_measured"):
        for language in ("fr", "en"):
            said = words.figure(None, None, None, None, status=status, language=language)
            assert said
            assert not any(sign.isdigit() for sign in said)
    hidden = words.figure(12.0, 10, 14, 4, status="hidden_to_protect")
    assert "12" not in hidden


def test_cautions_ignore_what_they_do_not_know() -> None:
    assert words.cautions("INDICATIVE UNHEARD_OF") == ["indicatif"]


def test_every_word_of_the_vocabulary_has_both_languages() -> None:
    for vocabulary, texts in labels.LABELS.items():
        for word in vocabulary:
            assert texts[word].fr.strip()
            assert texts[word].en.strip()
    assert set(labels.LABELS[Reason]) == set(Reason)


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert labels.said("channel", "fax") == "fax"


def test_every_choice_of_the_shipped_method_has_a_title_in_both_languages() -> None:
    sections = load_method("2026")[0].why
    assert len(sections) > 10
    assert [each for each in sections if labels.said("method", each) == each] == []
    assert [each for each in sections if labels.said("method", each, "en") == each] == []
    assert labels.said("channel", Channel.LETTER, "en") == "Letter"


def test_a_period_over_two_years_says_both() -> None:
    assert (
        words.period(dt.date(2026, 12, 1), dt.date(2027, 1, 31)) == "du 1er\u00a0décembre 2026 au 31\u00a0janvier 2027"
    )
