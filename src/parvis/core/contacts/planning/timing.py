"""When a contact can be made: working days, opening hours, forbidden periods, absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from parvis.core.contacts.delays import is_working_day
from parvis.core.contacts.planning.problem import AT_OPENING_HOURS, HALF_DAYS, PlaceToVisit, Rules

Slot = tuple[date, str]
Window = tuple[date, date]  # first and last day
Absence = tuple[date, date, str]  # first and last day; am, pm, or nothing for whole days


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


def moments(place: PlaceToVisit, channel: str, half: str, given: Window) -> list[Slot]:
    """The half-days of a window when a contact can be made: working days, open ones where someone has to be there.

    half: the half-day of the contact, or nothing.

    >>> from parvis.core.contacts.planning.problem import PlaceToVisit
    >>> tuesdays = PlaceToVisit("p", "o", {}, "25", open_half_days=frozenset({(1, "am"), (1, "pm")}))
    >>> week = (date(2026, 4, 7), date(2026, 4, 8))   # from Tuesday to Wednesday
    >>> [(day.day, half) for day, half in moments(tuesdays, "visit", "am", week)]
    [(7, 'am')]
    >>> [(day.day, half) for day, half in moments(tuesdays, "letter", "", week)]
    [(7, 'am'), (7, 'pm'), (8, 'am'), (8, 'pm')]
    """
    timed, opened = channel in AT_OPENING_HOURS, place.open_half_days
    days = [given[0] + timedelta(days=passed) for passed in range((given[1] - given[0]).days + 1)]
    return [
        (day, each)
        for day in days
        if is_working_day(day, place.departement) and not is_closed(place, day)
        for each in HALF_DAYS
        if not timed or ((not half or each == half) and (opened is None or (day.weekday(), each) in opened))
    ]


def is_present(absences: Sequence[Absence], possible: Sequence[Slot]) -> bool:
    """Whether at least one moment is left to someone who is away then.

    >>> mornings = (date(2026, 4, 1), date(2026, 4, 30), "am")
    >>> is_present([mornings], [(date(2026, 4, 7), "am")]), is_present([mornings], [(date(2026, 4, 7), "pm")])
    (False, True)
    """
    return any(
        not any(first <= day <= last and away in ("", half) for first, last, away in absences) for day, half in possible
    )


def half_day(channel: str, slot: Slot) -> str:
    """The half-day matters only where someone has to be there."""
    return slot[1] if channel in AT_OPENING_HOURS else ""
