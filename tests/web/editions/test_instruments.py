"""Grids come in as files, version by version; frozen with the method, they never change."""

from __future__ import annotations

import pytest

from parvis.core.vocabulary import ParvisError
from parvis.web.editions import actions
from parvis.web.editions.actions.instruments import current_instruments, shipped_files
from parvis.web.editions.models import Edition, Instrument
from parvis.web.people.models import JournalEntry
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
