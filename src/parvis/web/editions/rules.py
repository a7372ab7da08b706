"""Who may do what with an edition."""

from __future__ import annotations

import rules

from parvis.web.editions.models import Edition, Seat
from parvis.web.people.models import Person


def has_seat(person: Person, edition: Edition | None, role: str) -> bool:
    if not person.is_authenticated:
        return False
    seats = Seat.objects.filter(person=person, role=role)
    return (seats.filter(edition=edition) if edition is not None else seats).exists()


@rules.predicate
def is_organiser(person: Person, edition: Edition | None = None) -> bool:
    """An organiser of this edition (of any edition when none is given)."""
    return has_seat(person, edition, Seat.Role.ORGANISER)


@rules.predicate
def is_expert(person: Person, edition: Edition | None = None) -> bool:
    return has_seat(person, edition, Seat.Role.EXPERT)


@rules.predicate
def is_jury(person: Person, edition: Edition | None = None) -> bool:
    return has_seat(person, edition, Seat.Role.JURY)


def needs_second_factor(person: Person) -> bool:
    """Organisers, experts and jury members see or decide for others: a password or a code alone is not enough."""
    return Seat.objects.filter(person=person).exists()
