"""The consultation's pages for bodies and organisers, inspected at two widths; a frame in the page of another site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone

from parvis.web.consultation import actions
from parvis.web.consultation.models import EntryPoint, Response
from parvis.web.consultation.signals import Signals
from tests.eyes import follow, inspect
from tests.web.consultation.factories import FIRST
from tests.web.consultation.test_codes import asks
from tests.web.consultation.test_pages import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> House:
    opened = House()
    now = timezone.now()
    actions.open_kinds(opened.edition, organisations={opened.body: [opened.place]}, by=opened.lead, at=now, seed=3)
    actions.record_openings(openings=[(opened.qr, timezone.localdate(), 42)])
    for number in range(3):
        actions.record_page(opened.qr, uuid=f"{number}" * 32, page="first", given=FIRST, language="fr", at=now,
                            signals=Signals(trap=number == 0))  # fmt: skip
    point = EntryPoint.objects.get(kind="paper", organisation=opened.body)
    actions.key_sheet(point, number=4, answers=FIRST, by=opened.lead, at=now)
    actions.key_sheet(point, number=4, answers=FIRST | {"satisfaction": "1"}, by=opened.member, at=now)
    return opened


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_a_body_and_of_the_organiser_can_be_used_by_everyone(
    house: House, live_server: Any, page_at: Callable[..., Any], signed_in: Callable[..., Any], width: int
) -> None:
    sheet = house.edition.entry_points.get(kind="paper").sheets.get()
    mine = {
        "home": "", "settings": "reglages/", "paper": "papier/", "key": "papier/saisir/",
        "settle": f"papier/{sheet.pk}/regler/", "paper-form": "papier/formulaire/",
    }  # fmt: skip
    seen = {name: (house.lead, house.address + path) for name, path in mine.items()}
    seen["organiser"] = (house.organiser, f"/pilotage/{house.edition.slug}/consultation/")
    if width == 360:  # where tables are hardest to read
        asks(house, codes_needed=True, work_bits=13)
        actions.print_codes(house.link, size=12, by=house.lead, at=timezone.now())
        for name in ("marges/", "integrite/"):
            seen[name[:-1]] = (house.organiser, f"/pilotage/{house.edition.slug}/consultation/{name}")
        seen["codes"] = (house.lead, f"{house.address}codes/")
        seen["rule"] = (house.lead, f"/avis/regle/{house.edition.slug}/")
    faults = []
    for name, (person, address) in seen.items():
        page = signed_in(page_at(width), person)
        page.goto(live_server.url + address)
        faults += inspect(page, f"body-{name}-{width}")
    assert faults == []


@pytest.fixture
def foreign_site(tmp_path: Path) -> Iterator[Path]:
    """Another site: its folder of pages, served on a port of its own; `address.txt` says where."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        (tmp_path / "address.txt").write_text(f"http://127.0.0.1:{server.server_port}/")
        Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path
        server.shutdown()


def test_the_form_works_in_a_frame_of_another_site(
    house: House, live_server: Any, page_at: Callable[..., Any], foreign_site: Path
) -> None:
    point = EntryPoint.objects.get(kind="embed", organisation=house.body)
    ours = f"{live_server.url}/avis/{point.code}/cadre/?langue=fr"
    (foreign_site / "index.html").write_text(
        f'<!doctype html><h1>Site</h1><iframe title="avis" src="{ours}" width="600" height="900"></iframe>'
    )
    page = page_at(1280)
    page.goto((foreign_site / "address.txt").read_text())
    frame = page.frame_locator("iframe")
    frame.locator("#q-satisfaction-3").check()
    frame.locator("#q-channel-email").check()
    frame.get_by_role("button", name="Donner mon avis").click()
    frame.get_by_text("Merci, votre avis est enregistré.").wait_for()
    kept = Response.objects.get(entry_point=point)
    assert kept.answers == {"satisfaction": "3", "channel": "email"}
    assert page.context.cookies() == []


def test_a_plain_form_of_another_site_only_prefills_ours(
    house: House, live_server: Any, page_at: Callable[..., Any], foreign_site: Path
) -> None:
    address = f"{live_server.url}/avis/{house.link.code}/"
    (foreign_site / "index.html").write_text(
        f'<!doctype html><form action="{address}"><button name="satisfaction" value="2">Mécontent</button></form>'
    )
    page = page_at(360)
    page.goto((foreign_site / "address.txt").read_text())
    follow(page.get_by_role("button"))
    assert page.locator("#q-satisfaction-2").is_checked()
    assert not Response.objects.filter(entry_point=house.link).exists()
    page.locator("#q-channel-phone").check()
    follow(page.get_by_role("button", name="Donner mon avis"))
    assert page.get_by_text("Merci, votre avis est enregistré.").is_visible()
    assert Response.objects.filter(entry_point=house.link).count() == 1
