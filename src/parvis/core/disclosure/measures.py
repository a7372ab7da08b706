"""The figures of each measure over organisations, their categories and the nation, column by column.

There may be a million of them: a figure is a place in some arrays, and is named only where something is said of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from parvis.core.disclosure.complementary import Protection
from parvis.core.disclosure.peers import FEWEST_PEERS, enough_peers
from parvis.core.disclosure.primary import (
    DOMINANT_SHARE,
    NATIONAL_THRESHOLD,
    PRIOR_PERCENT,
    THRESHOLD,
    primary_rule,
)
from parvis.core.disclosure.system import Floats, Integers, Key, linked
from parvis.core.vocabulary import Reason, Source, Status

Flags = NDArray[np.bool_]
Words = NDArray[np.str_]

# in alphabetical order, as keys are
KINDS = ("category", "nation", "organisation")
_CATEGORY, _NATION, _ORGANISATION = range(3)
_DEAR = (20.0, 400.0, 1.0)
_SAME = 1e-6
_MEASURE = ("source", "measure_kind", "measure", "channel")


@dataclass(frozen=True, slots=True)
class DisclosureRules:
    """The thresholds of a method, and how narrowly a hidden figure may be worked out (points, or share × 100)."""

    respondents: int = THRESHOLD
    respondents_national: int = NATIONAL_THRESHOLD
    peers: int = FEWEST_PEERS
    dominance: float = DOMINANT_SHARE
    prior: float = PRIOR_PERCENT
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class SharedFigures:
    """Figures of organisations, categories and the nation in the order of their keys, as columns.

    `row` is their place in the table of estimates; codes point into sorted `subjects` and `measures`; `value` is NaN
    where nothing was measured; `shown` says that the figure is reliable enough by itself, `alike` that all its
    respondents gave the same answer.
    """

    row: Integers
    measure: Integers
    kind: Integers
    subject: Integers
    value: Floats
    people: Floats
    observed: Flags
    shown: Flags
    alike: Flags
    subjects: list[str]
    measures: list[str]

    def at(self, places: slice | Integers) -> SharedFigures:
        """Some of the figures, in the order given."""
        return SharedFigures(
            self.row[places],
            self.measure[places],
            self.kind[places],
            self.subject[places],
            self.value[places],
            self.people[places],
            self.observed[places],
            self.shown[places],
            self.alike[places],
            self.subjects,
            self.measures,
        )

    def spans(self) -> list[slice]:
        """Where each measure stands."""
        edges = [0, *(np.flatnonzero(np.diff(self.measure)) + 1).tolist(), len(self.measure)]
        return [slice(start, end) for start, end in itertools.pairwise(edges) if end > start]


class SharedKeys(Sequence[Key]):
    """(measure, kind of subject and subject) of each figure, made only when asked."""

    def __init__(self, figures: SharedFigures) -> None:
        self._figures = figures

    def __len__(self) -> int:
        return len(self._figures.row)

    @overload
    def __getitem__(self, at: int) -> Key: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Key]: ...
    def __getitem__(self, at: int | slice) -> Key | Sequence[Key]:
        figures = self._figures
        if isinstance(at, slice):
            return SharedKeys(figures.at(at))
        cell = f"{KINDS[figures.kind[at]]}/{figures.subjects[figures.subject[at]]}"
        return figures.measures[figures.measure[at]], cell


class Ruled(NamedTuple):
    """Figures with the primary rule of each ("" for none); of the measured ones, what they ask and which are secret."""

    figures: SharedFigures
    rule: Words
    measured: Integers
    needs: Protection
    secret: Flags


def shared_figures(estimates: pa.Table) -> SharedFigures:
    """The figures of a table of estimates that sums over organisations may tie."""
    kinds = pc.index_in(estimates["subject_kind"], value_set=pa.array(KINDS))
    rows = np.flatnonzero(kinds.is_valid().to_numpy())
    chosen = estimates.select(["subject", "value", "n", "status", "reason", *_MEASURE]).take(pa.array(rows))
    kind = _numbers(kinds.take(pa.array(rows)), 0).astype(np.int64)
    subject, subjects = _ranked(chosen["subject"])
    measure, measures = _measures(chosen)
    order = np.lexsort((subject, kind, measure))
    observed = _flags(pc.equal(chosen["source"], Source.OBSERVED.value))
    shown = _flags(pc.equal(chosen["status"], Status.PUBLISHED.value))
    value, people = _numbers(chosen["value"], np.nan), _numbers(chosen["n"], 0)
    alike = _alike(chosen, len(KINDS) * subject + kind, value, ~observed & (people > 1))
    figures = SharedFigures(rows, measure, kind, subject, value, people, observed, shown, alike, subjects, measures)
    return figures.at(order)


def _alike(table: pa.Table, holder: Integers, value: Floats, answered: Flags) -> Flags:
    """Where all respondents gave the same answer: a rating without spread; every level of a choice made by all."""
    code, words = _ranked(table["measure"])
    parts = [word.partition("=") for word in words]
    question = np.unique([name for name, _, _ in parts], return_inverse=True)[1][code] if words else code
    of_choice = np.array([bool(sign) for _, sign, _ in parts], bool)[code]
    reason, reasons = _ranked(table["reason"])
    level = np.array([Reason.NO_VARIANCE.value in text.split() for text in reasons], bool)[reason]
    asked = holder * len(words) + question
    by_all = asked[answered & of_choice & (value >= 1 - _SAME)]
    return answered & ~np.isnan(value) & np.where(of_choice, np.isin(asked, by_all), level)


def ruled(
    figures: SharedFigures, categories: Mapping[str, str], rules: DisclosureRules, named: Collection[str]
) -> Ruled:
    """What the figures of some measures ask, their primary rules, and the means that tie them.

    Args:
        figures: whole measures.
        categories, rules, named: as `protect_estimates`.
    """
    organisation = figures.kind == _ORGANISATION
    measured = ~np.isnan(figures.value)
    rule = np.full(len(measured), "", "<U16")
    perceived = organisation & ~figures.observed & measured
    few = (figures.people > 0) & (figures.people < rules.respondents)
    rule[perceived & figures.alike] = "homogeneity"
    rule[perceived & few] = "threshold"
    rule[perceived & ~figures.shown] = "reliability"
    behind = np.array([categories.get(name, "") for name in figures.subjects], object)
    public = np.isin(np.array(figures.subjects, object), list(named))
    ties: list[tuple[int, Integers]] = []
    for span in figures.spans():
        members = span.start + np.flatnonzero(organisation[span])
        for mean in (span.start + np.flatnonzero(~organisation[span])).tolist():
            own = members
            if figures.kind[mean] == _CATEGORY:
                own = members[behind[figures.subject[members]] == figures.subjects[figures.subject[mean]]]
            parts = own[measured[own]]
            rule[mean] = _rule_of_mean(figures, mean, own, int((~public[figures.subject[parts]]).sum()), rules)
            if measured[mean] and len(parts) and _is_mean(figures.value[mean], figures.value[parts]):
                ties.append((mean, parts))
    chosen = np.flatnonzero(measured)
    secret = ((rule != "") | (organisation & figures.observed & ~public[figures.subject]))[chosen]
    needs = _needs(figures.at(chosen), secret, _means(ties, chosen), rules)
    return Ruled(figures, rule, chosen, needs, secret)


def _rule_of_mean(figures: SharedFigures, mean: int, members: Integers, unnamed: int, rules: DisclosureRules) -> str:
    """The primary rule of a figure over organisations: citizens' answers are pooled, observed scores are of peers."""
    measured = not np.isnan(figures.value[mean])
    if measured and not figures.shown[mean]:
        return "reliability"
    if figures.observed[mean]:
        return "" if enough_peers(unnamed, rules.peers) else "peers"
    threshold = rules.respondents_national if figures.kind[mean] == _NATION else rules.respondents
    answered = figures.people[members]
    answered = answered[answered > 0]
    left = answered.sum() - answered
    if ((left > 0) & (left < threshold)).any():
        return "complement"
    if not measured:
        return ""
    people = float(figures.people[mean])
    given = {
        "answers": (people,) if figures.alike[mean] else (),
        "contributions": answered.tolist(),
        "dominance": rules.dominance,
        "prior": rules.prior,
    }
    return primary_rule(people, threshold, **given)


