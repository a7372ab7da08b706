"""Observed figures of an organisation: from its criteria to its score, and its side views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parvis.core.bundle import MeasureKind
from parvis.core.explain.known import OVER_ALL, Known
from parvis.core.explain.standing import standing_of
from parvis.core.explain.wording import UNITS, Explanation, Row, conclusion, en, fr, say
from parvis.core.vocabulary import Source, Text

_BODY, _SEEN = "organisation", Source.OBSERVED
_VIEWS = (MeasureKind.STAGE.value, MeasureKind.DETERMINANT.value)


def chain_of(known: Known, name: str, part: str | None, measure: str | None) -> list[Explanation]:
    """The explanations of an organisation's observed figures that a part and a measure name."""
    if part is None or (part == OVER_ALL and measure is None):
        return [_whole(known, name)]
    if part == OVER_ALL:
        return [_across(known, name, kind, measure or "") for kind in _VIEWS if _has(known, name, kind, measure, None)]
    found = []
    for channel in known.channels(name, part):
        if measure is None:
            found.append(_channel(known, name, channel))
        elif codes := known.marked(name, channel, measure):
            found += [_criterion(known, name, channel, code) for code in codes]
        else:
            found += _side(known, name, channel, measure)
    return found


def _has(known: Known, name: str, kind: str, measure: str | None, channel: str | None) -> bool:
    return known.figure(_BODY, name, _SEEN, kind, measure or "", channel) is not None


def _ended(known: Known, figure: Row | None) -> Iterator[Text]:
    return conclusion(figure, known.rules(figure))


def _whole(known: Known, name: str) -> Explanation:
    steps = []
    for channel in known.channels(name, "*"):
        row = known.figure(_BODY, name, _SEEN, MeasureKind.CHANNEL, channel, channel)
        weight = known.chain[name, channel][0]["channel_weight"] if (name, channel) in known.chain else None
        if row is None or row["value"] is None or weight is None:
            steps.append(say(channel, "rien n’a pu être mesuré ; il ne compte pas", "nothing measured; left out"))
        else:
            said = f"{fr(row['value'])} × poids {fr(100 * weight)} % ({row['n']} contacts)"
            also = f"{en(row['value'])} × weight {en(100 * weight)} % ({row['n']} contacts)"
            steps.append(say(channel, said, also))
    label = known.bodies.get(name, {}).get("name") or name
    overall = known.figure(_BODY, name, _SEEN, MeasureKind.OVERALL, OVER_ALL)
    ended = _ended(known, overall)
    return Explanation(name, None, None, (Text(label, label), *steps, *standing_of(known, name), *ended))


def _channel(known: Known, name: str, channel: str) -> Explanation:
    steps = []
    for row in known.chain.get((name, channel), []):
        counts_fr, counts_en = _counts(row)
        if row["score"] is None:
            steps.append(Text(f"Site {row['place']} : {counts_fr}.", f"Place {row['place']}: {counts_en}."))
            continue
        share = 100 * row["place_weight"]
        said = f"Site {row['place']} : moyenne {fr(row['score'])} ({counts_fr}), poids {fr(share)} %."
        also = f"Place {row['place']}: mean {en(row['score'])} ({counts_en}), weight {en(share)} %."
        steps.append(Text(said, also))
    figure = known.figure(_BODY, name, _SEEN, MeasureKind.CHANNEL, channel, channel)
    return Explanation(name, channel, None, (*steps, *_ended(known, figure)))


