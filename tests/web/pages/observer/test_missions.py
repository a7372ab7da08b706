"""An observer's pages, without any script: from the offer to the receipt."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from parvis.web.fieldwork.actions import review
from parvis.web.fieldwork.models import Draft, Evidence, Mission, Observation, Report
from parvis.web.fieldwork.queries import missions_of
from parvis.web.pages.observer.lists import SENT_SHOWN, groups
from tests.web.fieldwork.factories import (
    NOON,
    Field,
    FieldInstrumentFactory,
    FieldPersonFactory,
    ObservationFactory,
    SignatureFactory,
    small_grid,
)
from tests.web.territory.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def client_of(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def plain(response: Any) -> str:
    return str(response.content.decode().replace("\u00a0", " ").replace("\u202f", " "))


def photo() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(content, "JPEG")
    return SimpleUploadedFile("photo.jpg", content.getvalue(), "image/jpeg")


def test_the_list_says_what_to_do_first() -> None:
    """By deadline: what is late, today, the offers, this week (it is Monday), later; what was sent stays folded."""
    field, monday = Field(), date(2026, 3, 9)
    ends = {"late": -1, "today": 0, "week": 6, "later": 7}
    made = {name: field.mission(window_ends_on=monday + timedelta(days=days)) for name, days in ends.items()}
    made["offered"] = field.mission(state="offered")
    found = groups(missions_of(field.person), today=monday)
    assert [group.title for group in found] == ["En retard", "Aujourd’hui", "Proposées", "Cette semaine", "Plus tard"]
    assert [group.missions for group in found] == [
        [made[name]] for name in ("late", "today", "offered", "week", "later")
    ]
    assert "Une mission vous est proposée" in client_of(field.person).get("/terrain/").content.decode()


def test_a_long_list_stays_short_and_everything_is_reachable() -> None:
    field = Field()
    for _ in range(6):
        field.mission()
    for _ in range(7):
        ObservationFactory(mission=field.mission(state="done"))
    client = client_of(field.person)
    page = client.get("/terrain/").content.decode()
    assert "Voir les 2 autres" in page
    assert "7 rapports envoyés" in page
    assert page.count('class="pv-panel"') == 6 + SENT_SHOWN
    assert client.get("/terrain/envoyees/").content.decode().count('class="pv-panel"') == 7


def test_an_offer_is_accepted_then_released() -> None:
    field = Field()
    mission = field.mission(state="offered")
    client = client_of(field.person)
    assert "Accepter la mission" in client.get(f"/terrain/missions/{mission.pk}/").content.decode()
    client.post(f"/terrain/missions/{mission.pk}/accepter/")
    mission.refresh_from_db()
    assert mission.state == "accepted"
    assert "Rendre cette mission" in client.get(f"/terrain/missions/{mission.pk}/").content.decode()
    client.post(f"/terrain/missions/{mission.pk}/rendre/", {"reason": "Malade"})
    mission.refresh_from_db()
    assert mission.state == "released"
    assert client.get(f"/terrain/missions/{mission.pk}/").status_code == 403


def test_a_refusal_is_told_on_the_page() -> None:
    field = Field()
    field.observer.signatures.all().delete()
    mission = field.mission(state="offered")
    page = client_of(field.person).post(f"/terrain/missions/{mission.pk}/accepter/", follow=True).content.decode()
    assert "Vous n’avez pas encore signé la charte" in page
    assert Mission.objects.get().state == "offered"


def test_a_grid_is_filled_stage_by_stage_and_sent_with_a_receipt() -> None:
    field = Field()
    mission = field.mission()
    client, fill = client_of(field.person), f"/terrain/missions/{mission.pk}/grille"
    assert client.post(f"{fill}/0/", {"happened_on": "2026-03-09", "half_day": "am"}).url == f"{fill}/1/"
    refused = client.post(f"{fill}/1/", {"outcome": "reached", "rings": "40"}).content.decode()
    assert "Entre 0 et 30." in refused
    assert client.post(f"{fill}/1/", {"outcome": "reached", "rings": "3"}).url == f"{fill}/2/"
    assert client.post(f"{fill}/2/", {"courtesy": "yes", "comment": "Très bien"}).url == f"{fill}/3/"
    read = client.get(f"{fill}/3/").content.decode()
    assert "L’agent dit bonjour" in read
    assert "Très bien" in read
    sent = client.post(f"{fill}/3/", {"photo": photo()}, follow=True)
    observation = Observation.objects.get()
    assert observation.answers == {"outcome": "reached", "rings": "3", "courtesy": "yes", "comment": "Très bien"}
    assert (observation.outcome, str(observation.happened_on), observation.half_day) == ("reached", "2026-03-09", "am")
    assert Evidence.objects.get().observation == observation
    assert "Numéro de reçu" in sent.content.decode()
    assert not Draft.objects.exists()


def test_questions_that_do_not_apply_are_not_asked() -> None:
    field = Field()
    mission = field.mission()
    client, fill = client_of(field.person), f"/terrain/missions/{mission.pk}/grille"
    client.post(f"{fill}/0/", {"happened_on": "2026-03-09", "half_day": "am"})
    client.post(f"{fill}/1/", {"outcome": "not_reached"})
    page = client.get(f"{fill}/2/").content.decode()
    assert "L’agent dit bonjour" not in page
    client.post(f"{fill}/2/", {"comment": "Mme Martin n’a pas décroché"})
    assert "Ceci ressemble à un nom ou à des coordonnées : Martin" in plain(client.get(f"{fill}/3/"))
    client.post(f"{fill}/3/", {})
    assert Observation.objects.get().outcome == "not_reached"


def test_what_was_typed_stays_after_a_refusal_and_after_leaving() -> None:
    field = Field()
    mission = field.mission()
    client, fill = client_of(field.person), f"/terrain/missions/{mission.pk}/grille"
    client.post(f"{fill}/1/", {"outcome": "reached", "rings": "40"})
    assert 'value="40"' in client.get(f"{fill}/1/").content.decode()


def test_a_file_that_is_no_photo_is_refused_and_the_report_can_be_sent_again() -> None:
    field = Field()
    mission = field.mission()
    client, fill = client_of(field.person), f"/terrain/missions/{mission.pk}/grille"
    client.post(f"{fill}/0/", {"happened_on": "2026-03-09", "half_day": "am"})
    client.post(f"{fill}/1/", {"outcome": "not_reached"})
    noise = SimpleUploadedFile("photo.jpg", b"not a photo at all", "image/jpeg")
    page = client.post(f"{fill}/3/", {"photo": noise}).content.decode()
    assert "n’est pas une photo lisible" in page
    assert not Observation.objects.exists()
    client.post(f"{fill}/3/", {"photo": photo()})
    assert Observation.objects.get().evidence.count() == 1


def test_a_letter_is_followed_until_its_answer() -> None:
    field = Field("letter")
    field.edition.silence_after = {"letter": 2}
    field.edition.save()
    mission = field.mission("letter")
    client, case = client_of(field.person), f"/terrain/missions/{mission.pk}/dossier/"
    told = client.get(f"/terrain/missions/{mission.pk}/").content.decode()
    assert "Ma demande est partie" in told
    assert "La réponse s’attend ensuite 2 jours ouvrés." in told
    client.post(case, {"sent_on": "2026-03-09", "half_day": "am"})
    assert "Une réponse est attendue jusqu’au 11\xa0mars 2026" in client.get(case).content.decode()
    assert "En attente de réponse" in client.get("/terrain/").content.decode()
    client.post(case, {"kind": "acknowledged", "on": "2026-03-12"})
    early = client.post(case, {"kind": "answered", "on": "2026-03-01"}).content.decode()
    assert "daté d’avant l’envoi" in early
    client.post(case, {"kind": "answered", "on": "2026-03-20"})
    fill = f"/terrain/missions/{mission.pk}/grille"
    client.post(f"{fill}/1/", {"outcome": "reached"})
    client.post(f"{fill}/2/", {"courtesy": "yes"})
    client.post(f"{fill}/3/", {})
    observation = Observation.objects.get()
    assert (observation.state, str(observation.happened_on)) == ("received", "2026-03-09")
    late = "Noter une réponse qui arrive encore"
    assert late in client.get(f"/terrain/missions/{mission.pk}/").content.decode()
    assert "Noter encore autre chose" in client.get(case).content.decode()
    client.post(case, {"kind": "transferred", "on": "2026-03-23"})
    assert [event.kind for event in observation.events.all()] == ["sent", "acknowledged", "answered", "transferred"]
    Observation.objects.update(state="approved")
    assert late not in client.get(f"/terrain/missions/{mission.pk}/").content.decode()
    assert "Noter encore autre chose" not in client.get(case).content.decode()
    assert "Ce dossier est clos" in client.get(case).content.decode()


def test_a_call_has_no_case_to_follow() -> None:
    field = Field("phone")
    case = f"/terrain/missions/{field.mission('phone').pk}/dossier/"
    assert client_of(field.person).get(case).status_code == 404


def test_a_report_handed_back_is_revised_from_its_answers() -> None:
    field = Field()
    observation = ObservationFactory(mission=field.mission(state="done"))
    review(observation, to="in_review", by=field.organiser, at=NOON)
    review(observation, to="to_revise", by=field.organiser, at=NOON, reason="Vérifiez le bonjour")
    client, fill = client_of(field.person), f"/terrain/missions/{observation.mission.pk}/grille"
    assert "Vérifiez le bonjour" in client.get(f"/terrain/missions/{observation.mission.pk}/").content.decode()
    assert 'value="3"' in client.get(f"{fill}/1/").content.decode()
    client.post(f"{fill}/2/", {"courtesy": "no"})
    client.post(f"{fill}/3/", {})
    observation.refresh_from_db()
    assert (observation.state, observation.answers["courtesy"]) == ("received", "no")


@pytest.mark.parametrize(("to", "word"), [("approved", "Approuvé"), ("excluded", "Écarté")])
def test_the_observer_reads_how_the_review_ended(to: str, word: str) -> None:
    field = Field()
    observation = ObservationFactory(mission=field.mission(state="done"))
    review(observation, to="in_review", by=field.organiser, at=NOON)
    review(observation, to=to, by=field.organiser, at=NOON, reason="Remarques trop courtes", grade=3)
    client = client_of(field.person)
    page = plain(client.get(f"/terrain/missions/{observation.mission.pk}/"))
    assert word in page
    assert "Remarques trop courtes" in page
    assert "Appréciation de la relecture : 3 sur 4." in page
    assert word in plain(client.get("/terrain/"))


def test_a_trouble_is_told_to_the_organiser() -> None:
    field = Field()
    mission = field.mission()
    url = f"/terrain/missions/{mission.pk}/signaler/"
    client_of(field.person).post(url, {"kind": "clean_up", "text": "Rendez-vous mardi"})
    assert (Report.objects.get().kind, Report.objects.get().mission) == ("clean_up", mission)


def test_the_calendar_file_tells_nothing_of_the_purpose() -> None:
    field = Field()
    mission = field.mission()
    text = client_of(field.person).get(f"/terrain/missions/{mission.pk}/agenda.ics").content.decode()
    assert "DTSTART;VALUE=DATE:20260302" in text
    assert "mystère" not in text
    assert mission.scenario.title not in text


def test_applying_signing_and_declaring_a_conflict() -> None:
    field, person = Field(), FieldPersonFactory()
    client = client_of(person)
    client.post("/terrain/inscription/", {"departement": "25", "capacity": "5", "adult": "on"})
    person.refresh_from_db()
    assert person.observer.status == "applied"
    client.post(f"/terrain/charte/{field.edition.slug}/", {"agreed": "on"})
    assert person.observer.signatures.get().edition == field.edition
    organisation = field.enrolment.organisation
    client.post("/terrain/profil/", {"conflict": "1", "where": field.place.pk, "reason": "J’y travaille"})
    assert not person.observer.conflicts.exists()  # whether the whole organisation is barred is asked
    told = {"conflict": "1", "where": field.place.pk, "reach": "organisation", "reason": "J’y travaille"}
    client.post("/terrain/profil/", told)
    conflict = person.observer.conflicts.get()
    assert (conflict.organisation, conflict.place) == (organisation, None)


def test_a_stage_where_nothing_applies_is_passed_over_both_ways() -> None:
    field = Field()
    grid = small_grid().to_json()
    grid["pages"][1]["questions"] = grid["pages"][1]["questions"][:1]  # courtesy alone, asked only when reached
    FieldInstrumentFactory(edition=field.edition, version=2, compiled=grid, sha256="2" * 64)
    mission = field.mission()
    client, fill = client_of(field.person), f"/terrain/missions/{mission.pk}/grille"
    client.post(f"{fill}/0/", {"happened_on": "2026-03-09", "half_day": "am"})
    assert client.post(f"{fill}/1/", {"outcome": "not_reached"}).url == f"{fill}/3/"
    assert client.get(f"{fill}/2/").url == f"{fill}/3/"
    assert "Étape 1 sur 1" in plain(client.get(f"{fill}/1/"))
    client.post(f"{fill}/1/", {"outcome": "reached", "rings": "2"})
    assert "Étape 2 sur 2" in plain(client.get(f"{fill}/2/"))


def test_a_case_answered_after_closing_is_told_and_nothing_is_lost() -> None:
    """The letter's answer comes once the edition is frozen: refused with words; what was noted before stands."""
    field = Field("letter")
    mission = field.mission("letter")
    client, case = client_of(field.person), f"/terrain/missions/{mission.pk}/dossier/"
    client.post(case, {"sent_on": "2026-03-09", "half_day": "am"})
    type(field.edition).objects.update(state="review")
    client.post(case, {"kind": "acknowledged", "on": "2026-03-12"})  # late answers are still taken during the review
    type(field.edition).objects.update(state="frozen")
    told = client.post(case, {"kind": "answered", "on": "2026-03-20"}).content.decode()
    assert "ce dossier ne change plus" in told
    assert "Écrivez à l’organisateur" in told
    assert [event.kind for event in Observation.objects.get().events.all()] == ["sent", "acknowledged"]


