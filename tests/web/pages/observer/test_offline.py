"""The observer's app where there is no network: filled, kept, sent once when it comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from parvis.web.fieldwork.models import Evidence, Observation
from tests.web.fieldwork.factories import Field
from tests.web.pages.observer.test_app import PHONE, Phone, field, phone, picture

__all__ = ["field", "phone"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_report_filled_without_a_network_leaves_when_it_comes_back(phone: Phone) -> None:
    phone.keep_pages()
    phone.network(False)
    phone.go(f"/terrain/missions/{phone.mission.pk}/")
    phone.page.click("text=Remplir la grille")
    phone.page.wait_for_selector("#pv-form:not([hidden])")
    phone.fill()
    phone.page.set_input_files("#photo", picture(3000, 2000))
    phone.page.wait_for_selector("text=Photo gardée sur ce téléphone")
    phone.send()
    phone.page.wait_for_selector("text=Votre rapport est gardé")
    phone.unsent(1)
    phone.go("/terrain/")
    phone.unsent(1)
    assert not Observation.objects.exists()
    phone.network(True)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.unsent(0)
    observation = Observation.objects.get()
    assert observation.answers == {"outcome": "reached", "rings": "3", "courtesy": "yes", "comment": "Très bien"}
    assert observation.started is not None
    assert observation.ended is not None
    with Image.open(Evidence.objects.get().file) as kept:
        assert max(kept.size) == 1600


def test_two_tabs_that_drain_at_once_send_one_report(phone: Phone) -> None:
    phone.keep_pages()
    phone.network(False)
    phone.open_form()
    phone.fill()
    phone.send()
    phone.unsent(1)
    other = phone.page.context.new_page()
    other.goto(phone.address + "/terrain/")
    phone.network(True)
    for page in (phone.page, other):
        page.evaluate("dispatchEvent(new Event('online'))")
    other.wait_for_selector("#pv-outbox[data-unsent='0']", state="attached")
    phone.unsent(0)
    assert Observation.objects.count() == 1


def test_unsent_reports_are_exported_and_taken_back_on_another_phone(
    phone: Phone,
    field: Field,
    live_server: Any,
    page_at: Callable[..., Any],
    signed_in: Callable[..., Any],
    tmp_path: Path,
) -> None:
    phone.keep_pages()
    phone.network(False)
    phone.open_form()
    phone.fill()
    phone.page.set_input_files("#photo", picture())
    phone.page.wait_for_selector("text=Photo gardée")
    phone.send()
    phone.unsent(1)
    with phone.page.expect_download() as download:
        phone.page.click("text=Exporter dans un fichier")
    saved = tmp_path / "rapports.json"
    download.value.save_as(saved)
    assert json.loads(saved.read_text())["format"] == "parvis-reports/1"
    other = signed_in(page_at(PHONE), field.person)
    other.goto(live_server.url + "/terrain/rapports/")
    other.set_input_files("#pv-import", saved)
    other.wait_for_selector("text=Rapports repris depuis le fichier")
    Phone(other, live_server.url, phone.mission).until(
        "(await (await import('/static/js/observer-store.js')).all('receipts')).length"
    )
    assert Observation.objects.get().evidence.count() == 1
