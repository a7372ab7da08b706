"""Statements of fees and expenses as files: the same lines for the observer and for the organiser."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.utils.translation import get_language

from parvis.core.vocabulary import Channel
from parvis.rendering.fees_statement import FeesStatement, Line, fees_statement_pdf
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import Observer
from parvis.web.fieldwork.observer_file import Owed

COLUMNS = ["pseudonym", "mission", "day", "channel", "place", "fee", "expenses", "due", "waiting"]


def totals(owed: Sequence[Owed]) -> dict[str, Decimal]:
    return {
        "due": sum((each.due for each in owed), Decimal(0)),
        "waiting": sum((each.waiting for each in owed), Decimal(0)),
    }


def statement_csv(edition: Edition, owed: Sequence[Owed], *, names: bool) -> HttpResponse:
    """One row per mission. `names` adds who is behind the pseudonym: for the organiser's accounts only."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="parvis-{edition.slug}-indemnites.csv"'
    writer = csv.writer(response)
    writer.writerow([*(["name"] if names else []), *COLUMNS])
    for each in owed:
        mission = each.mission
        who = mission.observer
        writer.writerow([
            *([_harmless(str(who.person))] if names else []),
            who.pseudonym, f"M{mission.pk}", _day(each), mission.channel, _harmless(mission.place.name),
            each.fee, each.expenses, each.due, each.waiting,
        ])  # fmt: skip
    return response


def statement_pdf(edition: Edition, observer: Observer, owed: Sequence[Owed], *, on: date) -> HttpResponse:
    lines = [
        Line(f"M{each.mission.pk}", _day(each), Channel(each.mission.channel), each.fee, each.expenses, each.waiting)
        for each in owed
    ]
    made = FeesStatement(
        edition.name, str(observer.person), observer.pseudonym, lines, on, demonstration=edition.demonstration
    )
    content = fees_statement_pdf(made, language=get_language() or "fr")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="parvis-{edition.slug}-{observer.pseudonym}.pdf"'
    return response


def _day(each: Owed) -> date | None:
    observation = getattr(each.mission, "observation", None)
    return observation.happened_on if observation else None


def _harmless(text: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
