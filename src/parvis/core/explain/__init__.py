"""The steps behind one figure, in words: what was counted, what it earned, how it was weighted, whence the error."""

from __future__ import annotations

from parvis.core.bundle import Result
from parvis.core.explain.chain import chain_of
from parvis.core.explain.citizens import citizens_of, likeness_of, turnout_of
from parvis.core.explain.groups import OF_ALL, group_of
from parvis.core.explain.known import EVERYTHING, OVER_ALL, Known
from parvis.core.explain.wording import Explanation
from parvis.core.explain.worth import weights_of
from parvis.core.figures.scoring import NATION
from parvis.core.vocabulary import Fault, ParvisError, Source, Text

__all__ = ["Explanation", "explain"]
PERCEIVED = Source.PERCEIVED.value
TURNOUT, WEIGHTS = "participation", "weighting"


def explain(result: Result, what: str) -> list[Explanation]:
    """The steps of the figures that `what` names.

    Args:
        result: the organiser's result, which carries `contacts`, `chain` and `cells`.
        what: SUBJECT, SUBJECT/PART or SUBJECT/PART/MEASURE. The subject is an organisation, a place, a category,
            `nation`, or a territory whose population is known; the part a channel, `overall` (all channels),
            `perceived` (citizens), `participation`, `weighting` (of a territory) or, for the nation, `observers` and
            `disclosure`; the measure a criterion, stage, determinant, indicator, delay or question. `*` stands for all
            organisations, all channels, or all criteria (all questions after `perceived`).
            An identifier may hold slashes: the longest one that exists is taken.

    Returns:
        One explanation per figure, in the order of the result.

    Raises:
        ParvisError: nothing has that name (the nearest level that exists is named), or the result does not carry the
        steps (what others than the organiser receive).
    """
    if not result.table("chain").num_rows and result.table("estimates").num_rows:
        raise ParvisError(_no_steps())
    known = Known(result)
    subject, part, measure = _parts(what, known)
    if subject == EVERYTHING or subject in known.organisations:
        chosen = known.organisations if subject == EVERYTHING else [subject]
        found = [one for name in chosen for one in _of_organisation(known, name, part, measure)]
    elif kind := known.kind_of(subject):
        chosen = [subject]
        found = list(group_of(known, kind, subject, part, measure))
    elif subject in known.territories:
        chosen = [subject]
        found = _of_territory(known, subject, part)
    else:
        raise ParvisError(_unknown("structure", "organisation", subject, known.organisations))
    if not found:
        raise ParvisError(_lost(known, chosen, part or "", measure))
    return found


def _of_organisation(known: Known, name: str, part: str | None, measure: str | None) -> list[Explanation]:
    if part == PERCEIVED:
        return citizens_of(known, "organisation", name, measure)
    if part == TURNOUT:
        return turnout_of(known, name)
    if part == WEIGHTS:
        return weights_of(known, name)
    return chain_of(known, name, part, measure)


def _of_territory(known: Known, name: str, part: str | None) -> list[Explanation]:
    """A place of which nothing is known but its population."""
    told = {TURNOUT: likeness_of, WEIGHTS: weights_of}
    return [one for each, tell in told.items() if part in (None, each) for one in tell(known, name)]


def _parts(what: str, known: Known) -> tuple[str, str | None, str | None]:
    """Subject, part, measure: the longest known subject first, then what its slashes leave."""
    pieces = what.strip().split("/")
    for size in range(len(pieces), 0, -1):
        head, rest = "/".join(pieces[:size]), pieces[size:]
        there = head == EVERYTHING or head in known.organisations or known.kind_of(head) or head in known.territories
        if len(rest) <= 2 and there:
            return head, rest[0] if rest else None, rest[1] if len(rest) > 1 else None
    padded: list[str | None] = [*pieces[1:3], None, None]
    return pieces[0], padded[0], padded[1]


def _lost(known: Known, chosen: list[str], part: str, measure: str | None) -> Fault:
    """What was not found, with what there is."""
    channels = sorted({one for name in chosen for one in known.channels(name, EVERYTHING)})
    weighted = [WEIGHTS] if any(known.diagnosed(WEIGHTS, name) for name in chosen) else []
    parts = [*channels, OVER_ALL, PERCEIVED, TURNOUT, *weighted, *(OF_ALL if chosen == [NATION] else [])]
    if measure is not None and (part == EVERYTHING or part in parts):
        source = Source.PERCEIVED if part == PERCEIVED else Source.OBSERVED
        codes = known.measures(chosen, source, None if part in (EVERYTHING, PERCEIVED, OVER_ALL) else part)
        return _unknown("critère", "criterion", measure, codes)
    return _unknown("canal", "channel", part, parts)


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
