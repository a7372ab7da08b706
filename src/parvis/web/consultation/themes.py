"""What a free answer is about, by its words: suggested when it arrives, corrected by people afterwards."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from parvis.core.contacts.quality import plain_text

THEMES = {
    "accessibility": _("joindre et trouver"),
    "waiting": _("attente"),
    "courtesy": _("courtoisie"),
    "personalisation": _("écoute"),
    "responsiveness": _("délai"),
    "answer_quality": _("qualité de la réponse"),
    "transfer": _("renvoi d’un service à l’autre"),
    "complaint_handling": _("réclamation"),
    "premises": _("locaux et horaires"),
    "digital": _("démarches en ligne"),
}
_WORDS = {
    "accessibility": r"joindr|joignabl|trouver|introuvable|injoignable|decroch|standard|reach|find",
    "waiting": r"attente|attend|files?\b|queue|patiente|patience|wait",
    "courtesy": r"aimable|sourire|poli|impoli|agreab|desagreab|accueillant|sympath|bonjour|gentil|kind|rude|smil",
    "personalisation": r"ecout|comprehens|compris|humain|situation|listen|understood",
    "responsiveness": r"delai|rapid|lent|semaine|mois|vite|reponse tard|toujours pas|slow|quick|fast",
    "answer_quality": r"clair|precis|expliqu|renseign|informatio|erreur|faux|incomplet|clear|explain",
    "transfer": r"renvoy|transfer|autre service|balad|ping pong|promen",
    "complaint_handling": r"reclam|plainte|recours|complain",
    "premises": r"horaire|ferme|ouvert|samedi|parking|escalier|ascenseur|fauteuil|locaux|bruit|confidential|opening",
    "digital": r"site|internet|en ligne|formulaire|application|portail|mail|website|online",
}
_PATTERNS = {theme: re.compile(rf"\b(?:{words})") for theme, words in _WORDS.items()}


def suggested(text: str) -> list[str]:
    """The themes of a text, in the order of the list; none when its words tell nothing.

    >>> suggested("Trop d’attente au guichet, mais agents souriants et aimables")
    ['waiting', 'courtesy']
    """
    plain = plain_text(text)
    return [theme for theme in THEMES if _PATTERNS[theme].search(plain)]
