"""Restricted maximum likelihood for scores with crossed organisations and observers, from sums by cell.

With P0 the inverse variance without observers, every product a'P0 b over fixed effects, observers and scores follows
from sums by organisation x channel: organisations are eliminated by hand, observers by one dense Cholesky factor.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize, sparse

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# coarse ratios tried first: the likelihood may have two tops, and a simplex started on the wrong side stays there
_STARTS = (0.1, 0.5, 2.0, 8.0)
_START = 0.5
_MANY_CONTACTS = 5_000
_LARGEST = 1e3


@dataclass(frozen=True, slots=True)
class Scores:
    """Contacts as numbers: score, organisation, channel and observer codes from 0, and the organisations' part."""

    score: Floats
    organisation: Integers
    channel: Integers
    observer: Integers
    part: Integers


@dataclass(frozen=True, slots=True)
class Ratios:
    """Standard deviations of the random effects relative to the residual's."""

    organisation: float
    interaction: float
    observer: float


class Sums:
    """Everything the likelihood needs, whatever the ratios: computed once, independent of the number of contacts."""

    def __init__(self, scores: Scores) -> None:
        self.n = len(scores.score)
        self.centre = float(scores.score.mean())
        channels = int(scores.channel.max()) + 1
        cell = scores.organisation * channels + scores.channel
        names, self.cell_of = np.unique(cell, return_inverse=True)
        self.cell_organisation = names // channels
        self.organisations = int(scores.organisation.max()) + 1
        self.observers = int(scores.observer.max()) + 1
        fixed = _independent(_fixed_columns(scores))
        self.fixed = fixed.shape[1]
        rows = np.arange(self.n)
        marks = sparse.csr_array((np.ones(self.n), (rows, scores.observer)), shape=(self.n, self.observers))
        y = sparse.csr_array((scores.score - self.centre)[:, None])
        columns = sparse.csr_array(sparse.hstack([sparse.csr_array(fixed), marks, y]))
        members = sparse.csr_array((np.ones(self.n), (self.cell_of, rows)), shape=(len(names), self.n))
        self.cells = (members @ columns).toarray()
        self.cell_size = np.bincount(self.cell_of).astype(np.float64)
        self.squares = (columns.T @ columns).toarray()
        self.sizes, self.size_of = np.unique(self.cell_size, return_inverse=True)
        self.by_size = [_gram(self.cells[self.size_of == place]) for place in range(len(self.sizes))]
        self.whole = self._by_organisation(np.ones(len(names)))
        self.mass = np.bincount(self.cell_organisation, self.cell_size, self.organisations)
        self.masses, mass_of = np.unique(self.mass, return_inverse=True)
        self.by_mass = [_gram(self.whole[mass_of == place]) for place in range(len(self.masses))]

    def _by_organisation(self, weights: Floats) -> Floats:
        weighted = sparse.csr_array(
            (weights, (self.cell_organisation, np.arange(len(weights)))), shape=(self.organisations, len(weights))
        )
        return np.asarray(weighted @ self.cells, np.float64)

    def products(self, ratios: Ratios) -> tuple[Floats, float, Floats, Floats]:
        """C'P0 C over [fixed, observers, score], log|P0|, each organisation's weighted sums and its shrinkage."""
        t2, o2 = ratios.interaction**2, ratios.organisation**2
        gram = self.squares.copy()
        if not t2:
            pull = np.asarray(o2 / (1 + o2 * self.mass), np.float64)
            for mass, block in zip(self.masses, self.by_mass, strict=True):
                gram -= o2 / (1 + o2 * mass) * block
            return gram, float(np.log1p(o2 * self.mass).sum()), self.whole, pull
        for size, block in zip(self.sizes, self.by_size, strict=True):
            gram -= t2 / (1 + t2 * size) * block
        share = 1 / (1 + t2 * self.cell_size)
        sums = self._by_organisation(share)
        masses = np.bincount(self.cell_organisation, share * self.cell_size, self.organisations)
        pull = np.asarray(o2 / (1 + o2 * masses), np.float64)
        gram -= sums.T @ (sums * pull[:, None])
        log_determinant = float(np.log1p(t2 * self.cell_size).sum() + np.log1p(o2 * masses).sum())
        return np.asarray(gram, np.float64), log_determinant, sums, pull


@dataclass(frozen=True, slots=True)
class Solved:
    """The model at given ratios: criterion, residual variance, fixed effects, observers and their factor."""

    ratios: Ratios
    criterion: float
    residual: float
    fixed: Floats
    observers: Floats
    factor: tuple[Floats, bool]

    @property
    def precision(self) -> Floats:
        """Inverse of I + ratio² × (observers' information); dear, and needed at the optimum only."""
        return np.asarray(linalg.cho_solve(self.factor, np.eye(len(self.observers))), np.float64)


