"""What went wrong on the ground, told by an observer or by an organisation, and how it was settled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.models import Mission, Report
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation


@transaction.atomic
def report(
    edition: Edition,
    *,
    kind: str,
    text: str,
    by: Person,
    at: datetime,
    mission: Mission | None = None,
    organisation: Organisation | None = None,
) -> Report:
    """An incident, an appointment to cancel (by an observer), or a visit that staff recognised (by an organisation)."""
    if not text.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    told = Report.objects.create(
        edition=edition, kind=Report.Kind(kind), mission=mission, organisation=organisation, text=text.strip(),
        reported_at=at, reported_by=by,
    )  # fmt: skip
    journal(verb=f"report.{kind}", subject=told, by=by, at=at, edition=edition.slug)
    return told


@transaction.atomic
def settle(report: Report, *, settlement: str, by: Person, at: datetime) -> Report:
    if not settlement.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    report.settlement, report.settled_at, report.settled_by = settlement.strip(), at, by
    report.save(update_fields=["settlement", "settled_at", "settled_by"])
    journal(verb="report.settled", subject=report, by=by, at=at, edition=report.edition.slug)
    return report
