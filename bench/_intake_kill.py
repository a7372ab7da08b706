"""Servers killed under load: no acknowledged response may be lost, none counted twice."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench._intake import PARVIS, ROOT, Server, Target, post

CITIZENS = 6
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
    """What came of it: kills, responses acknowledged, kept as rows, counted; those acknowledged and not kept."""

    kills: int
    acknowledged: int
    kept: int
    counted: int
    lost: int

    @property
    def doubled(self) -> int:
        return self.counted - self.kept


def killed(target: Target, kills: int, *, seed: int) -> Kills:
    """Kill the whole server again and again while citizens answer; whoever gets no answer sends the same form again."""
    draws, acknowledged = random.Random(seed), set[str]()  # noqa: S311
    server, waiting = Server(target, PARVIS), list(reversed(target.requests))
    for _ in range(kills):
        server.start()
        moment = draws.uniform(0.05, 0.6)
        _alone(_until_killed(server, waiting, acknowledged, moment))
    server.start()
    _alone(_until_killed(server, waiting[-CITIZENS:], acknowledged, 3.0))
    counted, kept = _kept(target)
    return Kills(kills, len(acknowledged), len(kept), counted, len(acknowledged - kept))


def _alone(work: Coroutine[None, None, None]) -> None:
    """Run it in a thread of its own: the caller's may already hold a loop, as a browser test leaves one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _until_killed(
    server: Server, waiting: list[tuple[str, str, bytes]], acknowledged: set[str], moment: float
) -> None:
    citizens = [asyncio.create_task(_citizen(server, waiting, acknowledged)) for _ in range(CITIZENS)]
    await asyncio.sleep(moment)
    server.kill()
    await asyncio.gather(*citizens)


async def _citizen(server: Server, waiting: list[tuple[str, str, bytes]], acknowledged: set[str]) -> None:
    try:
        streams = await asyncio.open_connection("127.0.0.1", server.port)
    except OSError:
        return
    while waiting:
        mine = waiting.pop()
        number, path, body = mine
        try:
            await post(streams, path, body)
        except (OSError, asyncio.IncompleteReadError):
            waiting.append(mine)  # no thanks seen: the same form goes again
            return
        acknowledged.add(number)


def _kept(target: Target) -> tuple[int, set[str]]:
    told = subprocess.run(
        [sys.executable, "-c", _COUNT], env=target.environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    counted, *numbers = told.stdout.split()
    return int(counted), set(numbers)
