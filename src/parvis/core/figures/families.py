"""Many tests at once: p-values adjusted for the size of their family."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.figures.checked_estimates import check_choice

Floats = NDArray[np.float64]

FAMILIES = ("bh", "holm")


def adjusted(p_values: ArrayLike, family: str = "bh") -> Floats:
    """P-values that may be compared with the level as they stand.

    Args:
        p_values: one family, 0 to 1; NaN where no test was made (left out of the family's size).
        family: "bh" (false discovery rate, Benjamini & Hochberg) or "holm" (any false finding).

    Returns:
        Adjusted p-values in the order given, at most 1, NaN where they were NaN.

    Raises:
        ParvisError: an unknown family.

    Source: Benjamini & Hochberg 1995; Holm 1979.

    >>> adjusted([0.01, 0.04, 0.03], "holm").round(4).tolist(), adjusted([0.01, 0.04, 0.03], "bh").round(4).tolist()
    ([0.03, 0.06, 0.06], [0.03, 0.04, 0.04])
    """
    check_choice(family, FAMILIES)
    given = np.atleast_1d(np.asarray(p_values, np.float64))
    result = np.full(given.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    size = len(order)
    if family == "holm":
        steps = np.maximum.accumulate(given[order] * (size - np.arange(size)))
    else:
        steps = np.minimum.accumulate((given[order] * size / np.arange(1, size + 1))[::-1])[::-1]
    result[order] = np.minimum(steps, 1.0)
    return result


def adjusted_within(p_values: ArrayLike, groups: Sequence[object], family: str = "bh") -> Floats:
    """The same, when the tests belong to several families.

    Args:
        p_values: 0 to 1, NaN where no test was made.
        groups: the family of each test, as a word or a number.
        family: as `adjusted`, within each.

    >>> adjusted_within([0.01, 0.04, 0.03], ["a", "b", "a"], "holm").tolist()
    [0.02, 0.04, 0.03]
    """
    given = np.atleast_1d(np.asarray(p_values, np.float64))
    members: dict[object, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    result = np.full(given.shape, np.nan)
    for places in members.values():
        result[places] = adjusted(given[places], family)
    return result
