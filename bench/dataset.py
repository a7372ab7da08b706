"""From the database to Parquet: a million responses, beside what reads the same rows and drops them.

    python -m bench.dataset [--rows 1000000] [--json dataset.json]

Ours is the bulk read that freezes an edition, its privacy floor included, and the Parquet file written; on SQLite, then
on a PostgreSQL of its own. The bounds: a cursor over the same columns whose rows go nowhere (on PostgreSQL, COPY whose
bytes go nowhere as well), and the same cursor with each answer parsed from its JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench._alone import Measured, alone, hidden_options, kept_as_json, machine, quickest, ratio_line, timed, told_by

BATCH, TEXTS = 50_000, 5_000
MODULE = "bench.dataset"
COLUMNS = "uuid, organisation_id, place_id, entry_point_id, day, language, quarantined, completed, answers"
READ = f"SELECT {COLUMNS} FROM consultation_response ORDER BY uuid"
URL = "BENCH_DATABASE_URL"


def _django(home: Path) -> None:
    os.environ |= {"PARVIS_HOME": str(home), "PARVIS_SECRET_KEY": "only-for-measures-" * 3,
                   "PARVIS_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "parvis.web.settings.base"}  # fmt: skip
    os.environ.pop("PARVIS_DATABASE_URL", None)
    if url := os.environ.get(URL):
        os.environ["PARVIS_DATABASE_URL"] = url
    import django

    django.setup()


def make(home: Path, rows: int) -> Measured:
    """An edition in consultation whose citizens have answered everything, laid straight in the database."""
    _django(home)
    from django.db import connection, transaction
    from django.utils import timezone

    from bench._intake_consultation import prepare
    from parvis.core.instruments.form import form_from_json
    from parvis.web.consultation.models import EntryPoint, Response
    from parvis.web.editions.models import Instrument

    prepare(1)
    points, instrument = list(EntryPoint.objects.all()), Instrument.objects.get(channel="citizen")
    questions = [each for each in form_from_json(instrument.compiled).questions if each.measure is not None]
    codes = {each.name: [choice.name for choice in each.choices] or ["1", "2", "3"] for each in questions}
    dice, today = random.Random(1), timezone.localdate().isoformat()  # noqa: S311 (invented answers)
    texts = [json.dumps({name: dice.choice(given) for name, given in codes.items()}) for _ in range(TEXTS)]
    fixed = {"edition_id": points[0].edition_id, "instrument_id": instrument.pk, "language": "fr", "day": today,
             "completed": True, "assisted": False, "quarantined": False, "pages_done": '["first"]', "flags": "[]",
             "decision_reason": ""}  # fmt: skip
    names = ["uuid", "organisation_id", "entry_point_id", "answers", *fixed]
    statement = f"INSERT INTO {Response._meta.db_table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
    last = tuple(fixed.values())
    for start in range(0, rows, BATCH):
        drawn = [(f"{dice.getrandbits(128):032x}", dice.choice(points), dice.choice(texts))
                 for _ in range(min(BATCH, rows - start))]  # fmt: skip
        with transaction.atomic(), connection.cursor() as cursor:
            values = [(number, point.organisation_id, point.pk, text, *last) for number, point, text in drawn]
            cursor.executemany(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"questions": len(questions)}


def cursor(home: Path, _: int, parsed: bool = False) -> Measured:
    """The bound: every row of the same columns, dropped as it comes."""
    _django(home)
    from django.db import connection

    start, spent, read = time.perf_counter(), time.process_time(), 0
    with connection.cursor() as found:
        found.execute(READ)
        while rows := found.fetchmany(BATCH):
            read += len(rows)
            if parsed:
                for row in rows:
                    if isinstance(row[8], str):
                        json.loads(row[8])
    return {"whole": time.perf_counter() - start, "processor": time.process_time() - spent, "rows": read}


def copy(home: Path, _: int) -> Measured:
    """The bound of PostgreSQL: the bytes of COPY, dropped as they come."""
    _django(home)
    from django.db import connection

    start, spent, read = time.perf_counter(), time.process_time(), 0
    with connection.cursor() as found, found.copy(f"COPY ({READ}) TO STDOUT") as lines:
        for line in lines:
            read += len(line)
    return {"whole": time.perf_counter() - start, "processor": time.process_time() - spent, "bytes": read}


def ours(home: Path, _: int) -> Measured:
    """The consultation's tables of the dataset, and its responses as Parquet."""
    _django(home)
    import pyarrow.parquet as pq

    from parvis.web.editions.actions.instruments import current_instruments
    from parvis.web.editions.models import Edition
    from parvis.web.results.dataset.consultation import consultation_tables

    edition, spent = Edition.objects.get(), time.process_time()
    tables, read = timed(lambda: consultation_tables(edition, current_instruments(edition)))
    written = timed(lambda: pq.write_table(tables["responses"], home / "responses.parquet"))[1]
    spent = time.process_time() - spent
    return {"whole": read + written, "processor": spent, "read": read, "write": written,
            "rows": tables["responses"].num_rows}  # fmt: skip


