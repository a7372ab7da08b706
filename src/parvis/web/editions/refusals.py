"""Refusals that an edition's passages and enrolments can meet, in both languages, each with what to do next."""

from __future__ import annotations

from parvis.core.vocabulary import Fault, Text


def refusal(code: str, fr: str, en: str, remedy_fr: str, remedy_en: str, **where: str) -> Fault:
    return Fault(code, Text(fr, en), Text(remedy_fr, remedy_en), where)


WRONG_PASSAGE = refusal(
    "wrong_passage",
    "L’édition ne peut pas passer à cette étape depuis celle où elle est.",
    "The edition cannot go to this step from the one it is in.",
    "Suivez l’ordre : préparation, inscriptions, terrain, relecture, figée, publiée.",
    "Follow the order: preparation, enrolment, fieldwork, review, frozen, published.",
)
NO_CALENDAR = refusal(
    "no_calendar",
    "Le calendrier n’a pas toutes ses dates (inscriptions, terrain, consultation, résultats).",
    "The calendar lacks dates (enrolment, fieldwork, consultation, results).",
    "Complétez le calendrier.",
    "Complete the calendar.",
)
NO_CATEGORY = refusal(
    "no_category",
    "L’édition n’a aucune catégorie.",
    "The edition has no category.",
    "Ajoutez au moins une catégorie.",
    "Add at least one category.",
)
ALREADY_BEGUN = refusal(
    "already_begun",
    "Cette installation a déjà une édition.",
    "This installation already has an edition.",
    "Connectez-vous comme organisateur pour en préparer une autre.",
    "Sign in as an organiser to prepare another one.",
)
INSTRUMENT_MISSING = "instrument_missing"
NO_ACCEPTED_ENROLMENT = refusal(
    "no_accepted_enrolment",
    "Aucune structure n’est acceptée.",
    "No organisation is accepted.",
    "Acceptez au moins une inscription.",
    "Accept at least one enrolment.",
)
INSTRUMENTS_NOT_FROZEN = refusal(
    "instruments_not_frozen",
    "Les grilles et la méthode ne sont pas figées.",
    "Grids and method are not frozen.",
    "Figez-les avant d’ouvrir le terrain : rien de ce qui mesure ne doit changer ensuite.",
    "Freeze them before fieldwork: nothing that measures may change afterwards.",
)
INSTRUMENTS_FROZEN = refusal(
    "instruments_frozen",
    "Les grilles et la méthode de cette édition sont figées.",
    "The grids and method of this edition are frozen.",
    "Préparez le changement pour l’édition suivante.",
    "Prepare the change for the next edition.",
)
SILENCE_CHANNEL = refusal(
    "silence_channel",
    "Ce canal ne connaît pas de silence : personne n’y attend une réponse pendant des jours.",
    "This channel knows no silence: nobody awaits an answer there for days.",
    "Donnez une limite aux courriels, aux courriers et aux messages seulement.",
    "Give a limit to e-mails, letters and messages only.",
)
SILENCE_TOO_SHORT = refusal(
    "silence_too_short",
    "Un silence demande au moins un jour ouvré.",
    "A silence takes at least one working day.",
    "Donnez un nombre de jours ouvrés, 1 ou plus.",
    "Give a number of working days, 1 or more.",
)
ENROLMENT_CLOSED = refusal(
    "enrolment_closed",
    "Les inscriptions de cette édition ne sont pas ouvertes.",
    "Enrolment in this edition is not open.",
    "Consultez le calendrier de l’édition ou écrivez à l’organisateur.",
    "See the edition’s calendar or write to the organiser.",
)
ENROLMENT_LATE = refusal(
    "enrolment_late",
    "Le dernier jour des inscriptions est passé.",
    "The last day of enrolment has passed.",
    "Écrivez à l’organisateur : lui seul peut prolonger les inscriptions.",
    "Write to the organiser, who alone can extend enrolment.",
)
OTHER_PLACE = refusal(
    "other_place",
    "Un des sites n’appartient pas à cette structure.",
    "One of the places does not belong to this organisation.",
    "Choisissez parmi les sites de la structure, ou ajoutez-le d’abord.",
    "Choose among the organisation’s places, or add it first.",
)
STAFF_DATE_SETTLED = refusal(
    "staff_date_settled",
    "Le terrain est ouvert : la date d’information des agents ne change plus.",
    "Fieldwork is open: the date on which staff were informed no longer changes.",
    "Si elle est fausse, écrivez à l’organisateur.",
    "If it is wrong, write to the organiser.",
)
DATES_REVERSED = refusal(
    "dates_reversed",
    "La fin doit venir après le début.",
    "The end must come after the start.",
    "Corrigez l’une des deux dates.",
    "Correct one of the two dates.",
)
CHANGE_NEEDS_REASON = refusal(
    "change_needs_reason",
    "Cette date est déjà annoncée : un changement dit pourquoi.",
    "This date has already been announced: a change says why.",
    "Écrivez la raison en une phrase : elle reste dans l’historique.",
    "Write the reason in one sentence: it stays in the history.",
)
NOT_ELIGIBLE = refusal(
    "not_eligible",
    "Cette structure n’entre dans aucune catégorie de l’édition.",
    "This organisation falls under no category of the edition.",
    "Vérifiez le type et la population dans les règles de l’édition, ou écrivez à l’organisateur.",
    "Check type and population in the edition’s rules, or write to the organiser.",
)
ALREADY_ENROLLED = refusal(
    "already_enrolled",
    "Cette structure est déjà inscrite ou en cours d’inscription.",
    "This organisation is already enrolled or being enrolled.",
    "Demandez à son responsable de vous ajouter à l’équipe.",
    "Ask its lead to add you to the team.",
)
LED_BY_ANOTHER = refusal(
    "led_by_another",
    "Cette structure a déjà un responsable sur Parvis.",
    "This organisation already has a lead on Parvis.",
    "Demandez-lui de vous ajouter à l’équipe, ou écrivez à l’organisateur s’il a quitté la structure.",
    "Ask them to add you to the team, or write to the organiser if they have left.",
)
ENROLMENT_SENT = refusal(
    "enrolment_sent",
    "Cette inscription est déjà envoyée.",
    "This enrolment has already been sent.",
    "Pour la modifier, écrivez à l’organisateur.",
    "To change it, write to the organiser.",
)
NOT_SUBMITTED = refusal(
    "not_submitted",
    "Cette inscription n’est pas en attente de décision.",
    "This enrolment is not waiting for a decision.",
    "Rechargez la file des inscriptions.",
    "Reload the enrolment queue.",
)
REASON_NEEDED = refusal(
    "reason_needed",
    "Un refus doit être motivé.",
    "A refusal needs a reason.",
    "Écrivez en une phrase pourquoi.",
    "Write why in one sentence.",
)
NO_PLACE = refusal(
    "no_place",
    "Aucun site n’est dans le périmètre.",
    "No place is in the perimeter.",
    "Ajoutez au moins le site principal.",
    "Add at least the main site.",
)
NO_CHANNEL = refusal(
    "no_channel",
    "Aucun canal ne reste à mesurer.",
    "No channel is left to measure.",
    "Décochez les canaux qui existent bien chez vous.",
    "Untick the channels that you do have.",
)
NO_CONSENT = refusal(
    "no_consent",
    "Vous n’avez pas dit si vous acceptez d’être nommés parmi les lauréats.",
    "You have not said whether you agree to be named among laureates.",
    "Répondez par oui ou par non : les deux sont possibles.",
    "Answer yes or no: both are possible.",
)
STAFF_DATE_IN_FUTURE = refusal(
    "staff_date_in_future",
    "La date d’information des agents est dans le futur.",
    "The date on which staff were informed is in the future.",
    "Indiquez le jour où l’information a été faite.",
    "Give the day on which they were informed.",
)


def staff_not_informed(names: list[str]) -> Fault:
    listed, more = ", ".join(names[:5]), "…" if len(names) > 5 else ""
    return refusal(
        "staff_not_informed",
        f"Il manque la preuve datée que les agents ont été informés : {listed}{more}",
        f"The dated proof that staff were informed is missing: {listed}{more}",
        "Demandez-la à ces structures ou retirez-les de l’édition.",
        "Ask these organisations for it or withdraw them from the edition.",
    )
