"""Who marks harder, with its error; scores with that severity given back; and whether to correct at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from parvis.core.figures.observers.connection import components
from parvis.core.figures.observers.mixed_model import Floats, Ratios, Scores, Solved, Sums, fit
from parvis.core.vocabulary import Fault, ParvisError, Text

Integers = NDArray[np.int64]

MATERIAL_SHARE = 0.02
MATERIAL_P = 0.01
FEWEST_OBSERVERS = 5
# under it, a variance is that of contacts that are all the same
_NOTHING = 1e-200


@dataclass(frozen=True, slots=True)
class ObserverSeverity:
    """How many points below the others an observer marks like contacts (positive: harder), and its part of the plan."""

    identifier: str
    severity: float
    standard_error: float
    observations: int
    part: int


@dataclass(frozen=True, slots=True)
class AdjustedOrganisation:
    """An organisation's mean score as given, and with each contact's observer's severity given back."""

    identifier: str
    raw: float
    adjusted: float
    standard_error: float
    contacts: int
    part: int


@dataclass(frozen=True, slots=True)
class Severity:
    """The mixed model of an edition's contacts: variances by source, observers, organisations, and the verdict.

    `material` says whether observers differ enough for the correction to be published beside the raw scores.
    """

    components: dict[str, float]
    observers: tuple[ObserverSeverity, ...]
    organisations: tuple[AdjustedOrganisation, ...]
    connected: bool
    observer_share: float
    p: float
    material: bool
    criterion: float


def severity(
    scores: ArrayLike,
    organisations: Sequence[str],
    channels: Sequence[str],
    observers: Sequence[str],
    *,
    interaction: bool = True,
    minimum_share: float = MATERIAL_SHARE,
    level: float = MATERIAL_P,
    minimum_observers: int = FEWEST_OBSERVERS,
) -> Severity:
    """Separate what organisations are worth from how hard their observers mark.

    Args:
        scores: one per contact, finite; NaN rows are left out.
        organisations, channels, observers: of each contact, same length.
        interaction: let organisations differ by channel as well.
        minimum_share, level, minimum_observers: the rule, fixed beforehand, by which the correction is `material`:
            observers' share of the variance above the first, likelihood ratio below the second, observers enough.

    Returns:
        Variances by source (restricted likelihood, score = channel + organisation [+ organisation × channel] +
        observer + error; 0 is a legal answer), observers and organisations in alphabetical order. Parts of a judging
        plan that share no organisation get their own level, so that severity never compares across them. Standard
        errors are those of prediction given the variances and the channels' means: of the severity, and of the adjusted
        mean against what the organisation's contacts would have scored with the average observer and no error.

    Raises:
        ParvisError: lengths that differ, an infinite score, or fewer contacts than effects to estimate.

    Source: Henderson 1975; Patterson & Thompson 1971; Self & Liang 1987 for the half-and-half mixture of the test.

    >>> marks = severity([50.0, 39, 70, 61, 30, 21, 90, 79], list("aabbccdd"), ["visit"] * 8, list("xyxyxyxy"),
    ...     interaction=False)   # x marks 10 points above y, give or take the error
    >>> [(one.identifier, round(one.severity, 1)) for one in marks.observers]
    [('x', -5.0), ('y', 5.0)]
    """
    y = np.asarray(scores, np.float64)
    _refuse_input(y, organisations, channels, observers)
    kept = np.flatnonzero(~np.isnan(y)).tolist()
    org_names, org = _coded([organisations[i] for i in kept])
    channel_names, channel = _coded([channels[i] for i in kept])
    observer_names, observer = _coded([observers[i] for i in kept])
    _refuse_too_few(len(kept), len(channel_names))
    parts = components(org, observer)
    given = Scores(y[kept], org, channel, observer, parts[0])
    sums = Sums(given)
    _refuse_too_few(len(kept), sums.fixed)
    between = interaction and len(channel_names) > 1 and _repeats(sums.cell_of)
    wanted = {"organisation": _repeats(org), "interaction": between}
    full = fit(sums, **wanted, observer=_repeats(observer) and len(observer_names) > 1)
    p = _chance(sums, full, wanted)
    variances = _components(full, interaction)
    share = variances["observer"] / (sum(variances.values()) or 1.0)
    precision = full.precision
    return Severity(
        variances,
        _observers(full, precision, observer_names, observer, parts[1]),
        _organisations(given, sums, full, precision, org_names),
        int(parts[0].max()) == 0,
        share,
        p,
        share > minimum_share and p < level and len(observer_names) >= minimum_observers,
        full.criterion,
    )


