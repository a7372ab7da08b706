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

# a block with more cells × levels than this is solved by iterations, which are lighter than a dense basis
_DENSE = 20_000_000
# a direction this much weaker than the strongest is a linear dependence between levels, not information
_DEPENDENT = 1e-9


@dataclass(frozen=True, slots=True)
class _Block:
    """Cells and levels that share no level with the others (in general a territory), and what the levels span."""

    cells: NDArray[np.int64]
    scaled: sparse.csr_array
    basis: Floats | None


class CellRegression:
    """Regression of a linearised variable on the levels of the margins, from sums by cell.

    The fitted value is the same for all rows of a cell, so cells are enough. Levels are linearly dependent (each margin
    sums to the whole), so nothing is inverted: the variable is projected on what the levels span.

    Source: Deville & Särndal 1992, section 4, with base weights in the regression and final weights on the residuals.
    """

    def __init__(self, weights: Floats, targets: Sequence[Target]) -> None:
        """weights: base weight of each cell; targets: margins laid on the cells (`Raking.targets`)."""
        start = np.cumsum([0, *(len(target.totals) for target in targets)])
        columns = [target.codes + begin for target, begin in zip(targets, start, strict=False)]
        shape = (len(weights), int(start[-1]))
        rows = np.tile(np.arange(len(weights)), len(targets))
        dummies = sparse.csr_array((np.ones(len(rows)), (rows, np.concatenate(columns))), shape)
        self._root = np.sqrt(weights)
        self._blocks = _blocks(dummies, self._root, weights > 0)
        self._block_of = np.full(len(weights), -1, np.int64)
        for number, block in enumerate(self._blocks):
            self._block_of[block.cells] = number

    def beside(self, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        """All cells whose fitted value a variable that lives in `cells` can move."""
        numbers = np.unique(self._block_of[cells])
        return np.concatenate([self._blocks[number].cells for number in numbers if number >= 0] or [cells[:0]])

    def fitted(self, sums: Floats) -> Floats:
        """Fitted value of the linearised variable in each cell.

        Args:
            sums: cells × figures, Σ (base weight × linearised variable) over the rows of the cell.

        Returns:
            cells × figures; 0 in cells without weight.
        """
        result = np.zeros_like(sums)
        for number in np.unique(self._block_of[np.any(sums != 0, axis=1)]):
            if number >= 0:
                block = self._blocks[number]
                root = self._root[block.cells][:, None]
                result[block.cells] = _project(block, sums[block.cells] / root) / root
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
        # columns of length one: levels of very different sizes weigh the same when dependence is judged
        scaled = sparse.csr_array(scaled[:, used].multiply(1 / norms[used]))
        dense = scaled.shape[0] * scaled.shape[1] <= _DENSE
        blocks.append(_Block(cells, scaled, _span(scaled.toarray()) if dense else None))
    return blocks


def _span(scaled: Floats) -> Floats:
    """An orthonormal basis of what the columns span."""
    left, strength, _ = np.linalg.svd(scaled, full_matrices=False)
    return np.asarray(left[:, strength > _DEPENDENT * strength[0]], np.float64)


def _project(block: _Block, right: Floats) -> Floats:
    if block.basis is not None:
        return np.asarray(block.basis @ (block.basis.T @ right), np.float64)
    scaled = block.scaled
    solved = [linalg.lsqr(scaled, column, atol=1e-14, btol=1e-14, conlim=0, iter_lim=20_000)[0] for column in right.T]
    return np.asarray(scaled @ np.column_stack(solved), np.float64)
