"""The door of the web server: citizens come in by a shorter way, and are answered just as Django would."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

import psycopg
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import timezone

from parvis.web.consultation.models import Response
from parvis.web.editions.models import CalendarDate
from parvis.web.pages.citizen.tokens import new_token
from parvis.web.wsgi import application
from tests.web.consultation.factories import FIRST, Open

pytestmark = pytest.mark.django_db(transaction=True)  # Django's own door looks after connections: no test may hold one


def ask(door: Any, path: str, sent: dict[str, str] | None = None) -> tuple[str, dict[str, str], str]:
    """Status, headers and page that a door answers to a request."""
    body = urlencode(sent or {}).encode()
    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": "localhost", "HTTP_ACCEPT_LANGUAGE": "fr"}
    if sent is not None:
        environ |= {
            "REQUEST_METHOD": "POST", "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
        }  # fmt: skip
    setup_testing_defaults(environ)
    told: list[Any] = []
    content: Iterable[bytes] = door(environ, lambda status, headers: told.extend((status, dict(headers))))
    return told[0], told[1], b"".join(content).decode()


@pytest.fixture
def consultation() -> Open:
    opened, today = Open(), timezone.localdate()
    CalendarDate.objects.filter(edition=opened.edition).update(starts_on=today, ends_on=today)
    return opened


def first_page(consultation: Open, door: Any) -> tuple[str, dict[str, str], str]:
    token = new_token(consultation.qr.pk, at=timezone.now()).written()
    status, headers, content = ask(
        door, f"/avis/{consultation.qr.code}/suite/first/", {**FIRST, "jeton": token, "l": "fr"}
    )
    assert token in content
    return status, headers, content.replace(token, "…")


def test_a_citizen_is_answered_as_by_django_s_own_door(consultation: Open) -> None:
    ours, django_s = first_page(consultation, application), first_page(consultation, WSGIHandler())
    assert ours == django_s
    assert ours[0] == "200 OK"
    assert [kept.answers for kept in Response.objects.all()] == [FIRST, FIRST]


def test_what_is_not_found_and_every_other_page_are_as_by_django_s_own_door(consultation: Open) -> None:
    code = consultation.qr.code
    paths = ["/", "/nowhere/", "/avis/", "/avis/nobody22/", f"/avis/{code}/merci/", f"/avis/{code}/nowhere/"]
    ours, django_s = ([ask(door, path) for path in paths] for door in (application, WSGIHandler()))
    assert [(status, sorted(headers)) for status, headers, _ in ours] == [
        (status, sorted(headers)) for status, headers, _ in django_s
    ]
    assert [status[:3] for status, _, _ in ours] == ["200", "404", "200", "404", "200", "404"]


def test_citizens_are_answered_on_after_the_server_of_the_database_was_restarted(consultation: Open) -> None:
    """SQLite, which has no server, is asked the same."""
    assert first_page(consultation, application)[0] == "200 OK"
    if connection.vendor == "postgresql":
        with psycopg.connect(**connection.get_connection_params()) as another:
            another.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    path = f"/avis/{consultation.qr.code}/"
    assert [ask(application, path)[0] for _ in range(2)] == ["200 OK"] * 2
    assert first_page(consultation, application)[0] == "200 OK"
    assert Response.objects.count() == 2