ADDRESSES = ["", "accepter/", "decliner/", "rendre/", "signaler/", "agenda.ics", "dossier/", "grille/0/", "grille/1/",
             "recu/"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_organisation_and_another_observer_reach_no_mission(address: str) -> None:
    field, other = Field(), Field()
    SignatureFactory(observer=other.observer, edition=field.edition)
    lead = MembershipFactory(organisation=field.enrolment.organisation, role="lead").person
    mission = field.mission()
    for person in (lead, other.person, field.organiser):
        assert client_of(person).get(f"/terrain/missions/{mission.pk}/{address}").status_code == 403
        assert client_of(person).post(f"/terrain/missions/{mission.pk}/{address}").status_code == 403


def test_an_organisation_account_has_no_list_of_missions() -> None:
    field = Field()
    lead = MembershipFactory(organisation=field.enrolment.organisation, role="lead").person
    assert client_of(lead).get("/terrain/").status_code == 403
    assert client_of(lead).get(f"/pilotage/{field.edition.slug}/terrain/").status_code == 403
    assert Client().get("/terrain/").status_code == 302


def test_the_list_costs_the_same_for_one_and_three_missions() -> None:
    counts = []
    for size in (1, 3):
        field = Field()
        for _ in range(size):
            field.mission()
        client = client_of(field.person)
        client.get("/terrain/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/terrain/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
