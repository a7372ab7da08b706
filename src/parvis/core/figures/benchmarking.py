"""Where a figure stands against what chance and the usual spread among peers would give; and fair terms to compare.

The seven bands and their limits are our choice: cut points differ between programmes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from parvis.core.figures.checked_estimates import check_estimates
from parvis.core.figures.proportions import Interval
from parvis.core.vocabulary import Band, Fault, ParvisError, Reason, Status, Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST_ANSWERS_FOR_ARCSINE = 10
_WORSE = (Band.EXPECTED, Band.SOMEWHAT_WORSE, Band.WORSE, Band.MUCH_WORSE)
_BETTER = (Band.EXPECTED, Band.SOMEWHAT_BETTER, Band.BETTER, Band.MUCH_BETTER)


@dataclass(frozen=True, slots=True)
class BandRule:
    """A method's choices: share winsorised at each end, the bands' three limits, and the fewest organisations."""

    winsorise: float = 0.10
    cut_points: tuple[float, float, float] = (1.645, 1.960, 3.090)
    fewest: int = 10


@dataclass(frozen=True, slots=True)
class BandedUnit:
    """One organisation's distance to the target: z by its own error, z_adjusted with its peers' usual spread added.

    An estimate between `expected_low` and `expected_high` is in the middle band; both are in the estimate's units.
    """

    identifier: str
    z: float | None
    z_adjusted: float | None
    band: Band | None
    status: Status = Status.PUBLISHED
    reason: str = ""
    expected_low: float | None = None
    expected_high: float | None = None


@dataclass(frozen=True, slots=True)
class Banding:
    """The units in the order given, with the target, the over-dispersion phi and the added variance tau2."""

    units: tuple[BandedUnit, ...]
    target: float | None
    phi: float | None
    tau2: float | None


def bands(
    identifiers: Sequence[str],
    estimates: ArrayLike,
    standard_errors: ArrayLike,
    degrees_of_freedom: ArrayLike | None = None,
    *,
    target: float | None = None,
    rule: BandRule | None = None,
) -> Banding:
    """Place each organisation in one of seven bands around the range expected among its peers.

    Args:
        identifiers: distinct, shape (p,).
        estimates, standard_errors: None or NaN where there is none; a standard error of 0 is none.
        degrees_of_freedom: of each standard error; they only make the bands' limits wider, by the t that has the same
            tails (Satterthwaite on s² + tau²). z and z_adjusted stay ratios.
        target: what to compare with; by default the unweighted mean of the organisations that can be compared.
        rule: the method's choices; those of the method page when None.

    Returns:
        z = (y - target)/s, z_adjusted = (y - target)/sqrt(s² + tau²), band by |z_adjusted| above 1.645, 1.960, 3.090;
        the expected range is target ± 1.645 sqrt(s² + tau²), with the t of the same tail where df are few.
        With fewer than 10 organisations, z and z_adjusted but no band (`TOO_FEW_PEERS`).

    Raises:
        ParvisError: as `checked_estimates.check_estimates`.

    Source: Spiegelhalter 2005, Statistics in Medicine 24:1185 (additive random effects, winsorised at 10 and 90 %).

    >>> table = bands([str(i) for i in range(12)], [50.0] * 11 + [62.0], [2.0] * 12, target=50.0)
    >>> table.units[11].z, table.units[11].band.value, round(table.phi, 3)
    (6.0, 'much_better', 0.0)
    >>> round(table.units[11].expected_low, 2), round(table.units[11].expected_high, 2)   # 50 ± 1.645 × 2
    (46.71, 53.29)
    """
    given = check_estimates(identifiers, estimates, standard_errors, degrees_of_freedom)
    usable = given.comparable
    y, s = given.estimates[usable], given.standard_errors[usable]
    if not len(y):
        return Banding(tuple(_absent(name) for name in given.identifiers), target, None, None)
    centre = float(y.mean()) if target is None else float(target)
    z = (y - centre) / s
    chosen = rule or BandRule()
    phi, tau2 = overdispersion(z, s, chosen.winsorise)
    spread = np.sqrt(s**2 + tau2)
    z_adjusted = (y - centre) / spread
    with np.errstate(divide="ignore"):
        df = (s**2 + tau2) ** 2 / (s**4 / given.degrees_of_freedom[usable])
    half = _same_tail(chosen.cut_points[0], df) * spread
    placed = _Placed(z, z_adjusted, _depths(_normal_equivalents(z_adjusted, df), chosen), centre - half, centre + half)
    units = _units(given.identifiers, usable, placed, chosen.fewest)
    return Banding(units, centre, phi, tau2)


def bands_of_shares(
    identifiers: Sequence[str],
    successes: ArrayLike,
    n: ArrayLike,
    *,
    target: float | None = None,
    rule: BandRule | None = None,
) -> Banding:
    """The same for shares, on the arcsine scale, with exact binomial tails where that scale fails.

    Args:
        identifiers: distinct, shape (p,).
        successes, n: counts (or effective sizes); n = 0 leaves the organisation out.
        target: a share, by default the pooled one.
        rule: as `bands`.

    Returns:
        As `bands`, with `tau2` on the arcsine scale and `target` a share. Under 10 answers, or when all or none said
        yes, z is the normal deviate of the exact mid-p tail.

    Raises:
        ParvisError: as `checked_estimates.check_estimates`, or a target that is not strictly between 0 and 1.

    Source: Spiegelhalter 2005; mid-p after Lancaster 1961.

    >>> table = bands_of_shares(list("abcdefghij"), [50] * 9 + [80], [100] * 10)
    >>> table.target, table.units[9].band.value
    (0.53, 'much_better')
    """
    x, size = np.asarray(successes, np.float64), np.asarray(n, np.float64)
    present = size > 0
    if not present.any():
        return Banding(tuple(_absent(str(name)) for name in identifiers), target, None, None)
    pooled = float(x[present].sum() / size[present].sum()) if target is None else float(target)
    if target is not None and not 0 < pooled < 1:
        raise ParvisError(_target_fault(pooled))
    safe = np.where(present, size, 1.0)
    share = np.clip(x / safe, 0, 1)
    scaled = np.where(present, np.arcsin(np.sqrt(share)), np.nan)
    error = np.where(present, 0.5 / np.sqrt(safe), np.nan)
    given = check_estimates(identifiers, scaled, error)
    z = ((scaled - np.arcsin(np.sqrt(pooled))) / error)[present]
    rough = (size < FEWEST_ANSWERS_FOR_ARCSINE) | (share <= 0) | (share >= 1)
    if 0 < pooled < 1:
        z = np.where(rough[present], _exact_deviates(x[present], size[present], pooled), z)
    chosen = rule or BandRule()
    phi, tau2 = overdispersion(z, error[present], chosen.winsorise)
    spread = np.sqrt(error[present] ** 2 + tau2)
    z_adjusted = z * error[present] / spread
    ends = [_share_at(pooled, side * chosen.cut_points[0] * spread) for side in (-1, 1)]
    placed = _Placed(z, z_adjusted, _depths(z_adjusted, chosen), *ends)
    units = _units(given.identifiers, present, placed, chosen.fewest)
    return Banding(units, pooled, phi, tau2)


def overdispersion(z: ArrayLike, standard_errors: ArrayLike, winsorise: float = 0.10) -> tuple[float, float]:
    """How much more organisations differ than their own errors explain.

    Args:
        z: distances to the target in standard errors, shape (p,).
        standard_errors: positive, same shape.
        winsorise: share brought in at each end, 0 to 0.5.

    Returns:
        phi, the mean square of z winsorised at both ends (type-7 percentiles), and tau² =
        (p phi - (p - 1)) / (sum w - sum w²/sum w) with w = 1/s², 0 when p phi < p - 1 or p = 1.

    Source: Spiegelhalter 2005, equations of section 5; DerSimonian & Laird 1986.

    >>> overdispersion([2.0, -2.0], [1.0, 1.0])[1]   # winsorised to ±1.6: phi 2.56, (2 × 2.56 - 1)/(2 - 1)
    4.120000000000001
    """
    distances, errors = np.asarray(z, np.float64), np.asarray(standard_errors, np.float64)
    low, high = np.quantile(distances, [winsorise, 1 - winsorise])
    phi = float(np.mean(np.clip(distances, low, high) ** 2))
    size, weights = len(distances), 1 / errors**2
    spread = float(weights.sum() - (weights**2).sum() / weights.sum())
    if size < 2 or size * phi < size - 1 or spread <= 0:
        return phi, 0.0
    return phi, (size * phi - (size - 1)) / spread


def exact_limits(target: float, n: ArrayLike, probability: float) -> Interval:
    """Limits of a funnel for small counts: the binomial's, interpolated between whole numbers.

    Args:
        target: the share to compare with, strictly between 0 and 1.
        n: observations, whole, 1 or more.
        probability: outside each limit, for instance 0.025.

    Returns:
        Shares between 0 and 1, lower and upper.

    Raises:
        ParvisError: a target outside 0 to 1.

    Source: Spiegelhalter 2005, appendix A.1.1.

    >>> limits = exact_limits(0.5, [10], 0.025)
    >>> [round(float(part[0]), 4) for part in limits]
    [0.1324, 0.7676]
    """
    if not 0 < target < 1:
        raise ParvisError(_target_fault(target))
    size = np.atleast_1d(np.asarray(n, np.float64))
    return Interval(_interpolated(target, size, probability), _interpolated(target, size, 1 - probability))


def _interpolated(target: float, size: Floats, probability: float) -> Floats:
    limits = np.empty(len(size))
    for place, n in enumerate(size):
        counts = np.arange(int(n) + 1)
        cumulated = special.bdtr(counts.astype(np.float64), int(n), target)
        r = int(np.searchsorted(cumulated, probability))
        below = cumulated[r - 1] if r else 0.0
        limits[place] = max(0.0, (r - (cumulated[r] - probability) / (cumulated[r] - below)) / n)
    return limits


def _exact_deviates(x: Floats, size: Floats, target: float) -> Floats:
    """Normal deviates of P(X < x) + P(X = x)/2, each tail computed on its own side for accuracy; counts may be real."""
    at_most = np.where(x >= size, 1.0, special.betaincc(x + 1, np.where(x < size, size - x, 1.0), target))
    under = np.where(x < 1, 0.0, special.betaincc(np.where(x < 1, 1.0, x), size - x + 1, target))
    at_least = np.where(x <= 0, 1.0, special.betainc(np.where(x > 0, x, 1.0), size - x + 1, target))
    over = np.where(x >= size, 0.0, special.betainc(x + 1, np.where(x < size, size - x, 1.0), target))
    low, high = (at_most + under) / 2, (at_least + over) / 2
    return np.asarray(np.where(low < high, special.ndtri(low), -special.ndtri(high)), np.float64)


def _normal_equivalents(t: Floats, df: Floats) -> Floats:
    finite = np.isfinite(df)
    result = np.array(t)
    if finite.any():
        tail = special.stdtr(df[finite], -np.abs(t[finite]))
        result[finite] = -np.sign(t[finite]) * special.ndtri(tail)
    return result


def _same_tail(cut: float, df: Floats) -> Floats:
    """The t beyond which lies the same tail as beyond a normal deviate."""
    finite = np.isfinite(df)
    result = np.full(len(df), cut)
    result[finite] = -special.stdtrit(df[finite], special.ndtr(-cut))
    return result


def _share_at(target: float, distance: Floats) -> Floats:
    """The share that stands at a distance from the target on the arcsine scale."""
    return np.asarray(np.sin(np.clip(np.arcsin(np.sqrt(target)) + distance, 0, np.pi / 2)) ** 2, np.float64)


def _depths(z: Floats, rule: BandRule) -> NDArray[np.int64]:
    """Signed number of limits passed, -3 to 3."""
    passed = np.searchsorted(np.asarray(rule.cut_points), np.abs(z), side="left")
    return (np.sign(z) * passed).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Every comparable organisation's place, in order, and the ends of its expected range."""

    z: Floats
    z_adjusted: Floats
    depths: NDArray[np.int64]
    low: Floats
    high: Floats


