"""What the citizens' pages say around the questions, in each language of the questionnaire (`words.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

NAMES = {
    "fr": "Français",
    "en": "English",
    "es": "Español",
    "de": "Deutsch",
    "pt": "Português",
    "ar": "العربية",
    "uk": "Українська",
    "fr-x-falc": "Facile à lire",
}
RIGHT_TO_LEFT = {"ar"}


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files("parvis.web.pages.citizen") / "words.toml").read_text("utf-8"))


def languages_known() -> list[str]:
    return list(_all())


def words(language: str) -> Mapping[str, str]:
    """Every sentence in a language; French where a language of someone's own questionnaire is not one of ours."""
    known = _all()
    return known.get(language) or known.get(language.split("-")[0]) or known["fr"]


def best_language(wanted: str, accepted: str, offered: Sequence[str]) -> str:
    """The language asked for, else the first of the browser's that is offered, else French.

    >>> best_language("", "ar-MA,ar;q=0.9,fr;q=0.8", ["fr", "ar"]), best_language("uk", "fr", ["fr", "uk"])
    ('ar', 'uk')
    """
    if wanted in offered:
        return wanted
    for each in accepted.split(","):
        code = re.split(r"[;-]", each.strip())[0].lower()
        if code in offered:
            return code
    return "fr" if "fr" in offered or not offered else offered[0]
