"""Draws the sample of `survey_sample.csv`: 6 strata of 2 to 6 clusters, uneven weights, missing answers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from parvis.core.figures.draws import normals, uniforms

HERE = Path(__file__).parent
SEED = 20260


def sample() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for stratum in range(6):
        for cluster in range(2 + stratum % 5):
            effect = float(normals(SEED, [stratum * 10 + cluster], [0])[0, 0])
            for _ in range(5 + (stratum + cluster) % 4):
                rows.append(_row(len(rows), stratum, cluster, effect))
    return rows


def _row(number: int, stratum: int, cluster: int, effect: float) -> dict[str, Any]:
    u = [float(one) for one in uniforms(SEED, [number], np.arange(8))[:, 0]]
    rating = min(5, max(1, round(3.2 + 0.7 * effect + 1.1 * float(normals(SEED, [number], [9])[0, 0]))))
    return {
        "id": number,
        "stratum": f"s{stratum}",
        "cluster": f"c{cluster}",
        "size": 20 + 5 * stratum,
        "frame": 400 + 100 * stratum,
        "w": round(0.4 + 3.2 * u[0] ** 2, 3),
        "one": 2.5,
        "sex": "f" if u[1] < 0.6 else "m",
        "age": "15-34" if u[2] < 0.25 else "35-59" if u[2] < 0.7 else "60+",
        "organisation": f"o{int(5 * u[3])}",
        "rating": "" if u[4] < 0.08 else rating,
        "minutes": round(2 + 40 * u[5] ** 3, 2),
        "satisfied": "" if u[4] < 0.08 else int(rating >= 4),
        "visits": 1 + int(4 * u[6]),
    }


def main() -> None:
    rows = sample()
    with (HERE / "survey_sample.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
