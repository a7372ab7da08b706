"""Accounts, their second factor, and what is kept about a person."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from parvis.web.editions.actions import give_seat
from parvis.web.jobs.models import Mail
from parvis.web.people.actions import journal, register_people, register_person, write_profile
from parvis.web.people.models import JournalEntry, Person
from parvis.web.people.queries import journal_of
from parvis.web.territory.actions import grant_membership
from tests.factories import MOMENT, EditionFactory, OrganisationFactory, PersonFactory, SeatFactory

pytestmark = pytest.mark.django_db


def test_an_invited_person_is_found_whatever_the_case_of_the_address() -> None:
    by = PersonFactory()
    first = register_person(email="Ana@Ville.example", name="Ana", by=by, at=MOMENT)
    assert register_person(email="ana@ville.example", name="Other", by=by, at=MOMENT) == first
    assert first.name == "Ana"
    assert first.emailaddress_set.get().verified
    assert journal_of(first).count() == 1


def test_someone_let_in_is_told_who_did_and_how_to_enter_in_their_language(client: Client) -> None:
    by, body = PersonFactory(name="Dominique"), OrganisationFactory(name="Valbrune")
    expert = PersonFactory(language="en")
    give_seat(EditionFactory(name_en="Edition 2031"), person=expert, role="expert", by=by, at=MOMENT)
    person = register_person(email="ana@ville.example", name="Ana", by=by, at=MOMENT)
    grant_membership(organisation=body, person=person, role="member", by=by, at=MOMENT)
    grant_membership(organisation=body, person=by, role="lead", by=by, at=MOMENT)  # oneself: no letter
    english, french = Mail.objects.order_by("pk")
    assert ("Edition 2031" in english.subject, "expert" in english.body) == (True, True)
    assert ("Valbrune" in french.subject, "Dominique" in french.body) == (True, True)
    way_in = re.search(r"http\S+(/compte/\S+)", french.body)
    assert way_in is not None
    assert client.get(way_in[1]).status_code == 200
    client.post(way_in[1], {"email": person.email})
    assert re.search(r"^[A-Z0-9]{3,}-[A-Z0-9]{3,}$", mail.outbox[-1].body, re.MULTILINE)
    assert mail.outbox[-1].subject.startswith("Parvis : ")


def test_many_accounts_leave_the_same_journal_as_one_by_one() -> None:
    people = [Person(email=f"p{n}@ville.example", name=f"P{n}", password="!", joined_at=MOMENT) for n in range(3)]
    register_people(people=people, by=None, at=MOMENT)
    register_person(email="p9@ville.example", name="P9", by=None, at=MOMENT)
    assert JournalEntry.objects.filter(verb="person.registered", by=None, at=MOMENT).count() == 4
    assert Person.objects.filter(emailaddress__verified=True).count() == 4


def test_a_person_takes_away_what_is_kept_about_them(client: Client) -> None:
    person, other = PersonFactory(), PersonFactory()
    write_profile(person=person, name="Ana", language="en", by=person, at=MOMENT)
    journal(verb="scorecard.read", subject=other, by=other, at=MOMENT)
    client.force_login(person)
    kept = json.loads(client.get("/mon-espace/donnees.json").content)
    assert (kept["email"], kept["name"], kept["language"]) == (person.email, "Ana", "en")
    assert [line["verb"] for line in kept["journal"]] == ["person.profile_changed"]


@pytest.mark.parametrize("role", ["organiser", "expert", "jury"])
def test_those_who_see_or_decide_for_others_need_a_second_factor(client: Client, role: str) -> None:
    seat = SeatFactory(role=role)
    client.force_login(seat.person)
    assert client.get("/mon-espace/")["Location"] == "/compte/2fa/"
    Authenticator.objects.create(user=seat.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get("/mon-espace/profil/").status_code == 200


def test_others_and_demonstration_accounts_do_not(client: Client) -> None:
    for person in (PersonFactory(), SeatFactory(person=PersonFactory(demonstration=True)).person):
        client.force_login(person)
        assert client.get("/mon-espace/profil/").status_code == 200


def test_one_hat_opens_its_space_at_once_and_several_are_listed(client: Client) -> None:
    person: Any = PersonFactory(demonstration=True)
    client.force_login(person)
    assert client.get("/mon-espace/").status_code == 200
    seat = SeatFactory(person=person, edition=EditionFactory(slug="2026"))
    assert client.get("/mon-espace/")["Location"] == "/pilotage/2026/"
    SeatFactory(person=person, edition=seat.edition, role="jury")
    listed = client.get("/mon-espace/").content.decode()
    assert "/pilotage/2026/" in listed
    assert "/expertise/jury/" in listed
