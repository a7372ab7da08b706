"""Servers killed under load: no acknowledged response may be lost, none counted twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench._intake import PARVIS, ROOT, Server, Target, post, running

CITIZENS, MOST, PATIENCE_SECONDS = 6, 60, 20
_COUNT = """
import django
django.setup()
from django.db.models import Sum
from parvis.web.consultation.models import EntryPointDay, Response
print(EntryPointDay.objects.aggregate(n=Sum("started"))["n"] or 0)
for pk in Response.objects.values_list("pk", flat=True):
    print(pk.hex)
"""


@dataclass(frozen=True, slots=True)
class Kills:
    """What came of it: servers killed whole and workers killed alone, responses acknowledged, kept as rows, counted;
    those acknowledged and not kept."""

    kills: int
    workers: int
    acknowledged: int
    kept: int
    counted: int
    lost: int

    @property
    def doubled(self) -> int:
        return self.counted - self.kept


class _Crowd:
    """Citizens who answer, each on a connection of their own; whoever gets no thanks sends the same form again."""

    def __init__(self, server: Server, waiting: list[tuple[str, str, bytes]]) -> None:
        self.server, self.waiting = server, waiting
        self.acknowledged: set[str] = set()
        self.is_over = False

    async def answers(self, goal: int, worker: int | None = None) -> None:
        """Answer until so many more are thanked, then the server is killed; a worker, if named, is killed half-way."""
        self.is_over, thanked = False, len(self.acknowledged)
        citizens = [asyncio.create_task(self._citizen()) for _ in range(CITIZENS)]
        if worker is not None:
            await self._until(thanked + goal // 2)
            self.server.kill_a_worker(worker)
        await self._until(thanked + goal)
        self.is_over = True
        self.server.kill()
        await asyncio.gather(*citizens)

    async def _until(self, thanked: int) -> None:
        limit = time.monotonic() + PATIENCE_SECONDS
        while len(self.acknowledged) < thanked and self.waiting and time.monotonic() < limit:
            await asyncio.sleep(0.002)

    async def _citizen(self) -> None:
        while self.waiting and not self.is_over:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                streams = await asyncio.open_connection("127.0.0.1", self.server.port)
                while self.waiting:
                    await self._one(streams)
            await asyncio.sleep(0.01)

    async def _one(self, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        mine = self.waiting.pop()
        try:
            await post(streams, *mine)
        except (OSError, asyncio.IncompleteReadError):
            self.waiting.append(mine)
            raise
        self.acknowledged.add(mine[0])


def killed(target: Target, kills: int, *, seed: int) -> Kills:
    """Kill the whole server again and again while citizens answer, and one time in three a worker alone before it."""
    draws = random.Random(seed)  # noqa: S311
    with running(target, PARVIS) as server:
        crowd, workers = _Crowd(server, list(reversed(target.requests))), 0
        for rank in range(kills):
            alone = draws.randrange(9) if rank % 3 == 2 else None
            workers += alone is not None
            _alone(crowd.answers(draws.randint(1, MOST), alone))
            server.start()
        crowd.waiting = crowd.waiting[-CITIZENS:]
        _alone(crowd.answers(CITIZENS))
    counted, kept = _kept(target)
    lost = len(crowd.acknowledged - kept)
    return Kills(kills, workers, len(crowd.acknowledged), len(kept), counted, lost)


def _alone(work: Coroutine[None, None, None]) -> None:
    """Run it in a thread of its own: the caller's may already hold a loop, as a browser test leaves one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def _kept(target: Target) -> tuple[int, set[str]]:
    told = subprocess.run(
        [sys.executable, "-c", _COUNT], env=target.environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    counted, *numbers = told.stdout.split()
    return int(counted), set(numbers)
