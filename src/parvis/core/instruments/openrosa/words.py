"""The few words that we add to a grid on phones."""

from __future__ import annotations

from collections.abc import Mapping

PHOTOS = ("photo_1", "photo_2", "photo_3")

_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "mission": "Votre mission",
        "day": "Quel jour a eu lieu le contact ?",
        "half_day": "À quel moment ?",
        "am": "Le matin",
        "pm": "L’après-midi",
        "future": "Cette date est dans l’avenir.",
        "pieces": "Pièces",
        "photo": "Joindre une photo",
        "photo_hint": "Aucun visage, aucun nom : cachez-les avant d’envoyer. Facultatif.",
        "what": "Que s’est-il passé ?",
        "on": "Quel jour ?",
        "on_hint": "Le jour où c’est parti, ou arrivé dans votre boîte : pas celui où vous l’avez lu.",
    },
    "en": {
        "mission": "Your mission",
        "day": "On which day did the contact take place?",
        "half_day": "At what time of day?",
        "am": "In the morning",
        "pm": "In the afternoon",
        "future": "This date is in the future.",
        "pieces": "Evidence",
        "photo": "Attach a photo",
        "photo_hint": "No face, no name: hide them before sending. Optional.",
        "what": "What happened?",
        "on": "On which day?",
        "on_hint": "The day it left, or came into your mailbox: not the day you read it.",
    },
}


def said(language: str) -> Mapping[str, str]:
    """The words in a language; French where we do not have it."""
    return _WORDS.get(language.split("-")[0], _WORDS["fr"])
