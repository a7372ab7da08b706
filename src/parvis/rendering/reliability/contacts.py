"""Contacts and who made them: how many next year needs, whether observers mark alike, what correcting would change."""

from __future__ import annotations

from parvis.core.vocabulary import Source, Text
from parvis.rendering.reliability.told import Section, Told

_NEXT = Text("Combien de contacts l’an prochain\u202f?", "How many contacts next year?")
_NEXT_COLUMNS = (
    Text("Précision voulue (points)", "Wished precision (points)"),
    Text("Erreur type", "Standard error"),
    Text("Contacts par structure", "Contacts an organisation"),
)
_OBSERVERS = Text("Les citoyens-mystère notent-ils de même\u202f?", "Do mystery citizens mark alike?")
_OBSERVERS_COLUMNS = (
    Text("Citoyen-mystère", "Mystery citizen"),
    Text("Sévérité (points)", "Severity (points)"),
    Text("Erreur type", "Standard error"),
    Text("Contacts", "Contacts"),
)
_WEIGHS = Text(
    "Elle pèse\u00a0: des notes corrigées sont données à côté des brutes, qui restent celles qui comptent.",
    "It weighs: corrected scores are given beside raw ones, which remain those that count.",
)
_LIGHT = Text(
    "Elle ne pèse pas assez, selon la règle fixée d’avance, pour corriger quoi que ce soit.",
    "It does not weigh enough, by the rule set beforehand, to correct anything.",
)
_APART = Text(
    "Des groupes n’ont vu aucune structure en commun\u00a0: leurs sévérités ne se comparent pas.",
    "Some groups saw no organisation in common: their severities cannot be compared.",
)
_CORRECTED = Text("Notes brutes et notes corrigées", "Raw and corrected scores")
_CORRECTED_COLUMNS = (
    Text("Structure", "Organisation"),
    Text("Note brute", "Raw score"),
    Text("Note corrigée", "Corrected score"),
    Text("Différence", "Difference"),
)


def next_year(told: Told) -> Section | None:
    """The generalizability study: contacts for a wished error, from the variances of this edition."""
    wished = told.measures("observers", "contacts_for_error_of_")
    if not wished:
        return None
    beyond = told.say("hors d’atteinte avec ces citoyens-mystère", "out of reach with these mystery citizens")
    rows = [
        (
            f"± {told.number(2 * error, 0)}",
            told.number(error, 0),
            beyond if contacts is None else told.number(contacts, 0),
        )
        for error, contacts in sorted(((float(error), contacts) for error, contacts in wished.items()), reverse=True)
    ]
    needed = told.say(
        "Voici combien de contacts il faudrait à chacune l’an prochain. Une note est à moins de deux erreurs types de "
        "la vraie 95 fois sur 100. Ces nombres sont eux-mêmes des estimations.",
        "This is how many contacts each one would need next year. A score lies within two standard errors of the true "
        "one 95 times out of 100. These numbers are estimates themselves.",
    )
    said = " ".join(filter(None, (_usual(told), needed, _met(told))))
    return told.section("next", _NEXT, said, _NEXT_COLUMNS, rows)


def _usual(told: Told) -> str:
    """What this edition did; nothing where the result does not tell."""
    median = told.value("observers", "", "median_contacts")
    if median is None:
        return ""
    usual = told.number(median, 0 if median.is_integer() else 1)
    return told.say(
        f"Cette édition a fait {usual} contacts par structure (médiane).",
        f"This edition made {usual} contacts an organisation (median).",
    )


def _met(told: Told) -> str:
    """On what variances rest; nothing where the result does not tell."""
    people, contacts = (told.value("observers", "", name) for name in ("observers", "contacts"))
    if people is None:
        return ""
    many, of = told.number(contacts, 0), told.number(people, 0)
    return told.say(
        f"On en juge par {many} contacts aboutis de {of} citoyens-mystère.",
        f"This is judged from {many} reached contacts of {of} mystery citizens.",
    )


def observers(told: Told) -> Section | None:
    """Whether severity weighs, and each observer's, by pseudonym."""
    material = told.value("observers", "", "material")
    if material is None:
        return None
    apart = told.value("observers", "", "connected") == 0
    verdict = [_WEIGHS if material else _LIGHT, *([_APART] if apart else [])]
    said = [_share(told), *(each.in_language(told.language) for each in verdict)]
    table = told.result.table("observers").to_pylist()
    rows = [
        (
            row["observer"],
            told.signed(row["severity"]),
            told.number(row["standard_error"]),
            told.number(row["observations"], 0),
        )
        for row in sorted(table, key=lambda row: (-(row["severity"] or 0.0), row["observer"]))
    ]
    return told.section("observers", _OBSERVERS, " ".join(said), _OBSERVERS_COLUMNS, rows)


def _share(told: Told) -> str:
    share, p = told.percent(told.value("observers", "", "observer_share")), told.value("observers", "", "p")
    chance = f"< {told.number(0.001, 3)}" if p is not None and p < 0.001 else f"= {told.number(p, 3)}"
    return told.say(
        f"La sévérité des citoyens-mystère fait {share} de la variance des contacts (p {chance})\u202f; une sévérité "
        "positive note plus bas que les autres.",
        f"The severity of mystery citizens makes {share} of the variance of contacts (p {chance}); a positive one "
        "marks lower than others.",
    )


def corrected(told: Told) -> Section | None:
    """What scores would be once severity is given back; nothing when it does not weigh enough."""
    found = told.subjects("observers", "adjusted_score")
    if not found:
        return None
    rows = []
    for organisation in sorted(found, key=told.name):
        raw = told.figure(organisation, Source.OBSERVED)
        if raw is not None and raw.value is not None:
            score, moved = (
                told.value("observers", organisation, name) for name in ("adjusted_score", "adjusted_minus_raw")
            )
            said = raw.said("observed", told.language)
            rows.append((told.name(organisation), said, told.number(score), told.signed(moved)))
    said = told.say(
        "Chaque contact abouti y reçoit la sévérité de qui l’a fait. La note publiée reste la note brute\u00a0: un "
        "écart plus petit que son intervalle ne change pas ce qu’on en dit.",
        "Each reached contact gets back the severity of who made it. The published score remains the raw one: a "
        "difference smaller than its interval changes nothing to what it says.",
    )
    return told.section("corrected", _CORRECTED, said, _CORRECTED_COLUMNS, rows)
