"""The one connection by which a process writes first pages to SQLite, durably, for all its threads.

SQLite forgets what it has read of the file each time another connection writes: with one connection a thread, each
answer would begin by reading again the pages that the one before had just written.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import suppress

from django.db.backends.sqlite3.base import DatabaseWrapper

TIDY_SECONDS = 0.1
_writers: dict[tuple[int, str], sqlite3.Connection] = {}  # by process: one that parts from it opens its own


def durable_writer(connection: DatabaseWrapper) -> sqlite3.Connection:
    """A connection as Django makes them, that waits for the disk at each commit. Whoever uses it has the turn."""
    name = str(connection.settings_dict["NAME"])
    known = _writers.get((os.getpid(), name))
    if known is None:
        known = connection.get_new_connection(connection.get_connection_params())
        known.isolation_level = None  # begins when it is told to
        known.execute("PRAGMA synchronous=FULL")
        _writers[os.getpid(), name] = known
        threading.Thread(target=_tidy, args=(name,), daemon=True).start()
    return known


def _tidy(name: str) -> None:
    """Move SQLite's log into the database now and then, so that nobody who answers has to wait.

    Without it SQLite does so by itself, at the end of whichever transaction has filled the log.
    """
    aside = sqlite3.connect(name, isolation_level=None)
    while True:
        time.sleep(TIDY_SECONDS)
        with suppress(sqlite3.Error):
            aside.execute("PRAGMA wal_checkpoint(PASSIVE)")  # waits for nobody and makes nobody wait
