"""The counters of each day, of entry points and of their editions, and how more is added to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F, Sum

from parvis.web.consultation.models import EditionDay, EntryPoint, EntryPointDay
from parvis.web.consultation.questionnaire import local
from parvis.web.consultation.turns import Statement, in_turn, prepared

COUNTERS = ["opened", "started", "completed"]
STILL_MOVING = timedelta(days=1)  # who began yesterday may end today


class Count(NamedTuple):
    """How many more opened, started and completed through an entry point on a day."""

    entry_point: int
    day: date
    opened: int = 0
    started: int = 0
    completed: int = 0


def count(more: Count) -> None:
    """Add to the counters of an entry point's day."""
    statement, values = addition([more])
    if connection.vendor == "postgresql":
        prepared(statement, values)
    else:
        in_turn([(statement, values)])


def addition(more: Iterable[Count]) -> Statement:
    """The statement that adds counts, in the order of keys; several of one counter are added up first."""
    sums: dict[tuple[int, date], tuple[int, ...]] = {}
    for each in more:
        before = sums.get(each[:2], (0, 0, 0))
        sums[each[:2]] = tuple(old + new for old, new in zip(before, each[2:], strict=True))
    return _adding_rows(len(sums)), [value for key in sorted(sums) for value in (*key, *sums[key])]


@lru_cache(maxsize=64)
def _adding_rows(number: int) -> str:
    return adding(f"VALUES {', '.join(['(%s, %s, %s, %s, %s)'] * number)}")


def adding(source: str) -> str:
    """The statement that adds what comes from `source`: an entry point, a day, then what to add to each counter."""
    table = connection.ops.quote_name(EntryPointDay._meta.db_table)
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in COUNTERS)
    return (
        f"INSERT INTO {table} (entry_point_id, day, {', '.join(COUNTERS)}) {source}"
        f" ON CONFLICT (entry_point_id, day) DO UPDATE SET {added}"
    )


@transaction.atomic
def count_many(more: Mapping[tuple[int, date], Mapping[str, int]]) -> None:
    """Add to many counters, (entry point, day): number by counter; equal to as many calls of `count`."""
    if not more:
        return
    days = {day for _, day in more}
    kept = EntryPointDay.objects.select_for_update(of=("self",)).filter(day__range=(min(days), max(days)))
    rows = {(row.entry_point_id, row.day): row for row in kept}
    sums = []
    for (point, day), numbers in sorted(more.items()):
        before = rows.get((point, day))
        values = {name: (getattr(before, name) if before else 0) + numbers.get(name, 0) for name in COUNTERS}
        sums.append(EntryPointDay(entry_point_id=point, day=day, **values))
    EntryPointDay.objects.bulk_create(
        sums, batch_size=2000, update_conflicts=True, unique_fields=["entry_point", "day"], update_fields=COUNTERS
    )
    editions = EntryPoint.objects.filter(pk__in={point for point, _ in more}).values("edition")
    EditionDay.objects.filter(edition__in=editions, day__gte=min(days)).delete()  # until the next night


@transaction.atomic
def add_up_days(*, at: datetime) -> None:
    """Once a night: the totals of each edition's days that are over, made again from those of its entry points."""
    over = EntryPointDay.objects.filter(day__lt=local(at).date() - STILL_MOVING)
    sums = over.values("day", edition=F("entry_point__edition")).order_by().annotate(
        **{f"n_{name}": Sum(name) for name in COUNTERS}
    )  # fmt: skip
    made = [
        EditionDay(edition_id=row["edition"], day=row["day"], **{name: row[f"n_{name}"] for name in COUNTERS})
        for row in sums
    ]
    EditionDay.objects.all().delete()
    EditionDay.objects.bulk_create(made, batch_size=2000)
