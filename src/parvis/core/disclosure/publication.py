"""A whole publication made safe: primary rules, what must go with them, then the audit over all that is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parvis.core.disclosure.complementary import Leak, Protection, complete
from parvis.core.disclosure.primary import (
    DOMINANT_SHARE,
    PRIOR_PERCENT,
    THRESHOLD,
    dominated,
    homogeneous,
    too_few,
    within_percent,
)
from parvis.core.disclosure.recovery import Recovered, proven, tied
from parvis.core.disclosure.system import Equation, Floats, Key, LinkedFigures, link, words
from parvis.core.vocabulary import Fault, Status, Text

Flags = NDArray[np.bool_]

_WORKED_OUT = 1e-4


class Figure(NamedTuple):
    """One figure of a publication, with all that decides whether it may be shown (a tuple: there may be a million).

    Args:
        key: table, then cell: what `disclosure` will name.
        value: the true value; None when nothing was measured.
        respondents: unweighted people behind it; None when it is not about people (then no threshold applies).
        threshold: fewest people it may show.
        answers: people per possible answer, when one answer shared by all would tell on each.
        contributions: parts of a total by contributor, when one of them may dominate it.
        private: shown to its owner alone; its status stands, but other readers must not work it out.
        width: narrowest range that may be worked out for it when hidden or private.
        lowest, highest: what anybody would grant beforehand.
        cost: of hiding it to protect others; infinite for one that must be shown.
        hidden: hidden already by an earlier rule (with `rule`).
    """

    key: Key
    value: float | None
    respondents: float | None = None
    threshold: int = THRESHOLD
    answers: Sequence[float] = ()
    contributions: Sequence[float] = ()
    private: bool = False
    width: float = 1.0
    lowest: float = 0.0
    highest: float = 100.0
    cost: float = 1.0
    hidden: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class EarlierPublication:
    """What anyone has already read: figures by key (the same keys as now where they are the same), and their sums."""

    values: Mapping[Key, float]
    equations: Sequence[Equation] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the table `disclosure`: a figure not shown, why, and its status."""

    table: str
    cell: str
    rule: str
    status: Status


@dataclass(frozen=True, slots=True)
class Protected:
    """Status of every figure by key, the decisions in order of table and cell, and the narrowest range left."""

    statuses: dict[Key, Status]
    decisions: tuple[Decision, ...]
    narrowest: float | None = None
    audited: int = 0
    rules: dict[Key, str] = field(default_factory=dict)


def protect(
    figures: Iterable[Figure],
    equations: Iterable[Equation] = (),
    *,
    readers: Mapping[str, Collection[Key]] | None = None,
    earlier: Iterable[EarlierPublication] = (),
    dominance: float = DOMINANT_SHARE,
    prior: float = PRIOR_PERCENT,
) -> Protected:
    """Decide what a publication shows, so that nobody can work out what it hides.

    Args:
        figures: every figure of every linked table, once each.
        equations: sums and means that tie them.
        readers: for each reader, the private or hidden figures it knows anyway (its own; laureates' for everybody).
            The public, who knows none, is always checked.
        earlier: publications already out.
        dominance: share of a total above which its largest contributor hides it, 0 to 1.
        prior: how closely, in percent, the second contributor may know the first.

    Returns:
        Statuses: `not_measured` without value, `too_few` under the threshold, `hidden_to_protect` for the other rules
        and for what must go with them, else `published`.

    Raises:
        Leak: a figure that some reader can still place within less than its width, or that nothing can protect.
        ParvisError: an equation that the values do not satisfy.

    Source: method page, disclosure control; Fischetti & Salazar 2001 for the audit.

    >>> parts = [Figure(("q", name), value, n, cost=cost) for name, value, n, cost in
    ...     [("a", 40.0, 4, 1.0), ("b", 60.0, 50, 1.0), ("c", 80.0, 70, 2.0)]]
    >>> mean = Equation.mean_of(("q", "mean"), {part.key: 1.0 for part in parts})
    >>> shown = protect([*parts, Figure(("q", "mean"), 60.0, 124, cost=9.0)], [mean])
    >>> [(decision.cell, decision.rule, decision.status.value) for decision in shown.decisions]
    [('a', 'threshold', 'too_few'), ('b', 'complementary', 'hidden_to_protect')]
    """
    given = [_ruled(figure, dominance, prior) for figure in figures]
    past = list(earlier)
    known = {key: value for publication in past for key, value in publication.values.items()}
    measured = {figure.key: figure for figure in given if figure.value is not None}
    system = _system(measured, known, [*equations, *(line for publication in past for line in publication.equations)])
    place = system.places()
    free = [measured[key] if key in measured and key not in known else None for key in system.keys]
    secret = np.array([figure is not None and (figure.hidden or figure.private) for figure in free], bool)
    needs = _needs(system, free, secret)
    hidden = complete(needs, secret)
    scenarios = {name: _mask(system, place, keys) for name, keys in (readers or {}).items()}
    for mask in scenarios.values():
        hidden = _completed_for(needs, hidden, mask, secret)
    widths = _audit(needs, hidden, secret, {"": np.zeros(len(system.keys), bool), **scenarios})
    further = {system.keys[i] for i in np.flatnonzero(hidden & ~secret).tolist()}
    return _protected(given, further, widths)


