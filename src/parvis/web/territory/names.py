"""Names of territories as people type them: accents, hyphens, articles and abbreviations forgiven. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

VERSION = 1  # goes up when normalise changes, so that loaded vintages are rebuilt

ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "nd": "notre dame"}
LITTLE_WORDS = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"})
CONNECTORS = ("de la ", "de l ", "de ", "du ", "des ", "d ", "la ", "le ", "les ", "l ")

# What people write before a name, in normalised words, and what it asks for: (kind, natures).
BODIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "communaute de communes": ("epci", ("CC",)),
    "comcom": ("epci", ("CC",)),
    "cc": ("epci", ("CC",)),
    "communaute d agglomeration": ("epci", ("CA",)),
    "agglomeration": ("epci", ("CA",)),
    "agglo": ("epci", ("CA",)),
    "ca": ("epci", ("CA",)),
    "communaute urbaine": ("epci", ("CU",)),
    "cu": ("epci", ("CU",)),
    "metropole": ("epci", ("METRO", "MET69")),
    "intercommunalite": ("epci", ()),
    "etablissement public territorial": ("ept", ()),
    "ept": ("ept", ()),
    "conseil departemental": ("departement", ()),
    "departement": ("departement", ()),
    "conseil regional": ("region", ()),
    "region": ("region", ()),
    "commune": ("commune", ()),
    "mairie": ("commune", ()),
    "ville": ("commune", ()),
}
DEPARTEMENT_AFTER = re.compile(
    r"(?P<name>.*\w)(?:[ ,]+(?P<bare>\d{2,3}|2[abAB])|\s*\((?P<told>\d{2,3}|2[abAB])\b[^()]*\))"
)
PREFIXES = ("cc ", "ca ", "cu ")


@dataclass(frozen=True, slots=True)
class Query:
    """A typed name: in full, and, where it begins with a sort of body, what is left and what sort is meant."""

    full: str
    rest: str = ""
    kind: str = ""
    natures: tuple[str, ...] = ()


def normalise(text: str) -> str:
    """Lower-case words without accents, hyphens or apostrophes, abbreviations written out.

    >>> normalise("St-Étienne-s/Chalaronne")
    'saint etienne sur chalaronne'
    >>> normalise("L’Haÿ-les-Roses"), normalise("Sainte-Œuvre")
    ('l hay les roses', 'sainte oeuvre')
    """
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    text = re.sub(r"\bs/s\b", " sous ", text)
    text = re.sub(r"\bs/", " sur ", text)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(ABBREVIATIONS.get(word, word) for word in re.findall(r"[a-z0-9]+", bare))


def search_name(name: str, kind: str) -> str:
    """The stored form: an intercommunalité goes without its CC, CA or CU, which its nature already tells.

    >>> search_name("CC du Pays de Pontchâteau St-Gildas-des-Bois", "epci")
    'pays de pontchateau saint gildas des bois'
    """
    found = normalise(name)
    if kind == "epci" and found.startswith(PREFIXES):
        return without_connector(found[3:])
    return found


def understand(text: str) -> Query:
    """Read what was typed.

    >>> understand("communauté urbaine de Dunkerque")
    Query(full='communaute urbaine de dunkerque', rest='dunkerque', kind='epci', natures=('CU',))
    >>> understand("Ville-d'Avray").rest, understand("Caen").kind
    ('avray', '')
    """
    full = normalise(text)
    for words, (kind, natures) in BODIES.items():
        if full.startswith(words + " "):
            return Query(full, without_connector(full[len(words) + 1 :]), kind, natures)
    return Query(full)


def split_departement(text: str) -> tuple[str, str]:
    """A name and the code of the département written after it, as people do to tell homonyms apart.

    >>> split_departement("Saint-Denis 93"), split_departement("Ajaccio (2a, Corse-du-Sud)"), split_departement("Lyon")
    (('Saint-Denis', '93'), ('Ajaccio', '2A'), ('Lyon', ''))
    """
    found = DEPARTEMENT_AFTER.fullmatch(text.strip())
    return (found["name"], (found["bare"] or found["told"]).upper()) if found else (text, "")


def without_connector(text: str) -> str:
    for connector in CONNECTORS:
        if text.startswith(connector) and len(text) > len(connector):
            return text[len(connector) :]
    return text


def telling_words(text: str) -> list[str]:
    """The words that tell names apart; all of them when there are only little ones.

    >>> telling_words("l hay les roses"), telling_words("les")
    (['hay', 'roses'], ['les'])
    """
    words = text.split()
    return [word for word in words if word not in LITTLE_WORDS] or words
