"""Whole communication kits, as the background makes them: seconds, growth, memory; the bound is 3 minutes for 350.

Usage: python -m bench.kit [--organisations 350] [--processes 2] [--output kit.json]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import resource
import time
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from parvis.rendering.kit import Entry, Kit, zipped_kit

BOUND = 180.0


def made(number: int) -> tuple[int, int, float]:
    """One kit: its bytes, the peak memory of the process that made it in kilobytes, the processor seconds it took."""
    work = time.process_time()
    picture = BytesIO()
    Image.radial_gradient("L").resize((600, 300)).convert("RGB").save(picture, "PNG")
    address = f"https://barometre.exemple.fr/r/{number:05d}"
    kit = Kit(
        name=f"Ville-Neuve-{number} (fictif)", url=address, edition="2026",
        accent=f"#{(number * 7919) % 0xFFFFFF:06X}", logo=picture.getvalue(), opens_on=dt.date(2026, 3, 9),
        closes_on=dt.date(2026, 4, 30), demonstration=True,
        entries=(Entry("Accueil", f"{address}A", f"{address}K"),),
    )  # fmt: skip
    size = len(zipped_kit(kit))
    return size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time() - work


def measured(count: int, processes: int) -> tuple[float, int, int, float]:
    start = time.perf_counter()
    # spawned, never forked: the typesetter has threads
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        sizes = list(pool.imap_unordered(made, range(count), chunksize=4))
    seconds = time.perf_counter() - start
    return seconds, sum(one[0] for one in sizes), max(one[1] for one in sizes), sum(one[2] for one in sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=350)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    _, _, _, tenth = measured(max(given.organisations // 10, 1), given.processes)
    seconds, size, peak, work = measured(given.organisations, given.processes)
    found: dict[str, Any] = {
        "kits": given.organisations,
        "processes": given.processes,
        "seconds": round(seconds, 1),
        "share_of_the_bound": round(seconds / (BOUND * given.organisations / 350), 2),
        "processor_seconds_per_kit": round(work / given.organisations, 3),
        "growth_for_ten_times": round(work / tenth, 2),
        "megabytes_peak_per_process": round(peak / 1024),
        "megabytes_per_kit": round(size / given.organisations / 1e6, 2),
    }
    for name, value in found.items():
        print(f"{name:32} {value}")
    if given.output:
        given.output.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
