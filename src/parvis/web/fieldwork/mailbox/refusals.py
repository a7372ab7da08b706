"""Refusals of the mailbox, each with what to do next."""

from __future__ import annotations

from parvis.core.vocabulary import Fault
from parvis.web.fieldwork.refusals import refusal

MAILBOX_OFF = refusal(
    "mailbox_off",
    "Cette installation n’a pas de boîte de missions.",
    "This installation has no mailbox for missions.",
    "Écrivez depuis votre messagerie, puis notez l’envoi.",
    "Write from your own mail, then note that it left.",
)
NOT_AN_EMAIL = refusal(
    "not_an_email",
    "La boîte sert aux missions par courriel.",
    "The mailbox is for e-mail missions.",
    "Suivez la consigne de cette mission.",
    "Follow the instructions of this mission.",
)
ALREADY_LEAVING = refusal(
    "already_leaving",
    "Ce courriel est déjà en train de partir.",
    "This e-mail is already leaving.",
    "Rechargez la page dans une minute.",
    "Reload the page in a minute.",
)
ALREADY_SENT = refusal(
    "already_sent",
    "Votre demande est déjà partie.",
    "Your request has already left.",
    "Pour écrire de nouveau, choisissez la relance.",
    "To write again, choose the reminder.",
)
NOTHING_SENT = refusal(
    "nothing_sent",
    "Aucune demande n’est encore partie par cette boîte.",
    "No request has left by this mailbox yet.",
    "Envoyez d’abord votre demande.",
    "Send your request first.",
)
MAIL_OF_A_MACHINE = refusal(
    "mail_of_a_machine",
    "Les en-têtes de ce message montrent qu’une machine l’a écrit : ce n’est pas une réponse.",
    "The headers of this message show that a machine wrote it: it is no answer.",
    "S’il accuse réception de la demande, choisissez « accusé de réception ».",
    "If it acknowledges the request, choose “acknowledged”.",
)
ALREADY_QUALIFIED = refusal(
    "already_qualified",
    "Ce message est déjà qualifié.",
    "This message is already qualified.",
    "Rechargez la page.",
    "Reload the page.",
)
NO_CASE_FOR_MAIL = refusal(
    "no_case_for_mail",
    "Cette mission n’a pas de dossier ouvert.",
    "This mission has no open case.",
    "Le message est gardé ; notez d’abord le départ de la demande.",
    "The message is kept; first note that the request has left.",
)
ALREADY_ATTACHED = refusal(
    "already_attached",
    "Ce message est déjà dans un dossier.",
    "This message is already in a case.",
    "Rechargez la page.",
    "Reload the page.",
)


def not_sent(why: str) -> Fault:
    return refusal(
        "not_sent",
        f"Votre courriel n’est pas parti ({why}).",
        f"Your e-mail has not left ({why}).",
        "Votre texte est gardé : réessayez dans quelques minutes.",
        "Your text is kept: try again in a few minutes.",
    )
