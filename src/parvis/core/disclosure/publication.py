"""A whole publication made safe: primary rules, what must go with them, then the audit over all that is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parvis.core.disclosure.complementary import Leak, Protection, complete
from parvis.core.disclosure.primary import DOMINANT_SHARE, PRIOR_PERCENT, THRESHOLD, primary_rule
from parvis.core.disclosure.recovery import Recovered, proven, tied
from parvis.core.disclosure.system import Equation, Floats, Integers, Key, LinkedFigures, link, words
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
    measured = {figure.key: figure for figure in given if figure.value is not None}
    lines, past = list(equations), list(earlier)
    whole = [line for line in lines if all(key in measured for key, _ in line.terms)]
    needs, secret, _ = with_earlier(*_needs(measured, whole), [*past, EarlierPublication({}, lines)] if past else [])
    place = needs.figures.places()
    scenarios = {name: _mask(needs.figures, place, keys) for name, keys in (readers or {}).items()}
    hidden, widths = guarded(needs, secret, scenarios)
    further = {needs.figures.keys[i] for i in np.flatnonzero(hidden & ~secret).tolist()}
    return _protected(given, further, widths)


def guarded(needs: Protection, secret: Flags, readers: Mapping[str, Flags] | None = None) -> tuple[Flags, Floats]:
    """What must be hidden, by column, and the audit of what is then left to read.

    Args:
        needs: the figures in order, with the width that each secret one asks.
        secret: figures hidden by their own rule, or private.
        readers: for each reader, the figures that it knows anyway; the public, who knows none, is always checked.

    Returns:
        All that is hidden or private, and the widths left to the secret figures, reader by reader.

    Raises:
        Leak: as `protect`.
    """
    scenarios = readers or {}
    hidden = complete(needs, secret)
    for mask in scenarios.values():
        hidden = _completed_for(needs, hidden, mask, secret)
    return hidden, _audit(needs, hidden, secret, {"": np.zeros(len(secret), bool), **scenarios})


def with_earlier(
    needs: Protection, secret: Flags, earlier: Iterable[EarlierPublication]
) -> tuple[Protection, Flags, Integers]:
    """The same with what anyone has already read: no secret, nothing left to hide; and where each figure stands now."""
    past = list(earlier)
    known = {key: value for publication in past for key, value in publication.values.items()}
    lines = [line for publication in past for line in publication.equations]
    if not known and not lines:
        return needs, secret, np.arange(len(secret))
    figures, own = needs.figures.with_known(known, lines)
    free = own[[key not in known for key in needs.figures.keys]]
    size = len(figures.keys)
    width, cost, still = np.zeros(size), np.full(size, np.inf), np.zeros(size, bool)
    width[own], cost[own], still[own] = needs.width, needs.cost, secret
    told = np.ones(size, bool)
    told[free] = False
    cost[told], still[told] = np.inf, False
    return Protection(figures, figures.lowest, figures.highest, np.where(still, width, 0.0), cost), still, own


def _ruled(figure: Figure, dominance: float, prior: float) -> Figure:
    """The figure with the first primary rule that hides it."""
    if figure.value is None or figure.hidden:
        return figure
    given = {"answers": figure.answers, "contributions": figure.contributions}
    rule = primary_rule(figure.respondents, figure.threshold, **given, dominance=dominance, prior=prior)
    return figure._replace(hidden=True, rule=rule) if rule else figure


def _needs(measured: Mapping[Key, Figure], lines: list[Equation]) -> tuple[Protection, Flags]:
    """What a publication asks, and which of its figures are secret."""
    values = {key: float(figure.value or 0.0) for key, figure in measured.items()}
    system = link(values, lines, {key: (figure.lowest, figure.highest) for key, figure in measured.items()})
    ordered = [measured[key] for key in system.keys]
    secret = np.array([figure.hidden or figure.private for figure in ordered], bool)
    width = np.where(secret, [figure.width for figure in ordered], 0.0) if ordered else np.zeros(0)
    cost = np.array([figure.cost for figure in ordered], np.float64)
    return Protection(system, system.lowest, system.highest, width, cost), secret


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


def _audit(needs: Protection, hidden: Flags, secret: Flags, scenarios: Mapping[str, Flags]) -> Floats:
    """Every reader's ranges of figures that need one; raise Leak when one is too narrow for any."""
    faults, widths = [], []
    for reader, known in scenarios.items():
        found = _audited(needs, hidden, known, secret) if reader else _everything(needs, hidden, secret)
        faults += [_leak(needs.figures, place, reader) for place in _weak(needs, found, known)]
        asked = needs.width[found.places] > 0
        widths.append((found.high - found.low)[asked])
    if faults:
        raise Leak(faults)
    return np.concatenate(widths)


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


def _protected(figures: Sequence[Figure], further: Collection[Key], widths: Floats) -> Protected:
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
    return Protected(statuses, tuple(decisions), float(widths.min()) if len(widths) else None, len(widths), rules)


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
