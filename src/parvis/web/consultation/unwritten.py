"""What one process has counted and not written yet.

A counter written beside a response would tell on it: databases keep books of which transaction wrote a row, and when.
Counts wait a second and are written many at once, in the order of their keys, which is no order at all. Meanwhile a
process adds its own to what the table held; what another process counted in that second, it learns a second late.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connection

from parvis.web.consultation.models import RateCounter, RateKey
from parvis.web.consultation.turns import add_lightly, rows_of

WRITTEN_AFTER_SECONDS = 1.0
_guard = threading.Lock()
_to_write: Counter[tuple[str, date]] = Counter()
_known: dict[str, int] = {}  # what the table holds, or is about to hold, of keys counted since the last writing
_clock: list[threading.Timer] = []


def add_one(day: date, keys: Sequence[str], *, at_once: bool) -> list[int]:
    """One more of each; how many of each today. at_once: written before this returns, for who remembers nothing."""
    numbers, found = None, dict[str, int]()
    while numbers is None:
        with _guard:
            unknown = [key for key in keys if key not in _known and key not in found]
            numbers = None if unknown else _added(day, keys, found)
            if numbers and not at_once and not _clock:
                _clock.append(threading.Timer(WRITTEN_AFTER_SECONDS, _write_aside))
                _clock[0].daemon = True
                _clock[0].start()
        if unknown:
            found |= dict.fromkeys(unknown, 0) | _in_table(unknown)
    if at_once:
        write()
    return numbers


def _added(day: date, keys: Sequence[str], found: Mapping[str, int]) -> list[int]:
    for key in keys:
        _known.setdefault(key, found.get(key, 0))
        _to_write[key, day] += 1
    return [_known[key] + _to_write[key, day] for key in keys]


def write() -> None:
    """Add what waits to the table, but for a day whose secret is gone: that is forgotten already."""
    with _guard:
        waiting = dict(_to_write)
        _to_write.clear()
        while _clock:
            _clock.pop().cancel()
        for (key, _), number in waiting.items():
            if key in _known:
                _known[key] += number
    try:
        days = set(RateKey.objects.filter(day__in={day for _, day in waiting}).values_list("day", flat=True))
        rows = [(key, day, number) for (key, day), number in sorted(waiting.items()) if day in days]
        add_lightly(_statement(), rows)
    except BaseException:
        with _guard:
            _to_write.update(waiting)
        raise
    finally:
        with _guard:
            _known.clear()


def _write_aside() -> None:
    try:
        write()
    finally:
        connection.close()


def _in_table(keys: Sequence[str]) -> dict[str, int]:
    table, places = connection.ops.quote_name(RateCounter._meta.db_table), ", ".join(["%s"] * len(keys))
    return dict(rows_of(f"SELECT key, count FROM {table} WHERE key IN ({places})", list(keys)))  # noqa: S608 (our names)


def _statement() -> str:
    table = connection.ops.quote_name(RateCounter._meta.db_table)
    return (
        f"INSERT INTO {table} (key, day, count) VALUES (%s, %s, %s)"  # noqa: S608 (our own names)
        f" ON CONFLICT (key) DO UPDATE SET count = {table}.count + excluded.count"
    )
