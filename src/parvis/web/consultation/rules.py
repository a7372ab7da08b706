"""Who may see or decide what in the consultation."""

from __future__ import annotations

import rules

from parvis.web.editions.models import Enrolment
from parvis.web.people.models import Person
from parvis.web.territory.rules import is_lead, is_member


@rules.predicate
def may_follow(person: Person, enrolment: Enrolment) -> bool:
    """Members of the body: live participation, kit, paper forms."""
    return bool(is_member(person, enrolment.organisation))


@rules.predicate
def may_communicate(person: Person, enrolment: Enrolment) -> bool:
    """Leads open ways in, change the look of the kit, declare networks and kiosk hours."""
    return bool(is_lead(person, enrolment.organisation))
