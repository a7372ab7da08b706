"""Pages on a large edition beside the same pages on an empty one, and public pages before and after the site fills.

Usage: python -m bench.pages [--organisations 3500] [--observers 5000] [--rounds 40] [--output pages.json]

Processor time of whole responses, in process, from a temporary SQLite database; both sides alternate within one run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

PUBLISHED = 8  # organisations of the small published edition
TARGET_MS, TARGET_RATIO = 50.0, 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=3500)
    parser.add_argument("--observers", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        _open_site(home)
        found = measured(given.organisations, given.observers, given.rounds)
    _print(found)
    if given.output:
        given.output.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def _open_site(home: str) -> None:
    os.environ |= {
        "PARVIS_HOME": home,
        "PARVIS_DEMONSTRATION": "1",
        "DJANGO_SETTINGS_MODULE": "parvis.web.settings.base",
    }
    import django

    django.setup()
    from django.core.management import call_command

    from parvis.cli.demonstration import build

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    build(seed=11, organisations=PUBLISHED, tell=lambda _text: None)


def measured(organisations: int, observers: int, rounds: int) -> dict[str, Any]:
    from django.utils import timezone

    from bench._pages_country import fill, open_edition
    from parvis.web.editions.models import Edition
    from parvis.web.fieldwork.board import take_snapshots
    from parvis.web.people.models import Person

    organiser = Person.objects.get(email="organiser@parvis.example")
    model = Edition.objects.get(slug="2026-demo")
    open_edition("vide", model, organiser)
    big = open_edition("pleine", model, organiser)
    public = _public()
    before = {name: timed(*one, rounds) for name, one in public.items()}
    sizes = fill(big, organiser, organisations=organisations, people=observers)
    start = time.perf_counter()
    take_snapshots(at=timezone.now(), today=timezone.localdate())
    snapshot = time.perf_counter() - start
    pages = {}
    for name, path in _of_organiser().items():
        empty, full = beside("organiser", path.format("vide"), path.format("pleine"), rounds)
        pages[name] = {"empty": empty, "full": full}
    for name, one in public.items():
        pages[name] = {"empty": before[name], "full": timed(*one, rounds)}
    return {**sizes, "snapshot_seconds": round(snapshot, 2), "load": os.getloadavg()[0], "pages": pages}


def _of_organiser() -> dict[str, str]:
    return {
        "board": "/pilotage/{}/terrain/",
        "missions": "/pilotage/{}/terrain/missions/",
        "late missions": "/pilotage/{}/terrain/missions/?late=on",
        "review queue": "/pilotage/{}/terrain/relecture/",
        "flagged reports": "/pilotage/{}/terrain/relecture/?flagged=on",
        "observers": "/pilotage/{}/terrain/citoyens-mystere/",
        "scenarios": "/pilotage/{}/terrain/scenarios/",
        "plans": "/pilotage/{}/terrain/plans/",
    }


def _public() -> dict[str, tuple[str, str]]:
    """Pages that do not depend on the edition that fills: measured before and after."""
    from parvis.web.results.models import Scorecard

    card = Scorecard.objects.get(organisation__memberships__role="lead")
    return {
        "home": ("", "/"),
        "national results": ("", "/editions/2025-demo/resultats/"),
        "palmarès": ("", "/editions/2025-demo/palmares/"),
        "scorecard": ("lead", f"/structure/resultats/{card.pk}/"),
        "organisation home": ("lead", f"/structure/{card.organisation_id}/"),
        "observer's missions": ("observer", "/terrain/"),
    }


def client_of(role: str) -> Any:
    from django.test import Client

    from parvis.web.people.models import Person

    client = Client(SERVER_NAME="localhost", headers={"accept-language": "fr"})
    if role:
        client.force_login(Person.objects.get(email=f"{role}@parvis.example"))
    return client


def one_page(client: Any, path: str) -> tuple[float, int]:
    """Milliseconds of processor (other work shares the machine) and queries of one answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    start = time.process_time()
    answer = client.get(path, secure=True)
    milliseconds = 1000 * (time.process_time() - start)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path, secure=True)
    return milliseconds, len(queries)


def beside(role: str, one: str, other: str, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Two pages in turn, so that what else the machine does falls on both."""
    client = client_of(role)
    for path in (one, other) * 3:
        client.get(path, secure=True)
    taken: dict[str, list[tuple[float, int]]] = {one: [], other: []}
    for _ in range(rounds):
        for path in (one, other):
            taken[path].append(one_page(client, path))
    return summed(taken[one]), summed(taken[other])


def timed(role: str, path: str, rounds: int) -> dict[str, float]:
    client = client_of(role)
    for _ in range(3):
        client.get(path, secure=True)
    return summed([one_page(client, path) for _ in range(rounds)])


def summed(taken: list[tuple[float, int]]) -> dict[str, float]:
    times = sorted(milliseconds for milliseconds, _ in taken)
    p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
    return {"median": round(statistics.median(times), 1), "p95": round(p95, 1), "queries": max(n for _, n in taken)}


def _print(found: dict[str, Any]) -> None:
    print(", ".join(f"{name}: {found[name]:,}" for name in ("organisations", "observers", "missions", "observations")))
    print(f"snapshot of the board, by the worker: {found['snapshot_seconds']} s; load {found['load']:.1f}")
    head = ("page", "empty ms", "full ms", "ratio", "p95 empty", "p95 full", "queries", "")
    print("{:22}{:>10}{:>10}{:>8}{:>11}{:>10}{:>10} {}".format(*head))
    for name, one in found["pages"].items():
        empty, full = one["empty"], one["full"]
        ratio = full["median"] / empty["median"]
        good = full["p95"] < TARGET_MS and ratio <= TARGET_RATIO
        same = f"{empty['queries']:.0f} / {full['queries']:.0f}"
        numbers = f"{empty['median']:10.1f}{full['median']:10.1f}{ratio:8.2f}{empty['p95']:11.1f}{full['p95']:10.1f}"
        print(f"{name:22}{numbers}{same:>10} {'✓' if good else '▲'}")


if __name__ == "__main__":
    main()
