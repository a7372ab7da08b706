"""Refusals that steering the field can meet: plans, scenarios, appeals, double coding."""

from __future__ import annotations

from parvis.web.fieldwork.refusals import refusal

PROOF_UNFIT = refusal(
    "proof_unfit",
    "Cette pièce dépasse 10 Mo ou n’est pas d’un format que nous savons ouvrir.",
    "This proof is over 10 MB or not in a format that we can open.",
    "Envoyez un PDF, une image, un courriel (.eml), un texte, un .docx ou un .odt de moins de 10 Mo.",
    "Send a PDF, an image, an e-mail (.eml), a text, a .docx or an .odt under 10 MB.",
)
NOTHING_TO_REOPEN = refusal(
    "nothing_to_reopen",
    "Accepter une contestation rouvre au moins une observation.",
    "Upholding an appeal reopens at least one observation.",
    "Cochez les observations concernées.",
    "Tick the observations concerned.",
)
NOT_OF_THIS_APPEAL = refusal(
    "not_of_this_appeal",
    "Une des observations cochées ne porte pas sur ce critère de cette structure.",
    "One of the ticked observations is not about this criterion of this organisation.",
    "Rechargez la page et cochez de nouveau.",
    "Reload the page and tick again.",
)
COMMENT_KNOWN = refusal(
    "comment_known",
    "Cette remarque est vide, ou déjà proposée.",
    "This comment is empty, or already offered.",
    "Écrivez-en une autre.",
    "Write another one.",
)
COMMENT_UNKNOWN = refusal(
    "comment_unknown",
    "Cette remarque n’est pas de cette édition.",
    "This comment is not of this edition.",
    "Rechargez la page.",
    "Reload the page.",
)
SCENARIO_CODE_TAKEN = refusal(
    "scenario_code_taken",
    "Un scénario de cette édition porte déjà ce code.",
    "A scenario of this edition already has this code.",
    "Choisissez un autre code, ou écrivez une nouvelle version de ce scénario.",
    "Choose another code, or write a new version of that scenario.",
)
SCENARIO_RETIRED = refusal(
    "scenario_retired",
    "Ce scénario est retiré.",
    "This scenario is retired.",
    "Écrivez-en un autre.",
    "Write another one.",
)
SCENARIO_REVIEWED = refusal(
    "scenario_reviewed",
    "Ce scénario a déjà son avis éthique.",
    "This scenario already has its ethics verdict.",
    "Écrivez une nouvelle version pour qu’elle soit relue.",
    "Write a new version to have it reviewed.",
)
SCENARIO_SPENT = refusal(
    "scenario_spent",
    "Ce scénario aurait servi trop souvent dans une même structure.",
    "This scenario would have been used too often in one organisation.",
    "Choisissez un autre scénario, ou refaites le plan.",
    "Choose another scenario, or make the plan again.",
)
PLAN_EMPTY = refusal(
    "plan_empty",
    "Ce plan ne demande aucun contact.",
    "This plan asks for no contact.",
    "Donnez au moins un contact à un canal.",
    "Give at least one contact to a channel.",
)
PLAN_PERIOD = refusal(
    "plan_period",
    "La période du plan finit avant de commencer.",
    "The period of the plan ends before it starts.",
    "Vérifiez les deux dates.",
    "Check both dates.",
)
PLAN_NOT_COMPUTED = refusal(
    "plan_not_computed",
    "Ce plan n’est pas encore calculé.",
    "This plan is not computed yet.",
    "Attendez la fin du calcul.",
    "Wait until it is computed.",
)
PLAN_ADOPTED = refusal(
    "plan_adopted",
    "Ce plan est déjà adopté.",
    "This plan is already adopted.",
    "Faites-en un nouveau pour changer la suite.",
    "Make a new one to change what comes next.",
)
PLAN_OVERTAKEN = refusal(
    "plan_overtaken",
    "Le terrain a bougé depuis ce calcul : des missions ont été acceptées, rendues, faites ou annulées.",
    "The field has moved since this was computed: missions were accepted, given back, done or cancelled.",
    "Refaites le plan : il gardera ce qui est fait.",
    "Make the plan again: it will keep what is done.",
)
NO_PLACE = refusal(
    "no_place",
    "Aucune structure n’est prête : il faut une inscription acceptée et la date d’information des agents.",
    "No organisation is ready: an accepted enrolment and the date when staff were informed are needed.",
    "Acceptez des inscriptions et demandez les preuves d’information.",
    "Accept enrolments and ask for the proofs of information.",
)
NOT_WRITTEN = refusal(
    "not_written",
    "Seuls les échanges écrits (courriel, courrier, réseaux sociaux) se codent deux fois.",
    "Only written exchanges (email, letter, social media) are coded twice.",
    "Choisissez une observation écrite.",
    "Choose a written observation.",
)
DOUBLE_ASKED = refusal(
    "double_asked",
    "Un second codage de cette observation est déjà demandé.",
    "A second coding of this observation is already asked for.",
    "Suivez-le dans la liste des doubles codages.",
    "Follow it in the list of double codings.",
)
DOUBLE_DONE = refusal(
    "double_done",
    "Cette observation est déjà codée deux fois.",
    "This observation is already coded twice.",
    "Prenez-en une autre.",
    "Take another one.",
)
NOT_BLIND = refusal(
    "not_blind",
    "Vous avez déjà lu les réponses de cette observation : votre codage ne serait pas indépendant.",
    "You have already read the answers of this observation: your coding would not be independent.",
    "Laissez-la à une autre personne de l’équipe.",
    "Leave it to someone else of the team.",
)
NOTHING_CODED = refusal(
    "nothing_coded",
    "Aucun critère n’est coté.",
    "No criterion is marked.",
    "Cotez au moins un critère d’après les pièces.",
    "Mark at least one criterion from the evidence.",
)
UNKNOWN_ANSWER = refusal(
    "unknown_answer",
    "Cette réponse n’existe pas dans la grille.",
    "This answer does not exist in the grid.",
    "Choisissez parmi les réponses proposées.",
    "Choose among the answers offered.",
)
TRAP_KNOWN = refusal(
    "trap_known",
    "Cette question a déjà sa réponse vraie à cet endroit.",
    "This question already has its true answer there.",
    "Choisissez une autre question ou un autre site.",
    "Choose another question or another place.",
)
