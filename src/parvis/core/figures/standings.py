"""Where each organisation stands among its peers: ranks with their sets, and the seven bands of the expected range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.bundle.result_tables import BANDS, DIAGNOSTICS, RANKS
from parvis.core.figures.benchmarking import BandRule, bands
from parvis.core.figures.draws import seed_for
from parvis.core.figures.ranking import Ranking, rank
from parvis.core.figures.scoring import OVERALL, Scoring
from parvis.core.figures.scoring.chain import Step
from parvis.core.figures.tally.observations import CHANNELS
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Status

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
PIECE = "ranking"


@dataclass(frozen=True)
class Standings:
    """The tables `ranks` and `bands`, and how much of what separates organisations is real, by category."""

    ranks: pa.Table
    bands: pa.Table
    diagnostics: pa.Table


def standings(scoring: Scoring, method: Method, seed: int) -> Standings:
    """Ranks and bands of every category.

    Ranked are eligible and comparable organisations with enough contacts. With fewer than the method's minimum, only
    the first (or those first alike) have a rank, without its set, and the others say whether they are level with it;
    alone in its category, an organisation has the set {1}. Bands need their own minimum of comparable peers.

    Source: method of Parvis 4.5 and 4.6; see `ranking.rank` and `benchmarking.bands`.
    """
    ranks: list[tuple[object, ...]] = []
    banded: list[tuple[object, ...]] = []
    told: list[tuple[object, ...]] = []
    for number, category in enumerate(scoring.frames.categories):
        members = np.flatnonzero(scoring.frames.category == number)
        ranking = _rank_category(scoring, method, members, category, seed)
        ranks += list(_rank_rows(scoring, method, category, members, ranking))
        told += _worth(category, ranking, method.ranking.rankability)
        for measure, step, rows in _measures(scoring, members):
            banded += list(_band_rows(scoring, method, category, measure, step, rows))
    return Standings(
        RANKS.filled(ranks),
        BANDS.filled(banded),
        DIAGNOSTICS.filled(told),
    )


def rankable(scoring: Scoring, method: Method) -> Flags:
    """Which organisations may be ranked: eligible, comparable, with enough contacts behind their score."""
    enough = scoring.organisations.step.contacts >= method.minimum.contacts_to_compare
    return scoring.frames.eligible & scoring.organisations.comparable & enough


def _rank_category(scoring: Scoring, method: Method, members: Integers, category: str, seed: int) -> Ranking | None:
    chosen = members[rankable(scoring, method)[members]]
    if not len(chosen):
        return None
    step = scoring.organisations.step.rows(chosen)
    names = [scoring.frames.contacts.organisations[row] for row in chosen]
    return rank(
        names,
        step.score,
        step.standard_error,
        step.degrees,
        confidence=method.scores.confidence,
        method=method.ranking.method,
        seed=seed_for(seed, category, OVERALL),
        replicates=method.ranking.draws,
        step_down_limit=method.ranking.step_down_limit,
        tie_tolerance=method.scores.tie_tolerance,
    )


def _worth(category: str, ranking: Ranking | None, least: float) -> Iterator[tuple[object, ...]]:
    """What ranks are worth: the share of variance that is no chance, the spread of true scores, of how many."""
    if ranking is None or ranking.rankability is None or ranking.tau2 is None:
        return
    noise = "mostly_noise" if ranking.rankability < least else None
    yield (PIECE, category, "rankability", ranking.rankability, noise)
    yield (PIECE, category, "tau2", ranking.tau2, None)
    yield (PIECE, category, "tau", ranking.tau2**0.5, None)
    yield (PIECE, category, "ranked", float(sum(unit.rank is not None for unit in ranking.units)), None)


def _rank_rows(
    scoring: Scoring, method: Method, category: str, members: Integers, ranking: Ranking | None
) -> Iterator[tuple[object, ...]]:
    names = scoring.frames.contacts.organisations
    units = {unit.identifier: unit for unit in ranking.units} if ranking else {}
    ranked = sum(unit.rank is not None for unit in units.values())
    few = 1 < ranked < method.minimum.organisations_to_rank
    for row in members:
        unit = units.get(names[row])
        if unit is None or unit.rank is None:
            yield (category, names[row], None, None, None, None, None, None, Status.NOT_MEASURED.value)
        elif few:
            first = 1 if unit.rank == 1 else None
            yield (category, names[row], first, None, None, unit.level_with_first, None, None, Status.PUBLISHED.value)
        else:
            sets = (unit.rank, unit.rank_low, unit.rank_high, unit.level_with_first)
            chances = (unit.expected_rank, unit.probability_first)
            yield (category, names[row], *sets, *chances, Status.PUBLISHED.value)


def _measures(scoring: Scoring, members: Integers) -> Iterator[tuple[str, Step, Integers]]:
    """The scores that are banded: over all channels, then by channel; with the organisations they belong to."""
    yield OVERALL, scoring.organisations.step.rows(members), members
    channels = scoring.channels
    mine = np.isin(channels.organisation, members)
    for number, channel in enumerate(CHANNELS):
        rows = np.flatnonzero(mine & (channels.channel == number))
        if len(rows):
            yield channel.value, channels.step.rows(rows), channels.organisation[rows]


def _band_rows(
    scoring: Scoring, method: Method, category: str, measure: str, step: Step, organisations: Integers
) -> Iterator[tuple[object, ...]]:
    fit = scoring.organisations.comparable[organisations] & (step.contacts >= method.minimum.contacts_to_compare)
    kept = np.flatnonzero(fit & ~np.isnan(step.standard_error))
    if len(kept) < method.minimum.organisations_to_band:
        return
    names = [scoring.frames.contacts.organisations[row] for row in organisations[kept]]
    chosen = step.rows(kept)
    rule = BandRule(method.bands.winsorise, method.bands.cut_points, method.minimum.organisations_to_band)
    for unit in bands(names, chosen.score, chosen.standard_error, chosen.degrees, rule=rule).units:
        band = unit.band.value if unit.band else None
        ends = (_on_scale(unit.expected_low), _on_scale(unit.expected_high))
        yield (category, unit.identifier, measure, unit.z, unit.z_adjusted, band, *ends)


def _on_scale(score: float | None) -> float | None:
    return None if score is None else min(max(score, 0.0), 100.0)
