"""Grids come in as files, version by version; frozen with the method, they never change."""

from __future__ import annotations

import pytest
from django.test import Client

from parvis.core.instruments.method import load_method
from parvis.core.vocabulary import ParvisError
from parvis.web.editions import actions
from parvis.web.editions.actions.instruments import current_instruments, shipped_files
from parvis.web.editions.models import Edition, Instrument
from parvis.web.people.models import JournalEntry, Person
from tests.factories import MOMENT, EditionFactory
from tests.refused import refused

pytestmark = pytest.mark.django_db


def test_the_shipped_set_covers_every_channel_and_the_citizens() -> None:
    edition = EditionFactory()
    actions.put_shipped_instruments(edition, vintage="2026", by=edition.created_by, at=MOMENT)
    assert set(current_instruments(edition)) == {*edition.channels, Instrument.CITIZEN}


def test_a_file_put_again_is_the_next_version_and_the_first_stays() -> None:
    edition = EditionFactory()
    content = shipped_files("2026")["phone.xlsx"]
    for _ in range(2):
        actions.put_in_force(edition, file_name="C:/grilles/phone.xlsx", content=content, by=edition.created_by,
                             at=MOMENT)  # fmt: skip
    assert list(edition.instruments.values_list("version", flat=True).order_by("version")) == [1, 2]
    assert current_instruments(edition)["phone"].version == 2


def test_noise_is_refused_and_nothing_is_kept() -> None:
    edition = EditionFactory()
    with pytest.raises(ParvisError) as raised:
        actions.put_in_force(edition, file_name="x.xlsx", content=b"noise", by=edition.created_by, at=MOMENT)
    assert raised.value.faults
    assert not edition.instruments.exists()
    assert not JournalEntry.objects.exists()


def test_instruments_freeze_only_complete_and_never_change_afterwards() -> None:
    edition: Edition = EditionFactory(channels=["phone", "email"])
    files, by = shipped_files("2026"), edition.created_by
    actions.put_in_force(edition, file_name="phone.xlsx", content=files["phone.xlsx"], by=by, at=MOMENT)
    with pytest.raises(ParvisError) as raised:
        actions.freeze_instruments(edition, by=by, at=MOMENT)
    assert len(raised.value.faults) == 2  # e-mail and citizens
    actions.put_shipped_instruments(edition, vintage="2026", by=by, at=MOMENT)
    actions.freeze_instruments(edition, by=by, at=MOMENT)
    line = JournalEntry.objects.get(verb="edition.instruments_frozen")
    assert line.detail["phone"] == current_instruments(edition)["phone"].sha256
    with refused("instruments_frozen"):
        actions.put_in_force(edition, file_name="phone.xlsx", content=files["phone.xlsx"], by=by, at=MOMENT)
    with refused("instruments_frozen"):
        actions.freeze_instruments(edition, by=by, at=MOMENT)
    with refused("instruments_frozen"):
        actions.set_silence(edition, days={"email": 10}, by=by, at=MOMENT)


def test_the_limit_of_silence_is_decided_channel_by_channel_and_handed_to_the_next_edition() -> None:
    edition = EditionFactory()
    by = edition.created_by
    assert edition.silence_after == {"email": 15, "letter": 30, "social": 15}
    actions.set_silence(edition, days={"letter": 20}, by=by, at=MOMENT)
    edition.refresh_from_db()
    assert edition.silence_after == {"email": 15, "letter": 20, "social": 15}
    with refused("silence_channel", "silence_too_short"):
        actions.set_silence(edition, days={"phone": 0}, by=by, at=MOMENT)
    following = actions.create_edition(slug="2028", year=2028, name_fr="É", name_en="E", vintage=2026, method="2026",
                                       seed=1, previous=edition, by=by, at=MOMENT)  # fmt: skip
    assert following.silence_after["letter"] == 20


def test_the_limit_of_silence_is_set_on_the_page_and_then_read_by_everyone() -> None:
    edition = EditionFactory(
        channels=["phone", "email", "letter"], state=Edition.State.ENROLMENT, method_text=load_method("2026")[1]
    )
    Person.objects.update(demonstration=True)  # no second factor to set up
    actions.give_seat(edition, person=edition.created_by, role="organiser", by=None, at=MOMENT)
    client, at = Client(), f"/pilotage/{edition.slug}/grilles/"
    client.force_login(edition.created_by)
    assert list(client.get(at).context["silence"].fields) == ["email", "letter"]
    wrong = client.post(at, {"silence": "1", "email": "0", "letter": "30"})
    assert wrong.context["silence"].errors.keys() == {"email"}
    client.post(at, {"silence": "1", "email": "8", "letter": "30"})
    edition.refresh_from_db()
    assert edition.silence_after["email"] == 8
    public = client.get(f"/editions/{edition.slug}/methode/").content.decode()
    assert "un silence après, en jours ouvrés : courriel 8, courrier 30." in public
