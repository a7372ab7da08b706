"""Free text made fit to read: names, numbers and addresses of people are hidden before anyone reads it.

Masking errs on the side of hiding: a street name lost costs little, a name shown costs someone a lot.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

NAME, PHONE, EMAIL, LINK, NUMBER, ADDRESS = "[nom]", "[téléphone]", "[courriel]", "[lien]", "[numéro]", "[adresse]"

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯІЇЄҐ]"
_LETTER = r"[\w’'\-]"
_WORD = rf"{_CAPITAL}{_LETTER}*"
_PARTICLE = r"(?:de|du|des|d[’']|la|le|von|van|da|dos|ben|bin|al|el)"
_FULL = rf"{_WORD}(?:[ \u00a0\-](?:{_PARTICLE}[ \u00a0]?)*{_WORD}){{0,3}}"
_TITLES = (
    r"M\.?|MM\.?|Mr\.?|Mme\.?|Mlle\.?|Mmes|Dr\.?|Pr\.?|Me|Monsieur|Madame|Mademoiselle|Docteur|Professeur|Maître"
    r"|Mrs\.?|Ms\.?|Miss|Herr|Frau|Señora?|Sr\.?|Sra\.?|Senhora?|Пані?|Пан"
)
_PATTERNS = (
    (EMAIL, re.compile(r"[\w.+\-]+\s?(?:@|\(at\)|\[at\]|\barobase\b)\s?[\w\-]+(?:\.|\s?\bpoint\b\s?)[\w.\-]+", re.I)),
    (LINK, re.compile(r"(?:https?://|www\.)\S+", re.I)),
    (LINK, re.compile(r"(?<![\w@])@\w{3,}")),
    (NUMBER, re.compile(
        r"\b[12][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}(?:[ .]?\d{2})?\b")),
    (NUMBER, re.compile(r"\bFR\d{2}(?:[ ]?[\dA-Z]{4}){5}[ ]?[\dA-Z]{1,3}\b", re.I)),
    (NUMBER, re.compile(r"\b[A-Z]{2}[ \-]?\d{3}[ \-]?[A-Z]{2}\b")),
    (PHONE, re.compile(r"(?<!\d)(?:\+|00)\d{1,3}(?:[ .\-\u00a0()]*\d){7,12}(?!\d)")),
    (PHONE, re.compile(r"(?<!\d)0[ .\-\u00a0]?[1-9](?:[ .\-\u00a0]?\d{2}){4}(?!\d)")),
    (ADDRESS, re.compile(
        rf"\b\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|av\.|boulevard|bd|place|impasse|chemin|allée|route|quai)\s"
        rf"(?:{_PARTICLE}[ \u00a0]?)*{_LETTER}+(?:[ \u00a0](?:{_PARTICLE}[ \u00a0]?)*{_WORD})*", re.I)),
    (NUMBER, re.compile(r"(?<![\w])(?:\d[ .\-]?){6,}\d(?!\w)")),
    (NAME, re.compile(rf"\b(?:{_TITLES})[ \u00a0]((?:{_PARTICLE}[ \u00a0]?)*{_FULL})")),
    (NAME, re.compile(rf"\b{_CAPITAL}\.(?:[ \u00a0]?{_CAPITAL}\.)*[ \u00a0]?{_WORD}")),
    (NAME, re.compile(
        rf"\b(?:[sm][’']appelle|appelée?|nommée?|prénommée?|my name is|called|named)[ \u00a0]({_FULL})")),
)  # fmt: skip
_TITLED = re.compile(
    rf"\b(?:{_TITLES.replace('Me|', '')})[ \u00a0]({_LETTER}+)", re.I
)  # « mme dupont », all lower case
_CAPITALISED = re.compile(rf"\b{_FULL}")
_WORDS_AFTER_TITLE = {
    "le",
    "la",
    "les",
    "l",
    "du",
    "de",
    "des",
    "et",
    "qui",
    "a",
    "à",
    "au",
    "est",
    "vous",
    "the",
    "who",
}


class Masked(NamedTuple):
    """What may be read, and how many things were hidden."""

    text: str
    hidden: int


def mask(text: str) -> Masked:
    """Hide what could name or reach someone.

    >>> mask("Merci à Mme Martin, 06 12 34 56 78, j.martin@exemple.fr")
    Masked(text='Merci à Mme [nom], [téléphone], [courriel]', hidden=3)
    """
    hidden = 0
    for word, pattern in _PATTERNS:
        text, count = pattern.subn(lambda found, word=word: _kept(found, word), text)  # type: ignore[misc]
        hidden += count
    text, count = _lower_case_names(text)
    hidden += count
    text, count = _first_names(text)
    return Masked(text, hidden + count)


def _kept(found: re.Match[str], word: str) -> str:
    """The title stays, the name after it goes; other things go whole."""
    return found[0][: found.start(1) - found.start()] + word if found.re.groups else word


def _lower_case_names(text: str) -> tuple[str, int]:
    count = 0

    def hide(found: re.Match[str]) -> str:
        nonlocal count
        if plain(found[1]) in _WORDS_AFTER_TITLE or len(found[1]) < 3 or found[1] == "nom":
            return found[0]
        count += 1
        return found[0][: found.start(1) - found.start()] + NAME

    return _TITLED.sub(hide, text), count


def _first_names(text: str) -> tuple[str, int]:
    """A known first name with a capital, with the family name that may follow."""
    count = 0

    def hide(found: re.Match[str]) -> str:
        nonlocal count
        parts = re.split(r"[ \u00a0]", found[0])
        for rank, part in enumerate(parts):
            if plain(part.split("-")[0]) in first_names():
                count += 1
                return " ".join([*parts[:rank], NAME])
        return found[0]

    return _CAPITALISED.sub(hide, text), count


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """Common first names, without accents, that are not also common words of the questionnaire's subject."""
    text = (resources.files("parvis.web.consultation") / "first_names.txt").read_text("utf-8")
    return frozenset(plain(name) for line in text.splitlines() if not line.startswith("#") for name in line.split())


def plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