def _chance(sums: Sums, full: Solved, wanted: dict[str, bool]) -> float:
    """The chance of so large a likelihood ratio were observers all alike: half nothing, half chi-square with one df."""
    if not full.ratios.observer:
        return 1.0
    ratio = max(0.0, fit(sums, **wanted, observer=False).criterion - full.criterion)
    return float(0.5 * special.chdtrc(1, ratio)) if ratio > 0 else 1.0


def _components(solved: Solved, interaction: bool) -> dict[str, float]:
    residual, ratios = (solved.residual if solved.residual > _NOTHING else 0.0), solved.ratios
    between = {"organisation_channel": residual * ratios.interaction**2} if interaction else {}
    return {
        "organisation": residual * ratios.organisation**2,
        **between,
        "observer": residual * ratios.observer**2,
        "residual": residual,
    }


def _observers(
    solved: Solved, precision: Floats, names: Sequence[str], observer: Integers, parts: Integers
) -> tuple[ObserverSeverity, ...]:
    errors = np.sqrt(solved.residual) * solved.ratios.observer * np.sqrt(np.diag(precision))
    counts = np.bincount(observer, minlength=len(names))
    return tuple(
        ObserverSeverity(name, float(0.0 - solved.observers[i]), float(errors[i]), int(counts[i]), int(parts[i]))
        for i, name in enumerate(names)
    )


def _organisations(
    given: Scores, sums: Sums, solved: Solved, precision: Floats, names: Sequence[str]
) -> tuple[AdjustedOrganisation, ...]:
    counts = np.bincount(given.organisation).astype(np.float64)
    raw = np.bincount(given.organisation, given.score) / counts
    corrected = given.score - solved.observers[given.observer]
    adjusted = np.bincount(given.organisation, corrected) / counts
    errors = np.sqrt(solved.residual * _relative_errors(sums, solved, precision, counts))
    return tuple(
        AdjustedOrganisation(
            name, float(raw[i]), float(adjusted[i]), float(errors[i]), int(counts[i]), int(given.part[i])
        )
        for i, name in enumerate(names)
    )


def _relative_errors(sums: Sums, solved: Solved, precision: Floats, counts: Floats) -> Floats:
    """Variance of (mean error + mean of observers' prediction errors) over the residual variance, per organisation.

    1/n + j² w'A w - 2 j² w'A v, with w the organisation's mix of observers, A the observers' precision and v = Z'P0 a
    the part of the organisation's own mean error that leaks into their predictions.
    """
    ratios: Ratios = solved.ratios
    j2, t2 = ratios.observer**2, ratios.interaction**2
    if not j2:
        return 1 / counts
    share = 1 / (1 + t2 * sums.cell_size)
    mass = np.bincount(sums.cell_organisation, share * sums.cell_size, sums.organisations)
    # an organisation's own pull takes o² / (1 + o² mass) of it
    left = 1 / (1 + ratios.organisation**2 * mass)
    marks = slice(sums.fixed + 1, None)
    mix = sums.weighted_by_organisation(np.ones(len(share)))[:, marks].toarray() / counts[:, None]
    leak = sums.weighted_by_organisation(share)[:, marks].toarray() * (left / counts)[:, None]
    smoothed = mix @ precision
    variance = 1 / counts + j2 * (smoothed * mix).sum(axis=1) - 2 * j2 * (smoothed * leak).sum(axis=1)
    return np.asarray(np.maximum(variance, 0.0), np.float64)


def _coded(values: Sequence[str]) -> tuple[list[str], Integers]:
    names = sorted(set(values))
    place = {name: i for i, name in enumerate(names)}
    return names, np.array([place[value] for value in values], np.int64)


def _repeats(codes: Integers) -> bool:
    """Whether some level has two contacts and there are two levels: otherwise its variance cannot be told apart."""
    counts = np.bincount(codes)
    return len(counts) > 1 and bool((counts > 1).any())


def _refuse_input(y: Floats, *columns: Sequence[str]) -> None:
    faults = []
    if any(len(column) != len(y) for column in columns):
        what = Text("les colonnes n’ont pas la même longueur.", "the columns do not have the same length.")
        faults.append(Fault("lengths_differ", what, Text("Une ligne par contact.", "One row per contact.")))
    if np.isinf(y).any():
        what = Text("un score est infini.", "a score is infinite.")
        faults.append(Fault("number_impossible", what, Text("Corrigez-le.", "Correct it.")))
    if faults:
        raise ParvisError(faults)


def _refuse_too_few(contacts: int, effects: int) -> None:
    if contacts <= effects:
        raise ParvisError(
            Fault(
                "too_few_contacts",
                Text(
                    f"{contacts} contact(s) ne suffisent pas à estimer {effects} effet(s).",
                    f"{contacts} contact(s) are not enough to estimate {effects} effect(s).",
                ),
                Text("Rassemblez davantage de contacts.", "Gather more contacts."),
            )
        )
