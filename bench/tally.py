"""Tally and rake: millions of responses to figures with standard errors, beside a bare scan, Python svy and R survey.

    python -m bench.tally [--rows 10000000] [--peer-rows 200000] [--uneven] [--json tally.json]

Every figure is a ratio measured in one run on one machine. The work: 96 territories × 3 margins, 3,500 organisations ×
10 ratings, from a Parquet file to the national, territorial and organisation means with their standard errors. Peers
are given fewer rows and less to do, ours beside them on the same: svy the raking with all national and territorial
means (its means by 3,500 organisations do not end in minutes), svy and R the raking with one national mean.
Every job runs in a process of its own, on a file that is already there.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench._alone import Measured, alone, hidden_options, kept_as_json, machine, quickest, ratio_line, told_by

TERRITORIES, ORGANISATIONS, ITEMS = 96, 3500, 10
# what a job covers: how many ratings, and the means wanted of each
WHOLE, SHARED, PART = "whole", "shared", "part"
FIGURES = {WHOLE: ITEMS * (1 + TERRITORIES + ORGANISATIONS), SHARED: ITEMS * (1 + TERRITORIES), PART: 1}
VARIABLES = {"sex": 2, "age": 6, "education": 4}


def make(path: Path, rows: int, uneven: bool) -> None:
    """Simulated responses, the same for the same number of rows."""
    import duckdb

    answers = ", ".join(
        f"(CASE WHEN hash(i * 31 + {k}) % 20 = 0 THEN NULL ELSE 1 + hash(i * 17 + {k}) % 5 END)::TINYINT AS q{k}"
        for k in range(ITEMS)
    )
    profile = ", ".join(
        f"(hash(i + {at}) % {size})::TINYINT AS {name}" for at, (name, size) in enumerate(VARIABLES.items(), 7)
    )
    weight = "0.5 + (hash(i + 13) % 1000) / 500.0::DOUBLE" if uneven else "1.0::DOUBLE"
    duckdb.connect().execute(
        f"COPY (SELECT (hash(i) % {ORGANISATIONS})::SMALLINT AS organisation, "
        f"(hash(i) % {ORGANISATIONS} % {TERRITORIES})::SMALLINT AS territory, {profile}, {weight} AS w, {answers} "
        f"FROM range({rows}) t(i)) TO '{path}' (ROW_GROUP_SIZE 122880)"
    )


def margins(rows: int) -> list[Any]:
    """Known totals by territory: levels in proportion 1, 2, 3…"""
    import pyarrow as pa

    from parvis.core.figures.weighting import read_margin

    found = []
    for name, size in VARIABLES.items():
        whole = size * (size + 1) / 2
        crossed = [(place, level) for place in range(TERRITORIES) for level in range(size)]
        totals = [6.0 * rows / TERRITORIES * (level + 1) / whole for _, level in crossed]
        columns = {"territory": [p for p, _ in crossed], name: [level for _, level in crossed], "total": totals}
        found.append(read_margin(pa.table(columns), name))
    return found


def ours(path: Path, rows: int, covers: str = WHOLE) -> Measured:
    """The whole job, or what peers do of it; seconds by step."""
    from parvis.core.figures.estimation import Design, Request, View, Weighting, estimate_views
    from parvis.core.figures.tally.engine import opened

    known = tuple(margins(rows))
    with opened() as engine:  # what starting costs is not what the work costs
        engine.connection.raw_sql("SELECT 1")
    steps: list[tuple[str, float]] = []
    views = [View(), View(("territory",)), View(("organisation",), follows_raking=False)]
    views = views[: {WHOLE: 3, SHARED: 2, PART: 1}[covers]]
    request = Request(tuple(f"q{k}" for k in range(1 if covers == PART else ITEMS)))
    start, spent = time.perf_counter(), time.process_time()
    found = estimate_views(
        path,
        request,
        views,
        Design(weight="w"),
        Weighting(known),
        progress=lambda step: steps.append((step, time.perf_counter())),
    )
    end, spent = time.perf_counter(), time.process_time() - spent
    if rows >= 200_000 and sum(len(one.figures) for one in found) != FIGURES[covers]:
        raise SystemExit("the job did not give all its figures")
    ends = [moment for _, moment in steps[1:]] + [end]
    return {name: after - at for (name, at), after in zip(steps, ends, strict=True)} | {
        "whole": end - start,
        "processor": spent,
    }


def bare_scan(path: Path) -> Measured:
    """The lower bound: DuckDB reads and adds up every column."""
    import duckdb

    connection = duckdb.connect()
    columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
    query = f"SELECT {', '.join(f'sum({name})' for name in columns)} FROM '{path}'"
    start, spent = time.perf_counter(), time.process_time()
    connection.execute(query).fetchall()
    return {"whole": time.perf_counter() - start, "processor": time.process_time() - spent}


def svy(path: Path, rows: int, covers: str = SHARED) -> Measured:
    """Python svy: rake to the three margins crossed by territory, then the same means."""
    if find_spec("svy") is None:
        raise RuntimeError("svy is not installed: it is not measured")
    import polars as pl
    import svy

    frame = pl.read_parquet(path).with_columns(
        (pl.col("territory").cast(pl.String) + "/" + pl.col(name).cast(pl.String)).alias(f"m_{name}")
        for name in VARIABLES
    )
    controls: Any = {
        f"m_{one.name}": {"/".join(level): float(total) for level, total in zip(one.levels, one.totals, strict=True)}
        for one in margins(rows)
    }
    start = time.perf_counter()
    sample = svy.Sample(frame, svy.Design(wgt="w"))
    raked = sample.weighting.rake(controls=controls)
    for k in range(1 if covers == PART else ITEMS):
        raked.estimation.mean(f"q{k}", drop_nulls=True)
        if covers != PART:
            raked.estimation.mean(f"q{k}", by="territory", drop_nulls=True)
    return {"whole": time.perf_counter() - start}


R_PROGRAM = """
suppressMessages(library(survey)); arguments <- commandArgs(TRUE)
d <- read.csv(arguments[1]); rows <- nrow(d); names <- c("sex", "age", "education"); sizes <- c(2, 6, 4)
for (n in names) d[[paste0("m_", n)]] <- paste(d$territory, d[[n]])
totals <- lapply(1:3, function(k) {
  g <- expand.grid(level = 0:(sizes[k] - 1), territory = 0:95)
  setNames(data.frame(paste(g$territory, g$level), 6 * rows / 96 * (g$level + 1) / (sizes[k] * (sizes[k] + 1) / 2)),
           c(paste0("m_", names[k]), "Freq"))
})
start <- proc.time()[["elapsed"]]
s <- svydesign(~1, weights = ~w, data = d)
s <- rake(s, list(~m_sex, ~m_age, ~m_education), totals, control = list(maxit = 50, epsilon = 1e-9))
m <- svymean(~q0, s, na.rm = TRUE)
cat(proc.time()[["elapsed"]] - start)
"""


def r_survey(path: Path, rows: int) -> Measured:
    """R survey: raking and one national mean."""
    import duckdb

    program = shutil.which("Rscript")
    if program is None:
        raise RuntimeError("R is not installed: R survey is not measured")
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder, "rows.csv"), Path(folder, "rake.R")
        duckdb.connect().execute(f"COPY (SELECT territory, sex, age, education, w, q0 FROM '{path}') TO '{table}'")
        script.write_text(R_PROGRAM, "utf-8")
        done = subprocess.run([program, str(script), str(table)], capture_output=True, text=True, check=True)
    return {"whole": float(done.stdout.split()[-1]), "rows": rows}


JOBS = {
    "make": lambda path, rows, uneven: make(path, rows, uneven) or {"rows": rows},
    "ours": lambda path, rows, _: ours(path, rows),
    "ours_shared": lambda path, rows, _: ours(path, rows, SHARED),
    "ours_part": lambda path, rows, _: ours(path, rows, PART),
    "scan": lambda path, rows, _: bare_scan(path),  # noqa: ARG005 (all jobs are called alike)
    "svy": lambda path, rows, _: svy(path, rows),
    "svy_part": lambda path, rows, _: svy(path, rows, PART),
    "r_part": lambda path, rows, _: r_survey(path, rows),
}
MODULE = "bench.tally"


def campaign(asked: argparse.Namespace) -> dict[str, Any]:
    report: dict[str, Any] = {"rows": asked.rows, "peer_rows": asked.peer_rows, "r_rows": asked.r_rows,
                              "uneven": asked.uneven, "machine": machine()}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"tenth": asked.rows // 10, "half": asked.rows // 2, "full": asked.rows, "peer": asked.peer_rows,
                 "r": asked.r_rows}  # fmt: skip
        given = {name: {"path": Path(folder, f"{name}.parquet"), "rows": size} for name, size in sizes.items()}
        for name in sizes:
            alone(MODULE, "make", given[name] | {"uneven-weights": int(asked.uneven)})
        names = [name for name in ("tenth", "half", "full") for _ in "ab"]
        jobs = [(MODULE, job, given[name]) for name in ("tenth", "half", "full") for job in ("scan", "ours")]
        found = dict(zip(zip(names, ("scan", "ours") * 3, strict=True), quickest(asked.tries, *jobs), strict=True))
        for name in ("tenth", "half", "full"):
            report[name] = {job: found[name, job] for job in ("scan", "ours")}
        show_ours(report)
        for size, jobs_of in (
            ("peer", ("ours_shared", "svy", "ours_part", "svy_part")),
            ("r", ("ours_part", "r_part")),
        ):
            report[size] = {job: alone(MODULE, job, given[size], asked.limit) for job in jobs_of}
            show_peers(report, size)
    return report


def whole(report: dict[str, Any], size: str, job: str) -> float | None:
    return report[size][job]["whole"] if report[size][job] else None


def ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def show_ours(report: dict[str, Any]) -> None:
    full = report["full"]["ours"] or {}
    kind = "uneven weights" if report["uneven"] else "even weights"
    print(f"\nTally and rake, {report['rows']:,} responses, {kind} ({report['machine']})")
    print("  " + " · ".join(f"{name} {value:.2f} s" for name, value in full.items() if name != "peak_gb"))
    print(f"{'':46}{'measured':>12}{'target':>12}")
    ours = {size: whole(report, size, "ours") for size in ("tenth", "half", "full")}
    print(ratio_line("whole job / bare scan", ratio(ours["full"], whole(report, "full", "scan")), "≤ 12"))
    scan = (report["full"]["scan"] or {}).get("processor")
    print(ratio_line("  the same, in processor time", ratio(full.get("processor"), scan), ""))
    print(ratio_line("peak memory, GB", full.get("peak_gb"), "< 1"))
    print(ratio_line("time × when data double", ratio(ours["full"], ours["half"]), "≤ 2.1"))
    print(ratio_line("time × when data are ten times", ratio(ours["full"], ours["tenth"]), ""), flush=True)


def show_peers(report: dict[str, Any], size: str) -> None:
    """What was measured at this size, and nothing else; > where the peer was given up at the limit."""
    peers = [("svy", "ours_shared", "≥ 30"), ("svy_part", "ours_part", ""), ("r_part", "ours_part", "≥ 100")]
    for job, us, target in peers:
        if job in report[size]:
            rows = report["peer_rows" if size == "peer" else "r_rows"]
            mark = "> " if (report[size][job] or {}).get("gave_up") else ""
            told = ratio(whole(report, size, job), whole(report, size, us))
            print(ratio_line(f"{job} / {us}, {rows:,} rows", told, target, mark))
    print("  (part: raking and one national mean; > : the peer was given up after the limit)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--peer-rows", type=int, default=200_000)
    parser.add_argument("--r-rows", type=int, default=20_000)
    parser.add_argument("--uneven", action="store_true", help="base weights that differ from row to row")
    parser.add_argument("--uneven-weights", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--tries", type=int, default=2, help="of each of ours and of its bounds; the quickest is kept")
    parser.add_argument("--limit", type=int, default=180, help="seconds after which a peer is given up")
    parser.add_argument("--json", type=Path)
    hidden_options(parser, JOBS)
    asked = parser.parse_args()
    if asked.job:
        told_by(JOBS[asked.job], asked.path, asked.rows, bool(asked.uneven_weights))
        return
    kept_as_json(campaign(asked), asked.json)


if __name__ == "__main__":
    main()
