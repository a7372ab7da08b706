"""The steps behind one figure, in words: what was counted, what it earned, how it was weighted, whence the error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from parvis.core.bundle import Result
from parvis.core.vocabulary import Fault, ParvisError, Reason, Text

EVERYTHING = "*"
_CHANNELS = {
    "phone": Text("téléphone", "phone"),
    "email": Text("courriel", "e-mail"),
    "letter": Text("courrier", "letter"),
    "visit": Text("visite", "visit"),
    "website": Text("site internet", "website"),
    "social": Text("réseaux sociaux", "social networks"),
}
_REASONS = {
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """One figure and its steps, first to last."""

    organisation: str
    channel: str | None
    criterion: str | None
    steps: tuple[Text, ...]

    @property
    def title(self) -> str:
        return "/".join(part for part in (self.organisation, self.channel, self.criterion) if part)


def explain(result: Result, what: str) -> list[Explanation]:
    """The steps of the figures that `what` names.

    Args:
        result: the organiser's result, which carries `contacts`, `chain` and `cells`.
        what: ORGANISATION, ORGANISATION/CHANNEL or ORGANISATION/CHANNEL/CRITERION; `*` stands for all at its place.
            An organisation's identifier may hold slashes: the longest one that exists is taken.

    Returns:
        One explanation per figure, in the order of the result.

    Raises:
        ParvisError: nothing has that name (the nearest level that exists is named), or the result does not carry the
        steps (what others than the organiser receive).
    """
    if not result.table("chain").num_rows and result.table("estimates").num_rows:
        raise ParvisError(_no_steps())
    organisations = sorted(set(result.table("estimates").filter(_is_organisation(result))["subject"].to_pylist()))
    organisation, channel, criterion = _parts(what, organisations)
    chosen = organisations if organisation == EVERYTHING else [organisation]
    if organisation != EVERYTHING and organisation not in organisations:
        raise ParvisError(_unknown("structure", "organisation", organisation, organisations))
    figures = _Figures(result)
    if channel is None:
        return [figures.organisation(name) for name in chosen]
    if criterion is None:
        found = [figures.channel(name, one) for name in chosen for one in figures.channels(name, channel)]
    else:
        found = [
            figures.criterion(name, one, code)
            for name in chosen
            for one in figures.channels(name, channel)
            for code in figures.criteria(name, one, criterion)
        ]
    if not found:
        present = sorted({one for name in chosen for one in figures.channels(name, EVERYTHING)})
        if criterion is not None and (channel == EVERYTHING or channel in present):
            codes = sorted({code for name in chosen for one in present for code in figures.criteria(name, one, "*")})
            raise ParvisError(_unknown("critère", "criterion", criterion, codes))
        raise ParvisError(_unknown("canal", "channel", channel, present))
    return found


class _Figures:
    """The rows of a result, found by what they are about."""

    def __init__(self, result: Result) -> None:
        rows = result.table("estimates").filter(_is_organisation(result)).to_pylist()
        self.estimates = {(row["subject"], row["measure_kind"], row["measure"], row["channel"]): row for row in rows}
        self.chain = _by(result.table("chain"), ("organisation", "channel"))
        self.cells = _by(result.table("cells"), ("organisation", "channel"))
        self.criteria_rows = {row["criterion"]: row for row in result.table("criteria").to_pylist()}
        self.names = {row["organisation"]: row["name"] for row in result.table("organisations").to_pylist()}

    def channels(self, organisation: str, channel: str) -> list[str]:
        present = sorted(one for name, one in self.chain if name == organisation)
        return present if channel == EVERYTHING else [one for one in present if one == channel]

    def criteria(self, organisation: str, channel: str, criterion: str) -> list[str]:
        codes = [row["criterion"] for row in self.cells.get((organisation, channel), [])]
        return codes if criterion == EVERYTHING else [code for code in codes if code == criterion]

    def organisation(self, name: str) -> Explanation:
        steps = []
        for channel in self.channels(name, EVERYTHING):
            row = self.estimates.get((name, "channel", channel, channel), {})
            weight = self.chain[name, channel][0]["channel_weight"]
            if row.get("value") is None:
                steps.append(_say(channel, "rien n’a pu être mesuré ; il ne compte pas", "nothing measured; left out"))
            else:
                fr = f"{_fr(row['value'])} × poids {_fr(100 * weight)} % ({row['n']} contacts)"
                en = f"{_en(row['value'])} × weight {_en(100 * weight)} % ({row['n']} contacts)"
                steps.append(_say(channel, fr, en))
        label = self.names.get(name) or name
        overall = self.estimates.get((name, "overall", "overall", None))
        return Explanation(name, None, None, (Text(label, label), *steps, *_conclusion(overall)))

    def channel(self, name: str, channel: str) -> Explanation:
        steps = []
        for row in self.chain[name, channel]:
            counts_fr, counts_en = _counts(row)
            if row["score"] is None:
                steps.append(Text(f"Site {row['place']} : {counts_fr}.", f"Place {row['place']}: {counts_en}."))
                continue
            share = 100 * row["place_weight"]
            fr = f"Site {row['place']} : moyenne {_fr(row['score'])} ({counts_fr}), poids {_fr(share)} %."
            en = f"Place {row['place']}: mean {_en(row['score'])} ({counts_en}), weight {_en(share)} %."
            steps.append(Text(fr, en))
        figure = self.estimates.get((name, "channel", channel, channel))
        return Explanation(name, channel, None, (*steps, *_conclusion(figure)))

    def criterion(self, name: str, channel: str, code: str) -> Explanation:
        cell = next(row for row in self.cells[name, channel] if row["criterion"] == code)
        told = self.criteria_rows.get(code, {})
        label = Text(told.get("label_fr") or code, told.get("label_en") or told.get("label_fr") or code)
        steps = [
            Text(
                f"{label.fr} (source : {told.get('source') or '—'}).",
                f"{label.en} (source: {told.get('source') or '—'}).",
            ),
            Text(
                f"Noté dans {cell['marked']} contact(s) abouti(s) : total {_fr(cell['marked_total'], 2)}.",
                f"Marked in {cell['marked']} contact(s) that were reached: total {_en(cell['marked_total'], 2)}.",
            ),
        ]
        if cell["not_reached"]:
            steps.append(
                Text(
                    f"Non aboutis : {cell['not_reached']}, qui comptent {_fr(cell['not_reached_total'], 2)} en tout.",
                    f"Not reached: {cell['not_reached']}, which count {_en(cell['not_reached_total'], 2)} in all.",
                )
            )
        k, total = cell["marked"] + cell["not_reached"], cell["marked_total"] + cell["not_reached_total"]
        if k:
            ratio = 100 * total / k
            steps.append(
                Text(
                    f"100 × {_fr(total, 2)} / {k} = {_fr(ratio)} ; « non applicable » ne compte nulle part.",
                    f"100 × {_en(total, 2)} / {k} = {_en(ratio)}; “not applicable” counts nowhere.",
                )
            )
        steps.append(_role(told))
        figure = self.estimates.get((name, "criterion", code, channel))
        return Explanation(name, channel, code, (*steps, *_conclusion(figure)))


def _role(told: dict[str, Any]) -> Text:
    if told.get("critical"):
        return Text(
            "Critère critique : montré à part, hors de toute note.", "Critical criterion: shown apart, in no score."
        )
    if told.get("subjective"):
        return Text(
            "Critère d’appréciation : montré à part, hors de la note.", "Subjective criterion: shown apart, not scored."
        )
    weight = told.get("weight") or 0
    return Text(f"Poids dans sa grille : {_fr(weight, 2)}.", f"Weight in its grid: {_en(weight, 2)}.")


def _counts(row: dict[str, Any]) -> tuple[str, str]:
    fr, en = [f"{row['contacts']} contacts"], [f"{row['contacts']} contacts"]
    for key, words_fr, words_en in (
        ("not_reached", "dont {} non aboutis", "{} of them not reached"),
        ("low_coverage", "{} écartés, trop peu remplis", "{} set aside, too little filled in"),
        ("unmarked", "{} sans rien à noter", "{} with nothing to mark"),
        ("our_failure", "{} exclus par notre faute", "{} excluded by our fault"),
    ):
        if row[key]:
            fr.append(words_fr.format(row[key]))
            en.append(words_en.format(row[key]))
    return ", ".join(fr), ", ".join(en)


def _conclusion(figure: dict[str, Any] | None) -> Iterable[Text]:
    if figure is None or figure["value"] is None:
        status = figure["status"] if figure else "not_measured"
        yield Text(f"Pas de chiffre publié ({status}).", f"No published figure ({status}).")
        return
    value, low, high = figure["value"], figure["low"], figure["high"]
    if low is None:
        yield Text(f"Résultat : {_fr(value)}, sans intervalle.", f"Result: {_en(value)}, without an interval.")
    else:
        fr = f"Résultat : {_fr(value)}, intervalle de {_fr(low)} à {_fr(high)}, n = {figure['n']}."
        en = f"Result: {_en(value)}, interval from {_en(low)} to {_en(high)}, n = {figure['n']}."
        yield Text(fr, en)
    for reason in figure["reason"].split():
        words = _REASONS.get(Reason(reason))
        if words:
            yield Text(f"À noter : {words.fr}.", f"Note: {words.en}.")


def _parts(what: str, organisations: list[str]) -> tuple[str, str | None, str | None]:
    """Organisation, channel, criterion: the longest known organisation first, then what its slashes leave."""
    pieces = what.strip().split("/")
    for size in range(len(pieces), 0, -1):
        head, rest = "/".join(pieces[:size]), pieces[size:]
        if (head in organisations or head == EVERYTHING) and len(rest) <= 2:
            return head, rest[0] if rest else None, rest[1] if len(rest) > 1 else None
    padded: list[str | None] = [*pieces[1:3], None, None]
    return pieces[0], padded[0], padded[1]


def _is_organisation(result: Result) -> pa.ChunkedArray:
    table = result.table("estimates")
    return pc.and_(pc.equal(table["subject_kind"], "organisation"), pc.equal(table["source"], "observed"))


def _by(table: pa.Table, keys: tuple[str, ...]) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return found


def _say(channel: str, fr: str, en: str) -> Text:
    words = _CHANNELS[channel]
    return Text(f"{words.fr[0].upper()}{words.fr[1:]} : {fr}.", f"{words.en[0].upper()}{words.en[1:]}: {en}.")


def _fr(value: float, decimals: int = 1) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def _en(value: float, decimals: int = 1) -> str:
    return f"{value:.{decimals}f}"


def _unknown(word_fr: str, word_en: str, given: str, known: list[str]) -> Fault:
    shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    return Fault(
        f"unknown_{word_en}",
        Text(f"« {given} » n’est pas connu ({word_fr}).", f"“{given}” is not known ({word_en})."),
        Text(f"Présents : {shown}.", f"Present: {shown}."),
    )


def _no_steps() -> Fault:
    return Fault(
        "no_steps",
        Text("ce résultat ne porte pas les étapes du calcul.", "this result does not carry the steps."),
        Text("Donnez le résultat complet, celui de l’organisateur.", "Give the organiser's whole result."),
    )
