"""Everything people read has its English, and the compiled catalogues say what the code says."""

from __future__ import annotations

import gettext
from dataclasses import replace
from pathlib import Path

import pytest

from scripts import translations

PAGE = """{% load i18n %}{% translate "L’été" %} {{ x|default:_("rien") }}
{% blocktranslate count n=n trimmed %}
  {{ n }} action "là"
{% plural %}{{ n }} actions{% endblocktranslate %}{% translate "mai" context "mois" as m %}"""
CODE = 'from a import gettext_lazy as _\nTITLE = _("Une "\n    "édition")\n'
ENGLISH = {"L’été": "Summer", "rien": "nothing", "mai": "May", "Une édition": "An edition"}


def test_every_word_has_its_english() -> None:
    assert translations.missing() == []


def test_compiled_catalogues_are_up_to_date() -> None:
    assert translations.stale() == []


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(PAGE)
    (tmp_path / "models.py").write_text(CODE)
    translations.update(tmp_path)
    return tmp_path


def test_a_missing_translation_is_caught(site: Path) -> None:
    assert len(translations.missing(site)) == 5
    assert "models.py: 'Une édition'" in translations.missing(site)


def test_translations_survive_and_are_served(site: Path) -> None:
    known = [
        replace(m, translated=("%(n)s action", "%(n)s actions") if m.plural else (ENGLISH[m.singular],))
        for m in translations.gather(site).values()
    ]
    translations.write(translations.catalogue("en", site), "en", known)
    assert translations.missing(site) == []
    assert len(translations.stale(site)) == 1  # readable, not compiled yet
    translations.update(site)
    assert translations.stale(site) == []
    english = gettext.translation("django", site / "locale", ["en"])
    assert english.gettext("Une édition") == "An edition"
    assert english.pgettext("mois", "mai") == "May"
    assert english.ngettext('%(n)s action "là"', "%(n)s actions", 0) == "%(n)s actions"


def test_french_counts_zero_as_one(site: Path) -> None:
    french = gettext.translation("django", site / "locale", ["fr"])
    assert french.ngettext('%(n)s action "là"', "%(n)s actions", 0) == '%(n)s action "là"'
    assert french.ngettext('%(n)s action "là"', "%(n)s actions", 2) == "%(n)s actions"


def test_words_that_cannot_be_translated_are_refused() -> None:
    with pytest.raises(ValueError, match="line 1: an f-string"):
        list(translations.of_python('_(f"{n} actions")', "a.py"))
