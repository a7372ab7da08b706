"""Intake of citizens' first pages, durable before the thanks: Parvis beside two lower bounds, on both databases.

The bounds are told in `_intake_bound.py`; the ratio to look at is that to `minimal`, a minimal framework with one
insert. Every commit waits for the disk. For each: the most that 8 connections can have answered in a second, then, at
half of it, an open load (arrivals on a clock, whatever the answers) whose delays count from when each request was due.
Processor time of the server per response is printed too: it depends little on what else the machine does.
`python -m bench.intake [seconds]`
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench._intake import BOUNDS, PARVIS, Server, Target, post, prepared, running
from tests import postgresql

CONNECTIONS = 8
APPLICATIONS = {**BOUNDS, "parvis": PARVIS}
A_SECOND, WARM = 8000, 1200  # requests prepared for each second of a measure; sent before it


@dataclass(frozen=True, slots=True)
class Measure:
    """One application on one database; delays in milliseconds at half its maximum."""

    database: str
    application: str
    per_second: float
    cpu_ms: float
    p50: float
    p95: float
    p99: float


async def _most(server: Server, requests: Iterator[tuple[str, str, bytes]], seconds: float) -> tuple[int, float]:
    """Answers within a time, each connection sending its next request as soon as it has an answer."""
    start = time.perf_counter()
    counts = await asyncio.gather(*(_closed(server, requests, start + seconds) for _ in range(CONNECTIONS)))
    return sum(counts), time.perf_counter() - start


async def _closed(server: Server, requests: Iterator[tuple[str, str, bytes]], until: float) -> int:
    streams, done = await asyncio.open_connection("127.0.0.1", server.port), 0
    for request in requests:
        await post(streams, *request)
        done += 1
        if time.perf_counter() > until:
            break
    streams[1].close()
    return done


async def _open(server: Server, requests: Iterator[tuple[str, str, bytes]], rate: float, seconds: float) -> list[float]:
    """Delays in milliseconds since each request was due."""
    idle: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
    for _ in range(64):
        idle.put_nowait(await asyncio.open_connection("127.0.0.1", server.port))
    delays: list[float] = []

    async def one(due: float, request: tuple[str, str, bytes]) -> None:
        streams = await idle.get()
        await post(streams, *request)
        delays.append(1000 * (time.perf_counter() - due))
        idle.put_nowait(streams)

    start, tasks = time.perf_counter() + 0.1, []
    for rank in range(int(rate * seconds)):
        due = start + rank / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due, next(requests))))
    await asyncio.gather(*tasks)
    return delays


def measure(target: Target, database: str, name: str, seconds: float) -> Measure:
    requests = iter(target.requests)
    with running(target, APPLICATIONS[name]) as server:
        asyncio.run(_most(server, itertools.islice(requests, WARM), 60))  # connections open, pages of every way in made
        before = server.cpu_seconds()
        done, elapsed = asyncio.run(_most(server, requests, seconds))
        cpu = 1000 * (server.cpu_seconds() - before) / done
        delays = asyncio.run(_open(server, itertools.chain(requests), done / elapsed / 2, seconds))
    cuts = statistics.quantiles(delays, n=100)
    return Measure(database, name, done / elapsed, cpu, cuts[49], cuts[94], cuts[98])


def main(seconds: float) -> None:
    found: list[Measure] = []
    load = os.getloadavg()[0]
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgresql.running(durable=True))
        for database, address in (("sqlite", ""), ("postgresql", url)):
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for name in APPLICATIONS:
                target = prepared(home, address, WARM + int(A_SECOND * seconds))
                found.append(measure(target, database, name, seconds))
    print(f"{'database':12}{'':9}{'per second':>11}{'CPU ms':>8}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}")
    for each in found:
        print(f"{each.database:12}{each.application:9}{each.per_second:11.0f}{each.cpu_ms:8.2f}{each.p50:8.1f}"
              f"{each.p95:8.1f}{each.p99:8.1f}")  # fmt: skip
    for bare, minimal, ours in zip(found[::3], found[1::3], found[2::3], strict=True):
        for bound in (minimal, bare):
            print(f"{ours.database}: {ours.per_second / bound.per_second:.2f} × {bound.application} per second, "
                  f"{bound.cpu_ms / ours.cpu_ms:.2f} × by processor time")  # fmt: skip
    print(f"load before and after: {load:.1f}, {os.getloadavg()[0]:.1f}")
    print(json.dumps([asdict(each) for each in found]))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 4.0)
