"""What makes a citizen's page quick changes nothing of it: same bytes once unfolded, same headers, same refusals."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from parvis.web.editions.models import CalendarDate
from parvis.web.pages.citizen.ready import ReadyPage
from parvis.web.pages.citizen.tokens import Token, read_token
from tests.web.consultation.factories import Open

AT = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
TOKEN = Token(UUID("12345678-1234-5678-1234-567812345678"), 42, AT, assisted=True)


@given(st.binary(max_size=3000), st.binary(max_size=200), st.binary(max_size=3000))
def test_a_page_compressed_in_two_halves_unfolds_to_the_page(before: bytes, token: bytes, after: bytes) -> None:
    page = ReadyPage(before, after)
    assert gzip.decompress(page.gzipped(token)) == page.plain(token) == before + token + after


def test_a_token_comes_back_as_it_left_and_another_secret_refuses_it() -> None:
    written = TOKEN.written()
    assert (read_token(written), len(written)) == (TOKEN, 60)
    before = settings.SECRET_KEY
    with override_settings(SECRET_KEY="another"):
        assert read_token(written) is None
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["older", before]):
        assert read_token(written) == TOKEN


@given(st.integers(0, 59), st.sampled_from("ABCabc012-_"))
def test_a_token_changed_anywhere_is_refused(place: int, letter: str) -> None:
    written = TOKEN.written()
    changed = written[:place] + letter + written[place + 1 :]
    assert read_token(changed) == (TOKEN if changed == written else None)


@pytest.mark.parametrize("written", ["", "abc", "é" * 60, "A" * 60, "A" * 61, "eyJ0:1abc:forged"])
def test_what_is_no_token_is_none(written: str) -> None:
    assert read_token(written) is None


SAFETY = ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"]


@pytest.mark.django_db
def test_citizens_pages_carry_the_safety_headers_of_every_page() -> None:
    consultation, client = Open(), Client()
    ours, another = client.get(f"/avis/{consultation.qr.code}/"), client.get("/avis/")
    assert [ours.headers[name] for name in SAFETY] == [another.headers[name] for name in SAFETY]
    assert ours.headers["X-Frame-Options"] == another.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_an_unknown_host_is_refused_on_the_short_way_too() -> None:
    consultation = Open()
    with override_settings(ALLOWED_HOSTS=["parvis.example"]):
        refused: HttpResponse = Client().get(f"/avis/{consultation.qr.code}/")
    assert refused.status_code == 400


@pytest.mark.django_db
def test_a_page_made_once_serves_everyone_and_another_name_makes_another_page() -> None:
    consultation, client, today = Open(), Client(), timezone.localdate()
    CalendarDate.objects.filter(edition=consultation.edition).update(starts_on=today, ends_on=today)
    first, again = (client.get(f"/avis/{consultation.qr.code}/").content.decode() for _ in range(2))
    assert first != again  # each has its own token
    consultation.body.name = "Autre-Nom (fictif)"
    consultation.body.save()
    assert "Autre-Nom (fictif)" in client.get(f"/avis/{consultation.qr.code}/").content.decode()
