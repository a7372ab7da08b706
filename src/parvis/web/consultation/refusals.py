"""Why an answer or an act of the consultation is refused, in both languages, each with what to do next."""

from __future__ import annotations

from parvis.core.vocabulary import Fault, Text


def _refusal(code: str, fr: str, en: str, remedy_fr: str, remedy_en: str) -> Fault:
    return Fault(code, Text(fr, en), Text(remedy_fr, remedy_en), {})


def at_rank(fault: Fault, rank: int) -> Fault:
    """The same fault, with the rank of the response among those given together."""
    return Fault(fault.code, fault.what, fault.remedy, {**fault.where, "key": str(rank)})


CLOSED = _refusal(
    "consultation_closed",
    "La consultation n’est pas ouverte ce jour-là.",
    "The consultation is not open on that day.",
    "Consultez son calendrier.",
    "See its calendar.",
)
NO_QUESTIONNAIRE = _refusal(
    "no_questionnaire",
    "Cette édition n’a pas de questionnaire.",
    "This edition has no questionnaire.",
    "L’organisateur doit d’abord en déposer un.",
    "The organiser must put one in force first.",
)
PAGE_UNKNOWN = _refusal(
    "page_unknown",
    "Cette page n’est pas dans le questionnaire.",
    "This page is not in the questionnaire.",
    "Reprenez le questionnaire au début.",
    "Start the questionnaire again.",
)
NOT_STARTED = _refusal(
    "response_not_started",
    "Cette réponse n’a pas de première page.",
    "This response has no first page.",
    "Reprenez le questionnaire au début.",
    "Start the questionnaire again.",
)
OTHER_ENTRY_POINT = _refusal(
    "other_entry_point",
    "Ce formulaire vient d’un autre point d’entrée.",
    "This form comes from another entry point.",
    "Reprenez le questionnaire au début.",
    "Start the questionnaire again.",
)
SAME_RESPONSE_TWICE = _refusal(
    "same_response_twice",
    "Une réponse de ce numéro existe déjà.",
    "A response of this number exists already.",
    "Retirez-la de la liste : elle est déjà enregistrée.",
    "Remove it from the list: it is recorded already.",
)
PLACE_OF_ANOTHER = _refusal(
    "place_of_another",
    "Ce site n’est pas de cette structure.",
    "This place does not belong to this organisation.",
    "Choisissez un site de la structure.",
    "Choose a place of the organisation.",
)
REASON_NEEDED = _refusal(
    "reason_needed",
    "Une décision sur une réponse doit être motivée.",
    "A decision on a response needs a reason.",
    "Écrivez en une phrase pourquoi.",
    "Write why in one sentence.",
)
ALREADY_OPEN = _refusal(
    "consultation_already_open",
    "La consultation est ouverte : sa règle ne peut plus changer.",
    "The consultation is open: its rule can no longer change.",
    "Préparez le changement pour l’édition suivante.",
    "Prepare the change for the next edition.",
)
BAD_RULE = _refusal(
    "bad_rule",
    "La règle de qualification est incomplète ou contient un mot inconnu.",
    "The qualification rule is incomplete or has an unknown word.",
    "Reprenez la règle fournie et changez-en les nombres.",
    "Take the rule provided and change its numbers.",
)
BAD_NETWORK = _refusal(
    "bad_network",
    "Cette plage d’adresses ne se lit pas, ou elle est trop large.",
    "This address range cannot be read, or it is too wide.",
    "Écrivez-la comme 192.0.2.0/28 (au plus /16, ou /32 en IPv6).",
    "Write it as 192.0.2.0/28 (/16 at most, or /32 in IPv6).",
)
BATCH_SIZE = _refusal(
    "batch_size",
    "Une série compte de 1 à 1 200 codes.",
    "A batch has 1 to 1,200 codes.",
    "Indiquez un nombre entre 1 et 1 200.",
    "Give a number between 1 and 1,200.",
)
CODES_NOT_NEEDED = _refusal(
    "codes_not_needed",
    "La règle publiée de cette édition ne demande pas de code.",
    "The published rule of this edition asks for no code.",
    "Il n’y a rien à imprimer : chacun répond sans code.",
    "There is nothing to print: everyone answers without a code.",
)
MARGINS_SETTLED = _refusal(
    "margins_settled",
    "Les données de cette édition sont figées : ses marges ne changent plus.",
    "The data of this edition are frozen: its margins no longer change.",
    "Préparez-les pour l’édition suivante.",
    "Prepare them for the next edition.",
)
SOURCE_NEEDED = _refusal(
    "source_needed",
    "La source des effectifs manque.",
    "The source of the counts is missing.",
    "Écrivez d’où ils viennent et de quelle année.",
    "Write where they come from and of which year.",
)
NO_VISITS = _refusal(
    "no_visits",
    "Le nombre de visites est positif.",
    "The number of visits is positive.",
    "Écrivez le nombre de visites d’une année.",
    "Write the number of visits of a year.",
)
VISITS_SETTLED = _refusal(
    "visits_settled",
    "La consultation est terminée : les visites qui divisent son compte ne changent plus.",
    "The consultation is over: the visits that its count is divided by no longer change.",
    "Préparez leur nombre pour l’édition suivante.",
    "Prepare their number for the next edition.",
)
SHEET_COUNTED = _refusal(
    "sheet_counted",
    "Cette feuille est déjà comptée.",
    "This sheet has been counted already.",
    "Vérifiez le numéro en haut de la feuille.",
    "Check the number at the top of the sheet.",
)
SHEET_KEYED_ONCE = _refusal(
    "sheet_keyed_once",
    "Cette feuille n’a été saisie qu’une fois.",
    "This sheet has been keyed only once.",
    "Demandez à une autre personne de la saisir.",
    "Ask another person to key it.",
)
SAME_PERSON_TWICE = _refusal(
    "same_person_twice",
    "Vous avez déjà saisi cette feuille.",
    "You have keyed this sheet already.",
    "Demandez à une autre personne de la saisir.",
    "Ask another person to key it.",
)
NOT_PAPER = _refusal(
    "not_paper",
    "Ce point d’entrée n’est pas sur papier.",
    "This entry point is not on paper.",
    "Prenez celui du papier.",
    "Take the paper one.",
)
NOTHING_CHOSEN = _refusal(
    "nothing_chosen",
    "Aucune réponse n’est cochée.",
    "No response is ticked.",
    "Cochez celles que vous voulez reprendre.",
    "Tick those that you want to take back.",
)
