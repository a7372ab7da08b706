"""From the database to Parquet: a million responses, beside a raw cursor that reads the same rows and drops them.

    python -m bench.dataset [--rows 1000000] [--json dataset.json]

Ours is the bulk read that freezes an edition, its privacy floor included, and the Parquet file written. The bounds are
a cursor over the same columns whose rows go nowhere, and the same cursor with each answer parsed from its JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from bench._alone import Measured, alone, hidden_options, kept_as_json, machine, quickest, ratio_line, timed, told_by

BATCH = 50_000
MODULE = "bench.dataset"


def _django(home: Path) -> None:
    os.environ |= {"PARVIS_HOME": str(home), "PARVIS_SECRET_KEY": "only-for-measures-" * 3,
                   "PARVIS_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "parvis.web.settings.base"}  # fmt: skip
    os.environ.pop("PARVIS_DATABASE_URL", None)
    import django

    django.setup()


def make(home: Path, rows: int) -> Measured:
    """An edition in consultation whose citizens have answered everything."""
    _django(home)
    from django.db import transaction
    from django.utils import timezone

    from bench._intake_consultation import prepare
    from parvis.core.instruments.form import form_from_json
    from parvis.web.bulk import insert_many
    from parvis.web.consultation.models import EntryPoint, Response
    from parvis.web.editions.models import Instrument

    prepare(1)
    points, instrument = list(EntryPoint.objects.select_related("edition")), Instrument.objects.get(channel="citizen")
    questions = [each for each in form_from_json(instrument.compiled).questions if each.measure is not None]
    codes = {each.name: [choice.name for choice in each.choices] or ["1", "2", "3"] for each in questions}
    dice, today = random.Random(1), timezone.localdate()  # noqa: S311 (invented answers)
    for start in range(0, rows, BATCH):
        batch = []
        for _ in range(min(BATCH, rows - start)):
            point = dice.choice(points)
            batch.append(Response(
                uuid=uuid.UUID(int=dice.getrandbits(128)), edition=point.edition, organisation_id=point.organisation_id,
                entry_point=point, instrument=instrument, language="fr", day=today, completed=True,
                answers={name: dice.choice(given) for name, given in codes.items()}, pages_done=["first"],
            ))  # fmt: skip
        with transaction.atomic():
            insert_many(batch)
    return {"questions": len(questions)}


def cursor(home: Path, _: int, parsed: bool = False) -> Measured:
    """The lower bound: every row of the same columns, dropped as it comes."""
    _django(home)
    from django.db import connection

    asked = ("SELECT uuid, organisation_id, place_id, entry_point_id, day, language, quarantined, completed, answers "
             "FROM consultation_response ORDER BY uuid")  # fmt: skip
    start, read = time.perf_counter(), 0
    with connection.cursor() as found:
        found.execute(asked)
        while rows := found.fetchmany(BATCH):
            read += len(rows)
            if parsed:
                for row in rows:
                    json.loads(row[8])
    return {"whole": time.perf_counter() - start, "rows": read}


def ours(home: Path, _: int) -> Measured:
    """The consultation's tables of the dataset, and its responses as Parquet."""
    _django(home)
    import pyarrow.parquet as pq

    from parvis.web.editions.actions.instruments import current_instruments
    from parvis.web.editions.models import Edition
    from parvis.web.results.dataset.consultation import consultation_tables

    edition = Edition.objects.get()
    tables, read = timed(lambda: consultation_tables(edition, current_instruments(edition)))
    written = timed(lambda: pq.write_table(tables["responses"], home / "responses.parquet"))[1]
    return {"whole": read + written, "read": read, "write": written, "rows": tables["responses"].num_rows}


JOBS = {
    "make": make,
    "cursor": cursor,
    "cursor_json": lambda home, rows: cursor(home, rows, parsed=True),
    "ours": ours,
}


def campaign(rows: int, tries: int) -> dict[str, Any]:
    report: dict[str, Any] = {"rows": rows, "machine": machine()}
    for name, size in (("tenth", rows // 10), ("full", rows)):
        with tempfile.TemporaryDirectory() as home:
            here = {"path": home, "rows": size}
            alone(MODULE, "make", here)
            told = quickest(tries, *((MODULE, job, here) for job in ("cursor", "cursor_json", "ours")))
            report[name] = dict(zip(("cursor", "cursor_json", "ours"), told, strict=True))
    return report


def show(report: dict[str, Any]) -> None:
    full, tenth = report["full"], report["tenth"]
    if not all(full.values()):
        raise SystemExit("the measure could not be made")
    print(f"\nDatabase to Parquet, {report['rows']:,} responses, SQLite ({report['machine']})")
    print("  " + " · ".join(f"{job} {told['whole']:.1f} s" for job, told in full.items()))
    print(f"{'':46}{'measured':>12}{'target':>12}")
    print(ratio_line("ours / raw cursor", full["ours"]["whole"] / full["cursor"]["whole"], "≤ 3"))
    print(ratio_line("ours / raw cursor and JSON", full["ours"]["whole"] / full["cursor_json"]["whole"], ""))
    print(ratio_line("time × when responses are ten times", full["ours"]["whole"] / tenth["ours"]["whole"], ""))
    print(ratio_line("peak memory, GB", full["ours"]["peak_gb"], ""))


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
    report = campaign(asked.rows, asked.tries)
    show(report)
    kept_as_json(report, asked.json)


if __name__ == "__main__":
    main()
