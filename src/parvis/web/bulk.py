"""Many rows of one table at once: one prepared statement and its values, many times faster than an ORM bulk insert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

DEFAULT = "default"
_PLAIN = {models.CharField: str, models.TextField: str, models.IntegerField: int, models.BooleanField: bool}
# Name of a field, the Python type that the database takes as it is, and how any other value is stored.
Fields = tuple[tuple[str, type | None, Callable[..., Any]], ...]


def insert_unless_there(row: models.Model) -> tuple[str, list[Any]]:
    """The statement that inserts one row unless its key is there already, and its values."""
    connection = connections[DEFAULT]
    fields, statement = _statement(type(row), connection.vendor)
    return f"{statement} ON CONFLICT DO NOTHING", _values(row, fields, connection)


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, with the values that saving each would store. Numbered keys are not read back."""
    if not rows:
        return
    connection = connections[DEFAULT]
    fields, statement = _statement(type(rows[0]), connection.vendor)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_values(row, fields, connection) for row in rows])


@lru_cache(maxsize=64)
def _statement(model: type[models.Model], vendor: str) -> tuple[Fields, str]:  # noqa: ARG001 (quotes are the vendor's)
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    quote = connections[DEFAULT].ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 (our own names)
    return tuple((field.attname, _plain_type(field), field.get_db_prep_save) for field in fields), statement


def _plain_type(field: Any) -> type | None:
    """The type whose values the database takes as they are, for a field of Django's own and the keys to one."""
    field = getattr(field, "target_field", field)
    own = type(field).__module__ == models.Field.__module__
    return next((plain for kind, plain in _PLAIN.items() if own and isinstance(field, kind)), None)


def _values(row: models.Model, fields: Fields, connection: BaseDatabaseWrapper) -> list[Any]:
    values = []
    for name, plain, stores in fields:
        value = getattr(row, name)
        as_it_is = value is None or type(value) is plain
        values.append(value if as_it_is else stores(value, connection))
    return values
