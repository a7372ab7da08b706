"""Jobs measured alone: each in a process of its own, so that its peak memory is its own and no data making counts."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Measured = dict[str, float]
Job = Callable[..., Measured]


def machine() -> str:
    """The machine as every table of figures must say it."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load}"


def alone(module: str, job: str, arguments: Mapping[str, Any], limit: float = 900) -> Measured | None:
    """What a job of a measure tells, `peak_gb` and `cpu` added; None when it cannot be run, and why is printed.

    A job that takes longer than `limit` is given up: then `whole` is the limit and `gave_up` is 1.
    """
    options = [part for name, value in arguments.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", module, "--job", job, *options]
    print(f"  … {job}", end=" ", file=sys.stderr, flush=True)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes) as running:
        try:
            output, errors = running.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)  # what the job has started ends with it
            print(f"given up after {limit:.0f} s", file=sys.stderr, flush=True)
            return {"whole": float(limit), "gave_up": 1.0}
    if running.returncode:
        print(f"  {job}: {(errors.strip().splitlines() or [running.returncode])[-1]}", file=sys.stderr)
        return None
    told: Measured = json.loads(output.strip().splitlines()[-1])
    print(f"{told.get('whole', 0.0):.1f} s", file=sys.stderr, flush=True)
    return told


def quickest(tries: int, *jobs: tuple[str, str, Mapping[str, Any]]) -> list[Measured | None]:
    """Each job several times, in turn, and the quickest of each: what the rest of the machine does weighs on all alike.

    Peak memory is the largest seen.
    """
    found: list[list[Measured]] = [[] for _ in jobs]
    for _ in range(tries):
        for kept, job in zip(found, jobs, strict=True):
            if (told := alone(*job)) is not None:
                kept.append(told)
    return [
        {**min(kept, key=lambda one: one["whole"]), "peak_gb": max(one.get("peak_gb", 0.0) for one in kept)}
        if kept
        else None
        for kept in found
    ]


def told_by(job: Job, *arguments: Any) -> None:
    """Run a job in this process and print what it measured, with the memory and processor time of it and its own."""
    measured = job(*arguments)
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"peak_gb": max(own.ru_maxrss, children.ru_maxrss) / 2**20} | measured))


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def hidden_options(parser: argparse.ArgumentParser, jobs: Mapping[str, Job]) -> None:
    """The options by which a measure runs one of its jobs in another process."""
    parser.add_argument("--job", choices=list(jobs), help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)


def kept_as_json(report: Any, path: Path | None) -> None:
    if path is not None:
        path.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def ratio_line(name: str, value: float | None, target: str, mark: str = "") -> str:
    told = "absent" if value is None else mark + format(value, ".2f" if value < 10 else ".1f")
    return f"{name:46}{told:>12}{target:>12}"
