"""Refusals that observers, missions and observations can meet, each with what to do next."""

from __future__ import annotations

from datetime import date

from parvis.core.vocabulary import Fault, Text


def refusal(code: str, fr: str, en: str, remedy_fr: str, remedy_en: str, **where: str) -> Fault:
    return Fault(code, Text(fr, en), Text(remedy_fr, remedy_en), where)


def at_key(fault: Fault, key: object) -> Fault:
    """The same fault, said of one mission, report or row."""
    return Fault(fault.code, fault.what, fault.remedy, {"key": str(key)})


ALREADY_OBSERVER = refusal(
    "already_observer",
    "Cette personne est déjà inscrite comme citoyen-mystère.",
    "This person is already registered as a mystery citizen.",
    "Ouvrez sa fiche.",
    "Open their file.",
)
UNKNOWN_CHANNEL = refusal(
    "unknown_channel",
    "Ce canal n’existe pas.",
    "This channel does not exist.",
    "Choisissez parmi téléphone, courriel, courrier, visite, site internet, réseaux sociaux.",
    "Choose among phone, email, letter, visit, website, social.",
)
NO_CHANNEL_CERTIFIED = refusal(
    "no_channel_certified",
    "Une certification porte sur au moins un canal.",
    "A certification covers at least one channel.",
    "Cochez les canaux dont le questionnaire est réussi.",
    "Tick the channels whose quiz was passed.",
)
REASON_NEEDED = refusal(
    "reason_needed",
    "Cette décision demande une raison.",
    "This decision needs a reason.",
    "Écrivez-la en une phrase.",
    "Write it in one sentence.",
)
PLANNING_CLOSED = refusal(
    "planning_closed",
    "Des missions se prévoient pendant les inscriptions ou le terrain.",
    "Missions are planned during enrolment or fieldwork.",
    "Vérifiez l’étape de l’édition.",
    "Check the step of the edition.",
)
OTHER_EDITION = refusal(
    "other_edition",
    "Cette inscription n’est pas de cette édition.",
    "This enrolment is not of this edition.",
    "Choisissez une inscription de l’édition.",
    "Choose an enrolment of the edition.",
)
NOT_ACCEPTED_ENROLMENT = refusal(
    "enrolment_not_accepted",
    "L’inscription de cette structure n’est pas acceptée.",
    "This organisation’s enrolment is not accepted.",
    "Acceptez l’inscription d’abord.",
    "Accept the enrolment first.",
)
STAFF_NOT_INFORMED = refusal(
    "staff_not_informed",
    "Rien ne prouve que les agents de cette structure ont été informés avant cette date.",
    "Nothing proves that the staff of this organisation were informed before that date.",
    "Demandez à la structure sa preuve datée de l’information des agents.",
    "Ask the organisation for its dated proof that staff were informed.",
)
PLACE_NOT_ENROLLED = refusal(
    "place_not_enrolled",
    "Ce site n’est pas dans le périmètre de l’inscription.",
    "This place is not in the perimeter of the enrolment.",
    "Choisissez un site du périmètre.",
    "Choose a place of the perimeter.",
)
CHANNEL_NOT_MEASURED = refusal(
    "channel_not_measured",
    "Ce canal n’est pas mesuré pour cette structure.",
    "This channel is not measured for this organisation.",
    "Choisissez un canal qui existe dans cette structure.",
    "Choose a channel that this organisation has.",
)
SCENARIO_NOT_READY = refusal(
    "scenario_not_ready",
    "Ce scénario n’est pas en usage, n’a pas eu sa relecture éthique ou vaut pour un autre canal.",
    "This scenario is not in use, has had no ethics review, or is for another channel.",
    "Choisissez un scénario relu de ce canal.",
    "Choose a reviewed scenario of this channel.",
)
NOT_CERTIFIED = refusal(
    "not_certified",
    "Ce citoyen-mystère n’est pas certifié pour ce canal.",
    "This mystery citizen is not certified for this channel.",
    "Choisissez une personne certifiée pour ce canal.",
    "Choose someone certified for this channel.",
)
IN_CONFLICT = refusal(
    "in_conflict",
    "Ce citoyen-mystère a déclaré un conflit d’intérêts avec cette structure.",
    "This mystery citizen has declared a conflict of interest with this organisation.",
    "Choisissez une autre personne.",
    "Choose someone else.",
)
FIELDWORK_CLOSED = refusal(
    "fieldwork_closed",
    "Le terrain de cette édition n’est pas ouvert.",
    "The fieldwork of this edition is not open.",
    "Gardez votre rapport et écrivez à l’organisateur : rien n’est perdu.",
    "Keep your report and write to the organiser: nothing is lost.",
)
NO_OBSERVER = refusal(
    "no_observer",
    "Aucun citoyen-mystère n’est prévu pour cette mission.",
    "No mystery citizen is foreseen for this mission.",
    "Choisissez-en un.",
    "Choose one.",
)
NOT_TO_OFFER = refusal(
    "not_to_offer",
    "Cette mission est déjà en main, faite ou annulée.",
    "This mission is already in hand, done or cancelled.",
    "Choisissez une mission prévue, déclinée ou rendue.",
    "Choose a mission that is planned, declined or released.",
)
NOT_YOURS = refusal(
    "not_yours",
    "Cette mission n’est pas la vôtre.",
    "This mission is not yours.",
    "Revenez à la liste de vos missions.",
    "Go back to the list of your missions.",
)
NOT_OFFERED = refusal(
    "not_offered",
    "Cette mission n’est plus proposée.",
    "This mission is no longer on offer.",
    "Revenez à la liste de vos missions.",
    "Go back to the list of your missions.",
)
OFFER_OVER = refusal(
    "offer_over",
    "Le délai pour répondre à cette proposition est passé.",
    "The time to answer this offer is over.",
    "Écrivez à l’organisateur si vous êtes encore disponible.",
    "Write to the organiser if you are still available.",
)
CODE_NOT_SIGNED = refusal(
    "code_not_signed",
    "Vous n’avez pas encore signé la charte de cette édition.",
    "You have not signed the code of conduct of this edition yet.",
    "Lisez-la et signez-la, puis acceptez la mission.",
    "Read and sign it, then accept the mission.",
)
NOT_IN_HAND = refusal(
    "not_in_hand",
    "Cette mission n’est pas acceptée, ou son rapport est déjà parti.",
    "This mission is not accepted, or its report has already left.",
    "Revenez à la liste de vos missions ; votre brouillon reste sur votre appareil.",
    "Go back to the list of your missions; your draft stays on your device.",
)
CASE_IS_OPEN = refusal(
    "case_is_open",
    "Votre demande est déjà partie : cette mission ne peut plus être rendue.",
    "Your request has already left: this mission can no longer be returned.",
    "Notez ce que vous recevez, ou le silence à la date limite.",
    "Note what you receive, or the silence at the limit.",
)
ALREADY_FILED = refusal(
    "already_filed",
    "Un autre rapport a déjà été reçu pour cette mission.",
    "Another report has already been received for this mission.",
    "Le premier rapport reste. Exportez celui-ci et envoyez-le à l’organisateur s’il dit autre chose.",
    "The first report stays. Export this one and send it to the organiser if it says something else.",
)
SAME_REPORT_DIFFERENT = refusal(
    "same_report_different",
    "Ce rapport a déjà été reçu avec d’autres réponses.",
    "This report was already received with other answers.",
    "Les premières réponses restent. Demandez à l’organisateur de vous le rendre à revoir.",
    "The first answers stay. Ask the organiser to hand it back to you.",
)
NO_GRID = refusal(
    "no_grid",
    "Aucune grille de cette édition ne vaut pour ce canal.",
    "No grid of this edition is for this channel.",
    "Écrivez à l’organisateur ; votre rapport est gardé.",
    "Write to the organiser; your report is kept.",
)
NOT_A_CASE = refusal(
    "not_a_case",
    "Seuls un courriel, un courrier ou un message restent ouverts en attente de réponse.",
    "Only an e-mail, a letter or a message stays open while waiting for an answer.",
    "Remplissez directement la grille.",
    "Fill the grid directly.",
)
BEFORE_SENDING = refusal(
    "before_sending",
    "Cet événement est daté d’avant l’envoi.",
    "This event is dated before the sending.",
    "Vérifiez la date.",
    "Check the date.",
)
IN_THE_FUTURE = refusal(
    "in_the_future",
    "Cette date est dans l’avenir.",
    "This date is in the future.",
    "Vérifiez la date.",
    "Check the date.",
)
CASE_CLOSED = refusal(
    "case_closed",
    "L’édition est figée : ce dossier ne change plus.",
    "The edition is frozen: this case no longer changes.",
    "Écrivez à l’organisateur ; il en tiendra compte dans une correction s’il le faut.",
    "Write to the organiser, who will take it into a correction if needed.",
)
WRONG_REVIEW_STEP = refusal(
    "wrong_review_step",
    "Cette observation ne peut pas passer à cet état depuis celui où elle est.",
    "This observation cannot go to that state from the one it is in.",
    "Rechargez la page : quelqu’un l’a peut-être déjà relue.",
    "Reload the page: someone may already have reviewed it.",
)
OWN_REPORT = refusal(
    "own_report",
    "On ne relit pas son propre rapport.",
    "Nobody reviews their own report.",
    "Laissez une autre personne de l’équipe le relire.",
    "Let someone else of the team review it.",
)
REVIEW_CLOSED = refusal(
    "review_closed",
    "La relecture de cette édition est close.",
    "The review of this edition is closed.",
    "Rouvrez la relecture avant de figer, ou préparez une correction.",
    "Reopen the review before freezing, or prepare a correction.",
)
NOT_TO_REVISE = refusal(
    "not_to_revise",
    "Ce rapport n’est pas à revoir.",
    "This report is not to be revised.",
    "Revenez à la liste de vos missions.",
    "Go back to the list of your missions.",
)


