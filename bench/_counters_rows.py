"""An edition with a lead, an organiser and as many responses as one wants, without going through the site's doors."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from parvis.web.consultation import actions
from parvis.web.consultation.models import EntryPoint, EntryPointDay, Response
from parvis.web.editions.actions import change_date, create_edition, put_in_force
from parvis.web.editions.actions.instruments import shipped_files
from parvis.web.editions.models import CalendarDate, Edition, Enrolment, Instrument, Seat
from parvis.web.people.actions import register_person
from parvis.web.people.models import Person
from parvis.web.territory.actions import Invented, create_demonstration_organisations
from parvis.web.territory.models import Membership, Organisation

A_HUNDREDTH, TOGETHER = 0.01, 50_000
ANSWERS = '{"satisfaction": "%d", "channel": "visit", "courtesy": "4"}'


def opened(organisations: int, kinds: int) -> tuple[Edition, Organisation, Person, Person]:
    """The edition, one body of it, its organiser and the lead of that body."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    at, today = timezone.now(), timezone.localdate()
    people = [register_person(email=f"{name}@parvis.example", name=name, by=None, at=at) for name in ("a", "b")]
    Person.objects.update(demonstration=True)  # skips the second factor
    by = people[0]
    edition: Edition = create_edition(
        slug="mesure", year=today.year, name_fr="Mesure", name_en="Measure", vintage=2026, method="2026", seed=1,
        by=by, at=at,
    )  # fmt: skip
    change_date(edition, kind=CalendarDate.Kind.CONSULTATION, starts_on=today - timedelta(days=90),
                ends_on=today + timedelta(days=9), by=by, at=at)  # fmt: skip
    content = shipped_files("2026")["questionnaire.xlsx"]
    put_in_force(edition, file_name="questionnaire.xlsx", content=content, by=by, at=at)
    invented = [Invented(kind="commune", identifier=f"m{rank}", name=f"Mesure {rank}", population=30_000)
                for rank in range(organisations)]  # fmt: skip
    bodies = create_demonstration_organisations(invented=invented, at=at, by=by)
    wanted = [actions.NewEntryPoint(body, kind) for body in bodies for kind in list(EntryPoint.Kind)[:kinds]]
    actions.open_entry_points(edition, wanted=wanted, by=by, at=at, seed=7)
    Seat.objects.get_or_create(edition=edition, person=by, role="organiser", defaults=_granted(Seat, by, at))
    Membership.objects.create(organisation=bodies[0], person=people[1], role="lead", granted_at=at, granted_by=by)
    Enrolment.objects.create(edition=edition, organisation=bodies[0], state="accepted", **_required(Enrolment, by, at))
    return edition, bodies[0], by, people[1]


def _granted(model: Any, by: Person, at: Any) -> dict[str, Any]:
    names = {field.name for field in model._meta.fields}
    return {name: value for name, value in (("granted_at", at), ("granted_by", by)) if name in names}


def _required(model: Any, by: Person, at: Any) -> dict[str, Any]:
    """Moments and people that a row of this model cannot do without."""
    found: dict[str, Any] = {}
    for field in model._meta.fields:
        if not field.null and not field.has_default() and not field.blank:
            if field.name.endswith("_at"):
                found[field.name] = at
            elif field.name.endswith("_by"):
                found[field.name] = by
    return found


def fill(edition: Edition, responses: int, days: int, draws: random.Random) -> None:
    """Lay responses, one in a hundred in quarantine, and the counters that their recording would have made."""
    points = list(EntryPoint.objects.filter(edition=edition).values_list("pk", "organisation_id"))
    instrument = Instrument.objects.get(edition=edition, channel=Instrument.CITIZEN).pk
    first = timezone.localdate() - timedelta(days=days)
    counts: dict[tuple[int, int], int] = {}
    columns = ("uuid", "edition_id", "organisation_id", "entry_point_id", "instrument_id", "language", "answers", "day",
               "pages_done", "completed", "assisted", "flags", "quarantined", "decision_reason")  # fmt: skip
    statement = (
        f"INSERT INTO {Response._meta.db_table} ({', '.join(columns)}) VALUES ({', '.join(['?'] * len(columns))})"
    )
    texts = [(first + timedelta(days=rank)).isoformat() for rank in range(days)]
    connection.ensure_connection()
    for start in range(0, responses, TOGETHER):
        rows = []
        for _ in range(min(TOGETHER, responses - start)):
            (point, body), day = points[draws.randrange(len(points))], draws.randrange(days)
            aside = draws.random() < A_HUNDREDTH
            counts[point, day] = counts.get((point, day), 0) + 1
            rows.append((f"{draws.getrandbits(128):032x}", edition.pk, body, point, instrument, "fr",
                         ANSWERS % draws.randint(1, 5), texts[day], '["first"]', 0, 0, '["trap"]' if aside else "[]",
                         int(aside), ""))  # fmt: skip
        rows.sort()
        connection.connection.execute("BEGIN")
        connection.connection.executemany(statement, rows)
        connection.connection.execute("COMMIT")
    EntryPointDay.objects.bulk_create(
        [EntryPointDay(entry_point_id=point, day=texts[day], opened=2 * number, started=number, completed=number // 2)
         for (point, day), number in counts.items()], batch_size=5000,
    )  # fmt: skip
