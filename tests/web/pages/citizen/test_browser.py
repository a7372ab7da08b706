"""The citizens' pages as people meet them: a phone, no script, eight languages, a keyboard, an inspector of access."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from parvis.web.consultation import actions
from parvis.web.consultation.models import Response
from parvis.web.consultation.questionnaire import questionnaire_of
from parvis.web.editions.models import CalendarDate
from parvis.web.pages.citizen.words import NAMES, words
from tests.eyes import follow, inspect
from tests.web.consultation.factories import Open
from tests.web.consultation.test_codes import asks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LANGUAGES = ["fr", "en", "es", "de", "pt", "ar", "uk", "fr-x-falc"]


@pytest.fixture
def consultation() -> Open:
    opened = Open()
    today = timezone.localdate()
    CalendarDate.objects.filter(edition=opened.edition).update(
        starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=5)
    )
    return opened


@pytest.fixture
def shown() -> Iterator[Callable[[Any, str], None]]:
    """Check what is on screen; keep a picture of it where PARVIS_TEST_PICTURES says."""
    faults: list[str] = []

    def look(page: Any, name: str) -> None:
        faults.extend(inspect(page, name))

    yield look
    assert faults == []


def heard(page: Any) -> list[str]:
    """What a screen reader goes through: role and name of each thing that has both, in order."""
    lines = page.locator("main").aria_snapshot().splitlines()
    found = [
        re.match(r'\s*- (heading|group|radio|button|textbox|checkbox|alert|status) "([^"]*)"', line) for line in lines
    ]
    return [f"{each[1]} {each[2]}" for each in found if each]


def plain(lines: list[str]) -> list[str]:
    """Every sort of space is one, as in what browsers tell."""
    return [" ".join(line.split()) for line in lines]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_citizen_answers_everything_without_script(
    consultation: Open, live_server: Any, page_at: Callable[..., Any], shown: Callable[[Any, str], None], width: int
) -> None:
    """Axe needs scripts to look, so it looks in a second journey; this one proves that none is needed."""
    page = page_at(width, java_script_enabled=False)
    page.goto(f"{live_server.url}/avis/{consultation.qr.code}/")
    page.get_by_label("Plutôt satisfait").check()
    page.get_by_label("Sur place").check()
    follow(page.get_by_role("button", name="Donner mon avis"))
    while "/merci/" not in page.url:
        follow(page.get_by_role("button", name="Continuer").last)
    assert page.get_by_role("heading", name="Merci !").is_visible()
    assert Response.objects.get().completed
    assert page.context.cookies() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_used_by_everyone_in_every_language(
    consultation: Open, live_server: Any, page_at: Callable[..., Any], shown: Callable[[Any, str], None], language: str
) -> None:
    page = page_at(360)
    page.goto(f"{live_server.url}/avis/{consultation.qr.code}/?langue={language}")
    shown(page, f"{language}-360-first")
    follow(page.locator("form button.trap ~ p.row button").first)
    shown(page, f"{language}-360-errors")
    page.locator("#q-satisfaction-2").check()
    page.locator("#q-channel-visit").check()
    step = 0
    while "/merci/" not in page.url:
        follow(page.locator("p.row button").first)
        step += 1
        if language == "fr" or step in (1, 2, 11, 12, 13):  # the pages between ask one rating each, all alike
            shown(page, f"{language}-360-{step:02d}")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/avis/{consultation.qr.code}/?langue={language}")
    shown(page, f"{language}-1280-first")
    page.goto(f"{live_server.url}/avis/?q=valbrune&langue={language}")
    shown(page, f"{language}-1280-find")


def test_targets_are_large_enough_for_a_thumb(
    consultation: Open, live_server: Any, page_at: Callable[..., Any]
) -> None:
    """44 px at least, for everything that is tapped."""
    page = page_at(360)
    page.goto(f"{live_server.url}/avis/{consultation.qr.code}/")
    small = page.evaluate("""() => [...document.querySelectorAll('label.choice, main button, summary')]
        .filter(e => !e.closest('.trap') && !e.classList.contains('trap'))
        .filter(e => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44)
        .map(e => e.outerHTML.slice(0, 80))""")
    assert small == []


def test_the_keyboard_alone_is_enough_and_enter_sends(
    consultation: Open, live_server: Any, page_at: Callable[..., Any]
) -> None:
    page = page_at(1280)
    page.goto(f"{live_server.url}/avis/{consultation.qr.code}/?langue=fr")
    order = []
    for _ in range(14):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.name || document.activeElement.className"))
    assert order[0] == "skip"
    assert order[1:8] == ["langue"] * 7
    assert order[8:10] == ["satisfaction", "channel"]
    page.locator("#q-satisfaction-4").focus()
    page.keyboard.press("Space")
    page.locator("#q-channel-email").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suite/first/")
    assert page.get_by_text("Merci, votre avis est enregistré.").is_visible()


def test_back_and_reload_lose_and_double_nothing(consultation: Open, live_server: Any, browser: Any) -> None:
    """In a browser that keeps its history, as real ones do (one whose requests are watched keeps none)."""
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{live_server.url}/avis/{consultation.qr.code}/?langue=fr")
    page.locator("#q-satisfaction-2").check()
    page.locator("#q-channel-visit").check()
    page.get_by_role("button", name="Donner mon avis").dblclick()
    page.wait_for_url("**/suite/first/")
    page.reload()
    page.locator("#q-reason-help").check()
    page.get_by_role("button", name="Continuer").last.click()
    page.wait_for_url("**/suite/request/")
    page.go_back()
    page.go_back()
    page.locator("#q-satisfaction-1").check()
    page.get_by_role("button", name="Donner mon avis").click()
    page.wait_for_url("**/suite/first/")
    kept = Response.objects.get()
    assert kept.answers == {"satisfaction": "1", "channel": "visit", "reason": "help"}
    assert page.locator("#q-reason-help").is_checked()
    page.close()


def test_a_kiosk_clears_what_someone_abandons_and_keeps_no_history(
    consultation: Open, live_server: Any, page_at: Callable[..., Any]
) -> None:
    consultation.kiosk.hours = {"idle_seconds": 1}
    consultation.kiosk.save()
    page = page_at(1280)
    page.clock.install()
    page.goto(f"{live_server.url}/avis/{consultation.kiosk.code}/borne/?langue=fr")
    before = page.evaluate("history.length")
    page.locator("#q-satisfaction-1").check()
    page.clock.run_for(4000)
    assert page.get_by_role("dialog").is_visible()
    page.clock.run_for(20_000)
    page.wait_for_function("() => !document.querySelector('#q-satisfaction-1').checked")
    assert page.evaluate("history.length") == before
    assert not Response.objects.exists()


def test_a_kiosk_without_network_keeps_answers_and_sends_each_once(
    consultation: Open, live_server: Any, page_at: Callable[..., Any]
) -> None:
    asks(consultation, work_bits=4)  # the work is done without network too
    page = page_at(1280)
    page.goto(f"{live_server.url}/avis/{consultation.kiosk.code}/borne/?langue=fr")
    page.wait_for_function("() => (localStorage['parvis-kiosk-tokens'] || '').length > 100")
    page.context.set_offline(True)
    for satisfaction in ("1", "5"):
        page.locator(f"#q-satisfaction-{satisfaction}").check()
        page.locator("#q-channel-visit").check()
        page.get_by_role("button", name="Donner mon avis").click()
        page.locator("main").get_by_text("Pas de réseau").wait_for()
        page.evaluate("document.querySelector('[data-reset]').click()")
        page.locator("#q-satisfaction-1").wait_for()
    assert not Response.objects.exists()
    page.context.set_offline(False)
    page.wait_for_function("() => localStorage['parvis-kiosk-queue'] === '[]'")
    assert sorted(row.answers["satisfaction"] for row in Response.objects.all()) == ["1", "5"]
    assert set(Response.objects.values_list("entry_point", flat=True)) == {consultation.kiosk.pk}
    assert not any("no_work" in flags for flags in Response.objects.values_list("flags", flat=True))


def test_a_browser_works_in_the_background_and_takes_the_code_of_a_slip(
    consultation: Open, live_server: Any, page_at: Callable[..., Any]
) -> None:
    """The slip's code stands behind # in its QR's address; the work is hard enough that one answers before its end."""
    asks(consultation, work_bits=15, codes_needed=True)
    _, (code,) = actions.print_codes(consultation.qr, size=1, by=consultation.organiser, at=timezone.now())
    page = page_at(360)
    page.goto(f"{live_server.url}/avis/{consultation.qr.code}/?langue=fr#{code}")
    assert page.locator("#code_guichet").input_value() == code
    page.locator("#q-satisfaction-5").check()
    page.locator("#q-channel-visit").check()
    follow(page.locator("p.row button"))
    (flags,) = Response.objects.values_list("flags", flat=True)
    assert not {"no_code", "no_work"} & set(flags)


def test_a_kiosk_switched_on_without_network_asks_and_keeps_its_queue(
    consultation: Open, live_server: Any, page_at: Callable[..., Any]
) -> None:
    """The number that a kept page was made with goes to nobody twice: each person takes one from the stock."""
    page = page_at(1280)
    page.goto(f"{live_server.url}/avis/{consultation.kiosk.code}/borne/?langue=fr")
    page.wait_for_function("() => document.documentElement.dataset.ready")
    page.wait_for_function("() => (localStorage['parvis-kiosk-tokens'] || '').length > 100")
    page.context.set_offline(True)
    for satisfaction in ("1", "5"):
        page.reload()
        page.locator(f"#q-satisfaction-{satisfaction}").check()
        page.locator("#q-channel-visit").check()
        page.get_by_role("button", name="Donner mon avis").click()
        page.locator("main").get_by_text("Pas de réseau").wait_for()
    page.context.set_offline(False)
    page.reload()
    page.wait_for_function("() => localStorage['parvis-kiosk-queue'] === '[]'")
    assert sorted(row.answers["satisfaction"] for row in Response.objects.all()) == ["1", "5"]


def test_a_kiosk_outside_its_hours_asks_nothing(
    consultation: Open, live_server: Any, page_at: Callable[..., Any]
) -> None:
    consultation.kiosk.hours = {"from": "08:30", "to": "08:31"}
    consultation.kiosk.save()
    page = page_at(1280)
    page.clock.install(time="2026-05-12T20:00:00")
    page.goto(f"{live_server.url}/avis/{consultation.kiosk.code}/borne/?langue=fr")
    assert page.get_by_text("Elle ouvre de 08:30 à 08:31").is_visible()
    assert page.locator("main").is_hidden()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_screen_reader_meets_each_question_in_order_and_no_trap(
    consultation: Open, live_server: Any, page_at: Callable[..., Any], language: str
) -> None:
    """The tree that browsers give to screen readers: languages, title, each question with its choices, what to do."""
    _, form = questionnaire_of(consultation.edition)
    asked, said = {each.name: each for each in form.pages}, words(language)
    languages = [f"button {name}" for code, name in NAMES.items() if code != language]

    def told(name: str) -> list[str]:
        return [
            line
            for question in asked[name].questions
            for line in (f"group {question.label(language)}", *(f"radio {c.label(language)}" for c in question.choices))
        ]

    page = page_at(360)
    page.goto(f"{live_server.url}/avis/{consultation.qr.code}/?langue={language}")
    assert heard(page) == plain([*languages, f"heading {said['title']}", *told("first"), f"button {said['send']}"])
    page.locator("#q-satisfaction-2").check()
    page.locator("#q-channel-visit").check()
    follow(page.get_by_role("button", name=said["send"]))
    follow(page.get_by_role("button", name=said["continue"]).last)
    title, ways = f"heading {asked['about_effort'].label(language)}", ("continue", "finish", "previous")
    assert heard(page) == plain([*languages, title, *told("about_effort"), *(f"button {said[each]}" for each in ways)])
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else None)