def _ruled(figure: Figure, dominance: float, prior: float) -> Figure:
    """The figure with the first primary rule that hides it."""
    if figure.value is None or figure.hidden:
        return figure
    rule = ""
    if figure.respondents is not None and too_few(figure.respondents, figure.threshold):
        rule = "threshold"
    elif homogeneous(figure.answers):
        rule = "homogeneity"
    elif dominated(figure.contributions, share=dominance):
        rule = "dominance"
    elif figure.contributions and within_percent(figure.contributions, prior):
        rule = "prior"
    return figure._replace(hidden=True, rule=rule) if rule else figure


def _system(measured: Mapping[Key, Figure], known: Mapping[Key, float], lines: list[Equation]) -> LinkedFigures:
    values = {**known, **{key: float(figure.value or 0.0) for key, figure in measured.items()}}
    ranges = {key: (figure.lowest, figure.highest) for key, figure in measured.items()}
    whole = [line for line in lines if all(key in values for key, _ in line.terms)]
    return link(values, whole, ranges)


def _needs(system: LinkedFigures, free: Sequence[Figure | None], secret: Flags) -> Protection:
    """What a publication asks; `free` holds None for a figure that is already known."""
    width = np.array([figure.width if figure else 0.0 for figure in free], np.float64)
    cost = np.array([figure.cost if figure else np.inf for figure in free], np.float64)
    return Protection(system, system.lowest, system.highest, np.where(secret, width, 0.0), cost)


def _mask(system: LinkedFigures, place: Mapping[Key, int], keys: Collection[Key]) -> Flags:
    mask = np.zeros(len(system.keys), bool)
    mask[[place[key] for key in keys if key in place]] = True
    return mask


def _completed_for(needs: Protection, hidden: Flags, known: Flags, secret: Flags) -> Flags:
    """Hide more, if this reader's own knowledge lets it work out what is hidden from it."""
    if not _weak(needs, _audited(needs, hidden, known, secret), known):
        return hidden
    cost = np.where(known, np.inf, needs.cost)
    return complete(replace(needs, cost=cost), hidden & ~known) | hidden


def _audit(needs: Protection, hidden: Flags, secret: Flags, scenarios: Mapping[str, Flags]) -> list[float]:
    """Every reader's narrowest range among figures that need one; raise Leak when it is too narrow for any."""
    faults, widths = [], []
    for reader, known in scenarios.items():
        found = _audited(needs, hidden, known, secret) if reader else _everything(needs, hidden, secret)
        faults += [_leak(needs.figures, place, reader) for place in _weak(needs, found, known)]
        asked = needs.width[found.places] > 0
        widths += (found.high - found.low)[asked].tolist()
    if faults:
        raise Leak(faults)
    return widths


def _everything(needs: Protection, hidden: Flags, secret: Flags) -> Recovered:
    return proven(needs.figures, hidden, needs.low, needs.high, _wanted(needs, hidden, secret))


def _audited(needs: Protection, hidden: Flags, known: Flags, secret: Flags) -> Recovered:
    """What one reader can work out, in the blocks where it knows something that the public does not."""
    concerned = np.zeros(len(hidden), bool)
    cut = tied(needs.figures, hidden, needs.low, needs.high)
    concerned[cut.places] = np.isin(cut.part, cut.part[known[cut.places]])
    return proven(needs.figures, concerned & ~known, needs.low, needs.high, _wanted(needs, hidden, secret))


def _wanted(needs: Protection, hidden: Flags, secret: Flags) -> Floats:
    return np.where(secret, needs.width, np.where(hidden, _WORKED_OUT, 0.0))


def _weak(needs: Protection, found: Recovered, known: Flags) -> list[int]:
    asked = needs.width[found.places]
    narrow = (asked > 0) & (found.high - found.low < asked - 1e-5) & ~known[found.places]
    places: list[int] = found.places[narrow].tolist()
    return places


def _protected(figures: Sequence[Figure], further: Collection[Key], widths: Sequence[float]) -> Protected:
    statuses, decisions, rules = {}, [], {}
    for figure in figures:
        rule = figure.rule if figure.hidden else "complementary" if figure.key in further else ""
        if figure.value is None:
            status = Status.NOT_MEASURED
        elif rule == "threshold":
            status = Status.TOO_FEW
        else:
            status = Status.HIDDEN_TO_PROTECT if rule else Status.PUBLISHED
        statuses[figure.key] = status
        if rule:
            rules[figure.key] = rule
            decisions.append(Decision(figure.key[0], words(figure.key[1:]), rule, status))
    decisions.sort(key=lambda decision: (decision.table, decision.cell, decision.rule))
    return Protected(statuses, tuple(decisions), min(widths, default=None), len(widths), rules)


def _leak(figures: LinkedFigures, place: int, reader: str) -> Fault:
    who = Text(f" par {reader}", f" by {reader}") if reader else Text("", "")
    return Fault(
        "figure_recoverable",
        Text(f"ce chiffre caché peut être retrouvé{who.fr}.", f"this hidden figure can be worked out{who.en}."),
        Text(
            "La publication est refusée : cachez d’autres chiffres liés.", "Refused: hide more of its linked figures."
        ),
        {"key": words(figures.keys[place])},
    )
