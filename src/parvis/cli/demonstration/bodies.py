"""Invented bodies on real distributions of type and population, with their places, people and enrolments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
from django.db import transaction

from parvis.cli.demonstration.names import body_name, commune_names
from parvis.core.vocabulary import Channel, Level
from parvis.web.editions import actions
from parvis.web.editions.models import Edition, EnrolledPlace, Enrolment
from parvis.web.people.models import Person
from parvis.web.territory.actions import Invented, NewPlace, add_places, create_demonstration_organisations
from parvis.web.territory.models import Organisation, Place, Territory

# Share of each sort of participant, close to what past editions counted.
MIX = (
    ("commune", (2000, 9999), 0.26),
    ("commune", (10000, 19999), 0.17),
    ("commune", (20000, 49999), 0.17),
    ("commune", (50000, 99999), 0.07),
    ("commune", (100000, 10**7), 0.045),
    ("epci", None, 0.135),
    ("departement", None, 0.045),
    ("region", None, 0.015),
    ("other:social", None, 0.04),
    ("other:education_culture", None, 0.03),
    ("other:other", None, 0.02),
)
ANNEXES = 0.15
SMALL = 3500


def invent_bodies(
    draws: np.random.Generator, *, count: int, vintage: int, by: Person, at: datetime
) -> list[Organisation]:
    """Bodies whose populations are those of real territories drawn at random, and whose names are nobody's."""
    real = set(Territory.objects.filter(vintage=vintage).values_list("name", flat=True))
    names = commune_names(draws, real)
    invented: list[Invented] = []
    for kind, band, share in MIX:
        wanted = max(1, round(count * share))
        sort, _, sector = kind.partition(":")
        for population, departement, region in _like_real(draws, sort, band, vintage, wanted):
            invented.append(
                Invented(
                    kind=sort, sector=sector, identifier=f"demo-{len(invented) + 1:04d}",
                    name=body_name(sort, sector, next(names)), departement=departement, region=region,
                    population=population,
                )
            )  # fmt: skip
    return create_demonstration_organisations(invented=invented[:count], at=at, by=by)


def _like_real(
    draws: np.random.Generator, kind: str, band: tuple[int, int] | None, vintage: int, count: int
) -> list[tuple[int, str, str]]:
    """(population, département, région) of real units drawn with replacement; other bodies serve a commune's people."""
    units = Territory.objects.filter(vintage=vintage, kind="commune" if kind == "other" else kind, population__gte=2000)
    if band:
        units = units.filter(population__range=band)
    found = list(units.order_by("code").values_list("population", "departement", "region"))
    return [found[i] for i in draws.integers(0, len(found), size=count)]


def open_places(draws: np.random.Generator, bodies: Sequence[Organisation], *, by: Person, at: datetime) -> list[Place]:
    """A main site each, and an annexe for some."""
    wanted = []
    for body in bodies:
        wanted.append(
            NewPlace(organisation=body, name="Accueil principal", kind=Place.Kind.MAIN, phone="01 99 00 00 00")
        )
        if draws.random() < ANNEXES:
            wanted.append(NewPlace(organisation=body, name="Mairie annexe" if body.kind == "commune" else "Antenne",
                                   kind=Place.Kind.ANNEXE))  # fmt: skip
    return add_places(places=wanted, at=at, by=by)


@transaction.atomic
def enrol_bodies(
    edition: Edition, bodies: Sequence[Organisation], *, informed_on: date, by: Person, at: datetime
) -> list[Enrolment]:
    """Begin, complete, send and accept, through the same actions as one by one. One in ten prefers not to be named."""
    enrolments = actions.begin_enrolments(edition, organisations=bodies, by=by, at=at)
    places: dict[int, list[Place]] = {}
    for place in Place.objects.filter(organisation__in=[body.pk for body in bodies]).order_by("pk"):
        places.setdefault(place.organisation_id, []).append(place)
    actions.write_perimeters(
        [actions.Perimeter(each, places[each.organisation_id], _absent(each)) for each in enrolments], by=by, at=at
    )
    wishes = [actions.Wishes(each, Level.RAW, number % 10 != 9) for number, each in enumerate(enrolments)]
    actions.write_many_wishes(wishes, by=by, at=at)
    actions.record_staff_informations(enrolments, informed_on=informed_on, by=by, at=at)
    actions.submit_enrolments(enrolments, by=by, at=at)
    return actions.decide_enrolments(enrolments, accept=True, by=by, at=at)


def _absent(enrolment: Enrolment) -> list[str]:
    """Small communes often have no social network."""
    small = (enrolment.organisation.population or 0) < SMALL
    return [Channel.SOCIAL] if small and enrolment.organisation.kind == "commune" else []


def enrolled_places(edition: Edition) -> list[EnrolledPlace]:
    found = EnrolledPlace.objects.filter(enrolment__edition=edition).select_related("place", "enrolment__organisation")
    return list(found.order_by("enrolment", "place"))
