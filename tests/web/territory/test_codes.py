"""Identifiers and hours as people type them."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.web.territory import codes, names


@pytest.mark.parametrize("module", [codes, names])
def test_the_examples_of_the_documentation_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0


# Besançon; Grand Besançon Métropole; the SIREN of Luhn's textbook example; La Poste.
@pytest.mark.parametrize("siren", ["212500565", "242500361", "732829320", "356000000"])
def test_known_sirens_are_accepted_and_any_other_last_digit_is_refused(siren: str) -> None:
    assert codes.is_siren(siren)
    assert [codes.is_siren(siren[:8] + digit) for digit in "0123456789"].count(True) == 1


@pytest.mark.parametrize("text", ["", "21250056", "2125005655", "21250056X", "２１２５００５６５"])
def test_what_is_not_nine_ascii_digits_is_no_siren(text: str) -> None:
    assert not codes.is_siren(text)


def test_an_office_of_la_poste_follows_its_own_rule_and_nobody_else_does() -> None:
    # 3+5+6+0+…+4+9+8+3+7 = 45, a multiple of five; Luhn's rule fails.
    assert not codes.luhn("35600000049837")
    assert codes.is_siret("35600000049837")
    # 2+1+2+5+0+0+5+6+5 = 26; +0+0+0+0+4 = 30, a multiple of five too, but this SIREN is not La Poste's.
    assert not codes.is_siret("21250056500004")


@given(st.from_regex(r"[0-9]{8}", fullmatch=True), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body: str, place: int, shift: int) -> None:
    siren = next(body + digit for digit in "0123456789" if codes.luhn(body + digit))
    wrong = siren[:place] + str((int(siren[place]) + shift) % 10) + siren[place + 1 :]
    assert codes.is_siren(siren)
    assert not codes.is_siren(wrong)


def test_only_siren_and_siret_are_checked() -> None:
    assert codes.identifier_fault("other", "INST-07") is None
    assert codes.identifier_fault("insee", "commune:98735") is None
    refused = [codes.identifier_fault(*pair) for pair in [("siren", "1"), ("siret", "1"), ("other", " ")]]
    assert [fault.code for fault in refused if fault] == ["SIREN_WRONG", "SIRET_WRONG", "IDENTIFIER_MISSING"]


@pytest.mark.parametrize(
    "hours",
    [
        {"lundi": []},
        {"mon": "08:30-12:00"},
        {"mon": [["8:30", "12:00"]]},
        {"mon": [["08:30", "24:00"]]},
        {"mon": [["12:00", "08:30"]]},
        {"mon": [["08:30", "12:00"], ["11:00", "17:00"]]},
        {"mon": [["08:30"]]},
        ["mon"],
    ],
)
def test_hours_that_cannot_be_are_refused(hours: object) -> None:
    assert [fault.code for fault in codes.hours_faults(hours)] == ["HOURS_WRONG"]
