"""The table of participation: how many opened, started, finished and were kept, by entry point and in all."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from parvis.core.bundle import Dataset
from parvis.core.bundle.result_tables import PARTICIPATION
from parvis.core.figures.participation import per_thousand


def turnout(dataset: Dataset) -> pa.Table:
    """One row per organisation and entry point, and one per organisation with a null entry point for all of them.

    Counts of openings and starts come from the table `entry_points`; without it they are null. Completed are the
    responses, unless the entry point counts them or the responses say whether they were completed.

    Source: AAPOR Standard Definitions 2023, opt-in surveys: no response rate is told.
    """
    responses = dataset.table("responses")
    population, visits = _of_bodies(dataset, "population"), _of_bodies(dataset, "visits")
    completed: Counter[tuple[str, str | None]] = Counter()
    qualified: Counter[tuple[str, str | None]] = Counter()
    done = responses["completed"].to_pylist() if "completed" in responses.column_names else [None] * len(responses)
    for organisation, point, kept, finished in zip(
        responses["organisation"].to_pylist(),
        responses["entry_point"].to_pylist(),
        responses["qualified"].to_pylist(),
        done,
        strict=True,
    ):
        for key in {(organisation, point), (organisation, None)}:
            completed[key] += finished is not False
            qualified[key] += bool(kept)
    opened: Counter[tuple[str, str | None]] = Counter()
    started: Counter[tuple[str, str | None]] = Counter()
    for row in dataset.table("entry_points").to_pylist():
        for key in ((row["organisation"], row["entry_point"]), (row["organisation"], None)):
            opened[key] += row["opened"]
            started[key] += row["started"]
            completed[key] += 0
    rows = []
    for organisation, point in sorted(completed, key=lambda key: (key[0], key[1] is not None, key[1] or "")):
        key = (organisation, point)
        by = [population.get(organisation), visits.get(organisation)] if point is None else [None, None]
        rates = [per_thousand(qualified[key], each) for each in by]
        rows.append((*key, opened.get(key), started.get(key), completed[key], qualified[key], *rates))
    return PARTICIPATION.filled(rows)


def _of_bodies(dataset: Dataset, fact: str) -> dict[str, int]:
    given = dataset.table("organisations")
    if fact not in given.column_names:
        return {}
    return dict(zip(given["organisation"].to_pylist(), given[fact].to_pylist(), strict=True))
