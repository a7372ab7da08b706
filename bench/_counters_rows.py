"""An edition with a lead, an organiser and as many responses as one wants, without going through the site's doors."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from parvis.web.consultation import actions
from parvis.web.consultation.counters import add_up_days
from parvis.web.consultation.models import EntryPoint, EntryPointDay, Response
from parvis.web.editions.actions import change_date, create_edition, put_in_force
from parvis.web.editions.actions.instruments import shipped_files
from parvis.web.editions.models import CalendarDate, Edition, Enrolment, Instrument, Seat
from parvis.web.people.actions import register_person
from parvis.web.people.models import Person
from parvis.web.territory.actions import Invented, create_demonstration_organisations
from parvis.web.territory.models import Membership, Organisation

TOGETHER = 500_000
ANSWERS = '{"satisfaction": "4", "channel": "visit", "courtesy": "4"}'


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


def fill(edition: Edition, responses: int, days: int) -> None:
    """Lay responses, one in a hundred in quarantine, and the counters that their recording would have made.

    The database makes them from their ranks, so that ten million take minutes: points and days in turn.
    """
    points = list(EntryPoint.objects.filter(edition=edition).order_by("pk").values_list("pk", flat=True))
    instrument = Instrument.objects.get(edition=edition, channel=Instrument.CITIZEN).pk
    first = timezone.localdate() - timedelta(days=days)
    is_embedded = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for start in range(0, responses, TOGETHER):
            values = (
                start,
                min(start + TOGETHER, responses) - 1,
                edition.pk,
                instrument,
                first,
                points[0],
                len(points),
            )
            cursor.execute(_statement(is_embedded, days), values)
    _count(points, responses, days, first)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _statement(is_embedded: bool, days: int) -> str:
    """Responses of a span of ranks; the number of each is its rank."""
    series = "WITH RECURSIVE s(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM s WHERE i < %s)"
    number, day = "printf('%%032x', i)", "date(g.first, '+' || {} || ' days')"
    if not is_embedded:
        series = "WITH s AS (SELECT generate_series(%s::bigint, %s::bigint) AS i)"
        number, day = "lpad(to_hex(i), 32, '0')::uuid", "g.first::date + {}"
    yes, no = ("1", "0") if is_embedded else ("true", "false")
    aside, cast = "i %% 100 = 0", "" if is_embedded else "::jsonb"
    rank = day.format(f"(i / 97 %% {days})" + ("" if is_embedded else "::int"))
    return f"""
        {series}, g AS (SELECT %s AS edition, %s AS instrument, %s AS first, %s AS point, %s AS points)
        INSERT INTO {Response._meta.db_table} (uuid, edition_id, organisation_id, entry_point_id, instrument_id,
            language, answers, day, pages_done, completed, assisted, flags, quarantined, decision_reason)
        SELECT {number}, g.edition, p.organisation_id, p.id, g.instrument, 'fr', '{ANSWERS}'{cast}, {rank},
            '["first"]'{cast}, {no}, {no}, CASE WHEN {aside} THEN '["trap"]'{cast} ELSE '[]'{cast} END,
            CASE WHEN {aside} THEN {yes} ELSE {no} END, ''
        FROM s CROSS JOIN g JOIN {EntryPoint._meta.db_table} p ON p.id = g.point + i %% g.points
    """


def _count(points: list[int], responses: int, days: int, first: date) -> None:
    """The counters of about these responses: each point receives `responses / points`, spread over the days."""
    each, rows = responses // len(points) // days, []
    for point in points:
        for rank in range(days):
            day = first + timedelta(days=rank)
            rows.append(
                EntryPointDay(entry_point_id=point, day=day, opened=2 * each, started=each, completed=each // 2)
            )
    EntryPointDay.objects.bulk_create(rows, batch_size=5000)
    add_up_days(at=timezone.now())


def gigabytes() -> float:
    """How much the database takes on the disk."""
    if connection.vendor == "sqlite":
        return Path(str(connection.settings_dict["NAME"])).stat().st_size / 1e9
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0]) / 1e9


def close() -> None:
    connection.close()
