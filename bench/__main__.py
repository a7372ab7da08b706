"""Run the measures of this folder: `python -m bench` (all that are short), `python -m bench soak` (the long loads).

A measure is a file that prints its own ratios when run; long loads are called `soak_….py`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    long = arguments == ["soak"]
    measures = [path for path in sorted(HERE.glob("[!_]*.py")) if path.name.startswith("soak_") is long]
    if not measures:
        print("aucune mesure de cette sorte · no measure of this kind")
    failed = 0
    for path in measures:
        print(f"\n=== {path.stem}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{path.stem}"], cwd=HERE.parent).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