def _is_mean(value: float, parts: Floats) -> bool:
    return bool(abs(value - parts.mean()) <= _SAME * (1 + abs(value)))


def _means(ties: Sequence[tuple[int, Integers]], chosen: Integers) -> sparse.csr_array:
    """One row for each mean: its parts, less as many times itself. Columns are the chosen figures."""
    sizes = np.array([len(parts) for _, parts in ties], np.int64)
    rows = np.concatenate([np.repeat(np.arange(len(ties)), sizes), np.arange(len(ties))])
    places = np.concatenate([np.zeros(0, np.int64), *(parts for _, parts in ties), [mean for mean, _ in ties]])
    weights = np.concatenate([np.ones(int(sizes.sum())), -sizes.astype(np.float64)])
    columns = np.searchsorted(chosen, places.astype(np.int64))
    return sparse.csr_array((weights, (rows, columns)), shape=(len(ties), len(chosen)))


def _needs(figures: SharedFigures, secret: Flags, matrix: sparse.csr_array, rules: DisclosureRules) -> Protection:
    organisation = figures.kind == _ORGANISATION
    scale = np.where((figures.value > 1) | figures.observed, 100.0, 1.0)
    lowest, highest = np.zeros(len(scale)), np.where(organisation, scale, np.inf)
    width = np.where(organisation & secret, rules.width * scale / 100, 0.0)
    cost = np.where(organisation & figures.observed, np.inf, np.array(_DEAR)[figures.kind])
    return Protection(linked(SharedKeys(figures), figures.value, lowest, highest, matrix), lowest, highest, width, cost)


