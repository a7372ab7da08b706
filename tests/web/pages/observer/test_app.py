"""The observer's app in a real browser at 360 px: nothing is lost, sent means signed for."""

from __future__ import annotations

import gzip
import io
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from parvis.core.contacts.names import people_named
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import Draft, Mission, Observation
from parvis.web.pages.observer.offline import STATIC
from tests.web.fieldwork.factories import Field, FieldInstrumentFactory, small_grid

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = 360


def picture(width: int = 40, height: int = 30) -> dict[str, Any]:
    content = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(content, "JPEG", quality=97)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


class Phone:
    """An observer with a phone: pages, network, and what the app keeps."""

    def __init__(self, page: Any, address: str, mission: Mission) -> None:
        self.page, self.address, self.mission = page, address, mission

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def keep_pages(self) -> None:
        """Open the list, and wait until the mission can be opened without a network."""
        self.go("/terrain/")
        mine = f"/terrain/missions/{self.mission.pk}/"
        paths = json.dumps(["/terrain/", mine, f"{mine}hors-ligne/"])
        self.until(f"(await Promise.all({paths}.map((path) => caches.match(path)))).every(Boolean)")
        self.page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
        for _ in range(50):  # the browser begins to use a new worker a moment after it starts
            if self.page.goto(self.address + "/terrain/").from_service_worker:
                return
        raise AssertionError("the worker never answered")

    def until(self, true: str) -> None:
        """Wait in the page until an expression, which may wait for promises, is true."""
        again = "await new Promise((resolve) => setTimeout(resolve, 50))"
        self.page.evaluate(f"async () => {{ while (!({true})) {again}; }}")

    def network(self, on: bool) -> None:
        self.page.context.set_offline(not on)

    def open_form(self) -> None:
        self.go(f"/terrain/missions/{self.mission.pk}/hors-ligne/")
        self.page.wait_for_selector("#pv-form:not([hidden])")

    def next(self) -> None:
        self.page.click("[data-screen]:not([hidden]) button:has-text('Continuer')")

    def fill(self) -> None:
        """From the day to the last screen."""
        self.page.check("#half_day-1")
        self.next()
        self.page.check("#outcome-1")
        self.page.fill("#rings", "3")
        self.next()
        self.page.check("#courtesy-1")
        self.page.fill("#comment", "Très bien")
        self.next()

    def send(self) -> None:
        self.page.click("text=Envoyer mon rapport")

    def unsent(self, n: int) -> None:
        self.page.wait_for_selector(f"#pv-outbox[data-unsent='{n}']", state="attached")


@pytest.fixture
def field() -> Field:
    return Field()


@pytest.fixture
def phone(field: Field, live_server: Any, page_at: Callable[..., Any], signed_in: Callable[..., Any]) -> Phone:
    mission = field.mission()
    return Phone(signed_in(page_at(PHONE), field.person), live_server.url, mission)


def test_a_report_sent_with_a_network_shows_its_receipt(phone: Phone) -> None:
    phone.open_form()
    phone.fill()
    phone.send()
    phone.page.wait_for_url("**/recu/")
    assert "Numéro de reçu" in phone.page.content()
    assert Observation.objects.count() == 1


def test_the_draft_survives_a_browser_closed_in_the_middle(phone: Phone) -> None:
    phone.open_form()
    phone.page.check("#half_day-2")
    phone.next()
    phone.page.check("#outcome-1")
    phone.page.fill("#rings", "7")
    phone.until("(await (await import('/static/js/observer-store.js')).all('drafts'))[0]?.answers.rings === '7'")
    other = phone.page.context.new_page()
    phone.page.close()
    phone.page = other
    phone.open_form()
    assert phone.page.input_value("#rings") == "7"
    assert phone.page.is_checked("#outcome-1")
    assert phone.page.is_visible("#rings")


def test_a_cut_after_the_site_received_gives_one_observation_and_the_same_receipt(phone: Phone, watch: Any) -> None:
    """The answer is lost on the way back: the app asks again."""
    phone.open_form()
    phone.fill()
    cut = []

    def lose_the_answer(route: Any) -> None:
        if not cut:
            cut.append(route.fetch().json()["receipt"])
            route.abort()
        else:
            route.continue_()

    phone.page.context.route("**/envoi/", lose_the_answer)
    phone.send()
    phone.unsent(1)
    assert Observation.objects.count() == 1
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.unsent(0)
    phone.go(f"/terrain/missions/{phone.mission.pk}/recu/")
    assert cut[0] in phone.page.content()
    assert Observation.objects.count() == 1
    watch.faults.clear()  # the browser tells the cut in its console


