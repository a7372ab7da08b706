"""The spaces of the site that a person may enter, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from parvis.web.editions.models import Edition, Seat
from parvis.web.fieldwork.models import Observer
from parvis.web.people.models import Person
from parvis.web.territory.models import Membership


@dataclass(frozen=True, slots=True)
class Space:
    label: str
    url: str
    current: bool = False


def of(person: Person, *, here: str = "") -> list[Space]:
    """One space per hat that the person wears; `here` is the address of the page being read."""
    return [replace(space, current=here.startswith(space.url)) for space in _hats(person)]


def _hats(person: Person) -> list[Space]:
    seats = list(Seat.objects.filter(person=person).select_related("edition").order_by("-edition__year", "role"))
    roles = {seat.role for seat in seats}
    memberships = Membership.objects.filter(person=person).select_related("organisation")
    return [
        *(_steering(seat.edition) for seat in seats if seat.role == Seat.Role.ORGANISER),
        *(Space(m.organisation.name, reverse("organisation:home", args=[m.organisation_id])) for m in memberships),
        *([Space(_("Mes missions"), reverse("observer:missions"))] if _observes(person) else []),
        *([Space(_("Expertise"), reverse("expert:home"))] if Seat.Role.EXPERT in roles else []),
        *([Space(_("Jury"), reverse("expert:jury"))] if Seat.Role.JURY in roles else []),
    ]


def _steering(edition: Edition) -> Space:
    return Space(
        _("Piloter %(edition)s") % {"edition": edition.name}, reverse("organiser:edition", args=[edition.slug])
    )


def _observes(person: Person) -> bool:
    return Observer.objects.filter(person=person).exists()