def _units(names: Sequence[str], usable: Flags, placed: _Placed, fewest: int) -> tuple[BandedUnit, ...]:
    units = [_absent(name) for name in names]
    enough = len(placed.z) >= fewest
    for place, i in enumerate(np.flatnonzero(usable).tolist()):
        far = (float(placed.z[place]), float(placed.z_adjusted[place]))
        if not enough:
            units[i] = BandedUnit(names[i], *far, None, Status.TOO_FEW, Reason.TOO_FEW_PEERS.value)
            continue
        depth = int(placed.depths[place])
        band = _BETTER[depth] if depth >= 0 else _WORSE[-depth]
        ends = (float(placed.low[place]), float(placed.high[place]))
        units[i] = BandedUnit(names[i], *far, band, Status.PUBLISHED, "", *ends)
    return tuple(units)


def _absent(name: str) -> BandedUnit:
    return BandedUnit(name, None, None, None, Status.NOT_MEASURED, Reason.NOT_COMPARABLE.value)


def _target_fault(target: float) -> Fault:
    return Fault(
        "target_impossible",
        Text(f"la cible {target:g} n’est pas une part.", f"the target {target:g} is not a share."),
        Text("Donnez un nombre strictement entre 0 et 1.", "Give a number strictly between 0 and 1."),
    )
