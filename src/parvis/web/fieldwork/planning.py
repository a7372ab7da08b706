"""From the rows of an edition to the planner's problem: the same planner as `parvis plan`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from parvis.core.contacts.delays import is_working_day
from parvis.core.contacts.planning import (
    USUAL_WEIGHTS,
    AvailableObserver,
    PlaceToVisit,
    PlannedContact,
    PossibleScenario,
    Rules,
    Weights,
)
from parvis.core.contacts.planning.lines import is_forbidden
from parvis.core.contacts.planning.prefectures import prefecture
from parvis.core.contacts.planning.timing import Absence as Away
from parvis.core.contacts.planning.timing import is_present
from parvis.core.vocabulary import Channel
from parvis.web.editions.models import Edition, EnrolledPlace, Enrolment
from parvis.web.fieldwork.models import Absence, Conflict, Mission, Observation, Observer, Scenario
from parvis.web.territory.models import Place

ONCE = (Channel.WEBSITE, Channel.SOCIAL)  # for an organisation, at its main site
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_A_MONTH = 30.4
State = Mission.State


@dataclass(frozen=True, slots=True)
class Asked:
    """What an organiser asks of a plan."""

    contacts: Mapping[str, int]
    starts_on: date
    ends_on: date
    window_days: int = 5
    burden_per_week: int = 8
    rotation_days: int = 90
    closed: tuple[tuple[date, date], ...] = ()
    per_kilometre: float = 0.35
    deviations: Mapping[str, float] | None = None  # by channel, from the last edition; the usual one when None
    forbidden_lines: tuple[str, ...] = ()  # telephone numbers and e-mail addresses
    weights: Weights = USUAL_WEIGHTS

    def to_json(self) -> dict[str, Any]:
        return {
            "contacts": dict(self.contacts),
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "window_days": self.window_days,
            "burden_per_week": self.burden_per_week,
            "rotation_days": self.rotation_days,
            "closed": [[first.isoformat(), last.isoformat()] for first, last in self.closed],
            "per_kilometre": self.per_kilometre,
            "deviations": dict(self.deviations) if self.deviations else None,
            "forbidden_lines": list(self.forbidden_lines),
            "weights": asdict(self.weights),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Asked:
        days = {name: date.fromisoformat(data[name]) for name in ("starts_on", "ends_on")}
        closed = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in data["closed"])
        lines = tuple(data.get("forbidden_lines", ()))
        weights = Weights(**data.get("weights", {}))
        return cls(**{**data, **days, "closed": closed, "forbidden_lines": lines, "weights": weights})


@dataclass(frozen=True, slots=True)
class MissionRow:
    """A mission as planning sees it."""

    pk: int
    place: int
    channel: str
    observer: int | None
    scenario: int | None
    starts_on: date
    ends_on: date
    half_day: str
    state: str
    filed: bool
    organisation: int

    @property
    def is_fixed(self) -> bool:
        """Something has left for the organisation: nothing can move it any more."""
        return self.state == State.DONE or self.filed


@dataclass(frozen=True, slots=True)
class Problem:
    places: list[PlaceToVisit]
    observers: list[AvailableObserver]
    rules: Rules
    scenarios: list[PossibleScenario]
    keep: list[PlannedContact]
    done: list[PlannedContact]
    fixed: list[MissionRow]
    movable: list[MissionRow]
    left_out: list[str]  # names of organisations that are not ready


def problem_of(edition: Edition, asked: Asked) -> Problem:
    """Everything that the planner needs, in eight queries. Keys are primary keys as text."""
    missions = mission_rows(edition)
    fixed = [row for row in missions if row.is_fixed]
    movable = [row for row in missions if not row.is_fixed]
    scenarios = [
        PossibleScenario(str(each.pk), each.channel, each.service.code if each.service else "", each.most_uses)
        for each in edition.scenarios.select_related("service")
        if each.is_ready
    ]
    ready = {scenario.scenario for scenario in scenarios}
    keep = [contact_of(row) for row in movable if _may_stay(row, asked, ready)]
    return Problem(
        places=_places(edition, asked, fixed),
        observers=_observers(asked, fixed),
        rules=Rules(asked.starts_on, asked.ends_on, asked.window_days, asked.burden_per_week, asked.weights),
        scenarios=scenarios,
        keep=sorted(keep, key=lambda c: (c.place, c.channel, c.window_starts_on, c.observer)),
        done=[contact_of(row) for row in fixed],
        fixed=fixed,
        movable=movable,
        left_out=_left_out(edition),
    )


def mission_rows(edition: Edition) -> list[MissionRow]:
    """The missions of an edition that are not cancelled, those in hand first."""
    names = (
        "pk", "place_id", "channel", "observer_id", "scenario_id", "window_starts_on", "window_ends_on", "half_day",
        "state", "observation__pk", "place__organisation_id",
    )  # fmt: skip
    found = edition.missions.exclude(state=State.CANCELLED).order_by("state", "pk").values_list(*names)
    return [MissionRow(*row[:9], row[9] is not None, row[10]) for row in found.iterator(chunk_size=5000)]


def _may_stay(row: MissionRow, asked: Asked, ready: set[str]) -> bool:
    """Someone has it or is foreseen for it, its window is not over, and its scenario may still be made."""
    held = row.state in (State.PLANNED, State.OFFERED, State.ACCEPTED) and row.observer is not None
    return (
        held
        and row.ends_on >= asked.starts_on
        and (row.state == State.ACCEPTED or row.scenario is None or str(row.scenario) in ready)
    )


def contact_of(row: MissionRow) -> PlannedContact:
    """A mission in the planner's words."""
    return PlannedContact(
        str(row.place), str(row.organisation), row.channel, str(row.observer), str(row.scenario or ""),
        row.starts_on, row.ends_on, row.half_day,
    )  # fmt: skip


