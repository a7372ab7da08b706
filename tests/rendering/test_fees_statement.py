"""What a mystery citizen is owed, on paper: every line that is due, the total, what waits, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from parvis.core.vocabulary import Channel
from parvis.rendering.fees_statement import FeesStatement, Line, fees_statement_pdf
from tests.rendering.test_papers import assert_accessible, text_of

EUROS = Decimal
CALL = Line("M12", date(2026, 3, 9), Channel.PHONE, EUROS("5"), EUROS("0"), EUROS("0"))
VISIT = Line("M13", date(2026, 3, 10), Channel.VISIT, EUROS("25"), EUROS("3.40"), EUROS("1.50"))
IN_REVIEW = Line("M14", date(2026, 3, 11), Channel.EMAIL, EUROS("0"), EUROS("0"), EUROS("5"))
STATEMENT = FeesStatement("Édition 2026", "Claire Fontaine", "CM-1A2B", [CALL, VISIT, IN_REVIEW], date(2026, 4, 1))


@pytest.mark.parametrize(("language", "due", "waiting"), [("fr", "33,40 €", "6,50 €"), ("en", "€33.40", "€6.50")])
def test_a_statement_adds_up_and_says_what_waits(language: str, due: str, waiting: str) -> None:
    """A call at 5, a visit at 25 with 3.40 of bus: 33.40 due; 1.50 and a fee of 5 wait."""
    content = fees_statement_pdf(STATEMENT, language=language)
    assert_accessible(content, language)
    text = text_of(content).replace("\u202f", " ")
    assert due in text
    assert waiting in text
    assert "Claire Fontaine (CM-1A2B)" in text
    assert "M13" in text
    assert "M14" not in text
    assert content == fees_statement_pdf(STATEMENT, language=language)


def test_a_statement_of_nothing_says_so_and_a_long_one_repeats_its_heads() -> None:
    nothing = text_of(fees_statement_pdf(replace(STATEMENT, lines=[])))
    assert "Rien n’est dû pour cette édition." in nothing
    long = PdfReader(BytesIO(fees_statement_pdf(replace(STATEMENT, lines=[CALL] * 120))))
    assert len(long.pages) > 2
    assert all("Mission" in page.extract_text() for page in long.pages[:2])


def test_a_demonstration_says_so() -> None:
    assert "données fictives" in text_of(fees_statement_pdf(replace(STATEMENT, demonstration=True)))
