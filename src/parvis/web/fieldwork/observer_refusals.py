"""Refusals around the life of an observer: recruitment, training, absences, fees. Each says what to do next."""

from __future__ import annotations

from parvis.web.fieldwork.refusals import refusal

NOT_AN_APPLICANT = refusal(
    "not_an_applicant",
    "Cette candidature est déjà décidée.",
    "This application is already decided.",
    "Ouvrez la fiche pour changer le statut.",
    "Open the file to change the status.",
)
STATUS_IMPOSSIBLE = refusal(
    "status_impossible",
    "On ne passe pas de ce statut à celui-là.",
    "This status does not lead to that one.",
    "Choisissez un des changements proposés sur la fiche.",
    "Choose one of the changes offered on the file.",
)
OBSERVER_AWAY = refusal(
    "observer_away",
    "Cette personne est absente à tous les moments où le contact peut être fait.",
    "This person is away at every moment when the contact can be made.",
    "Choisissez quelqu’un d’autre, ou refaites le plan.",
    "Choose someone else, or make the plan again.",
)
CAME_RECENTLY = refusal(
    "came_recently",
    "Cette personne est venue dans ce site, ou doit y venir, depuis moins de jours que la rotation.",
    "This person came to this place, or is to come, within the rotation.",
    "Choisissez quelqu’un d’autre.",
    "Choose someone else.",
)
NOT_ADMITTED = refusal(
    "not_admitted",
    "La formation s’ouvre quand la candidature est acceptée.",
    "Training opens once the application is accepted.",
    "Attendez la réponse de l’organisateur : elle vient par courriel.",
    "Wait for the organiser’s answer: it comes by e-mail.",
)
QUIZ_INCOMPLETE = refusal(
    "quiz_incomplete",
    "Il manque une réponse au questionnaire.",
    "An answer is missing in the quiz.",
    "Répondez à toutes les questions.",
    "Answer every question.",
)
QUIZ_CHANGED = refusal(
    "quiz_changed",
    "Ce questionnaire a changé depuis que vous l’avez ouvert.",
    "This quiz has changed since you opened it.",
    "Relisez la formation et répondez à la nouvelle version.",
    "Read the training again and answer the new version.",
)
NOT_HELD = refusal(
    "certification_not_held",
    "Cette personne n’est pas certifiée sur ce canal.",
    "This person is not certified on this channel.",
    "Rechargez la fiche.",
    "Reload the file.",
)
ABSENCE_BACKWARDS = refusal(
    "absence_backwards",
    "La fin de l’indisponibilité vient avant son début.",
    "The absence ends before it begins.",
    "Corrigez les dates.",
    "Correct the dates.",
)
ABSENCE_OVER = refusal(
    "absence_over",
    "Cette indisponibilité est déjà passée.",
    "This absence is already over.",
    "Donnez des dates à venir.",
    "Give dates to come.",
)
FEE_IMPOSSIBLE = refusal(
    "fee_impossible",
    "Ce tarif n’est pas possible.",
    "This fee is not possible.",
    "Donnez un montant entre 0 et 500 €.",
    "Give an amount between 0 and 500 €.",
)
EXPENSE_IMPOSSIBLE = refusal(
    "expense_impossible",
    "Ce montant n’est pas possible.",
    "This amount is not possible.",
    "Donnez un montant entre 0,01 et 500 €.",
    "Give an amount between 0.01 and 500 €.",
)
NO_EXPENSE_YET = refusal(
    "no_expense_yet",
    "Des frais se demandent pour une mission acceptée ou faite.",
    "Expenses are asked for a mission that was accepted or done.",
    "Acceptez la mission d’abord.",
    "Accept the mission first.",
)
EXPENSE_DECIDED = refusal(
    "expense_decided",
    "Ces frais sont déjà décidés.",
    "These expenses are already decided.",
    "Rechargez la page.",
    "Reload the page.",
)