def missions_in_hand(count: int) -> Fault:
    return refusal(
        "missions_in_hand",
        f"{count} missions sont encore proposées ou acceptées sans rapport.",
        f"{count} missions are still offered or accepted without a report.",
        "Attendez leurs rapports, ou annulez-les avec une raison.",
        "Wait for their reports, or cancel them with a reason.",
    )


def silence_too_soon(awaited_until: date) -> Fault:
    return refusal(
        "silence_too_soon",
        f"Une réponse peut encore arriver jusqu’au {awaited_until:%d/%m/%Y}.",
        f"An answer may still come until {awaited_until:%d/%m/%Y}.",
        "Revenez après ce jour pour noter le silence ; notez d’ici là tout ce qui arrive.",
        "Come back after that day to note the silence; until then note whatever comes.",
    )


def parcels_waiting(count: int) -> Fault:
    return refusal(
        "parcels_waiting",
        f"{count} envoi(s) d’ODK Collect attendent encore, refusés ou sans toutes leurs pièces.",
        f"{count} parcel(s) from phones still wait, refused or without all their pieces.",
        "Ouvrez « Envois d’ODK Collect à régler » : recevez chacun, ou dites la suite donnée.",
        "Open “Parcels from ODK Collect to settle”: receive each, or say what was done about it.",
    )


