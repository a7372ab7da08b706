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

# coarse ratios tried first: the likelihood may have two tops, and a climb that starts under one of them stays there
_STARTS = (0.1, 0.5, 2.0, 8.0)
_START = 0.5
_MANY_CONTACTS = 5_000
# of the criterion (relative) and of its slope: one more step would change no digit that is printed
_PRECISION = {"ftol": 1e-13, "gtol": 1e-6}
_LARGEST = 1e3
# share of organisation x observer pairs that met, above which a dense product is the faster one
_DENSE = 0.1
# numbers (cells x columns) up to which a plain array is faster than one that skips zeros: two megabytes
_SMALL = 1 << 18


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
        self._met, self._first_cell = np.unique(self.cell_organisation, return_index=True)
        self.organisations = int(scores.organisation.max()) + 1
        self.observers = int(scores.observer.max()) + 1
        fixed = _independent(_fixed_columns(scores))
        self.fixed = fixed.shape[1]
        rows = np.arange(self.n)
        marks = sparse.csr_array((np.ones(self.n), (rows, scores.observer)), shape=(self.n, self.observers))
        y = sparse.csr_array((scores.score - self.centre)[:, None])
        columns = sparse.csr_array(sparse.hstack([sparse.csr_array(fixed), y, marks]))
        members = sparse.csr_array((np.ones(self.n), (self.cell_of, rows)), shape=(len(names), self.n))
        self.cell_size = np.bincount(self.cell_of).astype(np.float64)
        self._with_observers = _Columns(members @ columns, (columns.T @ columns).toarray(), self.cell_size)
        self._without = self._with_observers.first(self.fixed + 1)

    @property
    def squares(self) -> Floats:
        return self._with_observers.squares

    def weighted_by_organisation(self, weights: Floats) -> sparse.csr_array:
        """Organisations x [fixed, score, observers]: sums over cells, each times its weight."""
        return self._gathered(weights) @ self._with_observers.cells

    def products(self, ratios: Ratios) -> tuple[Floats, float]:
        """C'P0 C over [fixed, score, observers] (without observers where their ratio is 0), and log|P0|.

        P0 takes t² / (1 + t² n) of each cell's products with itself, then of each organisation's weighted sums what its
        own ratio does.
        """
        t2, o2 = ratios.interaction**2, ratios.organisation**2
        columns = self._with_observers if ratios.observer else self._without
        share = 1 / (1 + t2 * self.cell_size)
        masses = np.bincount(self.cell_organisation, share * self.cell_size, self.organisations)
        pull = o2 / (1 + o2 * masses)
        gram = columns.without_cells(t2)
        pulled = self._pulled(columns, share, np.sqrt(pull))
        if isinstance(pulled, np.ndarray):
            gram -= pulled.T @ pulled
        else:
            crossed = (pulled.T @ pulled).tocoo()
            gram[crossed.row, crossed.col] -= crossed.data
        log_determinant = float(np.log1p(t2 * self.cell_size).sum() + np.log1p(o2 * masses).sum())
        return gram, log_determinant

    def _pulled(self, columns: _Columns, share: Floats, pull: Floats) -> Floats | sparse.csr_array:
        """Organisations x columns: weighted sums over cells, each row times its pull; plain unless most of it is 0."""
        if columns.plain is not None:
            sums = np.add.reduceat(columns.plain * share[:, None], self._first_cell)
            return np.asarray(sums * pull[self._met, None], np.float64)
        found = sparse.csr_array(sparse.diags_array(pull) @ self._gathered(share) @ columns.cells)
        return found.toarray() if found.nnz > _DENSE * found.shape[0] * found.shape[1] else found

    def _gathered(self, weights: Floats) -> sparse.csr_array:
        cells = np.arange(len(weights))
        return sparse.csr_array((weights, (self.cell_organisation, cells)), shape=(self.organisations, len(weights)))


