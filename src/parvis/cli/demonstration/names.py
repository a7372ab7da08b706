"""Invented French-sounding names that belong to no real commune, each marked as fictitious."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

MARK = "(fictif)"
_FIRST = ("Val", "Mont", "Font", "Clair", "Roche", "Beau", "Haute", "Pierre", "Bois", "Champ", "Aigue", "Noire")
_SECOND = (
    "brune",
    "lisse",
    "vignac",
    "tournel",
    "sauge",
    "marenne",
    "dorval",
    "griffe",
    "loriot",
    "perdrix",
    "ombelle",
)
_RIVERS = ("Orvelle", "Sarmine", "Lavrée", "Tésonne", "Mireuse", "Ardanne", "Voluse", "Quérine", "Belisse", "Nérolle")
_VOWELS = "AEIOUYÉÈ"
_LINKS = ("-sur-{}", "-les-{}s", "-en-{}", "", "", "")


def commune_names(draws: np.random.Generator, taken: Collection[str]) -> Iterator[str]:
    """Endless names of invented communes; none is in `taken` (real names) and none comes twice."""
    seen = set(taken)
    while True:
        name = f"{draws.choice(_FIRST)}{draws.choice(_SECOND)}{draws.choice(_LINKS).format(draws.choice(_RIVERS))}"
        if name in seen:
            name = f"{name}-{draws.choice(('le-Vieux', 'la-Neuve', 'Saint-Orvain', 'd’Aval', 'd’Amont'))}"
        if name not in seen:
            seen.add(name)
            yield name


def body_name(kind: str, sector: str, place: str) -> str:
    """What an invented body is called, from its kind and an invented place name.

    >>> body_name("commune", "", "Valbrune"), body_name("other", "health", "Aiguebrune")
    ('Valbrune (fictif)', 'Centre hospitalier d’Aiguebrune (fictif)')
    """
    forms = {
        "commune": "{}",
        "epci": "Communauté de communes de {}",
        "departement": "Département de {}",
        "region": "Région {}",
        "health": "Centre hospitalier de {}",
        "social": "CCAS de {}",
        "education_culture": "Médiathèques de {}",
        "transport": "Transports de {}",
        "other": "Office public de {}",
    }
    called = forms[sector if kind == "other" else kind]
    if place[0] in _VOWELS:
        called = called.replace(" de {}", " d’{}")
    return f"{called.format(place)} {MARK}"