def no_observation() -> Fault:
    return refusal(
        "no_observation",
        "Aucune observation n’a été reçue.",
        "No observation has been received.",
        "Le terrain se clôt quand il y a quelque chose à relire.",
        "Fieldwork closes when there is something to review.",
    )


PHOTO_TOO_LARGE = refusal(
    "photo_too_large",
    "Cette photo dépasse 15 Mo.",
    "This photo is larger than 15 MB.",
    "Prenez-la en plus petit, ou envoyez une capture d’écran.",
    "Take it smaller, or send a screenshot.",
)
NOT_A_PHOTO = refusal(
    "not_a_photo",
    "Ce fichier n’est pas une photo lisible.",
    "This file is not a readable photo.",
    "Envoyez une image JPEG, PNG ou WebP.",
    "Send a JPEG, PNG or WebP image.",
)
NOT_YOUR_ORGANISATION = refusal(
    "not_your_organisation",
    "Ces résultats ne sont pas ceux de votre structure.",
    "These results are not those of your organisation.",
    "Ouvrez les résultats de votre structure.",
    "Open the results of your organisation.",
)
NOT_APPROVED = refusal(
    "not_approved",
    "Aucun contact de ce canal n’est publié.",
    "No contact of this channel is published.",
    "Attendez la remise des résultats.",
    "Wait for the results to be delivered.",
)
UNKNOWN_CRITERION = refusal(
    "unknown_criterion",
    "Ce critère n’est pas dans la grille de ce canal.",
    "This criterion is not in the grid of this channel.",
    "Choisissez un critère de ce canal.",
    "Choose a criterion of this channel.",
)
APPEALS_CLOSED = refusal(
    "appeals_closed",
    "Les contestations ne sont pas ouvertes aujourd’hui.",
    "Appeals are not open today.",
    "Consultez le calendrier de l’édition.",
    "See the calendar of the edition.",
)
ALREADY_CONTESTED = refusal(
    "already_contested",
    "Ce critère de ce canal est déjà contesté.",
    "This criterion of this channel is already contested.",
    "Suivez la contestation en cours.",
    "Follow the appeal under way.",
)
ALREADY_DECIDED = refusal(
    "already_decided",
    "Cette contestation est déjà décidée.",
    "This appeal is already decided.",
    "Rechargez la page.",
    "Reload the page.",
)
