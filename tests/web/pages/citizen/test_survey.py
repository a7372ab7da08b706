"""A citizen's two minutes, without any script, cookie or account."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from parvis.web.consultation.models import EntryPoint, EntryPointDay, Response, Verbatim
from parvis.web.editions.models import CalendarDate
from tests.web.consultation.factories import Open

pytestmark = pytest.mark.django_db
LANGUAGES = ["fr", "en", "es", "de", "pt", "ar", "uk", "fr-x-falc"]


@pytest.fixture
def consultation() -> Open:
    opened = Open()
    today = timezone.localdate()
    CalendarDate.objects.filter(edition=opened.edition).update(
        starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=5)
    )
    return opened


class Citizen:
    """Someone with a browser that keeps the last page's form and nothing else."""

    def __init__(self, point: EntryPoint, manner: str = "", **headers: str) -> None:
        self.client, self.headers = Client(enforce_csrf_checks=True), headers
        self.read(self.client.get(f"/avis/{point.code}/{manner}", **headers))

    def read(self, response: HttpResponse) -> None:
        self.response, self.html = response, response.content.decode()
        found = re.search(r'<form method="post" action="([^"]+)"', self.html)
        self.action = found[1] if found else ""
        self.hidden = {
            name: unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.html)
        }

    def send(self, **answers: str) -> Citizen:
        self.read(self.client.post(self.action, self.hidden | answers, **self.headers))
        return self

    @property
    def page(self) -> str:
        return self.action.rstrip("/").rsplit("/", 1)[-1]


def test_two_questions_are_saved_at_once_then_each_page(consultation: Open) -> None:
    citizen = Citizen(consultation.qr)
    assert citizen.page == "first"
    citizen.send(satisfaction="5", channel="phone")
    assert Response.objects.get().answers == {"satisfaction": "5", "channel": "phone"}
    assert citizen.page == "request"
    assert "Merci, votre avis est enregistré" in citizen.html
    citizen.send(reason="procedure", solved="yes")
    assert Response.objects.get().pages_done == ["first", "request"]


def test_a_whole_questionnaire_ends_with_thanks(consultation: Open) -> None:
    citizen = Citizen(consultation.qr).send(satisfaction="2", channel="visit")
    seen = ["first"]
    while citizen.response.status_code == 200:
        seen.append(citizen.page)
        citizen.send(**({"comment": "Merci à Mme Durand"} if citizen.page == "words" else {}))
    assert seen == [
        "first", "request", "about_effort", "about_accessibility", "about_waiting", "about_courtesy",
        "about_personalisation", "about_responsiveness", "about_answer_quality", "about_transfer", "words", "profile",
    ]  # fmt: skip
    assert citizen.response.headers["Location"] == f"/avis/{consultation.qr.code}/merci/?langue=fr"
    kept = Response.objects.get()
    assert (kept.completed, kept.quarantined) == (True, False)
    assert Verbatim.objects.get().masked == "Merci à Mme [nom]"
    counted = EntryPointDay.objects.get()
    assert (counted.opened, counted.started, counted.completed) == (1, 1, 1)


def test_one_may_stop_after_any_page(consultation: Open) -> None:
    citizen = Citizen(consultation.qr).send(satisfaction="2", channel="visit")
    citizen.send(reason="help", fin="1")
    assert citizen.response.status_code == 302
    assert Response.objects.get().answers["reason"] == "help"
    assert not Response.objects.get().completed


def test_a_missing_answer_is_told_beside_its_question_and_nothing_chosen_is_lost(consultation: Open) -> None:
    citizen = Citizen(consultation.qr).send(satisfaction="3")
    assert 'href="#q-channel-phone"' in citizen.html
    assert 'id="q-channel-error">Choisissez une réponse.' in citizen.html
    assert re.search(r'id="q-satisfaction-3" value="3" checked', citizen.html)
    assert not Response.objects.exists()