class _Columns:
    """Sums of some columns by cell, and their products with one another, kept by size of cell where they are not 0."""

    def __init__(self, cells: sparse.csr_array, squares: Floats, cell_size: Floats) -> None:
        self.cells, self.squares, self._cell_size = sparse.csr_array(cells), squares, cell_size
        self.plain = self.cells.toarray() if cells.shape[0] * cells.shape[1] <= _SMALL else None
        self._sizes, size_of = np.unique(cell_size, return_inverse=True)
        parts = [self.cells[size_of == place] for place in range(len(self._sizes))]
        crossed = [(part.T @ part).tocoo() for part in parts]
        width = squares.shape[1]
        flat = [one.row.astype(np.int64) * width + one.col for one in crossed]
        self._places = np.unique(np.concatenate(flat))
        self._products = np.zeros((len(parts), len(self._places)))
        for products, places, one in zip(self._products, flat, crossed, strict=True):
            products[np.searchsorted(self._places, places)] = one.data

    def first(self, count: int) -> _Columns:
        """The first columns alone."""
        return _Columns(self.cells[:, :count], self.squares[:count, :count].copy(), self._cell_size)

    def without_cells(self, t2: float) -> Floats:
        """Products over contacts, less t² / (1 + t² n) of those of each cell."""
        gram = self.squares.copy()
        if t2:
            taken = np.zeros(len(self._places))
            for size, products in zip(self._sizes, self._products, strict=True):
                taken += t2 / (1 + t2 * size) * products
            gram.ravel()[self._places] -= taken
        return gram


@dataclass(frozen=True, slots=True)
class Solved:
    """The model at given ratios: criterion, residual variance, fixed effects, observers and their factor, if any."""

    ratios: Ratios
    criterion: float
    residual: float
    fixed: Floats
    observers: Floats
    factor: tuple[Floats, bool] | None

    @property
    def precision(self) -> Floats:
        """Inverse of I + ratio² × (observers' information); dear, and needed at the optimum only."""
        identity = np.eye(len(self.observers))
        return identity if self.factor is None else np.asarray(linalg.cho_solve(self.factor, identity), np.float64)


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
    gram, log_determinant = sums.products(ratios)
    p, j2 = sums.fixed, ratios.observer**2
    cross, right, total = gram[:p, :p], gram[:p, p], gram[p, p]
    factor, predicted = None, np.zeros(sums.observers)
    if j2:
        reduced, information = gram[p + 1 :, : p + 1], j2 * gram[p + 1 :, p + 1 :].T
        information[np.diag_indices_from(information)] += 1.0
        # symmetric: its transpose is laid out as the factorisation wants it, in place
        factor = linalg.cho_factor(information, lower=True, overwrite_a=True, check_finite=False)
        log_determinant += 2 * float(np.log(np.diag(factor[0])).sum())
        solved = linalg.cho_solve(factor, reduced, check_finite=False)
        taken = j2 * reduced.T @ solved
        cross, right, total = cross - taken[:p, :p], right - taken[:p, p], total - taken[p, p]
    lower = linalg.cho_factor(cross, lower=True)
    beta = linalg.cho_solve(lower, right)
    rest = max(float(total - right @ beta), 1e-12 * float(sums.squares[p, p]) + 1e-300)
    free = sums.n - p
    log_determinant += 2 * float(np.log(np.diag(lower[0])).sum())
    criterion = log_determinant + free * (1 + math.log(2 * math.pi * rest / free))
    if j2:
        predicted = j2 * (solved[:, p] - solved[:, :p] @ beta)
    return Solved(ratios, criterion, rest / free, beta, predicted, factor)


def fit(sums: Sums, *, organisation: bool, interaction: bool, observer: bool) -> Solved:
    """The ratios that make the restricted likelihood highest, a variance of 0 being a legal answer.

    They are sought by their squares: the slope by a variance tells whether 0 is best, while the slope by its root is
    always 0 there and would stop the search.

    Args:
        sums: of the contacts.
        organisation, interaction, observer: which variances to estimate; the others are 0.

    Returns:
        The solved model; ratios are exactly 0 where 0 is as good as the optimum.
    """
    free = [place for place, wanted in enumerate((organisation, interaction, observer)) if wanted]

    def ratios(squared: Floats) -> Ratios:
        full = np.zeros(3)
        full[free] = np.sqrt(squared)
        return Ratios(*full.tolist())

    if not free:
        return solve(sums, Ratios(0.0, 0.0, 0.0))

    def criterion(squared: Floats) -> float:
        return solve(sums, ratios(squared)).criterion

    found = optimize.minimize(
        criterion,
        _start(criterion, len(free), sums.n),
        method="L-BFGS-B",
        jac="3-point",
        bounds=[(0.0, _LARGEST**2)] * len(free),
        options=_PRECISION,
    )
    best = np.asarray(found.x, np.float64)
    for place in range(len(free)):
        without = best.copy()
        without[place] = 0.0
        if best[place] and criterion(without) <= criterion(best) + 1e-7:
            best = without
    return solve(sums, ratios(best))


def _start(criterion: Callable[[Floats], float], free: int, contacts: int) -> Floats:
    if contacts > _MANY_CONTACTS:
        return np.full(free, _START**2)
    return min((np.square(start) for start in itertools.product(_STARTS, repeat=free)), key=criterion)


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
