"""Places, observers and the hard rules that a plan must keep: the common ground of the tests of contact plans."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from parvis.core.contacts.delays import is_working_day
from parvis.core.contacts.planning import AvailableObserver, PlaceToVisit, Plan, Rules

APRIL = Rules(date(2026, 4, 1), date(2026, 5, 29))
ALL = frozenset({"phone", "email", "letter", "visit", "website", "social"})
HALVES = ("am", "pm")
SMALL = {"phone": 2, "email": 2, "visit": 1}


def place(n: int, **changes: object) -> PlaceToVisit:
    given = {"place": f"P{n}", "organisation": f"O{n}", "contacts": SMALL, "departement": "25",
             "latitude": 47.0 + n / 10, "longitude": 6.0}  # fmt: skip
    return PlaceToVisit(**(given | changes))  # type: ignore[arg-type]


def observer(n: int, **changes: object) -> AvailableObserver:
    given = {"observer": f"C{n}", "channels": ALL, "capacity": 6, "latitude": 47.0 + n / 10, "longitude": 6.0}
    return AvailableObserver(**(given | changes))  # type: ignore[arg-type]


PLACES = [place(n) for n in range(4)]
PEOPLE = [observer(n) for n in range(8)]


def broken(plan: Plan, places: list[PlaceToVisit], people: list[AvailableObserver], rules: Rules) -> list[str]:
    """Every hard rule that a contact of the plan breaks."""
    at, who = {p.place: p for p in places}, {o.observer: o for o in people}
    found = []
    for c in plan.contacts:
        here, person = at[c.place], who[c.observer]
        day, opened = c.window_starts_on, here.open_half_days
        checks = {
            "conflict": here.organisation in person.conflicts or here.place in person.barred,
            "away": not any(
                not any(a <= each <= b and off in ("", half) for a, b, off in person.away)
                for each, half in (
                    (day + timedelta(d), h) for d in range((c.window_ends_on - day).days + 1) for h in HALVES
                )
                if is_working_day(each, here.departement) and c.half_day in ("", half)
            ),
            "forbidden": c.channel in here.forbidden,
            "recent": here.place in person.recent,
            "certified": c.channel not in person.channels,
            "working": not is_working_day(day, here.departement),
            "period": not rules.starts_on <= day <= c.window_ends_on <= rules.ends_on,
            "hours": bool(c.half_day) and opened is not None and (day.weekday(), c.half_day) not in opened,
            "closed": any(a <= day <= b for a, b in here.closed),
        }
        found += [rule for rule, wrong in checks.items() if wrong]
    pairs = Counter((c.place, c.observer) for c in plan.contacts)
    loads = Counter(c.observer for c in plan.contacts)
    weeks = Counter((c.place, c.window_starts_on.isocalendar()[:2]) for c in plan.contacts)
    found += ["twice" for n in pairs.values() if n > 1]
    found += ["capacity" for name, n in loads.items() if n > who[name].capacity]
    found += ["burden" for n in weeks.values() if n > rules.burden_per_week]
    return found
