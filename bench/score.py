"""Scoring an edition, against the bare group-by of the same cells: ratios, growth, memory.

Usage: python bench/score.py [--organisations 3500] [--contacts 15] [--criteria 60] [--output score.json]

The same run times DuckDB's own group-by of the cells that scores are made of, on the same Parquet files; ours is
everything from the scan to intervals and bands. Ranks and the disclosure check are timed apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from parvis.core.bundle import DATASET_TABLES, Dataset, read_dataset, write_dataset
from parvis.core.disclosure.whole_result import protect_result
from parvis.core.figures.scoring import Scoring, score_observations
from parvis.core.figures.standings import standings
from parvis.core.figures.tally.engine import opened
from parvis.core.instruments.method import Method, load_method
from parvis.core.pipeline import score_edition

CHANNELS = ("phone", "email", "letter", "visit", "website", "social")
STAGES = ("access", "orientation", "handling", "complaints")
DETERMINANTS = ("accessibility", "responsiveness", "courtesy", "waiting", "answer_quality")
GROUP_BY = """
select o.organisation, o.channel, a.criterion, count(*), sum(a.value), sum(a.value * a.value)
from read_parquet('{answers}') a join read_parquet('{observations}') o using (observation)
where a.state = 'scored' group by all
"""


def edition(organisations: int, contacts: int, criteria: int, seed: int = 1) -> Dataset:
    """Simulated contacts of varying quality: one in twenty not reached, one mark in ten not applicable."""
    dice = np.random.default_rng(seed)
    names = [f"o{number:05}" for number in range(organisations)]
    count = organisations * len(CHANNELS) * contacts
    holder = np.repeat(np.arange(organisations), len(CHANNELS) * contacts)
    channel = np.tile(np.repeat(np.arange(len(CHANNELS)), contacts), organisations)
    reached = dice.random(count) > 0.05
    quality = np.clip(dice.normal(0.7, 0.07, organisations)[holder] + dice.normal(0, 0.12, count), 0.02, 0.98)
    keys = pa.array([f"c{number:08}" for number in range(count)])
    observations = {
        "observation": keys,
        "organisation": pa.array(names).take(pa.array(holder)),
        "place": pa.array(names).take(pa.array(holder)),
        "channel": pa.array(CHANNELS).take(pa.array(channel)),
        "observer": pa.array([f"w{number:04}" for number in dice.integers(0, 150, count)]),
        "outcome": pa.array(["not_reached", "reached"]).take(pa.array(reached.astype(np.int64))),
    }
    rows = np.repeat(np.flatnonzero(reached), criteria)
    criterion = channel[rows] * criteria + np.tile(np.arange(criteria), int(reached.sum()))
    tables = {
        **frame(names, criteria),
        "observations": filled("observations", observations),
        "answers": marks(dice, keys.take(pa.array(rows)), criterion, quality[rows], criteria),
    }
    return Dataset({"edition": "bench", "seed": 1}, tables, load_method()[1])


def frame(names: list[str], criteria: int) -> dict[str, pa.Table]:
    size, codes = len(names), codes_of(criteria)
    organisations = {
        "organisation": names,
        "category": [f"k{number % 6}" for number in range(size)],
        "population": [5000] * size,
        "eligible": [True] * size,
        "comparable": [True] * size,
    }
    places = {"place": names, "organisation": names, "kind": ["main"] * size, "weight": [1.0] * size}
    grid = {
        "criterion": codes,
        "channel": np.repeat(CHANNELS, criteria),
        "stage": [STAGES[number % 4] for number in range(len(codes))],
        "determinant": [DETERMINANTS[number % 5] for number in range(len(codes))],
        "weight": [1.0 + number % 3 for number in range(len(codes))],
        "critical": [False] * len(codes),
        "subjective": [False] * len(codes),
    }
    given = {"organisations": organisations, "places": places, "criteria": grid}
    return {name: filled(name, columns) for name, columns in given.items()}


def marks(
    dice: np.random.Generator, keys: pa.Array, criterion: np.ndarray, quality: np.ndarray, criteria: int
) -> pa.Table:
    mark = (dice.random(len(keys)) < quality).astype(np.float64)
    applies = dice.random(len(keys)) > 0.1
    columns = {
        "observation": keys,
        "criterion": pa.array(codes_of(criteria)).take(pa.array(criterion)),
        "state": pa.array(["not_applicable", "scored"]).take(pa.array(applies.astype(np.int64))),
        "value": pa.array(mark, mask=~applies),
    }
    return filled("answers", columns)


def codes_of(criteria: int) -> list[str]:
    return [f"{name}-{number:02}" for name in CHANNELS for number in range(criteria)]


def filled(name: str, columns: dict[str, Any]) -> pa.Table:
    """A table of the dataset from the columns that matter here, the others empty."""
    size = len(next(iter(columns.values())))
    schema = DATASET_TABLES[name].schema()
    return pa.table({field.name: columns.get(field.name, pa.nulls(size, field.type)) for field in schema})


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def tally_to_bands(dataset: Dataset, method: Method) -> tuple[Scoring, pa.Table]:
    """Scan, contact scores, places, channels, organisations, side views, intervals: every row of `estimates`."""
    with opened() as engine:
        scoring = score_observations(engine, dataset, method)
    return scoring, scoring.estimates(method.scores.confidence)


def bare_group_by(folder: Path) -> int:
    paths = {name: folder / f"{name}.parquet" for name in ("answers", "observations")}
    return int(duckdb.sql(GROUP_BY.format(**paths)).to_arrow_table().num_rows)


def measure(organisations: int, contacts: int, criteria: int, whole: bool) -> dict[str, Any]:
    method = load_method()[0]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "dataset"
        write_dataset(edition(organisations, contacts, criteria), folder)
        dataset = read_dataset(folder)
        answers = next(file["rows"] for file in dataset.manifest["files"] if file["path"] == "answers.parquet")
        bare = min(timed(lambda: bare_group_by(folder))[1] for _ in range(3))
        (scoring, estimates), ours = timed(lambda: tally_to_bands(dataset, method))
        ranked, standing = timed(lambda: standings(scoring, method, 1))
        steps = peak()
        hiding, everything = _disclosure(dataset, method, estimates, ranked.ranks) if whole else (0.0, 0.0)
    return {
        "organisations": organisations,
        "answers": answers,
        "group_by_seconds": round(bare, 2),
        "tally_to_intervals_seconds": round(ours, 2),
        "ratio": round(ours / bare, 1),
        "ranks_and_bands_seconds": round(standing, 2),
        "peak_mb_before_disclosure": steps,
        "disclosure_seconds": round(hiding, 2),
        "whole_edition_seconds": round(everything, 2),
        "figures": estimates.num_rows,
        "peak_mb": peak(),
    }


def _disclosure(dataset: Dataset, method: Method, estimates: pa.Table, ranks: pa.Table) -> tuple[float, float]:
    result, everything = timed(lambda: score_edition(dataset, method))
    tables = {**{name: result.table(name) for name in result.tables}, "estimates": estimates, "ranks": ranks}
    return timed(lambda: protect_result(tables, method))[1], everything


def peak() -> int:
    """Largest memory held so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=3500)
    parser.add_argument("--contacts", type=int, default=15)
    parser.add_argument("--criteria", type=int, default=60)
    parser.add_argument("--without-disclosure", action="store_true")
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    sizes = sorted({max(asked.organisations // 10, 20), asked.organisations})
    rows = [measure(size, asked.contacts, asked.criteria, not asked.without_disclosure) for size in sizes]
    for name in rows[0]:
        sys.stdout.write(f"{name:>28} " + " ".join(f"{row[name]:>12}" for row in rows) + "\n")
    if asked.output:
        asked.output.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
