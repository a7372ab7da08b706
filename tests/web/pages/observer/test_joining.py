"""From the public page to the first mission: recruitment, training, profile, fees, in the observer's own pages."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Expense, Observer
from parvis.web.fieldwork.training import code_of_conduct, module
from tests.web.fieldwork.factories import NOON, ExpenseFactory, Field, FieldPersonFactory, ObservationFactory
from tests.web.pages.observer.test_missions import client_of, plain
from tests.web.territory.factories import MembershipFactory, PlaceFactory

pytestmark = pytest.mark.django_db


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def steer(field: Field) -> tuple[Client, str]:
    return client_of(field.organiser), f"/pilotage/{field.edition.slug}/terrain"


def test_anyone_reads_what_a_mystery_citizen_does_and_is_paid() -> None:
    field = Field()
    actions.set_fees(field.edition, amounts={"visit": Decimal("31.5")}, by=field.organiser, at=NOON)
    page = plain(Client().get("/terrain/devenir-citoyen-mystere/"))
    assert "31,50 €" in page
    assert all(spaced(article.fr) in page for article in code_of_conduct().articles)


def test_the_whole_way_from_the_candidate_to_an_accepted_mission() -> None:
    field, person = Field(), FieldPersonFactory()
    me, (organiser, at) = client_of(person), steer(field)
    me.post("/terrain/inscription/", {"departement": "25", "capacity": "5", "motivation": "Aider", "adult": "on"})
    assert "attend la réponse" in me.get("/terrain/").content.decode()
    page = organiser.get(f"{at}/citoyens-mystere/candidatures/").content.decode()
    assert "Aider" in page
    organiser.post(f"{at}/citoyens-mystere/candidatures/", {"observer": person.observer.pk, "accept": "1"})
    assert "Suivez une première formation" in me.get("/terrain/").content.decode()
    taught = module("phone")
    answers = {str(number): each.right for number, each in enumerate(taught.questions, 1)}
    result = me.post("/terrain/formation/phone/questionnaire/", {"version": taught.version, **answers}, follow=True)
    assert "vous êtes certifié" in result.content.decode()
    mission = field.mission(state="planned", observer=Observer.objects.get(person=person))
    actions.offer(mission, ends_on=timezone.localdate() + timedelta(days=9), by=field.organiser, at=timezone.now())
    assert "signez la charte" in me.get("/terrain/").content.decode()
    me.post(f"/terrain/charte/{field.edition.slug}/", {"agreed": "on"})
    me.post(f"/terrain/missions/{mission.pk}/accepter/")
    mission.refresh_from_db()
    assert mission.state == "accepted"


def test_a_refusal_without_reason_is_told_and_with_one_it_leaves_the_list() -> None:
    field = Field()
    person = FieldPersonFactory()
    client_of(person).post("/terrain/inscription/", {"departement": "25", "capacity": "5", "adult": "on"})
    organiser, at = steer(field)
    url = f"{at}/citoyens-mystere/candidatures/"
    told = organiser.post(url, {"observer": person.observer.pk, "refuse": "1"}, follow=True).content.decode()
    assert "Cette décision demande une raison." in told
    organiser.post(url, {"observer": person.observer.pk, "refuse": "1", "reason": "Département complet"})
    assert person.observer.pseudonym not in organiser.get(url).content.decode()
    assert "Département complet" in client_of(person).get("/terrain/").content.decode()


def test_every_slide_leads_to_the_next_and_the_last_to_the_quiz() -> None:
    field = Field()
    client, path = client_of(field.person), "/terrain/formation/visit/1/"
    seen = 0
    while "questionnaire" not in path:
        page = client.get(path).content.decode()
        seen += 1
        path = re.search(r'href="(/terrain/formation/visit/[^"]+)"', page)[1]  # type: ignore[index]
    assert seen == len(module("visit").slides)
    assert client.get("/terrain/formation/visit/99/").status_code == 404
    assert client.get("/terrain/formation/fax/1/").status_code == 404


def test_a_quiz_explains_each_error_and_keeps_what_was_ticked_when_one_is_missing() -> None:
    field = Field()
    client, taught = client_of(field.person), module("letter")
    wrong = {str(number): each.right % 3 + 1 for number, each in enumerate(taught.questions, 1)}
    missing = client.post("/terrain/formation/letter/questionnaire/", {"version": taught.version, **wrong, "1": ""})
    assert "Choisissez une réponse." in missing.content.decode()
    assert missing.content.decode().count("checked") == len(wrong) - 1
    page = client.post("/terrain/formation/letter/questionnaire/", {"version": taught.version, **wrong}, follow=True)
    assert all(spaced(each.because.fr) in plain(page) for each in taught.questions)
    assert field.observer.attempts.get().right == 0
    stranger = client_of(Field().person)
    assert stranger.get(page.redirect_chain[0][0]).status_code == 404


def test_a_conflict_names_a_place_absences_come_and_go_and_a_pause_is_ones_own() -> None:
    field = Field()
    annexe = PlaceFactory(organisation=field.enrolment.organisation, name="Annexe des Prés")
    me, url = client_of(field.person), "/terrain/profil/"
    me.post(url, {"conflict": "1", "where": annexe.pk, "reach": "place", "reason": "Ma sœur y travaille"})
    assert (field.observer.conflicts.get().place, field.observer.conflicts.get().organisation) == (
        annexe, annexe.organisation
    )  # fmt: skip
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    me.post(url, {"absence": "1", "starts_on": day, "ends_on": day, "half_day": "pm"})
    absence = field.observer.absences.get()
    assert "après-midi" in me.get(url).content.decode()
    me.post(url, {"cancel": absence.pk})
    assert not field.observer.absences.exists()
    me.post(url, {"status": "1", "to": "paused", "reason": "Examens"})
    assert "en pause – Examens" in me.get(url).content.decode()


def test_expenses_are_asked_by_the_observer_decided_by_the_organiser_and_in_the_statement() -> None:
    field = Field()
    mission = ObservationFactory(mission=field.mission(state="done"), state="approved").mission
    me, (organiser, at) = client_of(field.person), steer(field)
    me.post(f"/terrain/missions/{mission.pk}/frais/", {"kind": "travel", "amount": "3,40", "detail": "Bus"})
    assert "Bus" in organiser.get(f"{at}/indemnites/").content.decode()
    organiser.post(f"{at}/indemnites/", {"expense": Expense.objects.get().pk, "accept": "1"})
    page = plain(me.get("/terrain/indemnites/"))
    assert "8,40 €" in page  # 5 for the call, 3.40 for the bus
    (row,) = csv.DictReader(
        me.get(f"/terrain/indemnites/{field.edition.slug}/releve.csv").content.decode().splitlines()
    )
    assert (row["mission"], row["due"], row["pseudonym"]) == (f"M{mission.pk}", "8.40", field.observer.pseudonym)
    assert "name" not in row
    paper = me.get(f"/terrain/indemnites/{field.edition.slug}/releve.pdf")
    assert paper.content.startswith(b"%PDF-1.7")


def test_the_organiser_sets_fees_and_takes_the_statement_of_all_away() -> None:
    field = Field()
    ObservationFactory(mission=field.mission(state="done"), state="approved")
    organiser, at = steer(field)
    fees = dict.fromkeys(field.edition.channels, "4") | {"fees": "1"}
    organiser.post(f"{at}/indemnites/", fees)
    table = organiser.get(f"{at}/indemnites/releve.csv").content.decode()
    (row,) = csv.DictReader(table.splitlines())
    assert (row["name"], row["due"]) == (str(field.person), "4.00")
    assert organiser.get(f"{at}/indemnites/{field.observer.pk}/releve.pdf").content.startswith(b"%PDF-1.7")


def test_the_organiser_withdraws_a_channel_and_changes_a_status_with_reasons() -> None:
    field = Field()
    actions.certify(field.observer, channels=["phone", "visit"], by=field.organiser, at=NOON)
    organiser, at = steer(field)
    url = f"{at}/citoyens-mystere/{field.observer.pk}/"
    organiser.post(url, {"withdraw": "1", "channel": "visit", "withdrawal": "Photos de personnes"})
    told = organiser.post(url, {"status": "1", "to": "suspended"}).content.decode()
    assert "Cette décision demande une raison." in told
    organiser.post(url, {"status": "1", "to": "suspended", "reason": "Deux rapports copiés"})
    field.observer.refresh_from_db()
    assert (field.observer.status, field.observer.certified_channels) == ("suspended", ["phone"])
    page = organiser.get(url).content.decode()
    assert "Photos de personnes" in page
    assert "Deux rapports copiés" in page


def test_outside_the_organisers_team_an_observer_is_a_pseudonym() -> None:
    """The real name stands on the organiser's pages and on one's own; nowhere in what an organisation opens."""
    field = Field()
    name = "Célestine Vautrin-Delaporte"
    type(field.person).objects.filter(pk=field.person.pk).update(name=name)
    observation = ObservationFactory(mission=field.mission(state="done"), state="approved")
    ExpenseFactory(mission=observation.mission)
    lead = client_of(MembershipFactory(organisation=field.enrolment.organisation, role="lead").person)
    other = client_of(Field().person)
    organisation = field.enrolment.organisation_id
    for client in (lead, other):
        for path in ("/mon-espace/", f"/structure/{organisation}/", "/terrain/devenir-citoyen-mystere/",
                     f"/terrain/indemnites/{field.edition.slug}/releve.csv"):  # fmt: skip
            page = client.get(path, follow=True).content.decode()
            assert name not in page
            assert field.observer.pseudonym not in page
    organiser, at = steer(field)
    assert name in organiser.get(f"{at}/citoyens-mystere/{field.observer.pk}/").content.decode()
    for path in ("", "missions/", "relecture/", f"relecture/{observation.uuid}/", "indemnites/", "citoyens-mystere/"):
        assert name not in organiser.get(f"{at}/{path}").content.decode()
