"""When each contact is made: spread over working days and half-days, within opening hours and the burden cap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from parvis.core.contacts.delays import is_working_day
from parvis.core.contacts.planning.problem import AT_OPENING_HOURS, HALF_DAYS, PlaceToVisit, Rules

Slot = tuple[date, str]
Window = tuple[date, date]  # first and last day


def slots_of(place: PlaceToVisit, rules: Rules) -> list[Slot]:
    """The half-days when the place can be called or visited, in order of time."""
    found = []
    for passed in range((rules.ends_on - rules.starts_on).days + 1):
        day = rules.starts_on + timedelta(days=passed)
        if not is_working_day(day, place.departement) or is_closed(place, day):
            continue
        opened = place.open_half_days
        found += [(day, half) for half in HALF_DAYS if opened is None or (day.weekday(), half) in opened]
    return found


def is_closed(place: PlaceToVisit, day: date) -> bool:
    return any(first <= day <= last for first, last in place.closed)


def spread(
    count: int, slots: list[Slot], rules: Rules, draw: np.random.Generator, used: Counter[tuple[int, int]]
) -> list[Slot | None]:
    """A slot for each of `count` contacts, evenly over the period from a seeded start; None beyond the weekly cap.

    used: contacts that the place already receives in each week (year, number); it is brought up to date.
    """
    if not slots:
        return [None] * count
    start = draw.random()
    given: list[Slot | None] = []
    for rank in range(count):
        ideal = int((rank + start) / count * len(slots))
        given.append(_nearest_with_room(min(ideal, len(slots) - 1), slots, used, rules.burden_per_week))
    return given


def _nearest_with_room(ideal: int, slots: list[Slot], used: Counter[tuple[int, int]], cap: int) -> Slot | None:
    for away in range(len(slots)):
        for at in {ideal + away, ideal - away}:
            if 0 <= at < len(slots):
                week = slots[at][0].isocalendar()[:2]
                if used[week] < cap:
                    used[week] += 1
                    return slots[at]
    return None


def window(slot: Slot, place: PlaceToVisit, rules: Rules) -> tuple[date, date]:
    """From the day of the slot, `window_days` working days, cut at the period's end and at the first closed day.

    >>> from parvis.core.contacts.planning.problem import PlaceToVisit, Rules
    >>> rules = Rules(date(2026, 4, 1), date(2026, 5, 29), window_days=3)
    >>> window((date(2026, 4, 30), "am"), PlaceToVisit("p", "o", {}, "25"), rules)   # Thursday; 1 May is a holiday
    (datetime.date(2026, 4, 30), datetime.date(2026, 5, 5))
    """
    last = day = slot[0]
    left = rules.window_days - 1
    while left > 0:
        day += timedelta(days=1)
        if day > rules.ends_on or is_closed(place, day):
            break
        if is_working_day(day, place.departement):
            last, left = day, left - 1
    return slot[0], last


def around_absences(
    order: Sequence[int], windows: Sequence[Window | None], away: Sequence[Sequence[Window]]
) -> tuple[list[int], set[int]]:
    """The same contacts in the same windows, exchanged so that nobody is away for the whole of theirs.

    order: the contact of each window. away: absences of each contact's observer (first and last day).
    Returns the new order, and the contacts for which no exchange helps.

    >>> april, may = (date(2026, 4, 6), date(2026, 4, 10)), (date(2026, 5, 4), date(2026, 5, 8))
    >>> around_absences([0, 1], [april, may], [[(date(2026, 4, 1), date(2026, 4, 30))], []])
    ([1, 0], set())
    """
    given, left = list(order), set()
    for at, contact in enumerate(given):
        if not _misses(away[contact], windows[at]):
            continue
        for other, rival in enumerate(given):
            if not _misses(away[contact], windows[other]) and not _misses(away[rival], windows[at]):
                given[at], given[other] = rival, contact
                break
        else:
            left.add(contact)
    return given, left


def _misses(absences: Sequence[Window], given: Window | None) -> bool:
    return given is not None and any(first <= given[0] and given[1] <= last for first, last in absences)


def half_day(channel: str, slot: Slot) -> str:
    """The half-day matters only where someone has to be there."""
    return slot[1] if channel in AT_OPENING_HOURS else ""
