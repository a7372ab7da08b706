"""Days when everything goes wrong: each time nothing is lost, there is one observation, and the words are clear."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork.actions import add_photo
from parvis.web.fieldwork.actions.evidence import LARGEST
from parvis.web.fieldwork.models import Draft, Mission, Observation
from tests.web.fieldwork.factories import NOON, Field, FieldInstrumentFactory, ObservationFactory, small_grid
from tests.web.pages.observer.cutting import (
    BEFORE,
    HALF_ANSWER,
    HALF_WAY,
    NO_ANSWER,
    CuttingNetwork,
    cutting_network,
)
from tests.web.pages.observer.test_app import PHONE, Phone, field, picture

__all__ = ["field"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TRY_AGAIN = "dispatchEvent(new Event('online'))"
STORED = "(await (await import('/static/js/observer-store.js')).all('{}'))"


@pytest.fixture
def phone(field: Field, live_server: Any, page_at: Callable[..., Any], signed_in: Callable[..., Any]) -> Phone:
    """With the app open, nothing else is fetched behind its pages."""
    page = signed_in(page_at(PHONE, service_workers="block"), field.person)
    return Phone(page, live_server.url, field.mission())


@pytest.fixture
def network(live_server: Any) -> Iterator[CuttingNetwork]:
    with cutting_network(live_server.url) as opened:
        yield opened


def test_an_upload_cut_at_every_step_arrives_once_with_its_whole_photo(phone: Phone, network: CuttingNetwork) -> None:
    """Nothing leaves; half the photo leaves; all leaves but no answer comes; half the answer comes; then it passes."""
    phone.address = network.address
    phone.open_form()
    phone.fill()
    phone.page.set_input_files("#photo", picture(900, 700))
    phone.page.wait_for_selector("text=Photo gardée sur ce téléphone")
    network.cuts.extend([BEFORE, HALF_WAY, NO_ANSWER, HALF_ANSWER])
    phone.send()
    phone.unsent(1)
    phone.page.evaluate(
        f"""async () => {{
            const {{ drain }} = await import('/static/js/observer-outbox.js');
            for (let tries = 0; tries < 20 && (await drain()).left; tries += 1);
            {TRY_AGAIN};
        }}"""
    )
    phone.unsent(0)
    assert network.made == [BEFORE, HALF_WAY, NO_ANSWER, HALF_ANSWER]
    observation = Observation.objects.get()
    with Image.open(observation.evidence.get().file) as kept:
        kept.load()
        assert kept.size == (900, 700)


def test_a_phone_a_day_ahead_is_told_keeps_its_report_and_sends_it_corrected(phone: Phone) -> None:
    phone.page.context.clock.set_fixed_time(timezone.now() + timedelta(days=1))
    phone.open_form()
    phone.fill()
    phone.send()
    phone.page.wait_for_selector("text=Le jour du contact est dans l’avenir.")
    phone.unsent(1)
    assert not Observation.objects.exists()
    phone.page.click("text=Corriger ce rapport")
    phone.page.wait_for_selector("#pv-recall")
    for _ in range(3):
        phone.page.click("[data-screen]:not([hidden]) [data-back]")
    phone.page.fill("#happened_on", timezone.localdate().isoformat())
    for _ in range(3):
        phone.next()
    phone.send()
    phone.page.wait_for_url("**/recu/")
    assert "avance de 24 heures" in phone.page.inner_text("main")
    observation = Observation.objects.get()
    assert observation.happened_on == timezone.localdate()
    assert abs(observation.timeline["clock_ahead_seconds"] - 86400) < 120


def test_a_phone_a_day_behind_is_told_before_it_writes_and_proposes_the_right_day(phone: Phone) -> None:
    phone.page.context.clock.set_fixed_time(timezone.now() - timedelta(days=1))
    phone.open_form()
    assert phone.page.is_visible("#pv-clock")
    assert phone.page.input_value("#happened_on") == timezone.localdate().isoformat()
    phone.fill()
    phone.send()
    phone.page.wait_for_url("**/recu/")
    assert "retarde de 24 heures" in phone.page.inner_text("main")
    assert Observation.objects.get().happened_on == timezone.localdate()


def test_a_photo_of_twelve_megabytes_is_made_small_before_it_leaves(phone: Phone, tmp_path: Path) -> None:
    given, content = tmp_path / "photo.jpg", picture(1800, 1200)["buffer"]
    given.write_bytes(content + bytes(12_000_000 - len(content)))  # what a camera writes after the picture
    phone.open_form()
    phone.fill()
    phone.page.set_input_files("#photo", given)
    phone.page.wait_for_selector("text=Photo gardée sur ce téléphone")
    phone.send()
    phone.page.wait_for_url("**/recu/")
    piece = Observation.objects.get().evidence.get()
    assert piece.file.size < 1_500_000
    with Image.open(piece.file) as kept:
        assert max(kept.size) == 1600


def test_a_session_that_ended_keeps_the_report_until_one_signs_in_again(
    phone: Phone, field: Field, signed_in: Any
) -> None:
    phone.open_form()
    phone.fill()
    Session.objects.all().delete()
    phone.send()
    phone.page.wait_for_selector("text=Connectez-vous pour envoyer vos rapports")
    phone.unsent(1)
    signed_in(phone.page, field.person)
    phone.page.evaluate(TRY_AGAIN)
    phone.unsent(0)
    assert Observation.objects.count() == 1


def test_a_report_under_another_account_is_kept_and_the_words_say_whose_it_is(
    phone: Phone, field: Field, signed_in: Any
) -> None:
    phone.open_form()
    phone.fill()
    signed_in(phone.page, Field().person)
    phone.send()
    phone.page.wait_for_selector(f"text=M{phone.mission.pk} : cette mission n’est pas confiée au compte connecté ici")
    phone.unsent(1)
    signed_in(phone.page, field.person)
    phone.page.evaluate(TRY_AGAIN)
    phone.unsent(0)
    assert Observation.objects.count() == 1


def test_a_mission_taken_back_while_its_report_waits_is_told_and_nothing_is_erased(phone: Phone) -> None:
    phone.open_form()
    phone.fill()
    Mission.objects.update(state="cancelled", reason="Site fermé pour travaux")
    phone.send()
    phone.page.wait_for_selector("text=Rien n’est effacé")
    phone.unsent(1)
    assert phone.page.is_visible("text=Exporter dans un fichier")


def test_a_browser_that_keeps_nothing_says_so_and_the_report_still_leaves(phone: Phone) -> None:
    phone.page.context.add_init_script("indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }")
    phone.open_form()
    assert "le site garde chacune" in phone.page.inner_text("#pv-unkept")
    phone.fill()
    phone.send()
    phone.page.wait_for_url("**/recu/")
    assert Observation.objects.count() == 1


def test_a_full_phone_is_told_at_once_and_goes_on_when_there_is_room(phone: Phone) -> None:
    phone.open_form()
    phone.page.evaluate(
        """() => { window.put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }; }"""
    )
    phone.page.fill("#happened_on", "2026-03-01")
    phone.page.wait_for_selector("#pv-full:not([hidden])")
    phone.page.evaluate("() => { IDBObjectStore.prototype.put = window.put; }")
    phone.page.fill("#happened_on", "2026-03-02")
    phone.page.wait_for_selector("#pv-full", state="hidden")
    phone.until(f"{STORED.format('drafts')}[0]?.happened_on === '2026-03-02'")


def test_a_name_is_seen_while_it_is_typed_and_stages_without_question_are_passed_over(
    phone: Phone, field: Field
) -> None:
    grid = small_grid().to_json()
    grid["pages"].insert(1, {**grid["pages"][1], "name": "between", "questions": [grid["pages"][1]["questions"][0]]})
    grid["pages"][2]["questions"] = grid["pages"][2]["questions"][1:]
    FieldInstrumentFactory(edition=field.edition, version=2, compiled=grid, sha256="2" * 64)
    phone.open_form()
    phone.page.check("#half_day-1")
    phone.next()
    assert phone.page.inner_text("[data-screen]:not([hidden]) [data-step]") == "Étape 1 sur 2"
    phone.page.check("#outcome-2")
    phone.next()
    assert phone.page.inner_text("[data-screen]:not([hidden]) [data-step]") == "Étape 2 sur 2"
    phone.page.fill("#comment", "Personne n’a décroché, puis Mme Lefort a rappelé avec Brigitte.")
    assert "Lefort, Brigitte" in phone.page.inner_text("[data-named]")
    phone.page.fill("#comment", "Personne n’a décroché.")
    assert not phone.page.is_visible("[data-named]")
    phone.page.click("[data-screen]:not([hidden]) [data-back]")
    assert phone.page.is_visible("#outcome-2")


def test_timers_write_the_moments_and_two_waits_add_up(phone: Phone, field: Field) -> None:
    """Three rings tapped; on hold twice, two minutes then four: six minutes, and every moment reaches the site."""
    grid = small_grid().to_json()
    rings, waiting = grid["pages"][0]["questions"][1], dict(grid["pages"][0]["questions"][1])
    rings["delay"] = "pick_up"
    waiting |= {"name": "waiting", "delay": "waiting"}
    grid["pages"][0]["questions"].append(waiting)
    FieldInstrumentFactory(edition=field.edition, version=2, compiled=grid, sha256="3" * 64)
    start = timezone.now() - timedelta(minutes=30)
    phone.open_form()
    phone.page.check("#half_day-1")
    phone.next()
    phone.page.check("#outcome-1")
    for minutes, button in ((0, "Une sonnerie de plus"), (0, "Une sonnerie de plus"), (0, "Une sonnerie de plus"),
                            (1, "L’attente commence"), (3, "L’attente est finie"),
                            (5, "L’attente commence"), (9, "L’attente est finie")):  # fmt: skip
        phone.page.context.clock.set_fixed_time(start + timedelta(minutes=minutes))
        phone.page.click(f"button:has-text('{button}')")
    assert phone.page.input_value("#rings") == "3"
    phone.page.wait_for_function("document.querySelector('#waiting').value === '6'")
    phone.page.context.clock.set_fixed_time(timezone.now())
    phone.next()
    phone.page.check("#courtesy-1")
    phone.next()
    phone.send()
    phone.page.wait_for_url("**/recu/")
    observation = Observation.objects.get()
    assert observation.answers["waiting"] == "6"
    assert [what for what, _ in observation.timeline["rings"]] == ["ring", "ring", "ring"]
    assert [what for what, _ in observation.timeline["waiting"]] == ["start", "stop", "start", "stop"]
    assert observation.timeline["waiting"][0][1].startswith((start + timedelta(minutes=1)).isoformat()[:16])


def test_an_invented_position_is_told_without_the_position(
    field: Field, live_server: Any, page_at: Any, signed_in: Any
) -> None:
    FieldInstrumentFactory(edition=field.edition, channel="visit")
    mission = field.mission("visit")
    page = page_at(360, permissions=["geolocation"], geolocation={"latitude": 47.24, "longitude": 6.02})
    visitor = Phone(signed_in(page, field.person), live_server.url, mission)
    page.context.add_init_script(
        """const real = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
        navigator.geolocation.getCurrentPosition = (done, failed) =>
            real((found) => done({ coords: found.coords, mocked: true }), failed);"""
    )
    visitor.open_form()
    visitor.until(f"{STORED.format('drafts')}[0]?.timeline.mock_location")
    visitor.fill()
    visitor.send()
    page.wait_for_url("**/recu/")
    timeline = Observation.objects.get().timeline
    assert timeline["mock_location"] is True
    assert "47.2" not in str(timeline)
    assert not Draft.objects.exists()


def test_a_photo_too_large_for_the_site_is_refused_with_its_reason() -> None:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG")
    heavy = SimpleUploadedFile("photo.jpg", content.getvalue() + bytes(LARGEST), "image/jpeg")
    observation = ObservationFactory()
    with pytest.raises(ParvisError) as refused:
        add_photo(observation, file=heavy, by=observation.received_by, at=NOON)
    assert "15" in refused.value.messages("fr")[0]
    fair = SimpleUploadedFile("photo.jpg", content.getvalue() + bytes(12_000_000), "image/jpeg")
    assert add_photo(observation, file=fair, by=observation.received_by, at=NOON).pk
