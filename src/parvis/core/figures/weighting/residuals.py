"""What raking leaves of a figure's variability: residuals of its regression on the margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph, linalg

from parvis.core.figures.weighting.raking import Target

Floats = NDArray[np.float64]

# above this many levels in one connected block, an iterative solve is lighter than a dense one
_DENSE = 800


@dataclass(frozen=True, slots=True)
class _Block:
    """Cells and levels that share no level with the others: in general a territory."""

    cells: NDArray[np.int64]
    scaled: sparse.csr_array


class CellRegression:
    """Regression of a linearised variable on the levels of the margins, from sums by cell.

    The fitted value is the same for all rows of a cell, so cells are enough. Levels are linearly dependent (each margin
    sums to the whole), so the least-squares solution of least norm is taken: fitted values do not depend on the choice.

    Source: Deville & Särndal 1992, section 4, with base weights in the regression and final weights on the residuals.
    """

    def __init__(self, weights: Floats, targets: Sequence[Target]) -> None:
        """weights: base weight of each cell; targets: margins laid on the cells (`Raking.targets`)."""
        cells = np.arange(len(weights))
        start = np.cumsum([0, *(len(target.totals) for target in targets)])
        columns = [target.codes + begin for target, begin in zip(targets, start, strict=False)]
        shape = (len(weights), int(start[-1]))
        dummies = sparse.csr_array(
            (np.ones(len(cells) * len(targets)), (np.tile(cells, len(targets)), np.concatenate(columns))), shape
        )
        self._root = np.sqrt(weights)
        self._dummies = dummies
        self._blocks = _blocks(dummies, self._root, weights > 0)

    def fitted(self, sums: Floats) -> Floats:
        """Fitted value of the linearised variable in each cell.

        Args:
            sums: cells × figures, Σ (base weight × linearised variable) over the rows of the cell.

        Returns:
            cells × figures; 0 in cells without weight.
        """
        result = np.zeros_like(sums)
        for block in self._blocks:
            root = self._root[block.cells]
            right = sums[block.cells] / root[:, None]
            asked = np.flatnonzero(np.any(right != 0, axis=0))
            if len(asked):
                result[np.ix_(block.cells, asked)] = _project(block.scaled, right[:, asked]) / root[:, None]
        return result


def _blocks(dummies: sparse.csr_array, root: Floats, present: NDArray[np.bool_]) -> list[_Block]:
    size = dummies.shape[0]
    graph = sparse.block_array([[None, dummies], [dummies.T, None]], format="csr")
    labels = csgraph.connected_components(graph, directed=False)[1][:size]
    blocks = []
    for label in np.unique(labels[present]):
        cells = np.flatnonzero((labels == label) & present)
        scaled = sparse.csr_array(dummies[cells].multiply(root[cells][:, None]))
        norms = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=0))).ravel()
        used = np.flatnonzero(norms > 0)
        # columns of length one: levels of very different sizes weigh the same in the rank decision
        blocks.append(_Block(cells, sparse.csr_array(scaled[:, used].multiply(1 / norms[used]))))
    return blocks


def _project(scaled: sparse.csr_array, right: Floats) -> Floats:
    if scaled.shape[1] <= _DENSE:
        gram = np.asarray((scaled.T @ scaled).todense())
        solution = np.linalg.lstsq(gram, scaled.T @ right, rcond=1e-12)[0]
    else:
        solved = [
            linalg.lsqr(scaled, column, atol=1e-14, btol=1e-14, conlim=0, iter_lim=20_000)[0] for column in right.T
        ]
        solution = np.column_stack(solved)
    return np.asarray(scaled @ solution)
