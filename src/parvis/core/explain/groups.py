"""Figures of a place, a category or the nation: means of those beneath, and what the edition says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from parvis.core.bundle import MeasureKind
from parvis.core.explain.chain import delay_steps, indicator_steps
from parvis.core.explain.citizens import citizens_of, likeness_of
from parvis.core.explain.known import EVERYTHING, OVER_ALL, Known
from parvis.core.explain.standing import change_of
from parvis.core.explain.wording import Explanation, Row, conclusion, en, fr, say
from parvis.core.explain.worth import hidden_of, observers_of, ranks_of
from parvis.core.vocabulary import Source, Text

_SEEN = Source.OBSERVED
OF_ALL = {"observers": observers_of, "disclosure": hidden_of}
_APART = (MeasureKind.OVERALL.value, MeasureKind.CHANNEL.value)


def group_of(known: Known, kind: str, subject: str, part: str | None, measure: str | None) -> list[Explanation]:
    """The explanations of what a part and a measure name; nothing where there is no such figure."""
    if part == Source.PERCEIVED:
        return citizens_of(known, kind, subject, measure)
    if part == "participation":
        return likeness_of(known, subject)
    if kind == "nation" and part in OF_ALL:
        return OF_ALL[part](known, subject)
    rows = [row for row in known.estimates.get((kind, subject, _SEEN.value), []) if _wanted(row, part, measure)]
    found = [
        Explanation(
            subject,
            part and (row["channel"] or OVER_ALL),
            None if row["measure_kind"] in _APART else row["measure"],
            (*_steps(known, kind, subject, row), *conclusion(row, known.rules(row))),
        )
        for row in rows
    ]
    channels = known.channels(subject, part) if part and measure else []
    curves = ((channel, delay_steps(known, kind, subject, channel, measure or "")) for channel in channels)
    return [*found, *(Explanation(subject, channel, measure, curve) for channel, curve in curves if curve)]


def _wanted(row: Row, part: str | None, measure: str | None) -> bool:
    if measure is None:
        whole = row["measure_kind"] == MeasureKind.OVERALL
        return whole if part in (None, OVER_ALL) else _is_channel(row) and part in (EVERYTHING, row["channel"])
    there = row["channel"] is None if part == OVER_ALL else part in (EVERYTHING, row["channel"])
    if measure == EVERYTHING:
        return there and row["measure_kind"] == MeasureKind.CRITERION
    return there and row["measure_kind"] not in _APART and row["measure"] == measure


def _is_channel(row: Row) -> bool:
    return bool(row["measure_kind"] == MeasureKind.CHANNEL)


def _steps(known: Known, kind: str, subject: str, row: Row) -> Iterator[Text]:
    if kind == "place":
        yield from _of_place(known, subject, row)
        return
    if row["measure_kind"] == MeasureKind.INDICATOR:
        yield from indicator_steps(known, row)
    same = (row["measure_kind"], row["measure"], row["channel"])
    members = [
        one
        for (holder, name, source), rows in known.estimates.items()
        if (holder, source) == ("organisation", _SEEN) and _belongs(known, kind, subject, name)
        for one in rows
        if (one["measure_kind"], one["measure"], one["channel"]) == same and one["value"] is not None
    ]
    yield Text(
        f"{len(members)} structures ont ce chiffre : chacune compte autant.",
        f"{len(members)} organisations have this figure: each counts alike.",
    )
    if row["measure_kind"] != MeasureKind.INDICATOR:
        yield Text(
            "Les participantes sont toutes comptées : l’erreur est √(somme de leurs erreurs au carré) / leur nombre.",
            "All participants are counted: the error is √(sum of their squared errors) / their number.",
        )
    if row["measure_kind"] == MeasureKind.OVERALL:
        yield from change_of(known, kind, subject)
        yield from ranks_of(known, subject)


def _belongs(known: Known, kind: str, subject: str, organisation: str) -> bool:
    return kind == "nation" or known.bodies.get(organisation, {}).get("category") == subject


def _of_place(known: Known, place: str, row: Row) -> Iterator[Text]:
    """Over the channels of a place their weights, made to add to 1; on one channel, the mean of its contacts."""
    mine = {
        channel: one
        for (_, channel), rows in known.chain.items()
        for one in rows
        if one["place"] == place and one["score"] is not None
    }
    if _is_channel(row):
        yield Text(f"Moyenne de {row['n']} contacts.", f"Mean of {row['n']} contacts.")
        return
    whole = sum(one["channel_weight"] or 0.0 for one in mine.values())
    for channel, one in sorted(mine.items()):
        share = 100 * (one["channel_weight"] or 0.0) / whole if whole else 0.0
        said, also = f"{fr(one['score'])} × poids {fr(share)} %", f"{en(one['score'])} × weight {en(share)} %"
        yield say(channel, said, also)
