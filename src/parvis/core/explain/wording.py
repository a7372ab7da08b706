"""How the steps of a figure are said: numbers, channels, reasons, and the sentence that ends them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parvis.core.vocabulary import Reason, Status, Text

Row = Mapping[str, Any]
CHANNELS = {
    "phone": Text("téléphone", "phone"),
    "email": Text("courriel", "e-mail"),
    "letter": Text("courrier", "letter"),
    "visit": Text("visite", "visit"),
    "website": Text("site internet", "website"),
    "social": Text("réseaux sociaux", "social networks"),
}
REASONS = {
    Reason.MODELLED_SE: Text(
        "peu de contacts, ou tous semblables : l’incertitude est empruntée aux structures comparables",
        "few contacts, or all alike: the uncertainty is borrowed from like organisations",
    ),
    Reason.INDICATIVE: Text("chiffre indicatif : peu de contacts", "indicative figure: few contacts"),
    Reason.LOW_COVERAGE: Text(
        "des contacts trop peu remplis ont été écartés", "contacts with too little filled in were set aside"
    ),
    Reason.NO_VARIANCE: Text("aucune erreur ne peut être estimée", "no error can be estimated"),
    Reason.NOT_COMPARABLE: Text(
        "trop de ce qui était prévu n’a pas été mesuré pour comparer", "too much of what was planned is unmeasured"
    ),
    Reason.NO_DATA: Text("aucune donnée", "no data"),
}
RULES = {
    "threshold": Text("trop peu de citoyens ont répondu", "too few citizens answered"),
    "homogeneity": Text("tous ont dit la même chose", "all said the same"),
    "reliability": Text("l’incertitude est trop grande", "the uncertainty is too great"),
    "peers": Text("trop peu de structures derrière la moyenne", "too few organisations behind the mean"),
    "dominance": Text("une structure y pèse presque tout", "one organisation makes nearly all of it"),
    "prior": Text("une structure en devinerait une autre", "one organisation would guess another's"),
    "complement": Text(
        "sans une structure, il resterait trop peu de répondants", "too few respondents without one organisation"
    ),
    "complementary": Text("il en aurait trahi un autre", "it would have given another away"),
}
TOO_FEW = Text("trop peu de données, ou une incertitude trop grande", "too few data, or too great an uncertainty")
UNITS = {
    "rings": Text("sonnerie(s)", "ring(s)"),
    "minutes": Text("minute(s)", "minute(s)"),
    "working_days": Text("jour(s) ouvré(s)", "working day(s)"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One figure and its steps, first to last."""

    subject: str
    part: str | None
    measure: str | None
    steps: tuple[Text, ...]

    @property
    def title(self) -> str:
        return "/".join(part for part in (self.subject, self.part, self.measure) if part)


def conclusion(figure: Row | None, rules: tuple[str, ...] = ()) -> Iterator[Text]:
    """The figure itself with its interval and its n, or why there is none.

    Args:
        figure: its row of `estimates`, None when there is none.
        rules: the rules of disclosure that hide it.
    """
    if figure is None or figure["value"] is None:
        status = figure["status"] if figure else "not_measured"
        yield Text(f"Pas de chiffre publié ({status}).", f"No published figure ({status}).")
        known = [RULES[rule] for rule in rules if rule in RULES]
        for why in known or ([TOO_FEW] if status == Status.TOO_FEW else []):
            yield Text(f"Pourquoi : {why.fr}.", f"Why: {why.en}.")
        return
    top = 100 if is_share(figure) else 1
    value, low, high = (None if figure[name] is None else top * figure[name] for name in ("value", "low", "high"))
    unit = " %" if is_share(figure) else ""
    if low is None or high is None:
        yield Text(
            f"Résultat : {fr(value)}{unit}, sans intervalle.", f"Result: {en(value)}{unit}, without an interval."
        )
    else:
        said = f"Résultat : {fr(value)}{unit}, intervalle de {fr(low)} à {fr(high)}, n = {figure['n']}."
        yield Text(said, f"Result: {en(value)}{unit}, interval from {en(low)} to {en(high)}, n = {figure['n']}.")
    for reason in figure["reason"].split():
        words = REASONS.get(Reason(reason))
        if words:
            yield Text(f"À noter : {words.fr}.", f"Note: {words.en}.")


def is_share(figure: Row) -> bool:
    """Whether the figure is a share from 0 to 1: a level of a choice, or an indicator of the method."""
    return bool(figure["measure_kind"] == "question" and "=" in figure["measure"])


def say(channel: str, said_fr: str, said_en: str) -> Text:
    words = CHANNELS[channel]
    return Text(f"{capital(words.fr)} : {said_fr}.", f"{capital(words.en)}: {said_en}.")


def capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def fr(value: float | None, decimals: int = 1) -> str:
    return "—" if value is None else f"{value:.{decimals}f}".replace(".", ",")


def en(value: float | None, decimals: int = 1) -> str:
    return "—" if value is None else f"{value:.{decimals}f}"
