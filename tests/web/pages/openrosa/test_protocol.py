"""What ODK Collect asks of a server, and what it does with each answer."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from parvis.core.instruments.openrosa import MOST_XML_BYTES
from parvis.web.fieldwork import openrosa
from parvis.web.fieldwork.models import Mission, Parcel, PhoneKey
from parvis.web.pages.openrosa.bodies import ACCEPTED_BYTES, MOST_BYTES
from parvis.web.pages.openrosa.doors import MOST_FAILURES
from tests.web.fieldwork.factories import Field, ObserverFactory
from tests.web.pages.openrosa.collect import (
    NOW,
    XF,
    Collect,
    grid_in_force,
    message,
    xml_of,
)

pytestmark = pytest.mark.django_db


# --- the list and the forms


def test_the_list_holds_own_missions_in_hand_with_fingerprints_that_match(field: Field, phone: Collect) -> None:
    mine, other = field.mission(), field.mission(observer=ObserverFactory())
    field.mission(state=Mission.State.OFFERED)
    field.mission(state=Mission.State.DONE)
    forms = phone.forms("?deviceID=collect%3Aabc")
    assert list(forms) == [f"parvis-m{mine.pk}"]
    entry = forms[f"parvis-m{mine.pk}"]
    assert entry["downloadUrl"] == f"https://parvis.example{phone.door}/formulaires/parvis-m{mine.pk}.xml"
    content = phone.form(entry)
    assert entry["hash"] == f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
    assert phone.form(entry) == content
    data = ElementTree.fromstring(content).find(f".//{XF}instance")[0]  # noqa: S314 - our own text
    assert (data.get("id"), data.get("version")) == (entry["formID"], entry["version"])
    assert mine.scenario.text in content.decode()
    theirs = phone.client.get(f"{phone.door}/formulaires/parvis-m{other.pk}.xml")
    assert theirs.status_code == 404
    assert other.scenario.text not in theirs.content.decode()


def test_the_list_is_asked_for_one_form(field: Field, phone: Collect) -> None:
    one, other = field.mission(), field.mission()
    assert list(phone.forms(f"?formID=parvis-m{one.pk}&deviceID=x")) == [f"parvis-m{one.pk}"]
    assert len(phone.forms()) == 2
    assert phone.forms(f"?formID=parvis-m{other.pk + 99}") == {}


def test_a_grid_without_a_file_is_left_out_and_does_not_void_the_list(field: Field, phone: Collect) -> None:
    good = field.mission()
    grid_in_force(field, "visit")
    field.edition.instruments.filter(channel="visit").update(source=b"", file_name="visit.xlsx")
    field.mission("visit")
    assert list(phone.forms()) == [f"parvis-m{good.pk}"]


def test_the_list_runs_as_many_queries_for_one_mission_as_for_five(
    field: Field, phone: Collect, django_assert_max_num_queries: Any
) -> None:
    field.mission()
    phone.forms()
    with django_assert_max_num_queries(6) as one:
        phone.forms()
    for _ in range(4):
        field.mission()
    with django_assert_max_num_queries(len(one)):
        assert len(phone.forms()) == 5


def test_the_manifest_is_always_the_same_bytes(field: Field, phone: Collect) -> None:
    field.mission()
    (entry,) = phone.forms().values()
    path = re.sub(r"^https?://[^/]+", "", entry["manifestUrl"])
    first, again = phone.client.get(path), phone.client.get(path)
    assert first.status_code == 200
    assert first.content == again.content
    assert b"xformsManifest" in first.content


def test_head_says_204_and_how_much_may_come(phone: Collect) -> None:
    response = phone.client.head(f"{phone.door}/submission?deviceID=x")
    assert response.status_code == 204
    assert response["X-OpenRosa-Version"] == "1.0"
    assert int(response["X-OpenRosa-Accept-Content-Length"]) == ACCEPTED_BYTES
    assert phone.client.get(f"{phone.door}/submission").status_code == 405
    assert phone.client.post(f"{phone.door}/formList").status_code == 405


# --- keys


def test_a_revoked_key_is_401_with_what_to_do_and_nothing_is_written(field: Field, phone: Collect) -> None:
    xml = phone.report(field.mission())
    openrosa.revoke_key(phone.key, by=field.person, at=NOW)
    for refused in (phone.client.get(f"{phone.door}/formList"), phone.post(xml)):
        assert refused.status_code == 401
        assert "révoquée" in message(refused)
        assert "restent sur le téléphone" in message(refused)
    assert not Parcel.objects.exists()
    assert Collect(field.observer).post(xml).status_code == 201


def test_unknown_keys_are_401_then_429(phone: Collect) -> None:
    stranger = Client(REMOTE_ADDR="192.0.2.7")
    wrong = "/odk/" + "x" * 43 + "/formList"
    assert {stranger.get(wrong).status_code for _ in range(MOST_FAILURES)} == {401}
    blocked = stranger.get(f"{phone.door}/formList")
    assert blocked.status_code == 429
    assert blocked["Retry-After"] == "600"
    assert phone.client.get(f"{phone.door}/formList").status_code == 200  # another device is not touched


def test_only_the_fingerprint_of_a_key_is_kept_and_its_last_visit(phone: Collect) -> None:
    phone.forms()
    key = PhoneKey.objects.get()
    assert key.last_used is not None
    assert key.fingerprint == hashlib.sha256(phone.secret.encode()).hexdigest()
    assert phone.secret not in str(PhoneKey.objects.values())


def test_a_key_never_enters_the_log(field: Field, phone: Collect, caplog: Any) -> None:
    phone.post(b"<data>")
    openrosa.revoke_key(phone.key, by=field.person, at=NOW)
    assert phone.client.get(f"{phone.door}/formList").status_code == 401
    assert phone.secret not in caplog.text


def test_the_person_reads_their_own_language(field: Field, phone: Collect) -> None:
    field.person.language = "en"
    field.person.save()
    refused = phone.post(xml_of("parvis-m999999", "1"))
    assert message(refused).startswith("This mission is not yours.")


# --- what nobody may send


LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><data id="parvis-m1">&b;</data>'


@pytest.mark.parametrize("content", [LAUGHS, b"<data>", b"<a>" * 9000, b"\xff\xfe\x00", b'<x xmlns="urn:x" id="a"/>'])
def test_poison_is_refused_in_words_and_kept_for_the_organiser(field: Field, phone: Collect, content: bytes) -> None:
    field.mission()
    refused = phone.post(content)
    assert refused.status_code == 422
    assert message(refused)
    kept = Parcel.objects.get()
    assert (bytes(kept.content), kept.edition, kept.state) == (content, field.edition, "refused")
    assert phone.post(content).status_code == 422
    assert Parcel.objects.count() == 1


def test_a_hundred_megabytes_are_refused_before_a_byte_is_read(phone: Collect) -> None:
    class Endless:
        read_bytes = 0

        def read(self, size: int = -1) -> bytes:
            Endless.read_bytes += size
            return b"x" * size

        readline = read

    response = phone.client.generic(
        "POST", f"{phone.door}/submission", b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(100_000_000), **{"wsgi.input": Endless()},
    )  # fmt: skip
    assert response.status_code == 413
    assert Endless.read_bytes == 0
    assert "trop gros" in message(response)
    assert MOST_BYTES > ACCEPTED_BYTES


def test_a_report_larger_than_any_grid_is_refused_and_not_kept(phone: Collect) -> None:
    refused = phone.post(b"<data>" + b"x" * MOST_XML_BYTES)
    assert refused.status_code == 413
    assert not Parcel.objects.exists()


def test_a_sending_without_a_report_is_told(phone: Collect) -> None:
    door = f"{phone.door}/submission"
    assert phone.client.post(door, {"other": "x"}).status_code == 422
    assert phone.client.post(door, b"<data/>", content_type="text/xml").status_code == 422
    garbled = phone.client.generic("POST", door, b"x" * 50, content_type="multipart/form-data; boundary=")
    assert garbled.status_code == 422
    assert "ne contient pas de rapport" in message(garbled)


def test_refused_parcels_of_one_phone_have_a_limit(field: Field, phone: Collect, monkeypatch: Any) -> None:
    monkeypatch.setattr("parvis.web.fieldwork.openrosa.receiving.MOST_KEPT", 2)
    field.mission()
    for rank in range(3):
        refused = phone.post(f"<data>{rank}".encode())
    assert "attendent déjà l’organisateur" in message(refused)
    assert Parcel.objects.count() == 2