def _measures(table: pa.Table) -> tuple[Integers, list[str]]:
    """The code of each row's source, kind of measure, measure and channel, in one word, words sorted."""
    ranks = [_ranked(table[name]) for name in _MEASURE]
    code = np.zeros(table.num_rows, np.int64)
    for rank, words in ranks:
        code = code * len(words) + rank
    distinct, place = np.unique(code, return_inverse=True)
    parts = []
    for _, words in reversed(ranks):
        parts.append([words[at] for at in (distinct % len(words)).tolist()])
        distinct = distinct // len(words)
    said = ["/".join(part for part in row if part) for row in zip(*reversed(parts), strict=True)]
    sorted_words = sorted(set(said))
    rank_of = {word: at for at, word in enumerate(sorted_words)}
    return np.array([rank_of[word] for word in said], np.int64)[place], sorted_words


def _ranked(column: pa.ChunkedArray) -> tuple[Integers, list[str]]:
    """The rank of each text among the distinct ones, and these sorted; nothing is an empty text."""
    codes = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    words = codes.dictionary.to_pylist()
    order = sorted(range(len(words)), key=words.__getitem__)
    rank = np.zeros(len(words), np.int64)
    rank[order] = np.arange(len(words))
    return rank[codes.indices.to_numpy()], [words[at] for at in order]


def _numbers(column: pa.ChunkedArray, missing: float) -> Floats:
    return np.asarray(pc.fill_null(column.cast(pa.float64()), missing).to_numpy())


def _flags(column: pa.ChunkedArray) -> Flags:
    return np.asarray(pc.fill_null(column, False).to_numpy())
