"""Scoring an edition, against the bare group-by of the same cells: ratios, growth, memory.

    python -m bench.score [--organisations 3500] [--contacts 15] [--criteria 60] [--observers 150] [--json score.json]

The same run times DuckDB's own group-by of the cells that scores are made of, on the same Parquet files; ours is
everything from the scan to intervals and bands. Ranks of all organisations together, the disclosure check and the
observer model (beside lme4, on the same contacts) are timed apart. Every job runs in a process of its own.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench._alone import Measured, alone, hidden_options, kept_as_json, machine, quickest, ratio_line, timed, told_by
from parvis.core.bundle import DATASET_TABLES, Dataset, read_dataset, write_dataset
from parvis.core.bundle.result_tables import CHANGES, DELAY_CURVES, DIAGNOSTICS
from parvis.core.disclosure.whole_result import protect_result
from parvis.core.figures.benchmarking import bands
from parvis.core.figures.observers.severity import severity
from parvis.core.figures.ranking import rank
from parvis.core.figures.scoring import Scoring, score_observations
from parvis.core.figures.standings import standings
from parvis.core.figures.tally.engine import opened
from parvis.core.instruments.method import load_method
from parvis.core.pipeline import score_edition

CHANNELS = ("phone", "email", "letter", "visit", "website", "social")
STAGES = ("access", "orientation", "handling", "complaints")
DETERMINANTS = ("accessibility", "responsiveness", "courtesy", "waiting", "answer_quality")
GROUP_BY = """
select o.organisation, o.channel, a.criterion, count(*), sum(a.value), sum(a.value * a.value)
from read_parquet('{answers}') a join read_parquet('{observations}') o using (observation)
where a.state = 'scored' group by all
"""
LME4 = """
suppressMessages(library(lme4)); d <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = TRUE)
start <- proc.time()[["elapsed"]]
m <- lmer(score ~ channel + (1 | organisation) + (1 | organisation:channel) + (1 | observer), d)
r <- ranef(m, condVar = TRUE)
cat(proc.time()[["elapsed"]] - start)
"""


def edition(organisations: int, contacts: int, criteria: int, observers: int, seed: int = 1) -> Dataset:
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
        "observer": pa.array([f"w{number:04}" for number in dice.integers(0, observers, count)]),
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


def make(folder: Path, organisations: int, contacts: int, criteria: int, observers: int) -> Measured:
    write_dataset(edition(organisations, contacts, criteria, observers), folder / "dataset")
    return {"answers": pq.read_metadata(folder / "dataset" / "answers.parquet").num_rows}


def group_by(folder: Path) -> Measured:
    """The lower bound: the same cells, by DuckDB alone."""
    paths = {name: folder / "dataset" / f"{name}.parquet" for name in ("answers", "observations")}
    spent = time.process_time()
    table, seconds = timed(lambda: duckdb.sql(GROUP_BY.format(**paths)).to_arrow_table())
    return {"whole": seconds, "processor": time.process_time() - spent, "cells": table.num_rows}


def score(folder: Path) -> Measured:
    """Scan, contact scores, places, channels, organisations, side views, intervals, bands; ranks timed apart."""
    dataset, method = read_dataset(folder / "dataset"), load_method()[0]
    with opened() as engine:  # what starting costs is not what the work costs
        engine.collect(engine.table(pa.table({"a": [1]})))
        spent = time.process_time()
        scoring, scored = timed(lambda: score_observations(engine, dataset, method))
        estimates, laid = timed(lambda: scoring.estimates(method.scores.confidence))
    banded = timed(lambda: _bands(scoring))[1]
    spent = time.process_time() - spent
    ranked, stood = timed(lambda: standings(scoring, method, 1))
    pq.write_table(estimates, folder / "estimates.parquet")
    pq.write_table(ranked.ranks, folder / "ranks.parquet")
    step = scoring.organisations.step
    np.savez(folder / "scores.npz", score=step.score, error=step.standard_error, degrees=step.degrees)
    _keep_contacts(scoring, dataset, folder / "contacts.csv")
    return {
        "whole": scored + laid + banded, "scan_and_scores": scored, "estimates": laid, "bands": banded,
        "ranks_by_category": stood, "processor": spent, "figures": estimates.num_rows,
    }  # fmt: skip


def _bands(scoring: Scoring) -> None:
    for number in range(len(scoring.frames.categories)):
        members = np.flatnonzero(scoring.frames.category == number)
        step = scoring.organisations.step.rows(members)
        bands([str(member) for member in members], step.score, step.standard_error, step.degrees)


def _keep_contacts(scoring: Scoring, dataset: Dataset, path: Path) -> None:
    """The contacts of the observer model, for us and for lme4 alike."""
    frame, contacts = scoring.frames.contacts, scoring.contacts
    rows = np.flatnonzero(contacts.counted & frame.reached)
    observer = dataset.table("observations").sort_by("observation")["observer"].to_pylist()
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("score", "organisation", "channel", "observer"))
        for row in rows.tolist():
            names = frame.organisations[frame.organisation[row]], CHANNELS[frame.channel[row]], observer[row]
            writer.writerow((repr(float(contacts.score[row])), *names))


def ranks(folder: Path) -> Measured:
    """Simultaneous rank sets of all organisations, in a single category."""
    kept = np.load(folder / "scores.npz")
    names = [f"o{number:05}" for number in range(len(kept["score"]))]
    return {"whole": timed(lambda: rank(names, kept["score"], kept["error"], kept["degrees"]))[1]}


def disclosure(folder: Path) -> Measured:
    """The audit of every estimate, with what it takes to protect them."""
    tables = {
        "organisations": read_dataset(folder / "dataset").table("organisations"),
        **{name: pq.read_table(folder / f"{name}.parquet") for name in ("estimates", "ranks")},
        "changes": CHANGES.empty(),
        "delay_curves": DELAY_CURVES.empty(),
        "diagnostics": DIAGNOSTICS.empty(),
    }
    shown, seconds = timed(lambda: protect_result(tables, load_method()[0]))
    return {"whole": seconds, "figures": shown["estimates"].num_rows, "hidden": shown["disclosure"].num_rows}


def observers(folder: Path) -> Measured:
    """Severity of observers, with its errors and its test."""
    with (folder / "contacts.csv").open() as stream:
        scores, *names = zip(*list(csv.reader(stream))[1:], strict=True)
    marks = np.array(scores, np.float64)
    found, seconds = timed(lambda: severity(marks, *names))
    return {"whole": seconds, "contacts": len(marks), "observers": len(found.observers)}


def lme4(folder: Path) -> Measured:
    """The same model by lme4, fitted once, with the errors of its predictions; no test of the observers."""
    program = shutil.which("Rscript")
    if program is None:
        raise RuntimeError("R is not installed: lme4 is not measured")
    script = folder / "model.R"
    script.write_text(LME4, "utf-8")
    done = subprocess.run([program, str(script), str(folder / "contacts.csv")], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"lme4 was not measured: {done.stderr.strip().splitlines()[-1]}")
    return {"whole": float(done.stdout.split()[-1])}


def edition_whole(folder: Path) -> Measured:
    """`parvis score`, from the bundle read to the result in memory."""
    marks: list[tuple[str, float]] = []
    dataset = read_dataset(folder / "dataset")
    start = os.times().elapsed
    score_edition(dataset, progress=lambda step: marks.append((step, os.times().elapsed)))
    ends = [at for _, at in marks[1:]] + [os.times().elapsed]
    return {name: end - at for (name, at), end in zip(marks, ends, strict=True)} | {"whole": ends[-1] - start}


JOBS = {
    "make": make, "group_by": group_by, "score": score, "ranks": ranks, "disclosure": disclosure,
    "observers": observers, "lme4": lme4, "edition": edition_whole,
}  # fmt: skip
MODULE = "bench.score"


def measure(asked: argparse.Namespace, organisations: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        shape = {"contacts": asked.contacts, "criteria": asked.criteria, "observers": asked.observers}
        made = alone(MODULE, "make", {"path": place, "organisations": organisations, **shape}) or {}
        here = {"path": place}
        bound, scored = quickest(asked.tries, (MODULE, "group_by", here), (MODULE, "score", here))
        ours, peer = quickest(asked.tries, (MODULE, "observers", here), (MODULE, "lme4", here))
        rest = {name: alone(MODULE, name, here) for name in ("ranks", "disclosure", "edition")}
    told = {"group_by": bound, "score": scored, "observers": ours, "lme4": peer}
    return {"organisations": organisations, "answers": made.get("answers"), **told, **rest}


def show(small: dict[str, Any], large: dict[str, Any]) -> None:
    def value(row: dict[str, Any], job: str, name: str = "whole") -> float | None:
        return row[job].get(name) if row[job] else None

    def ratio(above: float | None, below: float | None) -> float | None:
        return above / below if above is not None and below else None

    print(f"\nScore an edition: {large['organisations']:,} organisations, {large['answers']:,} answers ({machine()})")
    for job in ("score", "edition"):
        if large[job]:
            steps = ((name, at) for name, at in large[job].items() if name not in ("peak_gb", "figures"))
            print(f"  {job}: " + " · ".join(f"{name} {at:.2f} s" for name, at in steps))
    print(f"{'':46}{'measured':>12}{'target':>12}")
    whole = value(large, "score")
    print(ratio_line("tally to bands / group-by of the same cells", ratio(whole, value(large, "group_by")), "≤ 10"))
    spent = ratio(value(large, "score", "processor"), value(large, "group_by", "processor"))
    print(ratio_line("  the same, in processor time", spent, ""))
    print(ratio_line("  × when organisations are ten times", ratio(whole, value(small, "score")), ""))
    print(ratio_line("  peak memory, GB", value(large, "score", "peak_gb"), ""))
    for job, label in (("ranks", "rank sets, one category"), ("disclosure", "disclosure check")):
        print(ratio_line(f"{label}, s", value(large, job), "< 60"))
        print(ratio_line("  × when organisations are ten times", ratio(value(large, job), value(small, job)), ""))
        print(ratio_line("  peak memory, GB", value(large, job, "peak_gb"), "< 1"))
    print(ratio_line("observer model / lme4", ratio(value(large, "observers"), value(large, "lme4")), "≤ 1.5"))
    print(ratio_line(f"  the same, {small['organisations']} organisations",
                     ratio(value(small, "observers"), value(small, "lme4")), "≤ 1.5"))  # fmt: skip
    print(ratio_line("whole edition (parvis score), s", value(large, "edition"), ""))
    print(ratio_line("  peak memory, GB", value(large, "edition", "peak_gb"), ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=3500)
    parser.add_argument("--contacts", type=int, default=15)
    parser.add_argument("--criteria", type=int, default=60)
    parser.add_argument("--observers", type=int, default=150)
    parser.add_argument("--tries", type=int, default=2, help="of what is compared with a bound or a peer")
    parser.add_argument("--json", type=Path)
    hidden_options(parser, JOBS)
    asked = parser.parse_args()
    if asked.job:
        shape = (asked.organisations, asked.contacts, asked.criteria, asked.observers) if asked.job == "make" else ()
        told_by(JOBS[asked.job], asked.path, *shape)
        return
    sizes = (max(asked.organisations // 10, 20), asked.organisations)
    rows = [measure(asked, size) for size in sizes]
    show(*rows)
    kept_as_json({"machine": machine(), "sizes": rows}, asked.json)


if __name__ == "__main__":
    main()
