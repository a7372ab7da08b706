"""Organisations, places and memberships: what is accepted, what is refused, what the journal keeps."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.people.models import JournalEntry
from parvis.web.territory import actions, queries, rules
from parvis.web.territory.models import Membership, Organisation, Place
from tests.web.territory import factories
from tests.web.territory.factories import NOON, MemberPersonFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

FACTORIES = [
    factories.VintageFactory,
    factories.TerritoryFactory,
    factories.FormerCommuneFactory,
    factories.OrganisationFactory,
    factories.PublicServiceFactory,
    factories.PlaceFactory,
    factories.MembershipFactory,
]


@pytest.mark.parametrize("make", FACTORIES)
def test_every_factory_makes_a_valid_row_with_a_telling_name(make: type) -> None:
    row = make()
    row.full_clean()
    assert str(row)
    assert "object (" not in str(row)


def codes_of(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def hospital(**changes: object) -> Organisation:
    fields = {"name": "CHU de Besançon", "scheme": "siret", "identifier": "732 829 320 00074", "sector": "health"}
    return actions.create_other_organisation(**(fields | changes), by=None, at=NOON)  # type: ignore[arg-type]


def test_another_body_enters_with_a_checked_identifier() -> None:
    organisation = hospital()
    assert (organisation.kind, organisation.identifier) == ("other", "73282932000074")
    assert queries.search_organisations("chu besancon") == [organisation]
    assert queries.search_organisations("732 829 320 00074") == [organisation]
    with pytest.raises(ParvisError) as refused:
        hospital(identifier="73282932000074")
    assert codes_of(refused) == ["ORGANISATION_TAKEN"]


def test_every_fault_of_a_body_is_told_at_once_and_nothing_is_written() -> None:
    with pytest.raises(ParvisError) as refused:
        hospital(name=" ", identifier="123", sector="cinema", population=-1)
    assert codes_of(refused) == ["VALUE_MISSING", "SIRET_WRONG", "VALUE_UNKNOWN", "VALUE_UNKNOWN"]
    with pytest.raises(ParvisError) as refused:
        hospital(scheme="passport")
    assert codes_of(refused) == ["VALUE_UNKNOWN"]
    assert not Organisation.objects.exists()
    assert not JournalEntry.objects.exists()


def test_an_identifier_of_another_scheme_is_taken_as_given() -> None:
    assert hospital(scheme="other", identifier="institution 7", sector="state").identifier == "institution 7"


def invented(rank: int) -> actions.Invented:
    return actions.Invented(
        kind="commune",
        identifier=f"DEMO-{rank:03d}",
        name=f"Valmorel-{rank}",
        departement="25",
        population=3_000 + rank,
    )


def test_many_invented_organisations_equal_as_many_single_ones() -> None:
    person = MemberPersonFactory()
    bulk = actions.create_demonstration_organisations(invented=[invented(1), invented(2)], by=person, at=NOON)
    single = [actions.create_demonstration_organisation(invented=invented(rank), by=person, at=NOON) for rank in (3, 4)]

    def shape(organisation: Organisation) -> dict[str, object]:
        row = Organisation.objects.filter(pk=organisation.pk).values().get()
        return {
            key: value
            for key, value in row.items()
            if key not in {"id", "identifier", "name", "search_name", "population"}
        }

    assert [shape(each) for each in bulk] == [shape(each) for each in single]
    assert all(each.demonstration and each.homonym_mark == "fictif" for each in bulk)
    lines = JournalEntry.objects.order_by("pk").values_list("verb", "subject", "by", "at", "detail")
    assert list(lines) == [
        ("organisation.created", f"territory.Organisation:{each.pk}", person.pk, NOON, {}) for each in [*bulk, *single]
    ]


def test_one_wrong_invention_refuses_the_whole_lot() -> None:
    lot = [invented(1), invented(1), actions.Invented(kind="castle", identifier="", name="")]
    with pytest.raises(ParvisError) as refused:
        actions.create_demonstration_organisations(invented=lot, by=None, at=NOON)
    assert codes_of(refused) == ["VALUE_MISSING", "IDENTIFIER_MISSING", "VALUE_UNKNOWN", "ORGANISATION_TAKEN"]
    assert not Organisation.objects.exists()


def test_the_database_itself_refuses_a_second_owner_and_a_sector_out_of_place() -> None:
    first = OrganisationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganisationFactory(scheme=first.scheme, identifier=first.identifier)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganisationFactory(kind="other", sector="")
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganisationFactory(kind="commune", sector="health")


def town_hall(organisation: Organisation, **changes: object) -> actions.NewPlace:
    fields: dict[str, object] = {
        "organisation": organisation,
        "name": "Hôtel de ville",
        "opening_hours": {"mon": [["08:30", "12:00"], ["13:30", "17:00"]]},
        "phone": "03 81 61 50 50",
        "email": "accueil@ville.example",
        "website": "https://ville.example/",
        "services": ["etat-civil", "urbanisme", "etat-civil"],
    }
    return actions.NewPlace(**(fields | changes))  # type: ignore[arg-type]


def test_a_place_is_added_with_its_services_and_a_code_of_its_own() -> None:
    actions.install_public_services()
    organisation = OrganisationFactory()
    place = actions.add_place(place=town_hall(organisation), by=None, at=NOON)
    assert place.code == "hotel-de-ville"
    assert sorted(place.services.values_list("code", flat=True)) == ["etat-civil", "urbanisme"]
    assert JournalEntry.objects.get().subject == f"territory.Place:{place.pk}"
    with pytest.raises(ParvisError) as refused:
        actions.add_place(place=town_hall(organisation), by=None, at=NOON)
    assert codes_of(refused) == ["PLACE_TAKEN"]
    assert actions.add_place(place=town_hall(OrganisationFactory()), by=None, at=NOON).code == "hotel-de-ville"


def test_every_fault_of_a_place_is_told_at_once() -> None:
    wrong = {"name": "", "code": "x", "kind": "castle", "opening_hours": {"mon": "08-12"}, "phone": "call me"}
    wrong |= {"email": "x@", "website": "javascript:alert(1)", "services": ["alchemy"]}
    with pytest.raises(ParvisError) as refused:
        actions.add_places(places=[town_hall(OrganisationFactory(), **wrong)], by=None, at=NOON)
    assert codes_of(refused) == ["HOURS_WRONG", *["VALUE_WRONG"] * 5, "SERVICE_UNKNOWN"]
    assert not Place.objects.exists()


def test_many_places_equal_as_many_single_ones() -> None:
    actions.install_public_services()
    one, two = OrganisationFactory(), OrganisationFactory()
    bulk = actions.add_places(places=[town_hall(one), town_hall(one, name="Annexe", kind="annexe")], by=None, at=NOON)
    single = [
        actions.add_place(place=town_hall(two), by=None, at=NOON),
        actions.add_place(place=town_hall(two, name="Annexe", kind="annexe"), by=None, at=NOON),
    ]

    def shape(place: Place) -> tuple[dict[str, object], list[str]]:
        row = Place.objects.filter(pk=place.pk).values().get()
        kept = {key: value for key, value in row.items() if key not in {"id", "organisation_id"}}
        return kept, list(place.services.values_list("code", flat=True))

    assert [shape(each) for each in bulk] == [shape(each) for each in single]
    assert list(JournalEntry.objects.order_by("pk").values_list("verb", "subject")) == [
        ("place.added", f"territory.Place:{each.pk}") for each in [*bulk, *single]
    ]


@pytest.mark.parametrize("phone", ["03 81 61 50 50", "+33 3 81 61 50 50", "3939", "+383 38 200 000"])
def test_phone_numbers_of_here_and_elsewhere_are_accepted(phone: str) -> None:
    assert actions.add_place(place=town_hall(OrganisationFactory(), phone=phone, services=()), by=None, at=NOON).pk


def test_a_changed_place_leaves_what_it_was_in_the_journal() -> None:
    actions.install_public_services()
    place = actions.add_place(place=town_hall(OrganisationFactory()), by=None, at=NOON)
    actions.change_place(place=place, name="Mairie", phone=place.phone, services=["ccas"], by=None, at=NOON)
    place.refresh_from_db()
    assert (place.name, [service.code for service in place.services.all()]) == ("Mairie", ["ccas"])
    before = {"name": "Hôtel de ville", "services": ["etat-civil", "urbanisme"]}
    assert JournalEntry.objects.get(verb="place.changed").detail == {"before": before}
    actions.change_place(place=place, name="Mairie", by=None, at=NOON)
    assert JournalEntry.objects.filter(verb="place.changed").count() == 1
    with pytest.raises(ParvisError):
        actions.change_place(place=place, name="", by=None, at=NOON)
    place.refresh_from_db()
    assert place.name == "Mairie"


def test_a_membership_opens_and_its_withdrawal_closes() -> None:
    organisation, other = OrganisationFactory(), OrganisationFactory()
    person, lead = MemberPersonFactory(), MemberPersonFactory()
    grant = {"organisation": organisation, "person": person, "by": lead, "at": NOON}
    membership = actions.grant_membership(role="member", **grant)
    assert rules.is_member(person, organisation)
    assert rules.is_member(person)
    assert not rules.is_member(person, other)
    assert not rules.is_lead(person, organisation)
    assert actions.grant_membership(role="member", **grant) == membership
    assert actions.grant_membership(role="lead", **grant) == membership
    assert rules.is_lead(person, organisation)
    actions.withdraw_membership(membership=membership, by=lead, at=NOON)
    assert not rules.is_member(person)
    assert not rules.is_member(AnonymousUser(), organisation)
    verbs = list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["membership.granted", "membership.granted", "membership.withdrawn"]
    assert JournalEntry.objects.order_by("pk").last().detail["person"] == person.pk  # type: ignore[union-attr]


def test_many_memberships_equal_as_many_single_ones() -> None:
    organisation, people = OrganisationFactory(), MemberPersonFactory.create_batch(3)
    bulk = actions.grant_memberships(
        ties=[(organisation, people[0], "lead"), (organisation, people[1], "member")], by=None, at=NOON
    )
    single = actions.grant_membership(organisation=organisation, person=people[2], role="member", by=None, at=NOON)
    assert [each.role for each in [*bulk, single]] == ["lead", "member", "member"]
    assert JournalEntry.objects.filter(verb="membership.granted").count() == 3
    with pytest.raises(ValueError, match="boss"):
        actions.grant_memberships(ties=[(organisation, people[0], "boss")], by=None, at=NOON)


def test_one_tie_at_most_between_a_person_and_an_organisation() -> None:
    membership = MembershipFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(organisation=membership.organisation, person=membership.person)
    assert Membership.objects.count() == 1


def test_organisations_are_found_by_name_identifier_and_filter() -> None:
    besancon = OrganisationFactory(name="Besançon", search_name="besancon")
    invented_one = actions.create_demonstration_organisation(invented=invented(1), by=None, at=NOON)
    assert queries.search_organisations("BESANÇON") == [besancon]
    assert queries.search_organisations("ville de besançon") == [besancon]
    assert queries.search_organisations(besancon.identifier) == [besancon]
    assert queries.search_organisations("DEMO-001") == [invented_one]
    assert queries.search_organisations("valmorel", demonstration=False) == []
    assert queries.search_organisations("") == []
    assert queries.search_organisations("b\x00zz") == []
