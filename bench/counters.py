"""Live participation with ten million responses: a body's page and the organiser's, beside an empty edition.

The rows are laid straight in a temporary database, by its own statements; the pages are asked for through the site's
own code, in this process. `python -m bench.counters [responses] [sqlite or postgresql]`
The bound is 50 ms for 95 pages in 100, and 1.5 × the empty one.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import sys
import tempfile
import time

from bench._intake import SECRET
from tests import postgresql

ORGANISATIONS, KINDS, DAYS, ROUNDS = 350, 7, 80, 60


def main(responses: int, database: str) -> None:
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ |= {
            "PARVIS_HOME": home, "PARVIS_SECRET_KEY": SECRET, "PARVIS_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "parvis.web.settings.base", "PARVIS_HOSTS": "*",
        }  # fmt: skip
        if database == "postgresql":
            os.environ["PARVIS_DATABASE_URL"] = stack.enter_context(postgresql.running())
        else:
            os.environ.pop("PARVIS_DATABASE_URL", None)
        import django

        django.setup()
        from bench import _counters_rows as rows

        load = os.getloadavg()[0]
        edition, organisation, organiser, lead = rows.opened(ORGANISATIONS, KINDS)
        pages = {
            "body": (lead, f"/structure/{organisation.pk}/consultation/"),
            "organiser": (organiser, f"/pilotage/{edition.slug}/consultation/"),
        }
        empty = {name: timed(*asked) for name, asked in pages.items()}
        start = time.perf_counter()
        rows.fill(edition, responses, DAYS)
        print(
            f"{database}: {responses} responses laid in {time.perf_counter() - start:.0f} s, {rows.gigabytes():.1f} GB"
        )
        full = {name: timed(*asked) for name, asked in pages.items()}
        rows.close()
    print(f"{'p95, ms':12}{'empty':>9}{'full':>9}{'ratio':>7}{'empty CPU':>12}{'full CPU':>10}{'ratio':>7}")
    for name in pages:
        (clock, work), (clock_full, work_full) = empty[name], full[name]
        print(f"{name:12}{clock:9.1f}{clock_full:9.1f}{clock_full / clock:7.2f}"
              f"{work:12.1f}{work_full:10.1f}{work_full / work:7.2f}")  # fmt: skip
    print(f"load before and after: {load:.1f}, {os.getloadavg()[0]:.1f}")
    print(json.dumps({"database": database, "responses": responses, "empty_p95_ms": empty, "full_p95_ms": full}))


def timed(person: object, address: str) -> tuple[float, float]:
    """Milliseconds, of the clock and of the processor, within which 95 pages in 100 come."""
    from django.test import Client

    client, told, worked = Client(), [], []
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
    for _ in range(ROUNDS):
        start, work = time.perf_counter(), time.process_time()
        response = client.get(address)
        told.append(1000 * (time.perf_counter() - start))
        worked.append(1000 * (time.process_time() - work))
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")
    clock, processor = (statistics.quantiles(each[5:], n=20)[18] for each in (told, worked))
    return clock, processor


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000, sys.argv[2] if len(sys.argv) > 2 else "sqlite")
