"""From an address to a mission, with all that its pages show."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import Mission
from parvis.web.fieldwork.rules import is_mission_observer
from parvis.web.people.models import Person


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen of the grid of a mission."""

    mission: Mission
    step: int


def mission_of(mission: int) -> Mission:
    found = Mission.objects.select_related(
        "edition", "enrolment", "place__organisation", "scenario", "observer", "observation__instrument"
    )
    return get_object_or_404(found, pk=mission)


def screen_of(mission: int, step: int) -> Screen:
    return Screen(mission_of(mission), step)


def may_fill(person: Person, screen: Screen) -> bool:
    return is_mission_observer(person, screen.mission)


def running_edition(edition: str) -> Edition:
    found = get_object_or_404(Edition, slug=edition)
    if found.state not in (Edition.State.ENROLMENT, Edition.State.FIELDWORK, Edition.State.REVIEW):
        raise Http404
    return found
