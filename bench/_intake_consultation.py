"""An open consultation to be loaded, and the first pages of citizens who are about to answer."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from parvis.web.consultation import actions
from parvis.web.consultation.models import EntryPoint
from parvis.web.editions.actions import change_date, create_edition, put_in_force
from parvis.web.editions.actions.instruments import shipped_files
from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.pages.citizen.tokens import new_token
from parvis.web.people.actions import register_person
from parvis.web.territory.actions import Invented, create_demonstration_organisations

ENTRY_POINTS = 50


def prepare(count: int) -> list[tuple[str, str, str, str]]:
    """(number, code, token, mark) for each response to come."""
    call_command("migrate", verbosity=0)
    points = list(EntryPoint.objects.all()) or _open()
    now, told = timezone.now() - timedelta(seconds=30), []
    for rank in range(count):
        point = points[rank % len(points)]
        token = new_token(point.pk, at=now)
        told.append((token.uuid.hex, point.code, token.written(), "12345"[rank % 5]))
    return told


def _open() -> list[EntryPoint]:
    at, today = timezone.now(), timezone.localdate()
    by = register_person(email="mesure@parvis.example", name="Mesure", by=None, at=at)
    edition: Edition = create_edition(
        slug="mesure", year=today.year, name_fr="Mesure", name_en="Measure", vintage=2026, method="2026", seed=1,
        by=by, at=at,
    )  # fmt: skip
    change_date(edition, kind=CalendarDate.Kind.CONSULTATION, starts_on=today - timedelta(days=2),
                ends_on=today + timedelta(days=9), by=by, at=at)  # fmt: skip
    content = shipped_files("2026")["questionnaire.xlsx"]
    put_in_force(edition, file_name="questionnaire.xlsx", content=content, by=by, at=at)
    invented = [Invented(kind="commune", identifier=f"m{rank}", name=f"Mesure {rank}", population=9000)
                for rank in range(ENTRY_POINTS)]  # fmt: skip
    bodies = create_demonstration_organisations(invented=invented, at=at, by=by)
    wanted = [actions.NewEntryPoint(body, EntryPoint.Kind.LINK) for body in bodies]
    return actions.open_entry_points(edition, wanted=wanted, by=by, at=at, seed=7)
