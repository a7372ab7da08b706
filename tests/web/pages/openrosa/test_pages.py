"""The settings code of an observer's phone, and the parcels that wait for the organiser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from parvis.core.instruments.openrosa import collect_settings, read_collect_settings
from parvis.rendering.kit.qr import qr_png, qr_svg
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import Observation, Parcel, PhoneKey
from parvis.web.people.models import JournalEntry
from tests.web.fieldwork.factories import Field, ObserverFactory
from tests.web.pages.openrosa.collect import DAY, Collect, photo

pytestmark = pytest.mark.django_db


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_code_is_scanned_and_the_missions_are_there(field: Field, settings: Any) -> None:
    settings.PUBLIC_URL = "https://parvis.example"
    client, mission = signed_in(field.person), field.mission()
    page = client.post("/terrain/odk/", {"label": "Mon téléphone"})
    text = page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "Scannez ce code avec « Mon téléphone »" in text
    address = re.search(r"https://parvis\.example/odk/[\w-]{43}", text)[0]
    code = collect_settings(address, project="Parvis – Mon téléphone")
    assert re.search(r' d="([^"]+)"', qr_svg(code))[1] in text
    assert read_collect_settings(scanned(code))["general"]["server_url"] == address
    listed = Client().get(address.removeprefix("https://parvis.example") + "/formList")
    assert f"<formID>parvis-m{mission.pk}</formID>" in listed.content.decode()
    again = client.get("/terrain/odk/").content.decode()
    assert "Mon téléphone" in again
    assert address.rsplit("/", 1)[1] not in again
    assert JournalEntry.objects.filter(verb="phone_key.created", by=field.person).count() == 1


def scanned(text: str) -> str:
    """What a camera reads in the drawing of this text, coming nearer when it sees nothing."""
    import cv2
    import numpy

    for side in (700, 900, 1100, 1300, 1500, 2000):
        picture = cv2.imdecode(numpy.frombuffer(qr_png(text, side=side), numpy.uint8), cv2.IMREAD_GRAYSCALE)
        if found := cv2.QRCodeDetectorAruco().detectAndDecode(picture)[0]:
            return str(found)
    return ""


def test_a_phone_is_revoked_by_its_observer_only_and_there_are_five_at_most(field: Field) -> None:
    client = signed_in(field.person)
    for rank in range(6):
        page = client.post("/terrain/odk/", {"label": f"Téléphone {rank}"})
    assert "Vous avez déjà cinq téléphones" in page.content.decode()
    key = PhoneKey.objects.filter(label="Téléphone 0").get()
    assert signed_in(ObserverFactory().person).post(f"/terrain/odk/{key.pk}/revoquer/").status_code == 403
    assert signed_in(field.organiser).post(f"/terrain/odk/{key.pk}/revoquer/").status_code == 403
    assert client.post(f"/terrain/odk/{key.pk}/revoquer/").status_code == 302
    key.refresh_from_db()
    assert key.revoked_by == field.person
    assert client.post("/terrain/odk/", {"label": "Un autre"}).status_code == 200
    assert PhoneKey.objects.filter(revoked_at=None).count() == 5


def refused(field: Field) -> tuple[Collect, bytes, Parcel]:
    """A report that came while the fieldwork was closed."""
    phone = Collect(field.observer)
    xml = phone.report(field.mission(), ours=f"{DAY}<photo_1>1.jpg</photo_1>")
    Edition.objects.filter(pk=field.edition.pk).update(state=Edition.State.FROZEN)
    assert phone.post(xml, {"1.jpg": photo()}).status_code == 422
    return phone, xml, Parcel.objects.get()


def test_the_organiser_sees_why_and_receives_it_once_it_can_be(field: Field) -> None:
    phone, xml, parcel = refused(field)
    client, address = signed_in(field.organiser), f"/pilotage/{field.edition.slug}/envois/"
    listed = client.get(address).content.decode()
    assert "Le terrain de cette édition n’est pas ouvert" in listed
    assert "1 photo" in re.sub(r"\s+", " ", listed)
    assert "&lt;happened_on&gt;2026-03-09" in client.get(f"{address}{parcel.pk}/").content.decode()
    still = client.post(f"{address}{parcel.pk}/", {"again": "1"})
    assert "n’est pas ouvert" in still.content.decode()
    Edition.objects.filter(pk=field.edition.pk).update(state=Edition.State.REVIEW)
    assert client.post(f"{address}{parcel.pk}/", {"again": "1"}).status_code == 302
    observation = Observation.objects.get()
    assert (observation.received_by, observation.evidence.count()) == (field.person, 1)
    assert JournalEntry.objects.filter(verb="parcel.tried_again", by=field.organiser).exists()
    assert phone.post(xml).status_code == 202
    assert "Aucun envoi à régler" in client.get(address).content.decode()


def test_the_organiser_settles_with_words_and_the_phone_stops_sending(field: Field) -> None:
    phone, xml, parcel = refused(field)
    client, address = signed_in(field.organiser), f"/pilotage/{field.edition.slug}/envois/{parcel.pk}/"
    assert client.post(address, {"settlement": " "}).status_code == 200
    assert client.post(address, {"settlement": "Rapport refait sur le site"}).status_code == 302
    parcel.refresh_from_db()
    assert (parcel.state, parcel.settled_by) == ("settled", field.organiser)
    assert "déjà reçu ou réglé" in client.post(address, {"settlement": "Encore"}).content.decode()
    again = phone.post(xml)
    assert again.status_code == 202
    assert "s’en est occupé" in again.content.decode()
    assert not Observation.objects.exists()


def test_a_parcel_that_waits_for_photos_is_received_without_them(field: Field) -> None:
    phone = Collect(field.observer)
    xml = phone.report(field.mission(), ours=f"{DAY}<photo_1>1.jpg</photo_1><photo_2>2.jpg</photo_2>")
    assert phone.post(xml, {"1.jpg": photo()}, more=True).status_code == 201
    client, address = signed_in(field.organiser), f"/pilotage/{field.edition.slug}/envois/{Parcel.objects.get().pk}/"
    assert "a annoncé d’autres photos" in client.get(address).content.decode()
    assert client.post(address, {"again": "1"}).status_code == 302
    assert Observation.objects.get().evidence.count() == 1
    assert Parcel.objects.get().missing == ["2.jpg"]


def test_fieldwork_neither_closes_nor_freezes_while_a_parcel_waits_and_the_page_leads_to_it(field: Field) -> None:
    _, _, parcel = refused(field)
    client, at = signed_in(field.organiser), f"/pilotage/{field.edition.slug}"
    link = f'href="{at}/envois/"'
    for state, button in (
        (Edition.State.FIELDWORK, f"{at}/etape/"),
        (Edition.State.REVIEW, f"{at}/resultats/figer/"),
    ):
        Edition.objects.filter(pk=field.edition.pk).update(state=state)
        assert link in client.get(f"{at}/").content.decode()  # among what is to be done
        told = client.post(button, follow=True).content.decode()
        assert "1 envoi(s) d’ODK Collect attendent encore" in told
        assert link in told
        field.edition.refresh_from_db()
        assert field.edition.state == state
    client.post(f"{at}/envois/{parcel.pk}/", {"settlement": "Refait sur le site"})
    assert link not in client.get(f"{at}/").content.decode()
