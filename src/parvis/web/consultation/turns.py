"""Who writes when. SQLite takes one writer at a time and makes the others sleep and try again; here they queue."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import Cursor, OperationalError

Statement = tuple[str, Sequence[Any]]
whose_turn = threading.Lock()  # among the threads of this process


@contextmanager
def write_turn() -> Iterator[None]:
    """Wait for one's turn among the threads of this process. Whoever holds the database already does not wait."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with whose_turn:
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
    with whose_turn:
        connection.connection.execute("PRAGMA synchronous=FULL")
        try:
            with transaction.atomic():
                yield
        finally:
            connection.connection.execute("PRAGMA synchronous=NORMAL")


def in_turn(statements: Sequence[Statement]) -> None:
    """Statements for SQLite: all or nothing."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with write_turn(), transaction.atomic():
        for statement, values in statements:
            connection.connection.execute(for_sqlite(statement), values)


def add_lightly(statement: str, values: Sequence[Any]) -> None:
    """A statement of its own for SQLite, which need not be durable: what it loses costs nothing."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with write_turn(), connection.wrap_database_errors:
        connection.connection.execute(for_sqlite(statement), values)


def rows_of(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, by the database's own driver."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        return prepared(statement, values).fetchall()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return list(connection.connection.execute(for_sqlite(statement), values).fetchall())


def prepared(statement: str, values: Sequence[Any]) -> Cursor[tuple[Any, ...]]:
    """What comes of a statement that PostgreSQL plans once.

    Nobody asks first whether the connection still lives: when the server was started again, it is asked a second time,
    which is safe for a statement that changes nothing the second time, or nothing that matters.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.wrap_database_errors:
        try:
            return _asked(statement, values)
        except OperationalError:
            if connection.in_atomic_block or not connection.connection.broken:
                raise
        connection.close()
        return _asked(statement, values)


def _asked(statement: str, values: Sequence[Any]) -> Cursor[tuple[Any, ...]]:
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    return Cursor(connection.connection).execute(statement, values, prepare=True)


@lru_cache(maxsize=64)
def for_sqlite(statement: str) -> str:
    return statement.replace("%s", "?")