def _criterion(known: Known, name: str, channel: str, code: str) -> Explanation:
    cell = next(row for row in known.cells[name, channel] if row["criterion"] == code)
    told, label = known.criteria.get(code, {}), known.criterion_label(code)
    source = told.get("source") or "—"
    steps = [
        Text(f"{label.fr} (source : {source}).", f"{label.en} (source: {source})."),
        Text(
            f"Noté dans {cell['marked']} contact(s) abouti(s) : total {fr(cell['marked_total'], 2)}.",
            f"Marked in {cell['marked']} contact(s) that were reached: total {en(cell['marked_total'], 2)}.",
        ),
    ]
    if cell["not_reached"]:
        earned = cell["not_reached_total"]
        steps.append(
            Text(
                f"Non aboutis : {cell['not_reached']}, qui comptent {fr(earned, 2)} en tout.",
                f"Not reached: {cell['not_reached']}, which count {en(earned, 2)} in all.",
            )
        )
    k, total = _of_cell(cell)
    if k:
        steps.append(
            Text(
                f"100 × {fr(total, 2)} / {k} = {fr(100 * total / k)} ; « non applicable » ne compte nulle part.",
                f"100 × {en(total, 2)} / {k} = {en(100 * total / k)}; “not applicable” counts nowhere.",
            )
        )
    steps.append(_role(told))
    figure = known.figure(_BODY, name, _SEEN, MeasureKind.CRITERION, code, channel)
    return Explanation(name, channel, code, (*steps, *_ended(known, figure)))


def _of_cell(cell: dict[str, Any]) -> tuple[int, float]:
    """Marks, silent ones included, and what they earned in all."""
    return cell["marked"] + cell["not_reached"], cell["marked_total"] + cell["not_reached_total"]


def _side(known: Known, name: str, channel: str, measure: str) -> list[Explanation]:
    """A stage, a determinant, an indicator or a delay on one channel."""
    found = [_view(known, name, channel, kind, measure) for kind in _VIEWS if _has(known, name, kind, measure, channel)]
    figure = known.figure(_BODY, name, _SEEN, MeasureKind.INDICATOR, measure, channel)
    if figure is not None:
        found.append(Explanation(name, channel, measure, (*indicator_steps(known, figure), *_ended(known, figure))))
    curve = delay_steps(known, _BODY, name, channel, measure)
    return [*found, *([Explanation(name, channel, measure, curve)] if curve else [])]


def _view(known: Known, name: str, channel: str, kind: str, code: str) -> Explanation:
    """The criteria of a stage or a determinant: marks times weights, over weights."""
    steps, earned, possible = [], 0.0, 0.0
    for cell in known.cells.get((name, channel), []):
        told = known.criteria.get(cell["criterion"], {})
        k, total = _of_cell(cell)
        apart = told.get("critical") or told.get("subjective")
        if told.get(kind) != code or apart or not told.get("weight") or not k:
            continue
        weight, label = told["weight"], known.criterion_label(cell["criterion"])
        earned, possible = earned + weight * total, possible + weight * k
        steps.append(
            Text(
                f"{label.fr} : {fr(100 * total / k)} sur {k} contacts, poids {fr(weight, 2)}.",
                f"{label.en}: {en(100 * total / k)} over {k} contacts, weight {en(weight, 2)}.",
            )
        )
    if possible:
        steps.append(
            Text(
                f"Somme des poids × marques sur somme des poids : 100 × {fr(earned, 2)} / {fr(possible, 2)}.",
                f"Sum of weights × marks over sum of weights: 100 × {en(earned, 2)} / {en(possible, 2)}.",
            )
        )
    figure = known.figure(_BODY, name, _SEEN, kind, code, channel)
    return Explanation(name, channel, code, (*steps, _beside_score(), *_ended(known, figure)))


def _across(known: Known, name: str, kind: str, code: str) -> Explanation:
    """A stage or a determinant over all channels: the channels' weights, over those that have it."""
    parts = []
    for channel in known.channels(name, "*"):
        row = known.figure(_BODY, name, _SEEN, kind, code, channel)
        weight = known.chain[name, channel][0]["channel_weight"] if (name, channel) in known.chain else None
        if row is not None and row["value"] is not None and weight:
            parts.append((channel, row["value"], weight))
    whole = sum(weight for *_, weight in parts)
    steps = [
        say(
            channel,
            f"{fr(value)} × poids {fr(100 * weight / whole)} %",
            f"{en(value)} × weight {en(100 * weight / whole)} %",
        )
        for channel, value, weight in parts
    ]
    figure = known.figure(_BODY, name, _SEEN, kind, code)
    return Explanation(name, OVER_ALL, code, (*steps, _beside_score(), *_ended(known, figure)))


