"""Whether a remark is plainly good or plainly bad, from a short list of words: enough to see it contradict marks."""

from __future__ import annotations

import re
import unicodedata


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GOOD = _words("""
accueillant accueillante agreable aimable aimables bienveillant bienveillante chaleureux clair claire competent
competente courtois courtoise disponible efficace excellent excellente gentil gentille impeccable parfait parfaite
patient patiente precis precise professionnel professionnelle rapide rapidement souriant souriante sympathique
friendly helpful kind polite perfect pleasant quick welcoming
""")
BAD = _words("""
agace agacee agressif agressive attente catastrophe catastrophique confus confuse debordee decevant desagreable
deplorable expeditif expeditive froid froide impoli impolie incompetent incompetente injoignable inadmissible
indifferent indifferente lamentable lent lente malpoli mauvais mauvaise mecontent meprisant meprisante nul nulle
perdu raccroche sale sec seche awful cold confusing rude slow terrible unfriendly unhelpful useless
""")
NEGATIONS = _words("pas peu jamais aucun aucune sans guere moins not never no hardly")
REACH = 3  # words that a negation may turn


def tone(text: str) -> int:
    """Good words less bad words; a word after a negation counts for the other side.

    >>> tone("Agent très aimable, réponse claire."), tone("Pas du tout aimable, on m’a raccroché au nez")
    (2, -2)
    """
    words = re.findall(r"\w+", _plain(text))
    total = 0
    for at, word in enumerate(words):
        sign = (word in GOOD) - (word in BAD)
        if sign:
            turned = any(before in NEGATIONS for before in words[max(0, at - REACH) : at])
            total += -sign if turned else sign
    return total


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
