"""Who may be sent where, and when: the rules that a plan, an offer and an acceptance all obey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from parvis.core.contacts.planning import PlaceToVisit
from parvis.core.contacts.planning.timing import Absence as Away
from parvis.core.contacts.planning.timing import is_present, moments
from parvis.core.vocabulary import Fault
from parvis.web.fieldwork import observer_refusals, refusals
from parvis.web.fieldwork.models import Conflict, Mission, Observation, Observer, Scenario
from parvis.web.fieldwork.planning import Asked, absences, open_half_days
from parvis.web.territory.models import Place

IN_HAND = (Mission.State.OFFERED, Mission.State.ACCEPTED, Mission.State.DONE)


def is_ready(scenario: Scenario, channel: str) -> bool:
    return scenario.is_ready and scenario.channel == channel


def is_certified(observer: Observer, channel: str) -> bool:
    return observer.status == Observer.Status.CERTIFIED and channel in observer.certified_channels


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Who must never meet: (observer, organisation) for a whole one, (observer, place) for a single place."""

    organisations: frozenset[tuple[int, int]]
    places: frozenset[tuple[int, int]]

    @property
    def are_any(self) -> bool:
        return bool(self.organisations or self.places)

    def between(self, observer: int | None, place: Place) -> bool:
        return (observer, place.organisation_id) in self.organisations or (observer, place.pk) in self.places


def conflicts_of(observers: Iterable[int]) -> Conflicts:
    """One query."""
    found = Conflict.objects.filter(observer__in=list(observers)).values_list("observer", "organisation", "place")
    rows = list(found)
    return Conflicts(
        frozenset((observer, organisation) for observer, organisation, place in rows if place is None),
        frozenset((observer, place) for observer, _, place in rows if place is not None),
    )


def is_there(mission: Mission, away: Sequence[Away], *, today: date) -> bool:
    """Whether the observer has a moment left to make this contact, from today on."""
    first = max(today, mission.window_starts_on)
    if not away or first > mission.window_ends_on:  # a window that is over is another matter: the mission is late
        return True
    place = PlaceToVisit(
        "", "", {}, mission.place.organisation.departement,
        open_half_days=open_half_days(mission.place.opening_hours),
    )  # fmt: skip
    return is_present(away, moments(place, mission.channel, mission.half_day, (first, mission.window_ends_on)))


def faults_of_offers(missions: Sequence[Mission], *, today: date) -> dict[int, list[Fault]]:
    """What forbids to offer each mission to the observer foreseen for it. A few queries, whatever their number."""
    people = {each.observer_id for each in missions if each.observer_id}
    conflicts = conflicts_of(people)
    days = [day for each in missions for day in (each.window_starts_on, each.window_ends_on)]
    away = absences(min(days), max(days), people) if days else {}
    return {each.pk: _faults(each, conflicts, away, today) for each in missions}


def _faults(mission: Mission, conflicts: Conflicts, away: Mapping[int, Sequence[Away]], today: date) -> list[Fault]:
    observer = mission.observer
    if observer is None:
        return [refusals.NO_OBSERVER]
    checks = [
        (not is_certified(observer, mission.channel), refusals.NOT_CERTIFIED),
        (conflicts.between(observer.pk, mission.place), refusals.IN_CONFLICT),
        (not is_there(mission, away.get(observer.pk, ()), today=today), observer_refusals.OBSERVER_AWAY),
    ]
    return [fault for wrong, fault in checks if wrong]


def came_recently(observer: Observer, mission: Mission) -> bool:
    """Whether someone was, or is to be, in the mission's place within the rotation of the edition's plan."""
    plan = mission.edition.contact_plans.filter(adopted_at__isnull=False).only("asked").first()
    days = plan.asked["rotation_days"] if plan else Asked.__dataclass_fields__["rotation_days"].default
    since = mission.window_starts_on - timedelta(days=days)
    seen = Observation.objects.filter(observer=observer, place=mission.place_id, happened_on__gte=since)
    held = Mission.objects.filter(
        observer=observer, place=mission.place_id, state__in=IN_HAND, window_ends_on__gte=since
    )
    return days > 0 and (seen.exists() or held.exclude(pk=mission.pk).exists())
