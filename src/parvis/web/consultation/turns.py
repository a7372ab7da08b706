"""Who writes when. SQLite takes one writer at a time and makes the others sleep and try again; here they queue."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Cursor, OperationalError

TIDY_SECONDS = 0.1
_one_at_a_time = threading.Lock()
_tidied_by: list[int] = []  # the process whose thread tidies: a process that parts from it has none


@contextmanager
def write_turn() -> Iterator[None]:
    """Wait for one's turn among the threads of this process. Whoever holds the database already does not wait."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _one_at_a_time:
        yield


@contextmanager
def durable() -> Iterator[None]:
    """A transaction that is on the disk, not only in the system's memory, once it is over: a power cut loses nothing.

    PostgreSQL does so by itself; SQLite is asked to, for this transaction.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    connection.ensure_connection()
    with _one_at_a_time:
        connection.connection.execute("PRAGMA synchronous=FULL")
        try:
            with transaction.atomic():
                yield
        finally:
            connection.connection.execute("PRAGMA synchronous=NORMAL")


Statement = tuple[str, Sequence[Any]]
Counting = tuple[str, Sequence[Any]]  # `{}` stands where the values that it adds come from


def insert_then_count(insert: Statement, counts: Sequence[Counting]) -> bool:
    """Insert a row and, only if it was not there, add to counters: all or nothing, durably. Was it inserted?

    PostgreSQL does all in one statement, one way and back; SQLite in as few steps as there are, since everyone else
    waits meanwhile.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        statement, values = _all_in_one(f"kept AS ({insert[0]} RETURNING 1)", "FROM kept", counts)
        return _prepared(connection, statement, [*insert[1], *values]).rowcount > 0
    steps = [insert, *_one_by_one(counts)]
    if connection.in_atomic_block:
        with transaction.atomic():
            return _inserted_and_counted(connection.connection, steps)
    connection.ensure_connection()
    _tidy_aside(str(connection.settings_dict["NAME"]))
    with connection.wrap_database_errors:
        return _at_once(connection.connection, steps)


def count_in_turn(counts: Sequence[Counting]) -> None:
    """Add to counters: all or nothing."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        _prepared(connection, *_all_in_one("", "", counts))
        return
    connection.ensure_connection()
    with write_turn(), transaction.atomic():
        for statement, values in _one_by_one(counts):
            connection.connection.execute(_for_sqlite(statement), values)


def _all_in_one(first: str, source: str, counts: Sequence[Counting]) -> Statement:
    """One statement of several that all happen or none; PostgreSQL does the last one first."""
    shape = tuple((counting, len(values)) for counting, values in counts)
    return _joined(first, source, shape), [value for _, values in counts for value in values]


@lru_cache(maxsize=32)
def _joined(first: str, source: str, counts: tuple[tuple[str, int], ...]) -> str:
    parts = [counting.format(f"SELECT {_places(size)} {source}") for counting, size in counts]
    heads = [*([first] if first else []), *(f"part{rank} AS ({part})" for rank, part in enumerate(parts[:-1]))]
    return f"WITH {', '.join(heads)} {parts[-1]}"


def _one_by_one(counts: Sequence[Counting]) -> list[Statement]:
    return [(counting.format(f"VALUES ({_places(len(values))})"), values) for counting, values in counts]


def _places(number: int) -> str:
    return ", ".join(["%s"] * number)


def add_lightly(statement: str, values: Sequence[Any]) -> None:
    """A statement of its own for SQLite, which need not be durable: what it loses costs nothing."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with write_turn(), connection.wrap_database_errors:
        connection.connection.execute(_for_sqlite(statement), values)


def rows_of(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, by the database's own driver."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        return _prepared(connection, statement, values).fetchall()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return list(connection.connection.execute(_for_sqlite(statement), values).fetchall())


def _prepared(connection: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> Cursor[tuple[Any, ...]]:
    """What comes of a statement that PostgreSQL plans once.

    Nobody asks first whether the connection still lives: when the server was started again, it is asked a second time,
    which is safe for a statement that changes nothing the second time, or nothing that matters.
    """
    with connection.wrap_database_errors:
        try:
            return _asked(connection, statement, values)
        except OperationalError:
            if connection.in_atomic_block or not connection.connection.broken:
                raise
        connection.close()
        return _asked(connection, statement, values)


def _asked(connection: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    return Cursor(connection.connection).execute(statement, values, prepare=True)


@lru_cache(maxsize=16)
def _for_sqlite(statement: str) -> str:
    return statement.replace("%s", "?")


def _tidy_aside(name: str) -> None:
    """Once a process: a thread that moves SQLite's log into the database, so that nobody who answers has to wait.

    Without it SQLite does so by itself, at the end of whichever transaction has filled the log.
    """
    if _tidied_by != [os.getpid()] and Path(name).is_file():
        _tidied_by[:] = [os.getpid()]
        threading.Thread(target=_tidy, args=(name,), daemon=True).start()


def _tidy(name: str) -> None:
    aside = sqlite3.connect(name, isolation_level=None)
    while True:
        time.sleep(TIDY_SECONDS)
        with suppress(sqlite3.Error):
            aside.execute("PRAGMA wal_checkpoint(PASSIVE)")  # waits for nobody and makes nobody wait


class _Waiting:
    """Someone's steps, and what became of them."""

    __slots__ = ("is_over", "steps", "was_inserted")

    def __init__(self, steps: Sequence[Statement]) -> None:
        self.steps, self.is_over, self.was_inserted = steps, False, False


_waiting: deque[_Waiting] = deque()


def _at_once(driver: sqlite3.Connection, steps: Sequence[Statement]) -> bool:
    """Wait for one's turn; whoever has it takes along all who wait by then, so that the disk is waited for once.

    What fails together is done again alone: a fault of one is nobody else's.
    """
    mine = _Waiting(steps)
    _waiting.append(mine)
    with _one_at_a_time:
        if mine.is_over:
            return mine.was_inserted
        together = [_waiting.popleft() for _ in range(len(_waiting))]
        try:
            _durably(driver, together)
        except BaseException as error:
            together.remove(mine)
            _waiting.extend(together)  # each of them will have a turn
            if not together or not isinstance(error, sqlite3.Error):
                raise
            _durably(driver, [mine])
    return mine.was_inserted


def _durably(driver: sqlite3.Connection, together: Sequence[_Waiting]) -> None:
    driver.execute("PRAGMA synchronous=FULL")
    try:
        driver.execute("BEGIN IMMEDIATE")
        found = [_inserted_and_counted(driver, each.steps) for each in together]
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise
    finally:
        driver.execute("PRAGMA synchronous=NORMAL")
    for each, was_inserted in zip(together, found, strict=True):
        each.was_inserted, each.is_over = was_inserted, True


def _inserted_and_counted(driver: sqlite3.Connection, steps: Sequence[Statement]) -> bool:
    (insert, values), *counts = steps
    if driver.execute(_for_sqlite(insert), values).rowcount != 1:
        return False
    for statement, numbers in counts:
        driver.execute(_for_sqlite(statement), numbers)
    return True
