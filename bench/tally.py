"""Tally and rake: millions of responses to figures with standard errors, beside a bare scan, Python svy and R survey.

    python bench/tally.py [--rows 10000000] [--peer-rows 200000] [--uneven] [--json tally.json]

Every figure is a ratio measured in one run on one machine. The work: 96 territories × 3 margins, 3,500 organisations ×
10 ratings, from a Parquet file to the national, territorial and organisation means with their standard errors. Peers
are given fewer rows: svy the whole job, and svy and R the part of it that is raking and one national mean, beside ours.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TERRITORIES, ORGANISATIONS, ITEMS = 96, 3500, 10
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


def ours(path: Path, rows: int, part: bool = False) -> dict[str, float]:
    """The whole job, or the part that peers do; seconds by step."""
    from parvis.core.figures.estimation import Design, Request, View, Weighting, estimate_views
    from parvis.core.figures.tally.engine import opened

    known = tuple(margins(rows))
    with opened() as engine:  # what starting costs is not what the work costs
        engine.connection.raw_sql("SELECT 1")
    steps: list[tuple[str, float]] = []
    views = [View()] if part else [View(), View(("territory",)), View(("organisation",), follows_raking=False)]
    request = Request(tuple(f"q{k}" for k in range(1 if part else ITEMS)))
    start = time.perf_counter()
    found = estimate_views(
        path,
        request,
        views,
        Design(weight="w"),
        Weighting(known),
        progress=lambda step: steps.append((step, time.perf_counter())),
    )
    end = time.perf_counter()
    if sum(len(one.figures) for one in found) != (1 if part else ITEMS * (1 + TERRITORIES + ORGANISATIONS)):
        raise SystemExit("the job did not give all its figures")
    ends = [moment for _, moment in steps[1:]] + [end]
    return {name: after - at for (name, at), after in zip(steps, ends, strict=True)} | {"whole": end - start}


def bare_scan(path: Path) -> dict[str, float]:
    """The lower bound: DuckDB reads and adds up every column."""
    import duckdb

    connection = duckdb.connect()
    columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
    query = f"SELECT {', '.join(f'sum({name})' for name in columns)} FROM '{path}'"
    start = time.perf_counter()
    connection.execute(query).fetchall()
    return {"whole": time.perf_counter() - start}


def svy(path: Path, rows: int, part: bool = False) -> dict[str, float]:
    """Python svy: rake to the three margins crossed by territory, then the same means."""
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
    for k in range(1 if part else ITEMS):
        raked.estimation.mean(f"q{k}", drop_nulls=True)
        if not part:
            raked.estimation.mean(f"q{k}", by="territory", drop_nulls=True)
            raked.estimation.mean(f"q{k}", by="organisation", drop_nulls=True)
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


def r_survey(path: Path, rows: int) -> dict[str, float]:
    """R survey: raking and one national mean."""
    import duckdb

    program = shutil.which("Rscript")
    if program is None:
        raise RuntimeError("R is not installed")
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder, "rows.csv"), Path(folder, "rake.R")
        duckdb.connect().execute(f"COPY (SELECT territory, sex, age, education, w, q0 FROM '{path}') TO '{table}'")
        script.write_text(R_PROGRAM, "utf-8")
        done = subprocess.run([program, str(script), str(table)], capture_output=True, text=True, check=True)
    return {"whole": float(done.stdout.split()[-1]), "rows": rows}


JOBS = {
    "ours": ours,
    "ours_part": lambda path, rows: ours(path, rows, part=True),
    "scan": lambda path, _: bare_scan(path),
    "svy": svy,
    "svy_part": lambda path, rows: svy(path, rows, part=True),
    "r_part": r_survey,
}


def alone(job: str, path: Path, rows: int, limit: int) -> dict[str, float] | None:
    """Run a job in its own process, so that its peak memory is its own; None when it cannot be run."""
    command = [sys.executable, __file__, "--job", job, "--path", str(path), "--rows", str(rows)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return {"whole": float(limit), "gave_up": 1.0}
    except subprocess.CalledProcessError as error:
        print(f"  {job}: {error.stderr.strip().splitlines()[-1:] or error}", file=sys.stderr)
        return None
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def run_job(job: str, path: Path, rows: int) -> None:
    measured = JOBS[job](path, rows)
    who = resource.RUSAGE_CHILDREN if job == "r_part" else resource.RUSAGE_SELF
    print(json.dumps(measured | {"peak_gb": resource.getrusage(who).ru_maxrss / 2**20}))


def campaign(rows: int, peer_rows: int, uneven: bool, limit: int) -> dict[str, Any]:
    report: dict[str, Any] = {"rows": rows, "peer_rows": peer_rows, "uneven": uneven, "load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"tenth": rows // 10, "half": rows // 2, "full": rows, "peer": peer_rows}
        files = {name: Path(folder, f"{name}.parquet") for name in sizes}
        for name, size in sizes.items():
            make(files[name], size, uneven)
        for name in ("tenth", "half", "full", "peer"):
            report[name] = {job: alone(job, files[name], sizes[name], limit) for job in ("scan", "ours")}
        peers = ("ours_part", "svy", "svy_part", "r_part")
        report["peer"] |= {job: alone(job, files["peer"], peer_rows, limit) for job in peers}
    return report


def show(report: dict[str, Any]) -> None:
    def seconds(size: str, job: str) -> float | None:
        measured = report[size].get(job)
        return measured["whole"] if measured else None

    full, scan = report["full"]["ours"], report["full"]["scan"]
    print(f"\nTally and rake, {report['rows']:,} responses (load {report['load']:.1f})")
    print("  " + " · ".join(f"{name} {value:.2f} s" for name, value in full.items() if name != "peak_gb"))
    print(f"{'':34}{'measured':>10}{'target':>10}")
    print(f"{'whole job / bare scan':34}{full['whole'] / scan['whole']:>10.1f}{'≤ 12':>10}")
    print(f"{'peak memory, GB':34}{full['peak_gb']:>10.2f}{'< 1':>10}")
    print(f"{'time × when data double':34}{full['whole'] / (seconds('half', 'ours') or 1):>10.2f}{'≤ 2.1':>10}")
    print(f"{'time × when data are ten times':34}{full['whole'] / (seconds('tenth', 'ours') or 1):>10.2f}{'':>10}")
    print(f"peers on {report['peer_rows']:,} rows (“part”: raking and one national mean)")
    for job, us, target in (("svy", "ours", "≥ 30"), ("svy_part", "ours_part", ""), ("r_part", "ours_part", "≥ 100")):
        theirs, mine = report["peer"].get(job), seconds("peer", us)
        if theirs is None or mine is None:
            print(f"{job + ' / ' + us:34}{'absent':>10}{target:>10}")
            continue
        mark = "> " if theirs.get("gave_up") else ""
        print(f"{job + ' / ' + us:34}{mark + format(theirs['whole'] / mine, '.1f'):>10}{target:>10}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--peer-rows", type=int, default=200_000)
    parser.add_argument("--uneven", action="store_true", help="base weights that differ from row to row")
    parser.add_argument("--limit", type=int, default=300, help="seconds after which a peer is given up")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--job", choices=list(JOBS), help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.job:
        run_job(chosen.job, chosen.path, chosen.rows)
        return
    report = campaign(chosen.rows, chosen.peer_rows, chosen.uneven, chosen.limit)
    show(report)
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
