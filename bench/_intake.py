"""What the measures of intake share: an open consultation, a server to load or to kill, a load."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from parvis.cli.server import workers_and_threads

PARVIS = "parvis.web.wsgi:application"
BOUNDS = {"bare": "bench._intake_bound:bare", "minimal": "bench._intake_bound:minimal"}
SECRET = "only-for-measures-only-for-measures-only-for-measures"  # noqa: S105
ROOT = Path(__file__).resolve().parent.parent
_PREPARE = """
import json, sys
import django
django.setup()
from bench._intake_consultation import prepare
print(json.dumps(prepare(int(sys.argv[1]))))
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A database and the requests to send to it: (number of the response, address, body)."""

    environment: dict[str, str]
    requests: list[tuple[str, str, bytes]]

    @property
    def is_embedded(self) -> bool:
        return "PARVIS_DATABASE_URL" not in self.environment


def prepared(home: Path, database_url: str, count: int) -> Target:
    """An open consultation with 50 entry points, and `count` first pages ready to be sent, each once."""
    environment = {
        **os.environ, "PARVIS_HOME": str(home), "PARVIS_SECRET_KEY": SECRET, "PARVIS_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "parvis.web.settings.base", "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
        "PARVIS_ADDRESS_HEADER": "HTTP_X_REAL_IP",
    }  # fmt: skip
    environment.pop("PARVIS_DATABASE_URL", None)
    if database_url:
        environment["PARVIS_DATABASE_URL"] = database_url
    told = subprocess.run(
        [sys.executable, "-c", _PREPARE, str(count)], env=environment, cwd=ROOT, check=True, capture_output=True
    )
    requests = [
        (number, f"/avis/{code}/suite/first/", urlencode({"jeton": token, "satisfaction": mark, "channel": "visit",
                                                         "l": "fr", "vu": "satisfaction channel"}).encode())
        for number, code, token, mark in json.loads(told.stdout)
    ]  # fmt: skip
    return Target(environment, requests)


class Server:
    """A web server in a group of its own, so that all of it can be killed at once; Parvis, or one of the bounds."""

    def __init__(self, target: Target, application: str) -> None:
        self.target, self.application = target, application
        self.port = self.group = 0
        self.loaded: subprocess.Popen[str] | None = None
        if application == PARVIS:
            command = [sys.executable, "-m", "bench._intake_loaded"]
            self.loaded = subprocess.Popen(
                command, env=target.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )

    def start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.group = self._part() if self.loaded else self._granian()
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2) as probe:
                probe.settimeout(10)
                probe.sendall(b"GET /avis/nobody/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if probe.recv(12).startswith(b"HTTP/1.1"):
                    return
            time.sleep(0.02)
        raise TimeoutError(self.application)

    def _part(self) -> int:
        if self.loaded is None or self.loaded.stdin is None or self.loaded.stdout is None:
            raise RuntimeError(self.application)
        self.loaded.stdin.write(f"{self.port}\n")
        self.loaded.stdin.flush()
        return int(self.loaded.stdout.readline())

    def _granian(self) -> int:
        workers, threads = workers_and_threads("sqlite" if self.target.is_embedded else "postgresql")
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", str(workers), "--blocking-threads", str(threads), "--log-level", "error", self.application,
        ]  # fmt: skip
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, env=self.target.environment, cwd=ROOT, start_new_session=True, **quiet).pid

    def kill(self) -> None:
        """As a power cut of the process: no warning, no goodbye."""
        if self.group:
            os.killpg(self.group, signal.SIGKILL)
            self.group = 0

    def kill_a_worker(self, rank: int) -> None:
        """Kill one of the processes that answer; the server is to replace it by itself."""
        workers = sorted(number for number, parent, _ in _processes() if parent == self.group)
        if workers:
            os.kill(workers[rank % len(workers)], signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        if self.loaded is not None:
            self.loaded.kill()
            self.loaded.communicate()

    def cpu_seconds(self) -> float:
        """Processor time of the whole group so far."""
        group = [number for number, _, group in _processes() if group == self.group]
        return sum(_cpu_ticks(number) for number in group) / os.sysconf("SC_CLK_TCK")


def _processes() -> Iterator[tuple[int, int, int]]:
    """(number, parent's, group's) of every process."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rsplit(")", 1)[1].split()
            yield int(path.parent.name), int(fields[1]), int(fields[2])


def _cpu_ticks(number: int) -> int:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


@contextlib.contextmanager
def running(target: Target, application: str) -> Iterator[Server]:
    server = Server(target, application)
    server.start()
    try:
        yield server
    finally:
        server.close()


async def post(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], number: str, path: str, body: bytes) -> int:
    """One request on a connection that stays open, from an address of its own as citizens' are; returns the status."""
    reader, writer = streams
    address = ipaddress.ip_address((10 << 24) + int(number[:6], 16))
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Real-IP: {address}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is not None:
        content = await reader.readexactly(length)
    else:
        content = await _chunks(reader)
    status = int(head.split()[1])
    if b"jeton" not in content and content != b"kept":
        raise RuntimeError(f"not kept: {status} {content[:300]!r}")
    return status


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    content = b""
    while size := int(await reader.readline(), 16):
        content += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return content
