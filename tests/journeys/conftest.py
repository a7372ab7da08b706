"""A whole site for each journey: its own folder and server, a small demonstration in it, and eyes on every page."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from parvis.cli.demonstration.accounts import PASSWORD, email_of
from tests.eyes import inspect

SIZE = 14
PATIENCE_SECONDS = 60
ROLES = {"organiser": "Camille", "lead": "Dominique", "observer": "Alix", "expert": "Claude", "jury": "Sacha"}


def environment(folder: Path, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PARVIS_", "DJANGO_"))}
    return ours | {"PARVIS_HOME": str(folder), "PARVIS_DEMONSTRATION": "1", "PYTHONUNBUFFERED": "1"} | more


def build_demonstration(home: Path, seed: int = 5) -> str:
    command = [sys.executable, "-m", "parvis", "demo", "--size", str(SIZE), "--seed", str(seed), "--build-only"]
    done = subprocess.run(command, env=environment(home), check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two demonstrations of one seed, built side by side, once for all the processes of this run."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folders, built = (shared / "demonstration-one", shared / "demonstration-other"), shared / "demonstrations.built"
    with (shared / "demonstrations.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            with ThreadPoolExecutor(2) as both:
                list(both.map(build_demonstration, folders))
            built.touch()
    return folders


@pytest.fixture(scope="session")
def demonstration(homes: tuple[Path, Path]) -> Path:
    """The folder of a demonstration, which each journey copies before it changes anything."""
    return homes[0]


class Site:
    """A running site: its address, and what its server wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"

    def act(self, code: str) -> str:
        """Run a few lines beside the server, the framework being ready; what they print comes back."""
        prelude = "import django; django.setup()\n"
        settings = {"DJANGO_SETTINGS_MODULE": "parvis.web.settings.base"}
        command = [sys.executable, "-c", prelude + code]
        return subprocess.run(
            command, env=environment(self.folder, **settings), check=True, capture_output=True, text=True
        ).stdout

    def code_sent_to(self, email: str) -> str:
        """The code in the last letter to an address, which a demonstration prints on its terminal."""
        letters = self.log.read_text().split("Subject:")
        last = [letter for letter in letters if f"To: {email}" in letter][-1]
        found = re.search(r"^([A-Z0-9]{3,}-[A-Z0-9]{3,})$", last, re.MULTILINE)
        assert found, last
        return found[1]


@pytest.fixture
def site(demonstration: Path, tmp_path: Path) -> Iterator[Site]:
    with served(demonstration, tmp_path / "home") as opened:
        yield opened


@contextmanager
def served(demonstration: Path, folder: Path) -> Iterator[Site]:
    """A copy of the demonstration, its server and its worker."""
    shutil.copytree(demonstration, folder)
    opened = Site(folder)
    command = [sys.executable, "-m", "parvis", "serve", "--port", str(opened.port)]
    with opened.log.open("wb") as log:
        server = subprocess.Popen(command, env=environment(folder), stdout=log, stderr=log)
    try:
        _wait(opened, server)
        yield opened
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(site: Site, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < give_up:
        try:
            with urlopen(f"{site.url}/aide/"):  # noqa: S310 - this machine
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"the site did not start:\n{site.log.read_text()}")


@pytest.fixture
def look() -> Iterator[Callable[[Any, str], None]]:
    """Inspect what is on screen; keep a picture of it where PARVIS_TEST_PICTURES says."""
    faults: list[str] = []

    def at(page: Any, name: str) -> None:
        name = f"{name}-{page.viewport_size['width']}"
        faults.extend(inspect(page, name))
        words = page.locator("body").inner_text()
        if "émonstration" not in words and "emonstration" not in words:
            faults.append(f"{name}: does not say that it is a demonstration")

    yield at
    assert faults == []


@pytest.fixture
def enter(site: Site, page_at: Callable[..., Any]) -> Callable[..., Any]:
    """A page where someone of the demonstration has signed in with their password."""

    def sign_in(role: str, width: int, **options: Any) -> Any:
        page = page_at(width, base_url=site.url, bypass_csp=True, **options)
        page.goto("/compte/login/")
        page.locator("[name=login]").fill(email_of(role))
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/compte/login/" not in url)
        return page

    return sign_in
