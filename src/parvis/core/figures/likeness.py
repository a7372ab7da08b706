"""Whom the respondents of an edition look like: how evenly the groups of each territory took part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from parvis.core.bundle import Dataset
from parvis.core.figures.calibrated import territories_of
from parvis.core.figures.participation import representativity
from parvis.core.figures.scoring import NATION
from parvis.core.figures.weighting.margins import texts_of
from parvis.core.vocabulary import Status

PIECE = "participation"
Groups = dict[str, tuple[int, float]]  # level → respondents, inhabitants


def likeness(dataset: Dataset, responses: pa.Table, fewest: int) -> Iterator[tuple[object, ...]]:
    """Rows of diagnostics: representativity of each territory, by variable of its margins, and what each level adds.

    Args:
        dataset: its margins hold the populations.
        responses: those that count; one that leaves a variable blank is left out of that variable.
        fewest: respondents of a level under which the nation's rows, which everyone may read, are hidden.

    Returns:
        `r_indicator VARIABLE`, `variation VARIABLE` and `contribution VARIABLE=LEVEL` for each territory that somebody
        answered; nothing for a variable that was not asked, or whose totals are smaller than the number of responses
        (they are then no population). Then the same for these territories together, under `nation`, with the
        `responses VARIABLE` and the `population VARIABLE` that they rest on.

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
    together: dict[str, Groups] = {}
    for (name, variable), people in totals.items():
        counted = {level: met[variable][name, level] if variable in met else 0 for level in people if people[level] > 0}
        if not any(counted.values()) or any(count > people[level] for level, count in counted.items()):
            continue
        groups = {level: (count, people[level]) for level, count in sorted(counted.items())}
        yield from _told(name, variable, groups)
        whole = together.setdefault(variable, {})
        for level, (count, population) in groups.items():
            before = whole.get(level, (0, 0.0))
            whole[level] = (before[0] + count, before[1] + population)
    for variable, groups in sorted(together.items()):
        yield from _nation(variable, dict(sorted(groups.items())), fewest)


def _told(subject: str, variable: str, groups: Groups) -> Iterator[tuple[object, ...]]:
    found = representativity(*zip(*groups.values(), strict=True))
    yield (PIECE, subject, f"r_indicator {variable}", found.indicator, None)
    yield (PIECE, subject, f"variation {variable}", found.variation, None)
    for level, part in zip(groups, found.contributions, strict=True):
        yield (PIECE, subject, f"contribution {variable}={level}", part, None)


def _nation(variable: str, groups: Groups, fewest: int) -> Iterator[tuple[object, ...]]:
    """With two levels, their populations and n, the variation gives the counts away: a small one hides it all."""
    hidden = any(0 < count < fewest for count, _ in groups.values())
    for *key, value, _ in _told(NATION, variable, groups):
        yield (*key, None, Status.HIDDEN_TO_PROTECT.value) if hidden else (*key, value, None)
    yield (PIECE, NATION, f"responses {variable}", float(sum(count for count, _ in groups.values())), None)
    yield (PIECE, NATION, f"population {variable}", sum(people for _, people in groups.values()), None)