def _ready_enrolments(edition: Edition) -> Any:
    return edition.enrolments.filter(state=Enrolment.State.ACCEPTED, staff_informed_on__isnull=False)


def _left_out(edition: Edition) -> list[str]:
    waiting = edition.enrolments.filter(state=Enrolment.State.ACCEPTED, staff_informed_on__isnull=True)
    return list(waiting.order_by("organisation__name").values_list("organisation__name", flat=True))


def _places(edition: Edition, asked: Asked, fixed: Iterable[MissionRow]) -> list[PlaceToVisit]:
    done = Counter((row.place, row.channel) for row in fixed)
    once = Counter((row.organisation, row.channel) for row in fixed)
    rows = EnrolledPlace.objects.filter(enrolment__in=_ready_enrolments(edition), place__is_active=True)
    rows = rows.select_related("place__organisation", "enrolment__edition").prefetch_related("place__services")
    seen: set[int] = set()
    found = []
    for row in rows.order_by("place__organisation", "-place__kind", "place"):
        place, organisation = row.place, row.place.organisation
        contacts = {}
        for channel in row.enrolment.channels:
            first = organisation.pk not in seen or channel not in ONCE
            had = once[organisation.pk, channel] if channel in ONCE else done[place.pk, channel]
            contacts[channel] = max(0, asked.contacts.get(channel, 0) - had) if first else 0
        seen.add(organisation.pk)
        informed = row.enrolment.staff_informed_on
        before = ((asked.starts_on, informed - timedelta(days=1)),) if informed > asked.starts_on else ()
        where = prefecture(organisation.departement) or (None, None)
        found.append(PlaceToVisit(
            str(place.pk), str(organisation.pk), contacts, organisation.departement, *where,
            frozenset(service.code for service in place.services.all()), open_half_days(place.opening_hours),
            (*asked.closed, *before), forbidden_channels(place, asked.forbidden_lines),
        ))  # fmt: skip
    return found


def open_half_days(hours: Mapping[str, list[list[str]]]) -> frozenset[tuple[int, str]] | None:
    """Weekday and half-day when a place is open; None when its hours are not known.

    >>> sorted(open_half_days({"mon": [["08:30", "12:00"]], "wed": [["13:30", "17:00"]]}))
    [(0, 'am'), (2, 'pm')]
    """
    if not any(hours.values()):
        return None
    found = set()
    for day, spans in hours.items():
        for opens, closes in spans:
            found |= {(WEEKDAYS.index(day), half) for half in _halves(opens, closes)}
    return frozenset(found)


def forbidden_channels(place: Place, more: Sequence[str]) -> frozenset[str]:
    """The channels of a place whose line must not be used: an emergency number, or one that the organiser bars."""
    lines = {Channel.PHONE: place.phone, Channel.EMAIL: place.email}
    return frozenset(str(channel) for channel, line in lines.items() if line and is_forbidden(line, more))