def test_double_tap_reload_and_back_make_one_response(consultation: Open) -> None:
    citizen = Citizen(consultation.qr)
    action, form = citizen.action, citizen.hidden | {"satisfaction": "4", "channel": "visit"}
    for _ in range(3):
        citizen.read(citizen.client.post(action, form))
    citizen.send(reason="complaint")
    citizen.read(citizen.client.post(action, form | {"satisfaction": "1"}))
    assert Response.objects.get().answers == {"satisfaction": "1", "channel": "visit", "reason": "complaint"}
    assert re.search(r'id="q-reason-complaint" value="complaint" checked', citizen.html)
    assert EntryPointDay.objects.get().started == 1


def test_the_previous_page_comes_back_with_its_answers(consultation: Open) -> None:
    citizen = Citizen(consultation.qr).send(satisfaction="2", channel="visit").send(reason="help")
    citizen.send(retour="1")
    assert citizen.page == "request"
    assert re.search(r'id="q-reason-help" value="help" checked', citizen.html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(consultation: Open, language: str) -> None:
    citizen = Citizen(consultation.qr).send(satisfaction="2", langue=language)
    assert f'<html lang="{language}"' in citizen.html
    assert ('dir="rtl"' in citizen.html) == (language == "ar")
    assert re.search(r'id="q-satisfaction-2" value="2" checked', citizen.html)
    citizen.send(satisfaction="2", channel="visit")
    assert f'<html lang="{language}"' in citizen.html
    assert Response.objects.get().language == language


def test_the_browsers_language_is_taken_first(consultation: Open) -> None:
    citizen = Citizen(consultation.qr, HTTP_ACCEPT_LANGUAGE="uk-UA,uk;q=0.9,fr;q=0.5")
    assert '<html lang="uk"' in citizen.html


def test_the_first_page_is_light_and_whole_in_one_answer(consultation: Open) -> None:
    """At most 14 KB compressed; nothing else to fetch, no script."""
    client = Client(headers={"Accept-Encoding": "gzip"})
    sizes = {}
    for language in LANGUAGES:
        response = client.get(f"/avis/{consultation.qr.code}/?langue={language}")
        assert response.headers["Content-Encoding"] == "gzip"
        sizes[language] = len(response.content)
        html = gzip.decompress(response.content).decode()
        assert not re.search(r"<script|<link rel=.stylesheet|<img|url\(|@import", html)
    assert max(sizes.values()) <= 14 * 1024, sizes


def test_no_citizen_page_sets_a_cookie_or_opens_a_session(consultation: Open) -> None:
    from django.contrib.sessions.models import Session

    citizen = Citizen(consultation.qr)
    for answers in ({"satisfaction": "2", "channel": "visit"}, {"reason": "help"}, {"fin": "1"}):
        citizen.send(**answers)
        assert "Set-Cookie" not in citizen.response.headers
    thanks = citizen.client.get(citizen.response.headers["Location"])
    finding = citizen.client.get("/avis/?q=valbrune")
    for page in (thanks, finding):
        assert not page.cookies
    assert not citizen.client.cookies
    assert not Session.objects.exists()


def test_a_closed_consultation_says_when_it_opens_and_still_counts_openings(consultation: Open) -> None:
    CalendarDate.objects.update(starts_on="2020-04-01", ends_on="2020-06-27")
    citizen = Citizen(consultation.qr)
    assert "La consultation n’est pas ouverte aujourd’hui" in citizen.html
    assert "1 avril 2020" in citizen.html
    assert EntryPointDay.objects.get().opened == 1


def test_a_page_left_open_too_long_keeps_its_answers_and_asks_for_one_tap(
    consultation: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = Citizen(consultation.qr)
    later = timezone.now() + timedelta(hours=5)
    with monkeypatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: later)
        citizen.send(satisfaction="2", channel="visit")
        assert "restée ouverte trop longtemps" in citizen.html
        assert not Response.objects.exists()
        citizen.send(satisfaction="2", channel="visit")
    assert Response.objects.get().answers["satisfaction"] == "2"


@pytest.mark.parametrize("token", ["", "abc", "eyJ0:1abc:forged"])
def test_a_form_without_our_token_only_prefills_the_first_page(consultation: Open, token: str) -> None:
    """What a plain form on another site sends: nothing is kept before one tap on our own page."""
    citizen = Citizen(consultation.embed) if hasattr(consultation, "embed") else Citizen(consultation.link)
    citizen.hidden = {"jeton": token}
    citizen.send(satisfaction="2", channel="email")
    assert not Response.objects.exists()
    assert "Vérifiez vos réponses" in citizen.html
    assert re.search(r'id="q-satisfaction-2" value="2" checked', citizen.html)
    citizen.send(satisfaction="2", channel="email")
    assert Response.objects.get().answers == {"satisfaction": "2", "channel": "email"}


def test_a_foreign_form_by_address_prefills_too(consultation: Open) -> None:
    html = Client().get(f"/avis/{consultation.link.code}/?satisfaction=1&channel=phone").content.decode()
    assert re.search(r'id="q-channel-phone" value="phone" checked', html)


def test_a_token_of_another_entry_point_is_not_taken(consultation: Open) -> None:
    citizen = Citizen(consultation.qr)
    citizen.action = citizen.action.replace(consultation.qr.code, consultation.link.code)
    citizen.send(satisfaction="2", channel="visit")
    assert not Response.objects.exists()


@pytest.mark.parametrize("address", ["/avis/zzzzzzzz/", "/avis/zzzzzzzz/merci/", "/avis/zzzzzzzz/suite/first/"])
def test_an_unknown_code_is_not_found(consultation: Open, address: str) -> None:
    assert Client().get(address).status_code == 404


def test_a_hidden_field_filled_by_a_machine_is_accepted_and_set_aside(consultation: Open) -> None:
    citizen = Citizen(consultation.qr).send(satisfaction="5", channel="visit", site="https://example.org")
    assert citizen.page == "request"
    kept = Response.objects.get()
    assert ("trap" in kept.flags, kept.quarantined) == (True, True)


def test_the_embedded_form_may_stand_in_another_sites_frame_and_the_others_may_not(consultation: Open) -> None:
    inside = Client().get(f"/avis/{consultation.link.code}/cadre/")
    outside = Client().get(f"/avis/{consultation.link.code}/")
    assert "frame-ancestors *" in inside.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in inside.headers
    assert "frame-ancestors 'none'" in outside.headers["Content-Security-Policy"]
    assert outside.headers["X-Frame-Options"] == "DENY"
    citizen = Citizen(consultation.link, "cadre/").send(satisfaction="5", channel="visit")
    assert "/cadre/request/" in citizen.action
    last = Client().get(f"/avis/{consultation.link.code}/merci/?langue=fr&maniere=embed")
    assert "frame-ancestors *" in last.headers["Content-Security-Policy"]  # else answering would end on an error


def test_finding_who_received_us_opens_a_way_in_once(consultation: Open) -> None:
    consultation.edition.demonstration = True
    consultation.edition.save()
    client = Client(enforce_csrf_checks=True)
    html = client.get("/avis/?q=valbrune").content.decode()
    choice = re.search(r'name="choix" value="(\w+)"', html)
    assert choice is not None
    addresses = [client.post("/avis/", {"choix": choice[1]}).headers["Location"] for _ in range(2)]
    assert addresses[0] == addresses[1]
    assert client.get(addresses[0]).status_code == 200
    assert EntryPoint.objects.filter(kind="search", organisation=consultation.body).count() == 1


@pytest.mark.parametrize("choice", ["", "x1", "o0", "t999999", "o²"])
def test_a_choice_that_is_nobody_is_not_found(consultation: Open, choice: str) -> None:
    assert Client().post("/avis/", {"choix": choice}).status_code == 404


def test_a_real_body_of_the_directory_can_be_told_about(consultation: Open) -> None:
    from tests.web.territory.factories import TerritoryFactory

    TerritoryFactory(name="Besançon", full_name="Besançon", search_name="besancon", vintage=2026)
    html = Client().get("/avis/?q=Besançon").content.decode()
    found: Any = re.search(r'name="choix" value="(t\d+)"', html)
    address = Client().post("/avis/", {"choix": found[1]}).headers["Location"]
    page = Client().get(address).content.decode()
    assert "Besançon" in page
