"""First pages that arrive at the same time are kept together, so that the disk is waited for once.

PostgreSQL does so by itself with those who commit at the same time. With SQLite, whoever has the turn takes along all
who wait by then; what they add to a counter is added up first.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Sequence
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from parvis.web.bulk import insert_unless_there
from parvis.web.consultation.counters import Count, adding, addition
from parvis.web.consultation.models import Response
from parvis.web.consultation.turns import for_sqlite, prepared, whose_turn
from parvis.web.consultation.writer import durable_writer

_KEEPING = "WITH kept AS ({insert} RETURNING entry_point_id, day, completed), counted AS ({count}) SELECT FROM kept"
_NEW = "SELECT entry_point_id, day, 0, 1, completed::int FROM kept"


class _Waiting:
    """A response to keep; whether its number was new, once it is kept."""

    __slots__ = ("insert", "is_new", "response", "values")

    def __init__(self, response: Response) -> None:
        self.response = response
        self.insert, self.values = insert_unless_there(response)
        self.is_new: bool | None = None

    @property
    def count(self) -> Count:
        kept = self.response
        return Count(kept.entry_point_id, kept.day, started=1, completed=int(kept.completed))


_waiting: deque[_Waiting] = deque()


def keep_new(response: Response) -> bool:
    """Insert a response and, only if its number is new, count it as started: all or nothing, durably. Was it new?"""
    mine, connection = _Waiting(response), connections[DEFAULT_DB_ALIAS]
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            return bool(prepared(_keeping(mine.insert), mine.values).rowcount)
        if connection.in_atomic_block:
            with transaction.atomic():
                return bool(_keep(connection.connection, [mine]))
        _waiting.append(mine)
        with whose_turn:
            if mine.is_new is None:
                _lead(durable_writer(connection), mine, [_waiting.popleft() for _ in range(len(_waiting))])
        return bool(mine.is_new)


def _lead(writer: sqlite3.Connection, mine: _Waiting, together: list[_Waiting]) -> None:
    """Keep all of them. What fails together is done again alone: a fault of one is nobody else's."""
    try:
        _keep_durably(writer, together)
    except BaseException as error:
        together.remove(mine)
        _waiting.extend(together)  # each of them will have a turn
        if not together or not isinstance(error, sqlite3.Error):
            raise
        _keep_durably(writer, [mine])


def _keep_durably(writer: sqlite3.Connection, together: Sequence[_Waiting]) -> None:
    try:
        writer.execute("BEGIN IMMEDIATE")
        new = _keep(writer, together)
        writer.execute("COMMIT")
    except BaseException:
        if writer.in_transaction:
            writer.execute("ROLLBACK")
        raise
    for each in together:
        each.is_new = each in new


def _keep(driver: sqlite3.Connection, together: Sequence[_Waiting]) -> list[_Waiting]:
    """Insert rows and count those that are new, which are returned."""
    new = [each for each in together if driver.execute(for_sqlite(each.insert), each.values).rowcount == 1]
    if new:
        statement, values = addition(each.count for each in new)
        driver.execute(for_sqlite(statement), values)
    return new


@lru_cache(maxsize=8)
def _keeping(insert: str) -> str:
    """From PostgreSQL's statement that inserts a row to the one that counts it as well if it is new."""
    return _KEEPING.format(insert=insert, count=adding(_NEW))
