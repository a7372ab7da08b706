"""The counters of each day, of editions and of their entry points, and how more is added to them.

Always the edition's first, then the entry points', each in the order of keys: who counts at the same moment waits in
line, never in a ring.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, models, transaction

from parvis.web.consultation.models import EditionDay, EntryPoint, EntryPointDay
from parvis.web.consultation.turns import Statement, in_turn, prepared

COUNTERS = ["opened", "started", "completed"]
_KEYS: dict[type[models.Model], tuple[str, ...]] = {
    EditionDay: ("edition_id", "day", "part"),
    EntryPointDay: ("entry_point_id", "day"),
}
Sums = Mapping[tuple[Any, ...], Mapping[str, int]]


class Count(NamedTuple):
    """How many more opened, started and completed through an entry point on a day."""

    edition: int
    entry_point: int
    day: date
    opened: int = 0
    started: int = 0
    completed: int = 0

    @property
    def keys(self) -> tuple[tuple[int, date, int], tuple[int, date]]:
        """Of the edition's counter, then of the entry point's."""
        return (self.edition, self.day, self.entry_point % EditionDay.PARTS), (self.entry_point, self.day)


def count(more: Count) -> None:
    """Add to the counters of an entry point's day and of its edition's."""
    of_edition, of_point = additions([more])
    if connection.vendor == "postgresql":
        prepared(f"WITH days AS ({of_edition[0]}) {of_point[0]}", [*of_edition[1], *of_point[1]])
    else:
        in_turn([of_edition, of_point])


def additions(more: Iterable[Count]) -> tuple[Statement, Statement]:
    """The statements that add counts to editions, then to entry points; several of one counter are added up first."""
    of_edition, of_point = {}, {}
    for each in more:
        for sums, key in zip((of_edition, of_point), each.keys, strict=True):
            before = sums.get(key, (0, 0, 0))
            sums[key] = tuple(old + new for old, new in zip(before, each[3:], strict=True))
    return _addition(EditionDay, of_edition), _addition(EntryPointDay, of_point)


def _addition(model: type[models.Model], sums: Mapping[tuple[Any, ...], tuple[int, ...]]) -> Statement:
    values = [value for key in sorted(sums) for value in (*key, *sums[key])]
    return _adding_values(model, len(sums)), values


@lru_cache(maxsize=64)
def _adding_values(model: type[models.Model], rows: int) -> str:
    one = ", ".join(["%s"] * (len(_KEYS[model]) + len(COUNTERS)))
    return adding(model, f"VALUES {', '.join([f'({one})'] * rows)}")


def adding(model: type[models.Model], source: str) -> str:
    """The statement that adds what comes from `source`: the key of each counter, then what to add."""
    table, key = connection.ops.quote_name(model._meta.db_table), ", ".join(_KEYS[model])
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in COUNTERS)
    return f"INSERT INTO {table} ({key}, {', '.join(COUNTERS)}) {source} ON CONFLICT ({key}) DO UPDATE SET {added}"


@transaction.atomic
def count_many(more: Mapping[tuple[int, date], Mapping[str, int]]) -> None:
    """Add to many counters, (entry point, day): number by counter; equal to as many calls of `count`."""
    if not more:
        return
    of_edition: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    editions = dict(EntryPoint.objects.filter(pk__in={point for point, _ in more}).values_list("pk", "edition_id"))
    for (point, day), numbers in more.items():
        of_edition[Count(editions[point], point, day).keys[0]].update(numbers)
    _add_many(EditionDay, of_edition)
    _add_many(EntryPointDay, more)


def _add_many(model: type[models.Model], more: Sums) -> None:
    days, key = {each[1] for each in more}, _KEYS[model]
    kept = model._default_manager.select_for_update(of=("self",)).filter(day__range=(min(days), max(days)))
    rows = {tuple(getattr(row, name) for name in key): row for row in kept}
    sums = []
    for each, numbers in more.items():
        before = rows.get(each)
        values = {name: (getattr(before, name) if before else 0) + numbers.get(name, 0) for name in COUNTERS}
        sums.append(model(**dict(zip(key, each, strict=True)), **values))
    unique = [name.removesuffix("_id") for name in key]
    model._default_manager.bulk_create(
        sums, batch_size=2000, update_conflicts=True, unique_fields=unique, update_fields=COUNTERS
    )
