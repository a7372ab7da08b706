"""The screen words of the vocabulary: one French and one English word for each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from parvis.core.vocabulary import (
    AnswerState,
    Band,
    Channel,
    DelayKind,
    DelayUnit,
    Determinant,
    Level,
    Outcome,
    Reason,
    Source,
    Stage,
    Status,
    Text,
    Verdict,
)

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, Text]] = {
    Channel: {
        Channel.PHONE: Text("Téléphone", "Phone"),
        Channel.EMAIL: Text("Courriel", "E-mail"),
        Channel.LETTER: Text("Courrier", "Letter"),
        Channel.VISIT: Text("Accueil sur place", "Visit"),
        Channel.WEBSITE: Text("Site internet", "Website"),
        Channel.SOCIAL: Text("Réseaux sociaux", "Social networks"),
    },
    Stage: {
        Stage.ACCESS: Text("Accès", "Access"),
        Stage.ORIENTATION: Text("Information et orientation", "Information and orientation"),
        Stage.HANDLING: Text("Traitement de la demande", "Handling of the request"),
        Stage.COMPLAINTS: Text("Réclamations", "Complaints"),
    },
    Determinant: {
        Determinant.ACCESSIBILITY: Text("Accessibilité", "Accessibility"),
        Determinant.RESPONSIVENESS: Text("Réactivité", "Responsiveness"),
        Determinant.COURTESY: Text("Courtoisie", "Courtesy"),
        Determinant.PERSONALISATION: Text("Personnalisation", "Personalisation"),
        Determinant.WAITING: Text("Attente", "Waiting"),
        Determinant.ANSWER_QUALITY: Text("Qualité de la réponse", "Answer quality"),
        Determinant.TRANSFER: Text("Mise en relation", "Transfer"),
        Determinant.COMPLAINT_HANDLING: Text("Gestion des réclamations", "Complaint handling"),
    },
    Level: {
        Level.RAW: Text("Niveau 1\u00a0: résultats bruts", "Level 1: raw results"),
        Level.ANALYSED: Text("Niveau 2\u00a0: résultats commentés", "Level 2: analysed results"),
        Level.AUDIT: Text("Niveau 3\u00a0: audit d’organisation", "Level 3: organisation audit"),
    },
    Outcome: {
        Outcome.REACHED: Text("Joint", "Reached"),
        Outcome.NOT_REACHED: Text("Non joint", "Not reached"),
        Outcome.OUR_FAILURE: Text("Échec de notre fait", "Our failure"),
    },
    AnswerState: {
        AnswerState.SCORED: Text("Noté", "Scored"),
        AnswerState.NOT_APPLICABLE: Text("Sans objet", "Not applicable"),
        AnswerState.MISSING: Text("Manquant", "Missing"),
    },
    DelayKind: {
        DelayKind.PICK_UP: Text("Décroché", "Pick-up"),
        DelayKind.WAITING: Text("Attente", "Waiting"),
        DelayKind.ACKNOWLEDGMENT: Text("Accusé de réception", "Acknowledgment"),
        DelayKind.ANSWER: Text("Réponse", "Answer"),
    },
    DelayUnit: {
        DelayUnit.RINGS: Text("sonneries", "rings"),
        DelayUnit.MINUTES: Text("minutes", "minutes"),
        DelayUnit.WORKING_DAYS: Text("jours ouvrés", "working days"),
    },
    Source: {
        Source.OBSERVED: Text("Qualité observée", "Observed quality"),
        Source.PERCEIVED: Text("Qualité perçue", "Perceived quality"),
    },
    Status: {
        Status.PUBLISHED: Text("Publié", "Published"),
        Status.TOO_FEW: Text("Trop peu de données", "Too few data"),
        Status.HIDDEN_TO_PROTECT: Text("Masqué pour protéger", "Hidden to protect"),
        Status.NOT_MEASURED: Text("Non mesuré", "Not measured"),
    },
    Reason: {
        Reason.NO_DATA: Text("aucune donnée", "no data"),
        Reason.ZERO_WEIGHT: Text("sans poids dans la note", "no weight in the score"),
        Reason.NO_VARIANCE: Text("toutes les valeurs sont égales", "all values are equal"),
        Reason.MODELLED_SE: Text("marge d’erreur estimée par modèle", "margin of error from a model"),
        Reason.INDICATIVE: Text("indicatif", "indicative"),
        Reason.LOW_COVERAGE: Text("couverture partielle", "partial coverage"),
        Reason.SINGLE_PSU: Text("un seul lieu observé", "a single place observed"),
        Reason.NOT_COMPARABLE: Text("non comparable", "not comparable"),
        Reason.INFEASIBLE: Text("calcul impossible", "cannot be computed"),
        Reason.TOO_FEW_PEERS: Text("trop peu de structures comparables", "too few peers"),
    },
    Band: {
        Band.MUCH_WORSE: Text("Très en dessous de l’attendu", "Much worse than expected"),
        Band.WORSE: Text("En dessous de l’attendu", "Worse than expected"),
        Band.SOMEWHAT_WORSE: Text("Un peu en dessous de l’attendu", "Somewhat worse than expected"),
        Band.EXPECTED: Text("Dans l’attendu", "As expected"),
        Band.SOMEWHAT_BETTER: Text("Un peu au-dessus de l’attendu", "Somewhat better than expected"),
        Band.BETTER: Text("Au-dessus de l’attendu", "Better than expected"),
        Band.MUCH_BETTER: Text("Très au-dessus de l’attendu", "Much better than expected"),
    },
    Verdict: {
        Verdict.UP: Text("En hausse", "Up"),
        Verdict.DOWN: Text("En baisse", "Down"),
        Verdict.STABLE: Text("Stable", "Stable"),
        Verdict.NO_CLEAR_CHANGE: Text("Pas de changement net", "No clear change"),
        Verdict.NOT_COMPARABLE: Text("Non comparable", "Not comparable"),
    },
}

METHOD_SECTIONS: Mapping[str, Text] = {
    "channels": Text("Poids des canaux", "Weights of channels"),
    "places": Text("Poids des sites", "Weights of places"),
    "criteria": Text("Poids des critères", "Weights of criteria"),
    "not_reached": Text("Contacts non aboutis", "Contacts not reached"),
    "coverage": Text("Part de la grille remplie", "Share of the grid filled"),
    "minimum": Text("Effectifs minimaux", "Minimum counts"),
    "variance": Text("Petits effectifs", "Small counts"),
    "scores": Text("Intervalles et arrondis", "Intervals and rounding"),
    "observers": Text("Sévérité des citoyens-mystère", "Severity of mystery citizens"),
    "ranking": Text("Rangs et ex aequo", "Ranks and ties"),
    "bands": Text("Plages attendues", "Expected ranges"),
    "change": Text("Évolutions", "Changes"),
    "disclosure": Text("Confidentialité", "Confidentiality"),
    "gate": Text("Figures trop incertaines", "Figures too uncertain"),
    "consultation": Text("Consultation des citoyens", "Citizens’ consultation"),
    "trophies": Text("Trophées", "Trophies"),
    "indicators": Text("Indicateurs", "Indicators"),
}

WORDS: Mapping[str, type[StrEnum]] = {
    "channel": Channel,
    "stage": Stage,
    "determinant": Determinant,
    "level": Level,
    "outcome": Outcome,
    "answer_state": AnswerState,
    "delay_kind": DelayKind,
    "delay_unit": DelayUnit,
    "source": Source,
    "status": Status,
    "band": Band,
    "verdict": Verdict,
}


def said(kind: str, code: str, language: str = "fr") -> str:
    """The screen word of a code read from a table; the code itself when the vocabulary does not hold it.

    >>> said("determinant", "waiting"), said("channel", "fax")
    ('Attente', 'fax')
    """
    if kind == "method":
        return METHOD_SECTIONS[code].in_language(language) if code in METHOD_SECTIONS else code
    words = WORDS.get(kind)
    if words is None or code not in set(words):
        return code
    return LABELS[words][words(code)].in_language(language)
