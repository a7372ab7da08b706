"""200 kills of the server under load on each database: `make soak`, or `python -m bench.soak_intake [kills]`."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path

from bench._intake import prepared
from bench._intake_kill import killed
from tests import postgresql


def main(kills: int) -> int:
    bad = 0
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgresql.running())
        print(
            f"{'database':12}{'kills':>6}{'workers':>9}{'thanked':>9}{'kept':>8}{'counted':>9}{'lost':>6}{'doubled':>9}"
        )
        for database, address in (("sqlite", ""), ("postgresql", url)):
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            found = killed(prepared(home, address, 40 * kills + 600), kills, seed=1)
            print(f"{database:12}{found.kills:6}{found.workers:9}{found.acknowledged:9}{found.kept:8}{found.counted:9}{found.lost:6}"
                  f"{found.doubled:9}", flush=True)  # fmt: skip
            bad += found.lost + found.doubled
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
