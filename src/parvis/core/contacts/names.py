"""People named in a remark: a first look, by titles and turns of phrase, so that someone reads it first."""

from __future__ import annotations

import re

_CAPITALISED = r"[A-ZÀ-ÖØ-ÞŒ][\w’'\-]+"
_TITLES = r"M\.|MM\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|Dr\.?|Docteur|Maître|Mrs\.?|Ms\.?"
_OFFICES = r"(?:le|la|les|l[’']|du|de|des|le Maire|Maire|Préfet|Président|Directeur)\b"
_PATTERNS = (
    re.compile(
        rf"\b(?:{_TITLES})[ \u00a0](?!{_OFFICES})(?:d[eu][ \u00a0])?({_CAPITALISED}(?:[ \u00a0]{_CAPITALISED})?)"
    ),
    re.compile(
        rf"\b(?:s[’']appelle|m[’']appelle|nommée?|prénommée?|prénom|de la part de|named|called)[ \u00a0]"
        rf"({_CAPITALISED}(?:[ \u00a0]{_CAPITALISED})?)"
    ),
    re.compile(rf"\b([A-Z]\.[ \u00a0]?{_CAPITALISED})"),
    re.compile(r"\b([\w.+\-]+@[\w\-]+\.[\w.\-]+)"),
    re.compile(r"(?<!\d)((?:\+33[ .]?|0)[1-9](?:[ .\-\u00a0]?\d{2}){4})(?!\d)"),
)


def people_named(text: str) -> list[str]:
    """What seems to name or reach someone, in the order of the text, once each.

    >>> people_named("Reçu par Mme Martin, puis par un agent qui s’appelle Karim. Monsieur le Maire était absent.")
    ['Martin', 'Karim']
    """
    found = sorted((match.start(1), match[1]) for pattern in _PATTERNS for match in pattern.finditer(text))
    return list(dict.fromkeys(name for _, name in found))