def _halves(opens: str, closes: str) -> list[str]:
    """An hour at least before noon, or an hour at least after one."""
    return [half for half, open_then in (("am", opens <= "11:00"), ("pm", closes >= "14:00")) if open_then]


def _observers(asked: Asked, fixed: Iterable[MissionRow]) -> list[AvailableObserver]:
    load = Counter(row.observer for row in fixed if row.ends_on >= asked.starts_on)
    months = ((asked.ends_on - asked.starts_on).days + 1) / DAYS_A_MONTH
    conflicts, recent, away = _conflicts(), _recent(asked), absences(asked.starts_on, asked.ends_on)
    days = working_days(asked.starts_on, asked.ends_on)
    found = []
    for each in Observer.objects.filter(status=Observer.Status.CERTIFIED).order_by("pk"):
        where = (each.latitude, each.longitude)
        if each.latitude is None:
            where = prefecture(each.departement) or where
        share = _share_there(away[each.pk], days)
        capacity = max(0, round(each.capacity * max(1.0, months) * share) - load[each.pk])
        found.append(AvailableObserver(
            str(each.pk), frozenset(each.certified_channels), capacity, *where,
            conflicts=frozenset(key for key, place in conflicts[each.pk] if not place),
            barred=frozenset(place for _, place in conflicts[each.pk] if place),
            recent=frozenset(recent[each.pk]), away=tuple(away[each.pk]),
        ))  # fmt: skip
    return found


def _share_there(away: Sequence[Away], days: Sequence[date]) -> float:
    """The share of the half-days of a period when someone is there: who is away half the time can do half as much.

    >>> from datetime import date
    >>> april = [date(2026, 4, day) for day in (7, 8, 9, 10)]
    >>> _share_there([(date(2026, 4, 8), date(2026, 4, 9), "am")], april)
    0.75
    """
    if not away or not days:
        return 1.0
    halves = [(day, half) for day in days for half in ("am", "pm")]
    return sum(is_present(away, [moment]) for moment in halves) / len(halves)


def working_days(first: date, last: date) -> list[date]:
    """Monday to Friday outside the holidays of all France."""
    days = (first + timedelta(days=passed) for passed in range((last - first).days + 1))
    return [day for day in days if is_working_day(day, "")]


def _conflicts() -> dict[int, set[tuple[str, str]]]:
    """(organisation, place) by observer; no place where the whole organisation is barred."""
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for observer, organisation, place in Conflict.objects.values_list("observer", "organisation", "place"):
        found[observer].add((str(organisation), str(place or "")))
    return found


def _recent(asked: Asked) -> dict[int, set[str]]:
    """Places seen within the rotation, by observer, whatever the edition."""
    since = asked.starts_on - timedelta(days=asked.rotation_days)
    rows = Observation.objects.filter(happened_on__gte=since, observer__isnull=False)
    found: dict[int, set[str]] = defaultdict(set)
    for observer, place in rows.order_by().values_list("observer", "place").distinct():
        found[observer].add(str(place))
    return found


def absences(first: date, last: date, observers: Iterable[int] | None = None) -> dict[int, list[Away]]:
    """First day, last day and half-day of each absence that touches a period, by observer; of some, or of all."""
    rows = Absence.objects.filter(starts_on__lte=last, ends_on__gte=first)
    if observers is not None:
        rows = rows.filter(observer__in=list(observers))
    found: dict[int, list[Away]] = defaultdict(list)
    for observer, *away in rows.order_by("starts_on", "pk").values_list("observer", "starts_on", "ends_on", "half_day"):
        found[observer].append((away[0], away[1], away[2]))
    return found


def exposures(edition: Edition) -> Counter[tuple[int, int]]:
    """How many missions of each (organisation, scenario), cancelled ones aside."""
    rows = edition.missions.exclude(state=State.CANCELLED).filter(scenario__isnull=False).order_by()
    return Counter(rows.values_list("place__organisation", "scenario"))


def spent_scenarios(edition: Edition, wanted: Iterable[tuple[int, Scenario]]) -> set[tuple[int, int]]:
    """The (organisation, scenario) pairs that more missions would take beyond what a scenario allows."""
    asked = [(organisation, scenario) for organisation, scenario in wanted if scenario.most_uses is not None]
    if not asked:
        return set()
    counts = exposures(edition)
    counts.update((organisation, scenario.pk) for organisation, scenario in asked)
    return {(o, s.pk) for o, s in asked if counts[o, s.pk] > (s.most_uses or 0)}