def indicator_steps(known: Known, figure: Row) -> Iterator[Text]:
    """A share of contacts under a limit, or the mean of a criterion that has no scale: told, never scored."""
    if figure["measure"] in known.criteria:
        label = known.criterion_label(figure["measure"])
        yield Text(f"{label.fr} : moyenne, dans son unité.", f"{label.en}: mean, in its own unit.")
    else:
        yield Text(
            f"Part (0 à 1) des {figure['n']} contacts qui tiennent l’indicateur « {figure['measure']} » de la méthode.",
            f"Share (0 to 1) of the {figure['n']} contacts that meet indicator “{figure['measure']}” of the method.",
        )
    yield Text("Montré à part : il n’entre dans aucune note.", "Shown apart: it enters no score.")


def delay_steps(known: Known, kind: str, subject: str, channel: str, delay: str) -> tuple[Text, ...]:
    """The curve of a delay, moment by moment (Kaplan-Meier), or why it is not told."""
    wanted = (kind, subject, channel, delay)
    rows = [
        row
        for row in known.of_subject("delay_curves", subject)
        if (row["subject_kind"], row["subject"], row["channel"], row["kind"]) == wanted
    ]
    steps = []
    for row in sorted(rows, key=lambda row: (row["unit"], row["at"])):
        moment, unit = f"{row['at']:g}", UNITS[row["unit"]]
        at, when = f"{moment.replace('.', ',')} {unit.fr}", f"{moment} {unit.en}"
        if row["share"] is None:
            steps.append(Text(f"À {at} : {row['status']}.", f"At {when}: {row['status']}."))
            continue
        ends = f"{fr(100 * row['low'])} à {fr(100 * row['high'])}" if row["low"] is not None else "—"
        also = f"{en(100 * row['low'])} to {en(100 * row['high'])}" if row["low"] is not None else "—"
        steps.append(
            Text(
                f"À {at} : {row['events']} réponse(s) "
                f"parmi {row['at_risk']} encore attendues ; {fr(100 * row['share'])} % répondus (de {ends}).",
                f"At {when}: {row['events']} answer(s) among {row['at_risk']} still awaited; "
                f"{en(100 * row['share'])}% answered (from {also}).",
            )
        )
    return tuple(steps)


def _beside_score() -> Text:
    return Text(
        "Vue de côté : elle explique la note et n’y entre pas.",
        "Side view: it explains the score, and is no step of it.",
    )


def _role(told: Row) -> Text:
    if told.get("critical"):
        return Text(
            "Critère critique : montré à part, hors de toute note.", "Critical criterion: shown apart, in no score."
        )
    if told.get("subjective"):
        return Text(
            "Critère d’appréciation : montré à part, hors de la note.", "Subjective criterion: shown apart, not scored."
        )
    weight = told.get("weight") or 0
    return Text(f"Poids dans sa grille : {fr(weight, 2)}.", f"Weight in its grid: {en(weight, 2)}.")


def _counts(row: Row) -> tuple[str, str]:
    said, also = [f"{row['contacts']} contacts"], [f"{row['contacts']} contacts"]
    for key, words_fr, words_en in (
        ("not_reached", "dont {} non aboutis", "{} of them not reached"),
        ("low_coverage", "{} écartés, trop peu remplis", "{} set aside, too little filled in"),
        ("unmarked", "{} sans rien à noter", "{} with nothing to mark"),
        ("our_failure", "{} exclus par notre faute", "{} excluded by our fault"),
    ):
        if row[key]:
            said.append(words_fr.format(row[key]))
            also.append(words_en.format(row[key]))
    return ", ".join(said), ", ".join(also)