def test_a_report_refused_tells_why_and_can_be_corrected(phone: Phone, field: Field, watch: Any) -> None:
    phone.open_form()
    phone.fill()
    Edition.objects.update(state="frozen")
    phone.send()
    phone.page.wait_for_selector("text=Le terrain de cette édition n’est pas ouvert.")
    phone.unsent(1)
    Edition.objects.update(state="fieldwork")
    phone.page.click("text=Corriger ce rapport")
    phone.page.wait_for_selector("#pv-recall")
    phone.send()
    phone.page.wait_for_url("**/recu/")
    assert Observation.objects.count() == 1
    watch.faults.clear()  # the browser tells the refusal (422) in its console


def test_the_browser_refuses_what_the_site_refuses(phone: Phone) -> None:
    phone.open_form()
    phone.page.check("#half_day-1")
    phone.next()
    phone.next()
    assert "Il manque une réponse" in phone.page.inner_text("#outcome-error")
    phone.page.check("#outcome-1")
    phone.page.fill("#rings", "40")
    phone.next()
    assert phone.page.inner_text("#rings-error").endswith("Entre 0 et 30.")
    phone.page.check("#outcome-2")
    assert not phone.page.is_visible("#rings")
    phone.next()
    assert not phone.page.is_visible("#courtesy-1")


def test_a_grid_changed_after_the_draft_keeps_what_still_fits(phone: Phone, field: Field) -> None:
    phone.open_form()
    phone.page.check("#half_day-1")
    phone.next()
    phone.page.check("#outcome-1")
    phone.until("(await (await import('/static/js/observer-store.js')).all('drafts'))[0]?.answers.outcome")
    newer = small_grid().to_json()
    del newer["pages"][0]["questions"][1]
    FieldInstrumentFactory(edition=field.edition, channel="phone", version=2, compiled=newer, sha256="2" * 64)
    phone.open_form()
    assert phone.page.is_visible("#pv-changed")
    assert phone.page.is_checked("#outcome-1")
    assert phone.page.query_selector("#rings") is None


def test_old_reports_and_a_storage_that_is_not_kept_are_told(phone: Phone) -> None:
    phone.go("/terrain/")
    phone.page.evaluate(
        """async (mission) => (await import('/static/js/observer-store.js')).put('drafts',
           {mission, uuid: crypto.randomUUID(), saved: Date.now() - 6 * 864e5, photos: {}})""",
        phone.mission.pk,
    )
    phone.page.evaluate("navigator.storage.persisted = async () => false; dispatchEvent(new Event('online'))")
    phone.page.wait_for_selector("text=depuis 6 jours")
    phone.page.wait_for_selector("text=Ce téléphone ne promet pas de garder vos rapports")


def test_the_app_page_has_no_accessibility_fault_and_fits_the_phone(phone: Phone) -> None:
    phone.open_form()
    for _ in range(2):
        found = Axe().run(phone.page).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE
        phone.page.check("#half_day-1")
        phone.next()


SAID = [
    "Reçu par Mme Martin, puis par un agent qui s’appelle Karim. Monsieur le Maire était absent.",
    "M. de Courcy m’a donné le 06 12 34 56 78 et accueil@ville.example",
    "Madame la directrice de l’École Jules-Ferry, de la part de Ana Sofía",
    "J. Dupont, puis personne ; la Mairie ferme à 17 h, bus 3, 25000 Besançon.",
    "Deux sonneries, une attente de 4 minutes, un renvoi vers l’État civil.",
    "",
]


def test_the_phone_and_the_site_see_the_same_names(phone: Phone) -> None:
    phone.go("/terrain/rapports/")
    script = """async (said) => {
        const { namesIn } = await import('/static/js/observer-names.js');
        return said.map((text) => namesIn(text));
    }"""
    assert phone.page.evaluate(script, SAID) == [people_named(text) for text in SAID]


def test_a_map_opens_on_every_phone(
    field: Field, live_server: Any, page_at: Callable[..., Any], signed_in: Any
) -> None:
    mission = field.mission("visit")
    apple = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
    for options, scheme in (({}, "geo:0,0?q="), ({"user_agent": apple}, "maps:?q=")):
        page = signed_in(page_at(PHONE, service_workers="block", **options), field.person)
        page.goto(f"{live_server.url}/terrain/missions/{mission.pk}/")
        page.wait_for_selector(f"a[href^='{scheme}']:has-text('Ouvrir dans la carte du téléphone')")


def test_the_scripts_weigh_less_than_25_kilobytes() -> None:
    scripts = [*sorted((STATIC / "js").glob("observer*.js")), STATIC / "js/expressions.js"]
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < 25_000


def test_the_grid_given_to_the_phone_holds_no_score(phone: Phone) -> None:
    phone.open_form()
    logic = json.loads(phone.page.inner_text("#pv-grid") or phone.page.text_content("#pv-grid"))
    assert {name for question in logic["questions"] for name in question} <= {
        "name", "kind", "relevant", "required", "constraint", "message", "calculation", "low", "high"
    }  # fmt: skip
    assert uuid.UUID(int=0) != Draft.objects.count()
