"""Who may do what with an organisation."""

from __future__ import annotations

import rules

from parvis.web.people.models import Person
from parvis.web.territory.models import Membership, Organisation


def has_role(person: Person, organisation: Organisation | None, roles: list[str]) -> bool:
    if not person.is_authenticated:
        return False
    held = Membership.objects.filter(person=person, role__in=roles)
    return (held.filter(organisation=organisation) if organisation is not None else held).exists()


@rules.predicate
def is_member(person: Person, organisation: Organisation | None = None) -> bool:
    """A member or lead of this organisation (of any organisation when none is given)."""
    return has_role(person, organisation, [Membership.Role.LEAD, Membership.Role.MEMBER])


@rules.predicate
def is_lead(person: Person, organisation: Organisation | None = None) -> bool:
    """A lead of this organisation: changes its places and memberships, enrols it, orders its level."""
    return has_role(person, organisation, [Membership.Role.LEAD])
