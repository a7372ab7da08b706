"""Refusals that freezing, publishing, delivering and ordering can meet."""

from __future__ import annotations

from parvis.core.vocabulary import Fault
from parvis.web.editions.refusals import refusal


def still_in_review(count: int) -> Fault:
    return refusal(
        "still_in_review",
        f"{count} observation(s) attendent encore une décision de relecture.",
        f"{count} observation(s) still wait for a review decision.",
        "Approuvez-les ou écartez-les avec une raison avant de figer.",
        "Approve or exclude them with a reason before freezing.",
    )


NO_OBSERVATION = refusal(
    "no_observation",
    "Aucune observation approuvée : il n’y a rien à figer.",
    "No approved observation: there is nothing to freeze.",
    "Relisez les observations reçues ou importez-en.",
    "Review the observations received or import some.",
)
NOT_FROZEN = refusal(
    "not_frozen",
    "Le jeu de données de cette édition n’est pas figé.",
    "The dataset of this edition is not frozen.",
    "Figez-le avant de calculer et de publier.",
    "Freeze it before computing and publishing.",
)
REVIEW_NOT_OPEN = refusal(
    "review_not_open",
    "Le terrain de cette édition n’est pas clos.",
    "The fieldwork of this edition is not closed.",
    "Fermez le terrain, puis terminez la relecture.",
    "Close fieldwork, then finish the review.",
)
DATASET_CHANGED = refusal(
    "dataset_changed",
    "Le jeu de données sur disque n’a plus l’empreinte enregistrée quand il a été figé.",
    "The dataset on disk no longer has the fingerprint recorded when it was frozen.",
    "Restaurez-le depuis une sauvegarde : rien n’est publié à partir de données changées.",
    "Restore it from a backup: nothing is published from changed data.",
)
CORRECTION_NEEDS_REASON = refusal(
    "correction_needs_reason",
    "Une correction dit pourquoi elle est faite.",
    "A correction says why it is made.",
    "Écrivez la raison : elle sera publique.",
    "Write the reason: it will be public.",
)
PUBLISHED_MEANWHILE = refusal(
    "published_meanwhile",
    "Une autre publication a été signée pendant ce calcul.",
    "Another publication was signed during this computation.",
    "Lisez-la : si elle ne suffit pas, publiez une correction qui dit pourquoi.",
    "Read it: if it is not enough, publish a correction that says why.",
)
WORK_UNDER_WAY = refusal(
    "work_under_way",
    "Un travail sur les résultats de cette édition est déjà en cours.",
    "Work on the results of this edition is already under way.",
    "Attendez sa fin, ou arrêtez-le depuis la page « Travaux ».",
    "Wait for it to end, or stop it from the “Work” page.",
)
ALREADY_DELIVERED = refusal(
    "already_delivered",
    "Toutes les fiches de cette publication sont déjà remises.",
    "All scorecards of this publication have already been delivered.",
    "Rien à faire.",
    "Nothing to do.",
)
NOT_ACCEPTED = refusal(
    "not_accepted",
    "Cette inscription n’est pas acceptée.",
    "This enrolment is not accepted.",
    "Attendez la décision de l’organisateur, puis demandez le devis.",
    "Wait for the organiser’s decision, then ask for the quote.",
)
NO_PRICE = refusal(
    "no_price",
    "Ce niveau n’a pas de prix dans cette édition.",
    "This level has no price in this edition.",
    "Choisissez un autre niveau ou écrivez à l’organisateur.",
    "Choose another level or write to the organiser.",
)
ORDER_OPEN = refusal(
    "order_open",
    "Une commande de ce niveau est déjà en cours.",
    "An order for this level is already open.",
    "Acceptez ou annulez le devis existant.",
    "Accept or cancel the existing quote.",
)
ORDER_STATE = refusal(
    "order_state",
    "Cette commande n’est pas à l’étape qui permet cela.",
    "This order is not at the step that allows this.",
    "Suivez l’ordre : devis, acceptation par la structure, confirmation par l’organisateur.",
    "Follow the order: quote, acceptance by the organisation, confirmation by the organiser.",
)
NAME_NEEDED = refusal(
    "name_needed",
    "Il manque le nom de la personne qui accepte le devis.",
    "The name of the person who accepts the quote is missing.",
    "Écrivez son nom et sa fonction.",
    "Write their name and position.",
)
ALREADY_SIGNED = refusal(
    "already_signed",
    "Ce commentaire est signé : il ne change plus.",
    "This commentary is signed: it no longer changes.",
    "Écrivez-en un autre pour un autre canal, ou pour la publication suivante.",
    "Write another one for another channel, or for the next publication.",
)
NOT_AN_EXPERT = refusal(
    "not_an_expert",
    "Cette personne n’est pas experte de l’édition.",
    "This person is not an expert of the edition.",
    "Donnez-lui d’abord ce rôle.",
    "Give them this role first.",
)