JOBS = {
    "make": make,
    "cursor": cursor,
    "cursor_json": lambda home, rows: cursor(home, rows, parsed=True),
    "copy": copy,
    "ours": ours,
}
BOUNDS = {"sqlite": ("cursor", "cursor_json"), "postgresql": ("cursor", "cursor_json", "copy")}


@contextlib.contextmanager
def database(kind: str) -> Iterator[None]:
    """A database of its own for the jobs of one size."""
    os.environ.pop(URL, None)
    if kind == "sqlite":
        yield
        return
    from tests import postgresql

    with postgresql.running() as url:
        os.environ[URL] = url
        yield


def campaign(rows: int, tries: int) -> dict[str, Any]:
    report: dict[str, Any] = {"rows": rows, "machine": machine()}
    for kind, bounds in BOUNDS.items():
        report[kind] = {}
        for name, size in (("tenth", rows // 10), ("full", rows)):
            with tempfile.TemporaryDirectory() as home, database(kind):
                here = {"path": home, "rows": size}
                alone(MODULE, "make", here)
                told = quickest(tries, *((MODULE, job, here) for job in (*bounds, "ours")))
                report[kind][name] = dict(zip((*bounds, "ours"), told, strict=True))
        show(kind, rows, **report[kind])
    return report


def show(kind: str, rows: int, tenth: dict[str, Any], full: dict[str, Any]) -> None:
    print(f"\nDatabase to Parquet, {rows:,} responses, {kind} ({machine()})")
    if not all(full.values()) or not tenth["ours"]:
        print("  the measure could not be made", flush=True)
        return
    ours, steps = full["ours"], [f"{job} {told['whole']:.1f} s" for job, told in full.items()]
    print("  " + " · ".join([*steps, f"of which read {ours['read']:.1f} s"]))
    print(f"{'':46}{'measured':>12}{'target':>12}")
    for job, label in (("cursor", "raw cursor"), ("copy", "COPY to nowhere"), ("cursor_json", "raw cursor and JSON")):
        if job in full:
            target = "" if job == "cursor_json" else "≤ 3"
            print(ratio_line(f"ours / {label}", ours["whole"] / full[job]["whole"], target))
    spent = ours["processor"] / full["cursor"]["processor"]
    print(ratio_line("ours / raw cursor, in processor time of the client", spent, ""))
    print(ratio_line("time × when responses are ten times", ours["whole"] / tenth["ours"]["whole"], ""))
    print(ratio_line("peak memory, GB", ours["peak_gb"], ""), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--tries", type=int, default=2)
    parser.add_argument("--json", type=Path)
    hidden_options(parser, JOBS)
    asked = parser.parse_args()
    if asked.job:
        told_by(JOBS[asked.job], asked.path, asked.rows)
        return
    kept_as_json(campaign(asked.rows, asked.tries), asked.json)


if __name__ == "__main__":
    main()
