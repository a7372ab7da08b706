"""What went wrong on the ground, told by an observer or by an organisation, and how it was settled."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.models import Mission, Observation, Report
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
    channel: str = "",
    happened_on: date | None = None,
) -> Report:
    """An incident, an appointment to cancel (by an observer), or a contact that staff recognised (by an organisation).

    A recognised contact takes no report away: those that it may be about are read by someone.
    """
    if not text.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    if happened_on is not None and happened_on > at.date():
        raise ParvisError(refusals.IN_THE_FUTURE)
    told = Report.objects.create(
        edition=edition, kind=Report.Kind(kind), mission=mission, organisation=organisation, text=text.strip(),
        channel=channel, happened_on=happened_on, reported_at=at, reported_by=by,
    )  # fmt: skip
    if told.kind == Report.Kind.SPOTTED:
        contacts_near(told).update(screened=None)  # the automatic checks look at them again, and flag them
    journal(verb=f"report.{kind}", subject=told, by=by, at=at, edition=edition.slug)
    return told


def contacts_near(told: Report) -> QuerySet[Observation]:
    """The filed contacts that staff may have recognised: same organisation and channel, at most a day apart."""
    if told.happened_on is None:
        return Observation.objects.none()
    day = timedelta(days=1)
    return told.edition.observations.filter(
        enrolment__organisation=told.organisation_id, channel=told.channel, double_of__isnull=True,
        happened_on__range=(told.happened_on - day, told.happened_on + day),
    )  # fmt: skip


@transaction.atomic
def settle(report: Report, *, settlement: str, by: Person, at: datetime) -> Report:
    if not settlement.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    report.settlement, report.settled_at, report.settled_by = settlement.strip(), at, by
    report.save(update_fields=["settlement", "settled_at", "settled_by"])
    journal(verb="report.settled", subject=report, by=by, at=at, edition=report.edition.slug)
    return report
