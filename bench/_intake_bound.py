"""Lower bounds of intake: what any program must do between a citizen's first page and the next one.

`bare` has no framework: it reads the body, checks the signature of the form and the answers with the very functions of
Parvis, makes one durable insert with the database's own driver, and says « kept ». `minimal` does the same within a
minimal framework (Werkzeug: request, routing, response) and answers the next page, ready-made, the number laid in.
Neither counts addresses, ways in or days, chooses a language, flags anything, nor sets safety headers.
Both wait for the disk before they answer, as Parvis does, on as many processes and threads.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import django
import psycopg
from django.utils import timezone
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

import parvis
from parvis.core.instruments.answers import check_answers
from parvis.core.instruments.grid import read_questionnaire
from parvis.web.pages.citizen.tokens import read_token
from parvis.web.settings.environment import SQLITE_PRAGMAS

django.setup()

FORM = read_questionnaire(Path(parvis.__file__).parent / "grids" / "2026" / "questionnaire.xlsx")
URL = os.environ.get("PARVIS_DATABASE_URL", "")
TABLE = "CREATE TABLE IF NOT EXISTS bound (number TEXT PRIMARY KEY, answers TEXT NOT NULL, day TEXT NOT NULL)"
ASKED = ("satisfaction", "channel")
ROUTES = Map([Rule("/avis/<code>/suite/<page>/", endpoint="page")])
NEXT_PAGE = "<!doctype html>" + "<p>A next page as long as ours.</p>" * 280 + '<input name="jeton" value="TOKEN">'
_own = threading.local()
_one_at_a_time = threading.Lock()


def bare(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] != "POST":
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]
    sent = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
    token = read_token(sent["jeton"][0])
    kept = token is not None and _keep(token.uuid.hex, {name: sent[name][0] for name in ASKED if name in sent})
    content = b"kept" if kept else b"refused"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(content)))])
    return [content]


@Request.application
def minimal(request: Request) -> Response:
    if request.method != "POST":
        return Response()
    ROUTES.bind_to_environ(request.environ).match()
    token = read_token(request.form["jeton"])
    if token is None or not _keep(token.uuid.hex, {name: request.form[name] for name in ASKED if name in request.form}):
        return Response("refused", 400)
    return Response(NEXT_PAGE.replace("TOKEN", token.written()), content_type="text/html; charset=utf-8")


def _keep(number: str, given: dict[str, str]) -> bool:
    day = timezone.localdate()
    checked = check_answers(FORM, given, today=day, pages=["first"])
    if checked.valid:
        _insert(number, json.dumps(checked.answers), day.isoformat())
    return checked.valid


def _insert(*row: str) -> None:
    connection = getattr(_own, "connection", None) or _connect()
    if URL:
        connection.execute("INSERT INTO bound VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", row)
    else:
        connection.execute("INSERT OR IGNORE INTO bound VALUES (?, ?, ?)", row)


def _connect() -> Any:
    with _one_at_a_time:
        if URL:
            _own.connection = psycopg.connect(URL, autocommit=True)
            _own.connection.execute("SELECT pg_advisory_lock(1)")  # workers start together and all make the table
        else:
            path = f"{os.environ['PARVIS_HOME']}/bound.sqlite3"
            _own.connection = sqlite3.connect(path, 20, isolation_level=None)
            _own.connection.executescript(f"{SQLITE_PRAGMAS} PRAGMA synchronous=FULL")
        _own.connection.execute(TABLE)
        if URL:
            _own.connection.execute("SELECT pg_advisory_unlock(1)")
    return _own.connection
