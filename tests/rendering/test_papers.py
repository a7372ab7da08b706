"""Printed reports: tagged, complete, the same bytes twice, and never broken by what people write."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from io import BytesIO

import pytest
from pypdf import PdfReader

from parvis.core.vocabulary import Text
from parvis.rendering import paper
from parvis.rendering.certificate import Certificate, certificate
from parvis.rendering.national import slice_national
from parvis.rendering.national_report import national_report
from parvis.rendering.organisation_report import complete, one_page
from parvis.rendering.scorecard import Scorecard, slice_result
from tests.rendering.made_results import made_result

LONG = "L’agent indique clairement la suite donnée à la demande, le délai prévu et la personne qui la suivra"


@pytest.fixture(scope="module")
def card() -> Scorecard:
    return slice_result(made_result(24))["org-00003"]


@lru_cache(maxsize=64)
def pages_of(content: bytes) -> list[str]:
    """The words of each page; the same document is read once."""
    texts = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    return [text.replace("\u00a0", " ").replace("\n", " ") for text in texts]


def text_of(content: bytes) -> str:
    return " ".join(pages_of(content))


def assert_accessible(content: bytes, language: str) -> None:
    """What PDF/UA asks that can be read back: marked, tagged, titled, in a language, and declared."""
    catalog = PdfReader(BytesIO(content)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    assert catalog["/Lang"].startswith(language)
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = catalog["/Metadata"].get_data().decode()
    assert "pdfuaid:part>1<" in metadata
    assert "dc:title" in metadata


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_scorecard_prints_on_one_accessible_page(card: Scorecard, language: str) -> None:
    content = one_page(card, language=language)
    assert_accessible(content, language)
    assert len(PdfReader(BytesIO(content)).pages) == 1
    text = text_of(content)
    assert card.name in text
    assert ("sur 100" if language == "fr" else "out of 100") in text
    for code in (*card.strengths, *card.leads):
        assert card.criterion(code).label.in_language(language) in text


def test_one_page_stays_one_page_with_long_words(card: Scorecard) -> None:
    criteria = tuple(replace(one, label=Text(LONG, LONG)) for one in card.criteria)
    long_name = "Communauté d’agglomération du Pays de Saint-Martin-sur-l’Orge et de la Haute-Vallée (fictif)"
    content = one_page(replace(card, name=long_name, criteria=criteria))
    assert len(PdfReader(BytesIO(content)).pages) == 1


def test_the_complete_report_holds_every_criterion_and_says_on_each_page_that_it_is_made_up(card: Scorecard) -> None:
    content = complete(card, commentary=(("Téléphone", "Un accueil régulier.\n\nÀ suivre."),))
    assert_accessible(content, "fr")
    pages = pages_of(content)
    assert all("DÉMONSTRATION – données fictives" in page for page in pages)
    text = " ".join(pages)
    assert "Un accueil régulier." in text
    missing = [one.label.fr for one in card.criteria if one.label.fr not in text]
    assert missing == []


def test_what_is_not_a_demonstration_never_says_so(card: Scorecard) -> None:
    assert "DÉMONSTRATION" not in text_of(one_page(replace(card, demonstration=False)))


def test_equal_scorecards_give_equal_bytes(card: Scorecard) -> None:
    assert one_page(card) == one_page(Scorecard.from_json(card.to_json()))


def test_signs_that_cannot_be_printed_never_break_a_report(card: Scorecard) -> None:
    signs = ("Merci 😀👍🏽", "العربية", "Дякую", "日本", "a\u0301 \u200b\ufeff ﬁ", "\u0000 \u0007")
    content = complete(replace(card, name=f"Ville {' '.join(signs)}"), commentary=tuple((one, one) for one in signs))
    assert_accessible(content, "fr")


def test_every_sign_of_our_own_words_can_be_printed() -> None:
    for template in (paper.FOLDER / "kit/wording").glob("*.txt"):
        assert paper.shown(template.read_text("utf-8")) == template.read_text("utf-8")
    assert paper.shown("1\u202f248 ≥ 3 → ✓ ▲ ▼ ■ □ « é » œ ’") == "1\u202f248 ≥ 3 → ✓ ▲ ▼ ■ □ « é » œ ’"


def test_an_empty_scorecard_still_prints() -> None:
    content = complete(Scorecard("x", "Ville", "2026"))
    assert "non mesuré" in text_of(content)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_national_report_names_only_those_it_was_given(language: str) -> None:
    national = slice_national(made_result(40), named={"org-00000": "Nommée-la-Belle (fictif)"})
    content = national_report(national, language=language)
    assert_accessible(content, language)
    assert "Ville-Neuve" not in text_of(content)


def test_a_certificate_says_who_earned_what() -> None:
    content = certificate(
        Certificate("Ville d’Essai (fictif)", "trophy", "2026", "Communes", 2, True, demonstration=True)
    )
    assert_accessible(content, "fr")
    text = text_of(content)
    assert "Ville d’Essai (fictif)" in text
    assert "2e de sa catégorie, ex æquo" in text
    assert "DÉMONSTRATION" in text
