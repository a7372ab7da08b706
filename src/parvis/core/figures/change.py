"""What moved between two editions, said only when chance cannot have done it, and only on what both measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy import special

from parvis.core.figures.checked_estimates import CheckedEstimates, check_choice, check_confidence
from parvis.core.figures.families import FAMILIES, adjusted, adjusted_within
from parvis.core.figures.proportions import newcombe_difference
from parvis.core.vocabulary import Fault, ParvisError, Reason, Status, Text, Verdict

Floats = NDArray[np.float64]

POWER = 0.80
FEWEST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Change:
    """After minus before for one organisation; all figures None when one edition lacks it."""

    identifier: str
    difference: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    minimum_detectable: float | None
    verdict: Verdict
    status: Status = Status.PUBLISHED
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CommonCore:
    """The criteria that two editions share, with the later edition's weights, and what only one of them has.

    `share_before` and `share_after` tell how much of each edition's weight the core holds, 0 to 1.
    """

    weights: dict[str, float]
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    share_before: float
    share_after: float


def changes(
    before: CheckedEstimates,
    after: CheckedEstimates,
    *,
    covariance: Mapping[str, float] | None = None,
    family: str = "bh",
    margin: float = 2.0,
    confidence: float = 0.95,
    groups: Mapping[str, object] | None = None,
) -> tuple[Change, ...]:
    """Compare two editions, both computed on their common core, organisation by organisation.

    Args:
        before, after: from `checked_estimates.check_estimates`.
        covariance: between the two estimates of an organisation when places or people repeat (see
            `repeated_covariance`); 0 for those not named. Then the smaller degrees of freedom are kept.
        family: "bh" or "holm", over all organisations compared, or within each of `groups`.
        margin: half-width of what counts as no change, in the units of the estimates.
        confidence: of the limits; one minus it is the level of the family and of the equivalence test.
        groups: identifier → the family of tests that it belongs to; one family when None.

    Returns:
        The organisations of `before` in their order, then those of `after` alone. `p` from Welch-Satterthwaite t;
        `minimum_detectable` is the true change found with 80 % power by a single test; verdict up or down when the
        adjusted p is at most 1 - confidence, stable when two one-sided tests both pass at the margin, else no clear
        change. `not_comparable` when an estimate is missing or has no standard error in either edition.

    Raises:
        ParvisError: an unknown family, a negative margin, a confidence outside 0 to 1, a covariance larger than the
        two errors allow.

    Source: Welch 1947; Benjamini & Hochberg 1995; Holm 1979; Schuirmann 1987 (TOST).

    >>> from parvis.core.figures.checked_estimates import check_estimates
    >>> pair = [check_estimates(["a"], [50.0], [3.0]), check_estimates(["a"], [60.0], [4.0])]
    >>> change = changes(*pair)[0]
    >>> change.difference, change.standard_error, round(change.p, 4), change.verdict.value
    (10.0, 5.0, 0.0455, 'up')
    >>> round(change.minimum_detectable, 2)   # (1.960 + 0.842) × 5
    14.01
    """
    check_confidence(confidence)
    check_choice(family, FAMILIES)
    if not margin >= 0:
        raise ParvisError(_margin_fault(margin))
    names = (*before.identifiers, *(name for name in after.identifiers if name not in set(before.identifiers)))
    first, second = _aligned(before, names), _aligned(after, names)
    shared = np.array([(covariance or {}).get(name, 0.0) for name in names])
    comparable = (first[1] > 0) & (second[1] > 0) & np.isfinite(first[0]) & np.isfinite(second[0])
    variance, df = _welch(first[1:], second[1:], shared)
    _refuse_covariance(names, comparable & ~(variance > 0))
    error = np.sqrt(np.where(comparable, variance, np.nan))
    difference = np.where(comparable, second[0] - first[0], np.nan)
    p = 2 * _upper_tail(np.abs(difference) / error, df)
    quantile = _quantile(0.5 + confidence / 2, df)
    equivalent = _upper_tail((margin - np.abs(difference)) / error, df) <= 1 - confidence
    half = quantile * error
    detectable = half + _quantile(POWER, df) * error
    p_adjusted = adjusted_within(p, [(groups or {}).get(name, "") for name in names], family)
    table = np.column_stack([difference, error, difference - half, difference + half, p, p_adjusted, detectable])
    return _rows(names, table, equivalent, 1 - confidence)


def changes_of_shares(
    identifiers: Sequence[str],
    before: tuple[ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike],
    *,
    family: str = "bh",
    margin: float = 0.02,
    confidence: float = 0.95,
) -> tuple[Change, ...]:
    """The same for shares of independent contacts: Newcombe limits, pooled z, and Fisher's exact test for small counts.

    Args:
        identifiers: distinct, shape (p,).
        before, after: (successes, n) of each edition; n = 0 where there was none.
        family, margin, confidence: as `changes`; the margin is a share.

    Returns:
        As `changes`, in shares, in the order given. Fisher's test replaces z where an expected count is under 5 (counts
        are rounded to whole ones for it); "stable" when the Newcombe limits at twice the error lie within the margin.

    Raises:
        ParvisError: impossible counts, family, margin or confidence.

    Source: Newcombe 1998 (method 10); Fisher 1935.

    >>> changes_of_shares(["a"], ([48], [80]), ([56], [70]))[0].verdict.value
    'up'
    """
    check_confidence(confidence)
    check_choice(family, FAMILIES)
    if not margin >= 0:
        raise ParvisError(_margin_fault(margin))
    x1, n1, x2, n2 = (np.atleast_1d(np.asarray(part, np.float64)) for part in (*before, *after))
    limits = newcombe_difference(x2, n2, x1, n1, confidence)
    close = newcombe_difference(x2, n2, x1, n1, 2 * confidence - 1) if confidence > 0.5 else limits
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (x1 + x2) / (n1 + n2)
        null_error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        error = np.sqrt(x1 / n1 * (1 - x1 / n1) / n1 + x2 / n2 * (1 - x2 / n2) / n2)
        p = 2 * special.ndtr(-np.abs(limits.difference / null_error))
        expected = np.minimum(n1, n2) * np.minimum(pooled, 1 - pooled)
    for i in np.flatnonzero((n1 > 0) & (n2 > 0) & (expected < FEWEST_EXPECTED)):
        p[i] = _fisher(x1[i], n1[i], x2[i], n2[i])
    detectable = (special.ndtri(0.5 + confidence / 2) + special.ndtri(POWER)) * null_error
    table = np.column_stack([limits.difference, error, limits.low, limits.high, p, adjusted(p, family), detectable])
    equivalent = (close.low >= -margin) & (close.high <= margin)
    return _rows(tuple(str(name) for name in identifiers), table, equivalent, 1 - confidence)


def common_core(before: Mapping[str, float], after: Mapping[str, float]) -> CommonCore:
    """What two editions may be compared on: the criteria of both, weighted as in the later one.

    Args:
        before, after: criterion → weight of each edition, weights positive.

    Returns:
        Criteria in alphabetical order; empty weights when nothing is shared.

    Source: method of Parvis 4.9: a change is only told of what both editions asked.

    >>> core = common_core({"a": 1.0, "b": 3.0}, {"b": 2.0, "c": 2.0})
    >>> core.weights, core.dropped, core.added, core.share_before, core.share_after
    ({'b': 2.0}, ('a',), ('c',), 0.75, 0.5)
    """
    shared = sorted(before.keys() & after.keys())
    return CommonCore(
        {name: after[name] for name in shared},
        tuple(sorted(before.keys() - after.keys())),
        tuple(sorted(after.keys() - before.keys())),
        _share(before, shared),
        _share(after, shared),
    )


def repeated_covariance(before: ArrayLike, after: ArrayLike, strata: ArrayLike | None = None) -> float:
    """The covariance of two editions' estimates when the same places or people answered both.

    Args:
        before, after: linearised contribution of each sampling unit to each estimate, in one order over the units of
            both editions; 0 where the unit took no part.
        strata: stratum of each unit; one stratum when None. A stratum of one unit adds nothing.

    Returns:
        Sum over strata of m/(m-1) × sum of products of deviations from the stratum's means.

    Source: the two-occasion design linearised as one (Lumley 2010, chapter 2; R survey's svyby with covmat).

    >>> repeated_covariance([1.0, -1.0], [2.0, -2.0])   # 2/1 × (1×2 + 1×2)
    8.0
    """
    first, second = np.asarray(before, np.float64), np.asarray(after, np.float64)
    groups = np.zeros(len(first), np.int64) if strata is None else np.unique(strata, return_inverse=True)[1].ravel()
    if not len(first):
        return 0.0
    counts = np.bincount(groups).astype(np.float64)
    centred = [part - (np.bincount(groups, part) / counts)[groups] for part in (first, second)]
    products = np.bincount(groups, centred[0] * centred[1])
    several = counts > 1
    return float(np.sum(counts[several] / (counts[several] - 1) * products[several]))


def _aligned(given: CheckedEstimates, names: Sequence[str]) -> Floats:
    """Estimates, standard errors and degrees of freedom in the order of `names`, NaN where absent: shape (3, p)."""
    place = {name: i for i, name in enumerate(given.identifiers)}
    table = np.vstack(
        [
            given.estimates,
            given.standard_errors,
            given.degrees_of_freedom,
        ]
    )
    table = np.column_stack([table, np.full(3, np.nan)])
    return np.asarray(table[:, [place.get(name, -1) for name in names]], np.float64)


def _welch(first: Floats, second: Floats, shared: Floats) -> tuple[Floats, Floats]:
    v1, v2 = first[0] ** 2, second[0] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        welch = (v1 + v2) ** 2 / (v1**2 / first[1] + v2**2 / second[1])
    return v1 + v2 - 2 * shared, np.where(shared == 0, welch, np.minimum(first[1], second[1]))


def _upper_tail(t: Floats, df: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(np.isinf(df), special.ndtr(-t), special.stdtr(df, -t)), np.float64)


def _quantile(probability: float, df: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        t = special.stdtrit(df, probability)
    return np.asarray(np.where(np.isinf(df), special.ndtri(probability), t), np.float64)


def _fisher(x1: float, n1: float, x2: float, n2: float) -> float:
    # `scipy.stats` takes near a second to load: here, only once somebody needs it
    before, after = (round(x1), round(n1 - x1)), (round(x2), round(n2 - x2))
    return float(scipy.stats.fisher_exact([before, after]).pvalue)


def _rows(names: Sequence[str], table: Floats, equivalent: NDArray[np.bool_], level: float) -> tuple[Change, ...]:
    rows = []
    for name, figures, same in zip(names, table, equivalent, strict=True):
        difference, error, low, high, p, p_adjusted, detectable = (
            None if np.isnan(figure) else float(figure) for figure in figures
        )
        if difference is None:
            nothing = (None, None, None, None, None, None, None, Verdict.NOT_COMPARABLE)
            rows.append(Change(name, *nothing, Status.NOT_MEASURED, Reason.NOT_COMPARABLE.value))
            continue
        told = p_adjusted is not None and p_adjusted <= level
        moved = Verdict.UP if difference > 0 else Verdict.DOWN
        verdict = moved if told else Verdict.STABLE if same else Verdict.NO_CLEAR_CHANGE
        rows.append(Change(name, difference, error, low, high, p, p_adjusted, detectable, verdict))
    return tuple(rows)


def _share(weights: Mapping[str, float], chosen: Sequence[str]) -> float:
    total = sum(weights.values())
    return sum(weights[name] for name in chosen) / total if total else 0.0


def _refuse_covariance(names: Sequence[str], impossible: NDArray[np.bool_]) -> None:
    faults = [
        Fault(
            "covariance_impossible",
            Text(
                "la covariance dépasse ce que permettent les deux erreurs types.",
                "the covariance exceeds what the two standard errors allow.",
            ),
            Text("Vérifiez les contributions des unités répétées.", "Check the contributions of the repeated units."),
            {"key": names[i]},
        )
        for i in np.flatnonzero(impossible).tolist()
    ]
    if faults:
        raise ParvisError(faults)


def _margin_fault(margin: float) -> Fault:
    return Fault(
        "margin_impossible",
        Text(f"la marge {margin:g} est négative.", f"the margin {margin:g} is negative."),
        Text("Donnez un nombre positif ou nul.", "Give a number that is zero or more."),
    )
