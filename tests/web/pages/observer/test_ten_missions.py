"""Ten missions from the offer to the receipt, on a phone of 360 px, with the grids that ship.

One for each channel, the visit without a network, and four that go wrong: nobody answers, the message comes back, the
door is closed, the mission is given back. PARVIS_TEST_PICTURES=folder keeps a picture of each screen.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

import parvis
from parvis.core.instruments.grid import read_grid
from parvis.core.vocabulary import Channel
from parvis.web.fieldwork.models import Mission, Observation
from tests.eyes import follow, inspect
from tests.web.fieldwork.factories import Field, FieldInstrumentFactory, ScenarioFactory
from tests.web.pages.observer.test_app import PHONE, Phone, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRIDS = Path(parvis.__file__).parent / "grids/2026"
# what a careful person does on one screen: the first answer of each list, a plain number, a sentence without a name
ANSWER_ALL = """(screen) => {
    const shown = (each) => each.offsetParent !== null;
    for (let rounds = 0; rounds < 4; rounds += 1)
        for (const box of [...screen.querySelectorAll('[data-question]')].filter(shown)) {
            const tick = box.querySelector('input[type=radio], input[type=checkbox]');
            if (tick && !box.querySelector('input:checked')) tick.click();
            for (const field of box.querySelectorAll('textarea, input')) {
                if (field.value || ['radio', 'checkbox', 'file'].includes(field.type)) continue;
                const plain = { number: field.min || '1', date: new Date().toISOString().slice(0, 10), time: '10:00' };
                field.value = plain[field.type] ?? 'Accueil clair, la pièce à fournir est donnée.';
                field.dispatchEvent(new Event('input', { bubbles: true }));
            }
        }
}"""
INSPECTED = {"phone-briefing", "phone-1", "outbox", "case-letter"}
SCREEN = "[data-screen]:not([hidden])"


class Walk:
    """One observer, one phone, several missions."""

    def __init__(self, field: Field, phone: Phone) -> None:
        self.field, self.phone, self.page = field, phone, phone.page

    def look(self, name: str) -> None:
        """A picture of the screen when pictures are asked for; the screens of one mission are inspected each time."""
        if name in INSPECTED or os.environ.get("PARVIS_TEST_PICTURES"):
            assert inspect(self.page, f"mission-{name}") == []

    def given(self, channel: str, state: str) -> Mission:
        today = timezone.localdate()
        scenario = ScenarioFactory(edition=self.field.edition, channel=channel)
        return self.field.mission(
            channel, state=state, scenario=scenario, offer_ends_on=today + timedelta(days=3),
            window_starts_on=today - timedelta(days=20), window_ends_on=today + timedelta(days=2),
        )  # fmt: skip

    def take(self, channel: str) -> Mission:
        mission = self.given(channel, "offered")
        self.phone.mission = mission
        self.phone.go(f"/terrain/missions/{mission.pk}/")
        follow(self.page.get_by_role("button", name="Accepter la mission"))
        return mission

    def fill(self, outcome: int = 1, *, name: str = "") -> int:
        """Every screen up to the last one; returns how many stages were asked."""
        self.page.wait_for_selector("#pv-form:not([hidden])")
        stages = 0
        while not self.page.is_visible(f"{SCREEN} #pv-recall"):
            if self.page.is_visible(f"{SCREEN} #outcome-{outcome}"):
                self.page.check(f"#outcome-{outcome}")
            self.page.locator(SCREEN).evaluate(ANSWER_ALL)
            if name and stages < 2:
                self.look(f"{name}-{stages}")
            stages += self.page.locator(f"{SCREEN} progress").count()
            assert self.page.locator(f"{SCREEN} [data-question]:visible").count() or not stages
            self.phone.next()
            assert not self.page.locator(".govuk-error-message:visible").all_inner_texts()
        return stages

    def send(self, name: str = "") -> None:
        if name:
            self.look(f"{name}-send")
        follow(self.page.get_by_role("button", name="Envoyer mon rapport"))
        assert "Numéro de reçu" in self.page.inner_text("main")

    def write_down(self, mission: Mission, *events: str) -> None:
        """The case: the request left three weeks ago, then what came back."""
        self.phone.go(f"/terrain/missions/{mission.pk}/dossier/")
        self.page.fill("[name=sent_on]", (timezone.localdate() - timedelta(days=15)).isoformat())
        self.page.check("[name=half_day][value=am]")
        follow(self.page.get_by_role("button", name="Noter"))
        for days, kind in enumerate(events, 1):
            assert not self.page.get_by_role("link", name="Remplir la grille").count()
            self.page.check(f"[name=kind][value={kind}]")
            self.page.fill("[name=on]", (timezone.localdate() - timedelta(days=12 - days)).isoformat())
            follow(self.page.get_by_role("button", name="Noter"))
        self.look(f"case-{mission.channel}")
        follow(self.page.get_by_role("link", name="Remplir la grille"))


def begin(live_server: Any, page: Any, signed_in: Callable[..., Any]) -> Walk:
    field = Field()
    for channel in Channel:
        grid = read_grid(GRIDS / f"{channel}.xlsx")
        FieldInstrumentFactory(edition=field.edition, channel=str(channel), version=2, compiled=grid.to_json())
    return Walk(field, Phone(signed_in(page, field.person), live_server.url, None))  # type: ignore[arg-type]


@pytest.fixture
def walk(live_server: Any, page_at: Callable[..., Any], signed_in: Callable[..., Any]) -> Walk:
    """With a network all along: nothing is fetched behind the pages."""
    return begin(live_server, page_at(PHONE, service_workers="block"), signed_in)


@pytest.fixture
def outdoors(live_server: Any, page_at: Callable[..., Any], signed_in: Callable[..., Any]) -> Walk:
    return begin(live_server, page_at(PHONE), signed_in)


def test_calls_and_checks_and_a_mission_given_back(walk: Walk) -> None:
    for channel in ("phone", "website"):
        mission = walk.take(channel)
        walk.look(f"{channel}-briefing")
        follow(walk.page.get_by_role("link", name="Remplir la grille"))
        assert walk.fill(name=channel) >= 3
        walk.send(channel)
        assert Observation.objects.get(mission=mission).outcome == "reached"
    unanswered = walk.take("phone")
    walk.phone.open_form()
    assert walk.fill(outcome=2, name="phone-unanswered") < 6
    walk.send("phone-unanswered")
    assert Observation.objects.get(mission=unanswered).outcome == "not_reached"
    given_back = walk.take("visit")
    follow(walk.page.get_by_role("link", name="Rendre cette mission"))
    walk.page.fill("[name=reason]", "Je connais quelqu’un sur place")
    walk.look("release")
    follow(walk.page.get_by_role("button", name="Confirmer"))
    given_back.refresh_from_db()
    assert given_back.state == "released"
    walk.look("list")


def test_visits_without_a_network_and_before_a_closed_door(outdoors: Walk) -> None:
    phone, page = outdoors.phone, outdoors.page
    made = [outdoors.given("visit", "accepted"), outdoors.given("visit", "accepted")]
    for mission in made:
        phone.mission = mission
        phone.keep_pages()
    phone.network(False)
    for mission, outcome, name in zip(made, (1, 2), ("visit-offline", "visit-closed"), strict=True):
        phone.mission = mission
        phone.open_form()
        outdoors.fill(outcome, name=name)
        page.set_input_files("#photo", picture(1200, 900))
        page.wait_for_selector("[data-photo]:has-text('Photo gardée')")
        phone.send()
        page.wait_for_selector("text=Votre rapport est gardé")
    phone.unsent(2)
    outdoors.look("outbox")
    phone.network(True)
    page.evaluate("dispatchEvent(new Event('online'))")
    phone.unsent(0)
    assert [Observation.objects.get(mission=mission).outcome for mission in made] == ["reached", "not_reached"]
    assert all(each.evidence.count() == 1 for each in Observation.objects.all())


CASES = [
    ("email", ["auto_reply", "answered"], 1),
    ("email", ["bounce"], 2),
    ("letter", ["transferred", "partial_answer", "answered"], 1),
    ("social", ["answered"], 1),
]


def test_letters_messages_and_one_that_comes_back(walk: Walk) -> None:
    for channel, events, outcome in CASES:
        mission = walk.given(channel, "accepted")
        walk.write_down(mission, *events)
        walk.fill(outcome, name=f"{channel}-{events[0]}")
        walk.send(f"{channel}-{events[0]}")
        observation = Observation.objects.get(mission=mission)
        assert [event.kind for event in observation.events.all()] == ["sent", *events]
        assert observation.outcome == ("reached" if outcome == 1 else "not_reached")
        assert not any(name in observation.answers for name in ("happened_on", "half_day"))
