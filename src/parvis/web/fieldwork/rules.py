"""Who may do what in the field."""

from __future__ import annotations

import rules

from parvis.web.fieldwork.models import Mission, Observer
from parvis.web.people.models import Person


@rules.predicate
def is_observer(person: Person) -> bool:
    return person.is_authenticated and Observer.objects.filter(person=person).exists()


@rules.predicate
def is_mission_observer(person: Person, mission: Mission | None = None) -> bool:
    """The observer of this mission, once it was offered, and nobody else; an organisation never."""
    if mission is None or mission.observer is None or not person.is_authenticated:
        return False
    shown = (Mission.State.OFFERED, Mission.State.ACCEPTED, Mission.State.DONE)
    return mission.observer.person_id == person.pk and mission.state in shown
