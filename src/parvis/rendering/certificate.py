"""Certificates of distinctions, for the ceremony."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from parvis.core.vocabulary import Text
from parvis.rendering import paper, words
from parvis.rendering.organisation_report import DEMONSTRATION

_TITLES = {
    "trophy": Text("Trophée de l’accueil", "Reception trophy"),
    "consultation": Text("Trophée de la consultation citoyenne", "Citizens’ consultation trophy"),
    "prize": Text("Prix", "Prize"),
    "mention": Text("Mention", "Mention"),
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. `kind` is a key of distinctions; `ex_aequo` says that the rank is shared."""

    name: str
    kind: str
    edition: str
    category: str = ""
    rank: int | None = None
    ex_aequo: bool = False
    title: Text | None = None
    signed_by: str = ""
    given_on: dt.date | None = None
    place: str = ""
    demonstration: bool = False


def certificate(given: Certificate, *, language: str = "fr") -> bytes:
    """One certificate, A4 landscape, PDF/UA-1."""
    english = words.language_of(language) == "en"
    title = given.title or _TITLES.get(given.kind, _TITLES["mention"])
    edition = f"{'Parvis barometer – edition' if english else 'Baromètre Parvis – édition'} {given.edition}"
    where = ", ".join(
        part for part in (given.place, words.day(given.given_on, language) if given.given_on else "") if part
    )
    data = {
        "title": f"{title.in_language(language)} – {given.name}",
        "language": words.language_of(language),
        "edition_label": edition.upper(),
        "heading": title.in_language(language),
        "awarded_to": "awarded to" if english else "décerné à",
        "name": given.name,
        "name_size": 30 if len(given.name) < 36 else 22 if len(given.name) < 60 else 17,
        "category": given.category,
        "detail": _rank(given, language),
        "place_date": where,
        "signed_by": given.signed_by,
        "demonstration": DEMONSTRATION.in_language(language) if given.demonstration else None,
    }
    return paper.pdf("certificate", data)


def _rank(given: Certificate, language: str) -> str:
    if given.rank is None:
        return ""
    rank = words.ordinal(given.rank, language)
    if words.language_of(language) == "en":
        return f"{rank} of its category{', ex aequo' if given.ex_aequo else ''}"
    return f"{rank} de sa catégorie{', ex æquo' if given.ex_aequo else ''}"
