"""The spaces of the site that a person may enter, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from parvis.web.editions.models import Seat
from parvis.web.fieldwork.models import Observer
from parvis.web.people.models import Person
from parvis.web.territory.models import Membership


@dataclass(frozen=True, slots=True)
class Space:
    label: str
    url: str


def of(person: Person) -> list[Space]:
    """One space per hat that the person wears."""
    found = []
    seats = Seat.objects.filter(person=person).select_related("edition").order_by("-edition__year", "role")
    for seat in seats:
        if seat.role == Seat.Role.ORGANISER:
            found.append(Space(_("Piloter %(edition)s") % {"edition": seat.edition.name},
                               reverse("organiser:edition", args=[seat.edition.slug])))  # fmt: skip
    for membership in Membership.objects.filter(person=person).select_related("organisation"):
        found.append(Space(membership.organisation.name, reverse("organisation:home", args=[membership.organisation_id])))
    if Observer.objects.filter(person=person).exists():
        found.append(Space(_("Mes missions"), reverse("observer:missions")))
    if any(seat.role == Seat.Role.EXPERT for seat in seats):
        found.append(Space(_("Expertise"), reverse("expert:home")))
    if any(seat.role == Seat.Role.JURY for seat in seats):
        found.append(Space(_("Jury"), reverse("expert:jury")))
    return found
