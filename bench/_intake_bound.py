"""The lower bound of intake: no framework, the same signature checked, the same validation, one durable insert."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.core import signing
from django.utils import timezone

import parvis
from parvis.core.instruments.answers import check_answers
from parvis.core.instruments.grid import read_questionnaire
from parvis.web.settings.environment import SQLITE_PRAGMAS

FORM = read_questionnaire(Path(parvis.__file__).parent / "grids" / "2026" / "questionnaire.xlsx")
URL = os.environ.get("PARVIS_DATABASE_URL", "")
TABLE = "CREATE TABLE IF NOT EXISTS bound (number TEXT PRIMARY KEY, answers TEXT NOT NULL, day TEXT NOT NULL)"
_own = threading.local()
_one_at_a_time = threading.Lock()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] != "POST":
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]
    sent = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
    number, *_ = signing.loads(sent["jeton"][0], salt="parvis.avis")
    day = timezone.localdate()
    given = {name: values[0] for name, values in sent.items() if name in ("satisfaction", "channel")}
    checked = check_answers(FORM, given, today=day, pages=["first"])
    content = b"kept" if checked.valid else b"refused"
    if checked.valid:
        _insert(number, json.dumps(checked.answers), day.isoformat())
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(content)))])
    return [content]


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
            _own.connection.executescript(SQLITE_PRAGMAS)
        _own.connection.execute(TABLE)
        if URL:
            _own.connection.execute("SELECT pg_advisory_unlock(1)")
    return _own.connection
