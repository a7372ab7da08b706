"""Draws: the published outputs of SplitMix64, independence of order, and the moments of each distribution."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from parvis.core.figures.draws import keys_of, normals, poissons, seed_for, splitmix64, students, uniforms
from parvis.core.vocabulary import ParvisError

GAMMA = 0x9E3779B97F4A7C15


def test_splitmix64_gives_its_published_sequence_for_seed_1234567() -> None:
    # the sequence that the algorithm's reference implementations print for this seed
    states = [(1234567 + step * GAMMA) % 2**64 for step in range(5)]
    assert splitmix64(np.array(states, np.uint64)).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_a_draw_depends_on_seed_id_and_replicate_only() -> None:
    names = ["b", "a", "c"]
    whole = uniforms(5, keys_of(names), range(100))
    alone = uniforms(5, keys_of(["a"]), [42])
    assert whole[42, 1] == alone[0, 0]
    assert uniforms(6, keys_of(["a"]), [42])[0, 0] != alone[0, 0]


def test_seeds_separate_what_they_are_for() -> None:
    seeds = {seed_for(seed, category, measure) for seed in (1, 2) for category in "ab" for measure in ("x", "y")}
    assert len(seeds) == 8
    assert all(0 <= seed < 2**64 for seed in seeds)


@pytest.mark.parametrize(("df", "law"), [(np.inf, np.inf), (np.nan, np.inf), (4.0, 4.0), (1.5, 1.5)])
def test_students_follow_their_law_and_neighbours_are_unrelated(df: float, law: float) -> None:
    draws = students(2026, [1, 2], np.arange(20_000), df)
    assert scipy.stats.kstest(draws[:, 0], scipy.stats.t(law).cdf).pvalue > 0.001
    ranks = scipy.stats.spearmanr(draws[:, 0], draws[:, 1])
    assert abs(ranks.statistic) < 0.03
    assert abs(scipy.stats.spearmanr(draws[:-1, 0], draws[1:, 0]).statistic) < 0.03


def test_normals_are_students_without_end() -> None:
    assert (normals(3, [1], [0, 1]) == students(3, [1], [0, 1], np.inf)).all()


def test_poissons_have_mean_and_variance_one_and_unrelated_replicates() -> None:
    draws = poissons(9, np.arange(50_000), [0, 1])
    assert draws.mean(axis=1) == pytest.approx([1, 1], abs=0.02)
    assert draws.var(axis=1) == pytest.approx([1, 1], abs=0.03)
    assert abs(np.corrcoef(draws)[0, 1]) < 0.02


def test_degrees_of_freedom_must_be_positive() -> None:
    with pytest.raises(ParvisError):
        students(1, [1], [0], 0.0)
