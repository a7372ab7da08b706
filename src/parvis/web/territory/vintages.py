"""The tables of territories that ship with Parvis, read from disk. Pure: no database."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.web.territory import names

Row = dict[str, str]
TABLES = {"communes": "commune", "epcis": "epci", "departements": "departement", "regions": "region"}
FORMER = "former_communes"


@dataclass(frozen=True, slots=True)
class Tables:
    """One vintage as it is on disk; `fingerprint` changes with any byte of its text."""

    year: int
    fingerprint: str
    units: list[Row] = field(repr=False)
    former: list[Row] = field(repr=False)


def shelf() -> Traversable:
    return files("parvis") / "territories"


def available() -> list[int]:
    """The shipped vintages, oldest first."""
    return sorted(int(entry.name) for entry in shelf().iterdir() if entry.name.isdigit())


def read(year: int) -> Tables:
    """All units of one vintage: each row has `kind`, `code`, `name` and what its table tells besides."""
    if year not in available():
        raise ParvisError(_unknown(year))
    texts = {table: _text(year, table) for table in [*TABLES, FORMER]}
    units = [row | {"kind": _kind(kind, row)} for table, kind in TABLES.items() for row in _rows(texts[table])]
    return Tables(year, fingerprint(year), units, _rows(texts[FORMER]))


@cache
def fingerprint(year: int) -> str:
    """SHA-256 over the text of the tables and the version of the search names."""
    digest = hashlib.sha256(f"{names.VERSION}".encode())
    for table in [*TABLES, FORMER]:
        digest.update(table.encode())
        digest.update(_text(year, table).encode())
    return digest.hexdigest()


def _text(year: int, table: str) -> str:
    return gzip.decompress((shelf() / str(year) / f"{table}.csv.gz").read_bytes()).decode()


def _rows(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _kind(kind: str, row: Row) -> str:
    return "ept" if kind == "epci" and row["nature"] == "EPT" else kind


def _unknown(year: int) -> Fault:
    shipped = ", ".join(map(str, available()))
    return Fault(
        "VINTAGE_UNKNOWN",
        Text(f"Le millésime {year} n’est pas livré.", f"Vintage {year} is not shipped."),
        Text(f"Choisissez parmi {shipped}.", f"Choose among {shipped}."),
        {"key": str(year)},
    )
