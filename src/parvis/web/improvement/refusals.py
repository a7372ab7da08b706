"""Refusals that plans and their reviews can meet."""

from __future__ import annotations

from parvis.web.editions.refusals import refusal

DUE_IN_PAST = refusal(
    "due_in_past",
    "L’échéance doit être dans le futur.",
    "The due date must be in the future.",
    "Choisissez un jour à venir.",
    "Choose a day to come.",
)
ACTION_ENDED = refusal(
    "action_ended",
    "Cette action est déjà terminée ou abandonnée.",
    "This action has already ended.",
    "Créez-en une nouvelle si le constat demeure.",
    "Create a new one if the finding remains.",
)
COMMENT_NEEDED = refusal(
    "comment_needed",
    "Dites ce que vous constatez.",
    "Say what you see.",
    "Une phrase suffit : elle servira à la prochaine revue.",
    "One sentence is enough: the next review will need it.",
)
