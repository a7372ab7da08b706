"""Two sendings that arrive in the same instant, each on its own connection to the database at hand: one observation."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from parvis.web.fieldwork.models import Evidence, Observation, Parcel, ParcelPiece
from tests.web.fieldwork.factories import Field
from tests.web.pages.openrosa.collect import DAY, REACHED, Collect, photo

pytestmark = pytest.mark.django_db(transaction=True)
Together = Callable[..., list[int]]


@pytest.fixture
def together(tmp_path: Path, transactional_db: None) -> Iterator[Together]:
    """Post from as many threads as there are bodies, all released at once; returns the statuses in order.

    Where tests run on SQLite they do so in memory, which threads cannot share for real: its content goes to a file.
    """
    own = connections["default"] if connections["default"].vendor == "sqlite" else None

    def connect() -> None:
        if own is not None:
            connections["default"] = type(own)({**own.settings_dict, "NAME": str(tmp_path / "race.sqlite")})

    def post(phone: Collect, bodies: list[tuple[bytes, dict[str, bytes]]]) -> list[int]:
        if own is not None:
            with sqlite3.connect(tmp_path / "race.sqlite") as file:
                own.connection.backup(file)
            file.close()
            connect()
        gate = Barrier(len(bodies))

        def send(body: tuple[bytes, dict[str, bytes]]) -> int:
            connect()
            try:
                gate.wait(timeout=20)
                own_phone = copy(phone)
                own_phone.client = Client()
                return int(own_phone.post(*body).status_code)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(bodies)) as threads:
            return sorted(threads.map(send, bodies))

    yield post
    if own is not None:
        connections["default"].close()
        connections["default"] = own


def test_the_same_report_twice_at_once_is_one_observation(field: Field, phone: Collect, together: Together) -> None:
    xml = phone.report(field.mission(), ours=f"{DAY}<photo_1>1.jpg</photo_1>")
    assert together(phone, [(xml, {"1.jpg": photo()})] * 4) == [201, 202, 202, 202]
    counts = [kind.objects.count() for kind in (Parcel, ParcelPiece, Observation, Evidence)]
    assert counts == [1, 1, 1, 1]


def test_two_contents_of_one_report_at_once_are_one_observation_and_one_conflict(
    field: Field, phone: Collect, together: Together
) -> None:
    mission, number = field.mission(), uuid4()
    rings = [REACHED.replace("<rings>3", f"<rings>{count}") for count in (2, 4)]
    one, other = (phone.report(mission, number=number, ours=DAY, answers=answers) for answers in rings)
    assert together(phone, [(one, {}), (other, {})]) == [201, 409]
    assert Observation.objects.count() == 1
    assert sorted(Parcel.objects.values_list("state", flat=True)) == ["filed", "refused"]  # the other is kept, and told
