"""Who writes when. SQLite takes one writer at a time and makes the others sleep and try again; here they queue."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Cursor, OperationalError

_one_at_a_time = threading.Lock()


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


def insert_then_count(insert: Statement, counting: str, counted: Sequence[Any]) -> bool:
    """Insert a row and, only if it was not there, add to a counter: both or neither, durably. Was it inserted?

    counting: a statement with `{}` where its source goes, which gives the values `counted`. PostgreSQL does all in one
    statement, one way and back; SQLite in as few steps as there are, since everyone else waits meanwhile.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    places = ", ".join(["%s"] * len(counted))
    if connection.vendor == "postgresql":
        count = counting.format(f"SELECT {places} FROM kept")  # noqa: S608 (our own statements)
        return _prepared(connection, f"WITH kept AS ({insert[0]} RETURNING 1) {count}", [*insert[1], *counted])[0] > 0
    count = counting.format(f"VALUES ({places})")
    if connection.in_atomic_block:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(*insert)
            inserted = bool(cursor.rowcount)
            if inserted:
                cursor.execute(count, counted)
        return inserted
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return _at_once(connection.connection, (_for_sqlite(insert[0]), insert[1]), (_for_sqlite(count), counted))


def count_lightly(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """A statement of its own transaction, and the rows that it returns; it need not be durable."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        return _prepared(connection, statement, values)[1]
    connection.ensure_connection()
    with write_turn(), connection.wrap_database_errors:
        return list(connection.connection.execute(_for_sqlite(statement), values).fetchall())


def _prepared(
    connection: BaseDatabaseWrapper, statement: str, values: Sequence[Any]
) -> tuple[int, list[tuple[Any, ...]]]:
    """Number of rows and rows of a statement that PostgreSQL plans once.

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


def _asked(connection: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> tuple[int, list[tuple[Any, ...]]]:
    connection.ensure_connection()
    cursor = Cursor(connection.connection)
    cursor.execute(statement, values, prepare=True)
    return cursor.rowcount, cursor.fetchall() if cursor.description else []


@lru_cache(maxsize=16)
def _for_sqlite(statement: str) -> str:
    return statement.replace("%s", "?")


def _at_once(driver: sqlite3.Connection, insert: Statement, count: Statement) -> bool:
    driver.execute("PRAGMA synchronous=FULL")
    try:
        with _one_at_a_time:
            return _inserted_and_counted(driver, insert, count)
    finally:
        driver.execute("PRAGMA synchronous=NORMAL")


def _inserted_and_counted(driver: sqlite3.Connection, insert: Statement, count: Statement) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
        inserted = driver.execute(*insert).rowcount == 1
        if inserted:
            driver.execute(*count)
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise
    return inserted
