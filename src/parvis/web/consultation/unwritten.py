"""What one process has counted and not written yet.

A counter written beside a response would tell on it: databases keep books of which transaction wrote a row, and when.
Counts wait a second and are written many at once, in the order of their keys, which is no order at all. Writing tells
how many others counted; a process keeps in mind, until the day ends, those that came more than once, and adds its own.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from parvis.web.consultation.models import RateCounter, RateKey
from parvis.web.consultation.turns import add_lightly, rows_of

WRITTEN_AFTER_SECONDS = 1.0
MOST_KEPT = 100_000
TOGETHER = 10_000  # of one statement; more wait for the next
_ADD = (
    "INSERT INTO {table} (key, day, count) {rows}"
    " ON CONFLICT (key) DO UPDATE SET count = {table}.count + excluded.count"
)
_GIVEN = (
    "SELECT key, day, number FROM light, unnest(%s::text[], %s::date[], %s::int[]) AS given(key, day, number)"
    " WHERE light.how = 'off'"
)
_ADD_ON_POSTGRESQL = (  # it need not wait for the disk
    "WITH light AS (SELECT set_config('synchronous_commit', 'off', true) AS how), "  # noqa: S608 (our own names)
    f"added AS ({_ADD.replace('{rows}', _GIVEN)} RETURNING key, count) SELECT key, count FROM added WHERE count > 1"
)
_guard = threading.Lock()
_to_write: Counter[tuple[date, str]] = Counter()
_kept: defaultdict[date, dict[str, int]] = defaultdict(dict)
_clock: list[threading.Timer] = []


def add_one(day: date, keys: Sequence[str], *, at_once: bool) -> list[int]:
    """One more of each; how many of each today, as far as this process knows.

    at_once: written before this returns, for who remembers nothing, so that it knows what others counted.
    """
    with _guard:
        if day not in _kept:
            _after(_seconds_left(day), forget, day)
        for key in keys:
            _to_write[day, key] += 1
        numbers = [_kept[day].get(key, 0) + _to_write[day, key] for key in keys]
        if not at_once and not _clock:
            _clock.append(_after(WRITTEN_AFTER_SECONDS, _write_aside))
    if not at_once:
        return numbers
    written = write()
    return [max(number, written.get(key, 0)) for key, number in zip(keys, numbers, strict=True)]


def forget(day: date) -> None:
    """Drop what was counted on a day that is over, even when nobody comes any more."""
    with _guard:
        _kept.pop(day, None)
        for each in [each for each in _to_write if each[0] == day]:
            del _to_write[each]


def _seconds_left(day: date) -> float:
    """Until a day is over by the clocks of the country; for one that is over already, a day more."""
    over = datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())
    left = (over - timezone.now()).total_seconds()
    return left if left > 0 else 24 * 3600.0


def _after(seconds: float, act: Callable[..., None], *given: Any) -> threading.Timer:
    clock = threading.Timer(seconds, act, given)
    clock.daemon = True
    clock.start()
    return clock


def write() -> dict[str, int]:
    """Add what waits to the table, but for a day whose secret is gone: it is forgotten. Those that came again."""
    with _guard:
        waiting = _taken()
    try:
        days = set(RateKey.objects.filter(day__in={day for day, _ in waiting}).values_list("day", flat=True))
        written = _added([(key, day, number) for (day, key), number in waiting.items() if day in days])
    except BaseException:
        with _guard:
            _to_write.update(waiting)
            for (day, key), number in waiting.items():
                _kept[day][key] = _kept[day].get(key, 0) - number
        raise
    with _guard:
        for day, key in waiting:
            if key in written and day in _kept:
                _kept[day][key] = written[key]
            else:
                _kept.get(day, {}).pop(key, None)
    return written


def _taken() -> dict[tuple[date, str], int]:
    """What waits, in the order of keys, and kept in mind while it is being written; days before are forgotten."""
    waiting = dict(sorted(_to_write.items())[:TOGETHER])
    for each in waiting:
        del _to_write[each]
    while _clock:
        _clock.pop().cancel()
    newest = max((day for day, _ in waiting), default=None)
    for day in [each for each in _kept if each != newest or len(_kept[each]) > MOST_KEPT]:
        del _kept[day]
    for (day, key), number in waiting.items():
        _kept[day][key] = _kept[day].get(key, 0) + number
    return waiting


def _write_aside() -> None:
    try:
        write()
    finally:
        connection.close()


def _added(rows: Sequence[tuple[str, date, int]]) -> dict[str, int]:
    """Add rows to the table; how many it then holds of those that came more than once."""
    if not rows:
        return {}
    table = connection.ops.quote_name(RateCounter._meta.db_table)
    if connection.vendor == "postgresql":
        return dict(rows_of(_ADD_ON_POSTGRESQL.format(table=table), [list(each) for each in zip(*rows, strict=True)]))
    places, keys = ", ".join(["(%s, %s, %s)"] * len(rows)), [key for key, *_ in rows]
    add_lightly(_ADD.format(table=table, rows=f"VALUES {places}"), [value for row in rows for value in row])
    which = ", ".join(["%s"] * len(keys))
    return dict(rows_of(f"SELECT key, count FROM {table} WHERE count > 1 AND key IN ({which})", keys))  # noqa: S608 (ours)