def solve(sums: Sums, ratios: Ratios) -> Solved:
    """The restricted likelihood at given ratios, with the predictions that go with it.

    Args:
        sums: of the contacts.
        ratios: 0 or more each.

    Returns:
        `criterion` is minus twice the restricted log-likelihood (as lme4's REML criterion), `observers` the best linear
        predictions on the score scale.

    Source: Harville 1977; Bates, Maechler, Bolker & Walker 2015, equations 32 to 43.
    """
    gram, log_determinant, _, _ = sums.products(ratios)
    p, j2 = sums.fixed, ratios.observer**2
    fixed, marks, y = slice(0, p), slice(p, p + sums.observers), -1
    reduced = gram[marks][:, [*range(p), gram.shape[0] - 1]]
    factor, solved = (np.eye(sums.observers), True), reduced
    if j2:  # without observers their factor is the identity: nothing to work out
        factor = linalg.cho_factor(factor[0] + j2 * gram[marks, marks], lower=True)
        log_determinant += 2 * float(np.log(np.diag(factor[0])).sum())
        solved = linalg.cho_solve(factor, reduced)
    cross = gram[fixed, fixed] - j2 * reduced[:, :p].T @ solved[:, :p]
    right = gram[fixed, y] - j2 * reduced[:, :p].T @ solved[:, p]
    total = gram[y, y] - j2 * float(reduced[:, p] @ solved[:, p])
    lower = linalg.cho_factor(cross, lower=True)
    beta = linalg.cho_solve(lower, right)
    rest = max(float(total - right @ beta), 1e-12 * float(sums.squares[y, y]) + 1e-300)
    free = sums.n - p
    log_determinant += 2 * float(np.log(np.diag(lower[0])).sum())
    criterion = log_determinant + free * (1 + math.log(2 * math.pi * rest / free))
    predicted = j2 * (solved[:, p] - solved[:, :p] @ beta)
    return Solved(ratios, criterion, rest / free, beta, predicted, factor)


def fit(sums: Sums, *, organisation: bool, interaction: bool, observer: bool) -> Solved:
    """The ratios that make the restricted likelihood highest, a variance of 0 being a legal answer.

    Args:
        sums: of the contacts.
        organisation, interaction, observer: which variances to estimate; the others are 0.

    Returns:
        The solved model; ratios are exactly 0 where 0 is as good as the optimum.
    """
    free = [place for place, wanted in enumerate((organisation, interaction, observer)) if wanted]

    def ratios(point: Floats) -> Ratios:
        full = np.zeros(3)
        full[free] = point
        return Ratios(*full.tolist())

    if not free:
        return solve(sums, Ratios(0.0, 0.0, 0.0))

    seen: dict[tuple[float, ...], float] = {}

    def criterion(point: Floats) -> float:
        inside = np.clip(point, 0, _LARGEST)
        key = tuple(inside.tolist())
        if key not in seen:
            seen[key] = solve(sums, ratios(inside)).criterion
        return seen[key]

    found = optimize.minimize(
        criterion,
        _start(criterion, len(free), sums.n),
        method="COBYQA",
        bounds=[(0.0, _LARGEST)] * len(free),
        options={"initial_tr_radius": 0.2, "final_tr_radius": 1e-7, "maxfev": 300},
    )
    best = np.asarray(found.x, np.float64)
    for place in range(len(free)):
        without = best.copy()
        without[place] = 0.0
        if criterion(without) <= criterion(best) + 1e-7:
            best = without
    return solve(sums, ratios(best))


def _start(criterion: Callable[[Floats], float], free: int, contacts: int) -> Floats:
    if contacts > _MANY_CONTACTS:
        return np.full(free, _START)
    return min((np.array(start) for start in itertools.product(_STARTS, repeat=free)), key=criterion)


def _fixed_columns(scores: Scores) -> Floats:
    """One column per channel, and one per further part of the judging plan."""
    part = scores.part[scores.organisation]
    channels = (scores.channel[:, None] == np.arange(int(scores.channel.max()) + 1)).astype(np.float64)
    parts = (part[:, None] == np.arange(1, int(part.max()) + 1)).astype(np.float64)
    return np.hstack([channels, parts])


def _independent(columns: Floats) -> Floats:
    """The columns without those that the ones before them already determine."""
    kept: list[int] = []
    for place in range(columns.shape[1]):
        chosen = columns[:, [*kept, place]]
        if np.linalg.matrix_rank(chosen.T @ chosen) == len(kept) + 1:
            kept.append(place)
    return columns[:, kept]


def _gram(rows: Floats) -> Floats:
    return np.asarray(rows.T @ rows, np.float64)
