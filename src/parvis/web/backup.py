"""A copy of the database to put aside, without what must not outlive the day (ADR 12)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tomllib
from importlib import resources
from pathlib import Path

from django.apps import apps
from django.db import connection

from parvis.core.vocabulary import Fault, ParvisError, Text


def tables_of_the_day() -> list[str]:
    """Tables of which every field lives until the day is over, as privacy.toml says: rate counters and their key."""
    kept = tomllib.loads((resources.files("parvis.web") / "privacy.toml").read_text("utf-8"))
    named = [
        f"{app}.{model}" for app, models in kept.items() if app != "lifespans"
        for model, fields in models.items() if _goes_with_the_day(fields)
    ]  # fmt: skip
    return sorted(apps.get_model(name)._meta.db_table for name in named)


def write_backup(path: Path) -> None:
    """Write a consistent copy of the whole database to a new file that its owner alone may read.

    SQLite gives a database, PostgreSQL an archive for `pg_restore`. Raises ParvisError when the file is there already
    or the archive cannot be made; nothing is then left of it.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise ParvisError(_there_already(path)) from error
    try:
        if connection.vendor == "sqlite":
            _copy(path)
        else:
            _archive(path)
    except BaseException:
        path.unlink()
        raise


def _goes_with_the_day(fields: object) -> bool:
    return isinstance(fields, dict) and all(lifespan == "day" for _, lifespan in fields.values())


def _copy(path: Path) -> None:
    connection.ensure_connection()
    copy = sqlite3.connect(path, isolation_level=None)
    try:
        connection.connection.backup(copy)
        copy.executescript("PRAGMA journal_mode=DELETE; PRAGMA secure_delete=ON;")
        for table in tables_of_the_day():
            copy.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 (our own names)
        copy.execute("VACUUM")
    finally:
        copy.close()


def _archive(path: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise ParvisError(_NO_PROGRAM)
    told = connection.settings_dict
    where = {"--host": told["HOST"], "--port": told["PORT"], "--username": told["USER"], "--dbname": told["NAME"]}
    command = [program, "--format=custom", f"--file={path}", "--no-owner", "--no-password"]
    command += [f"{name}={value}" for name, value in where.items() if value]
    command += [f"--exclude-table-data={table}" for table in tables_of_the_day()]
    environment = {**os.environ, "PGPASSWORD": str(told["PASSWORD"])} if told["PASSWORD"] else None
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603 (our own settings)
    if done.returncode:
        raise ParvisError(_failed(done.stderr.strip()))


_NO_PROGRAM = Fault(
    "no_pg_dump",
    Text("Le programme pg_dump de PostgreSQL est introuvable.", "PostgreSQL’s program pg_dump cannot be found."),
    Text("Installez les outils clients de PostgreSQL.", "Install the client tools of PostgreSQL."),
    {},
)


def _there_already(path: Path) -> Fault:
    return Fault(
        "file_exists",
        Text(f"Le fichier {path} existe déjà.", f"The file {path} exists already."),
        Text("Donnez le nom d’un nouveau fichier.", "Give the name of a new file."),
        {"file": str(path)},
    )


def _failed(told: str) -> Fault:
    return Fault(
        "backup_failed",
        Text(f"PostgreSQL n’a pas pu être copié : {told}", f"PostgreSQL could not be copied: {told}"),
        Text("Corrigez ce qu’il dit, puis recommencez.", "Correct what it says, then start again."),
        {},
    )
