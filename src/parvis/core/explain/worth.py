"""What an edition says that its own figures are worth: observers, ranks, weights, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterator

from parvis.core.explain.known import Known
from parvis.core.explain.wording import RULES, Explanation, en, fr
from parvis.core.vocabulary import Text

_WISHED = "contacts_for_error_of_"
_WEIGHTS = {
    "responses": (Text("réponses qui comptent", "responses that count"), 0),
    "kish_deff": (Text("effet de plan, n Σw² / (Σw)²", "design effect, n Σw² / (Σw)²"), 2),
    "top_share": (Text("part du poids du centième le plus lourd", "share of weight of the heaviest hundredth"), 3),
    "largest_over_median": (Text("plus grand poids sur le médian", "largest weight over the median"), 2),
    "largest_over_smallest": (Text("plus grand facteur sur le plus petit", "largest factor over the smallest"), 2),
    "trimmed_share": (Text("part des réponses ramenées à une borne", "share of responses brought to a bound"), 3),
    "gap_before": (Text("plus grand écart à un total, avant", "largest distance to a total, before"), 3),
    "gap_after": (Text("le même, après", "the same, after"), 3),
    "sweeps": (Text("passes du calage", "sweeps of raking"), 0),
}


def observers_of(known: Known, subject: str) -> list[Explanation]:
    """What the observers' variances say of corrections, and of the contacts that next year needs."""
    told = known.diagnosed("observers", "")
    steps = [*_met(told), *_severity(told), *_next_year(told)]
    return [Explanation(subject, "observers", None, tuple(steps))] if steps else []


def _met(told: dict[str, float | None]) -> Iterator[Text]:
    if "contacts" in told:
        people, contacts = told["observers"], told["contacts"]
        yield Text(
            f"{fr(contacts, 0)} contacts aboutis de {fr(people, 0)} citoyens-mystère.",
            f"{en(contacts, 0)} reached contacts of {en(people, 0)} observers.",
        )
    if "median_contacts" in told:
        usual = told["median_contacts"]
        yield Text(
            f"Contacts par structure notée : médiane {fr(usual)}.",
            f"Contacts behind an organisation's score: median {en(usual)}.",
        )


def _severity(told: dict[str, float | None]) -> Iterator[Text]:
    for measure, value in told.items():
        name = measure.removeprefix("variance_")
        if name != measure:
            yield Text(f"Variance « {name} » : {fr(value, 2)}.", f"Variance “{name}”: {en(value, 2)}.")
    if "not_estimated" in told:
        yield Text("La sévérité n’a pas pu être estimée.", "Severity could not be estimated.")
    share, chance = told.get("observer_share"), told.get("p")
    if share is not None:
        corrected = ("corrigée à côté", "corrected beside") if told["material"] else ("non corrigée", "not corrected")
        yield Text(
            f"Part de la sévérité : {fr(100 * share)} %, p = {fr(chance, 4)} : la note est {corrected[0]}.",
            f"Share of severity: {en(100 * share)} %, p = {en(chance, 4)}: the score is {corrected[1]}.",
        )
    if told.get("connected") == 0:
        yield Text(
            "Des groupes n’ont vu aucune structure en commun : leurs sévérités ne se comparent pas.",
            "Some groups saw no organisation in common: their severities cannot be compared.",
        )


def _next_year(told: dict[str, float | None]) -> Iterator[Text]:
    wished = [(measure.removeprefix(_WISHED), value) for measure, value in told.items() if measure.startswith(_WISHED)]
    for error, value in sorted(wished, reverse=True):
        count, also = (fr(value, 0), en(value, 0)) if value is not None else ("hors d’atteinte", "out of reach")
        yield Text(
            f"Plus petit k tel que résidu / k + citoyen-mystère / leur nombre ≤ {error}² : {count} contacts.",
            f"Smallest k with residual / k + observer / their number ≤ {error}²: {also} contacts.",
        )


def ranks_of(known: Known, category: str) -> Iterator[Text]:
    """What the ranks of a category are worth."""
    told = known.diagnosed("ranking", category)
    if "rankability" not in told:
        return
    share, variance, deviation = (told.get(name) for name in ("rankability", "tau2", "tau"))
    ranked = told.get("ranked")
    noise = known.diagnostics["ranking", category, "rankability"]["text"]
    yield Text(
        f"Rangs de {fr(ranked, 0)} structures : variance des vraies notes {fr(variance, 2)}, écart type "
        f"{fr(deviation, 2)} ; classabilité {fr(share, 2)}{' (surtout du bruit)' if noise else ''}.",
        f"Ranks of {en(ranked, 0)} organisations: variance of true scores {en(variance, 2)}, standard deviation "
        f"{en(deviation, 2)}; rankability {en(share, 2)}{' (mostly noise)' if noise else ''}.",
    )


def weights_of(known: Known, territory: str) -> list[Explanation]:
    """What raking did to the weights of a territory."""
    told = known.diagnosed("weighting", territory)
    steps = []
    for measure, value in told.items():
        text = known.diagnostics["weighting", territory, measure]["text"]
        if measure == "not_raked":
            steps.append(Text(f"Poids de base, sans calage : {text}.", f"Base weights, not raked: {text}."))
            continue
        label, decimals = _WEIGHTS.get(measure, (Text(measure, measure), 3))
        worst = f" ({text})" if text else ""
        steps.append(
            Text(f"{label.fr} : {fr(value, decimals)}{worst}.", f"{label.en}: {en(value, decimals)}{worst}."),
        )
    return [Explanation(territory, "weighting", None, tuple(steps))] if steps else []


def hidden_of(known: Known, subject: str) -> list[Explanation]:
    """How many figures are hidden, and by which rule."""
    told = known.diagnosed("disclosure", "")
    if "hidden" not in told:
        return []
    total = told.pop("hidden")
    steps = [Text(f"{fr(total, 0)} chiffres masqués.", f"{en(total, 0)} hidden figures.")]
    for measure, count in told.items():
        rule = measure.removeprefix("hidden ")
        why = RULES.get(rule, Text(rule, rule))
        steps.append(Text(f"{fr(count, 0)} : {why.fr} ({rule}).", f"{en(count, 0)}: {why.en} ({rule})."))
    return [Explanation(subject, "disclosure", None, tuple(steps))]
