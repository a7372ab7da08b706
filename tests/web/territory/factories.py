"""One factory per model of the territory app."""

from __future__ import annotations

from datetime import UTC, datetime

import factory

from parvis.web.people.models import Person
from parvis.web.territory import names
from parvis.web.territory.models import (
    FormerCommune,
    Kind,
    Membership,
    Organisation,
    Place,
    PublicService,
    Territory,
    Vintage,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def siren_number(rank: int) -> str:
    """The rank-th SIREN of a series: eight digits and the control that Luhn's rule asks for."""
    body = f"{80_000_000 + rank:08d}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return body + str(-total % 10)


class MemberPersonFactory(factory.django.DjangoModelFactory):
    """Someone to tie to an organisation."""

    class Meta:
        model = Person

    email = factory.Sequence(lambda rank: f"agent{rank}@ville.example")
    name = factory.Sequence(lambda rank: f"Agent {rank}")


class VintageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Vintage
        django_get_or_create = ("year",)

    year = 2026
    fingerprint = "f" * 64
    units = 1
    loaded_at = NOON


class TerritoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Territory

    vintage = 2026
    kind = Kind.COMMUNE
    code = factory.Sequence(lambda rank: f"{10_000 + rank}")
    siren = factory.Sequence(siren_number)
    name = factory.Sequence(lambda rank: f"Commune-{rank}")
    full_name = factory.SelfAttribute("name")
    search_name = factory.LazyAttribute(lambda row: names.search_name(row.name, row.kind))
    departement = "25"
    region = "27"
    population = 5_000


class FormerCommuneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FormerCommune

    vintage = 2026
    code = factory.Sequence(lambda rank: f"{20_000 + rank}")
    name = factory.Sequence(lambda rank: f"Ancienne-{rank}")
    search_name = factory.LazyAttribute(lambda row: names.normalise(row.name))
    nature = FormerCommune.Nature.DELEGUEE
    present = "25056"


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = Kind.COMMUNE
    scheme = Organisation.Scheme.SIREN
    identifier = factory.Sequence(siren_number)
    territory_code = factory.Sequence(lambda rank: f"{10_000 + rank}")
    name = factory.Sequence(lambda rank: f"Ville {rank}")
    search_name = factory.LazyAttribute(lambda row: names.normalise(row.name))
    departement = "25"
    region = "27"
    created_at = NOON


class PublicServiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PublicService
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda rank: f"service-{rank}")
    label_fr = factory.Sequence(lambda rank: f"Service {rank}")
    label_en = factory.Sequence(lambda rank: f"Service {rank}")


class PlaceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Place

    organisation = factory.SubFactory(OrganisationFactory)
    code = factory.Sequence(lambda rank: f"site-{rank}")
    name = factory.Sequence(lambda rank: f"Mairie {rank}")
    city = "Besançon"
    postcode = "25000"
    created_at = NOON


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    person = factory.SubFactory(MemberPersonFactory)
    role = Membership.Role.MEMBER
    granted_at = NOON
