"""Whom the respondents of an edition look like: how evenly the groups of each territory took part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from parvis.core.bundle import Dataset
from parvis.core.figures.calibrated import territories_of
from parvis.core.figures.participation import representativity
from parvis.core.figures.weighting.margins import texts_of

PIECE = "participation"


def likeness(dataset: Dataset, responses: pa.Table) -> Iterator[tuple[object, ...]]:
    """Rows of diagnostics: representativity of each territory, by variable of its margins, and what each level adds.

    Args:
        dataset: its margins hold the populations.
        responses: those that count; one that leaves a variable blank is left out of that variable.

    Returns:
        `r_indicator VARIABLE`, `variation VARIABLE` and `contribution VARIABLE=LEVEL` for each territory that somebody
        answered; nothing for a variable that was not asked, or whose totals are smaller than the number of responses
        (they are then no population).

    Source: Schouten, Cobben & Bethlehem 2009 (see `participation.representativity`).
    """
    totals: dict[tuple[str, str], dict[str, float]] = {}
    for row in dataset.table("margins").sort_by([("territory", "ascending"), ("variable", "ascending")]).to_pylist():
        totals.setdefault((row["territory"], row["variable"]), {})[str(row["level"])] = float(row["total"])
    if not totals:
        return
    territory = territories_of(dataset, responses, {name for name, _ in totals}).tolist()
    variables = [name for name in sorted({name for _, name in totals}) if name in responses.column_names]
    met = {name: Counter(zip(territory, texts_of(responses[name]), strict=True)) for name in variables}
    for (name, variable), people in totals.items():
        levels = sorted(level for level, total in people.items() if total > 0)
        counts = [met[variable][name, level] if variable in met else 0 for level in levels]
        if not any(counts) or any(count > people[level] for count, level in zip(counts, levels, strict=True)):
            continue
        found = representativity(counts, [people[level] for level in levels])
        yield (PIECE, name, f"r_indicator {variable}", found.indicator, None)
        yield (PIECE, name, f"variation {variable}", found.variation, None)
        for level, part in zip(levels, found.contributions, strict=True):
            yield (PIECE, name, f"contribution {variable}={level}", part, None)
