"""The whole suite, as `make test` runs it: `python -m tests` (or `core` for the pure layers only).

The pure layers and the house rules run once; the web and the journeys run on SQLite; the web runs again on PostgreSQL.
Every part runs even when one before it failed: one run tells all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PURE = ("core", "rendering")
AROUND = ("reference", "cli", "repository")  # judges, commands on files, house rules
WITH_DATABASE = ("journeys", "web")  # the longest first, so that both processes end together
ON_POSTGRESQL = ("web",)
DOCTESTS = ("src/parvis/core", "src/parvis/rendering")
NO_TESTS = 5  # pytest's exit code
# The database of each part is its own; and many processes start, so what Python compiles is kept for the next one.
LEFT_OUT = ("PARVIS_DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
# There is one process a core: linear algebra on several threads would only make them wait for one another.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


def main(arguments: list[str]) -> int:
    without = {name: value for name, value in os.environ.items() if name not in LEFT_OUT} | ONE_THREAD
    if arguments == ["core"]:
        # nothing there needs Django, which takes time to set up, then a little before and after each test
        return run("pure layers", folders(PURE), without, "--doctest-modules", *DOCTESTS, "-p", "no:django")
    from tests import chromium, postgresql  # what the pure layers do without takes a while to load

    try:
        browser = {"PARVIS_TEST_CHROMIUM": str(chromium.installed())}
    except chromium.NoChromium as missing:
        sys.exit(f"✗ {missing}")
    pure = run(
        "pure layers, commands and house rules", folders((*PURE, *AROUND)), without, "--doctest-modules", *DOCTESTS
    )
    sqlite = run("web and journeys on SQLite", folders(WITH_DATABASE), without | browser)
    with postgresql.running() as url:
        there = {"PARVIS_DATABASE_URL": url}
        server = run("web on PostgreSQL", folders(ON_POSTGRESQL), without | browser | there)
    failed = [name for name, code in (("pure", pure), ("SQLite", sqlite), ("PostgreSQL", server)) if code]
    if failed:
        print(f"\n✗ make test, part failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def folders(names: tuple[str, ...]) -> list[str]:
    return [f"tests/{name}" for name in names if any((ROOT / "tests" / name).rglob("test_*.py"))]


def run(title: str, where: list[str], environment: dict[str, str], *more: str) -> int:
    print(f"\n=== {title}", flush=True)
    processes = (os.cpu_count() or 1) + ("PARVIS_TEST_CHROMIUM" in environment)  # who drives a browser often waits
    # a file stays in one process: what its tests share is built once
    shared_out = ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *shared_out, *where, *more]
    code = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode
    return 0 if code == NO_TESTS else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
