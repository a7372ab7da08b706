"""What responses are set against: population figures, and the visits that a body declares."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals
from parvis.web.consultation.margins import read_margins
from parvis.web.consultation.models import Attendance, PopulationMargins
from parvis.web.consultation.queries import ground_of
from parvis.web.consultation.questionnaire import has_ended, local
from parvis.web.editions.models import Edition
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation

SETTLED = (Edition.State.FROZEN, Edition.State.PUBLISHED)


@transaction.atomic
def put_margins(edition: Edition, *, content: bytes, source: str, by: Person, at: datetime) -> PopulationMargins:
    """Put a file of population figures in force; the one before goes. Refused once the data are frozen."""
    if edition.state in SETTLED:
        raise ParvisError(refusals.MARGINS_SETTLED)
    if not source.strip():
        raise ParvisError(refusals.SOURCE_NEEDED)
    rows, told = read_margins(content, ground_of(edition)), hashlib.sha256(content).hexdigest()
    put, _ = PopulationMargins.objects.update_or_create(
        edition=edition,
        defaults={"rows": rows, "source": source.strip()[:300], "sha256": told, "put_at": at, "put_by": by},
    )
    journal(verb="margins.put", subject=put, by=by, at=at, edition=edition.slug,
            detail={"sha256": told, "rows": len(rows)})  # fmt: skip
    return put


@transaction.atomic
def remove_margins(edition: Edition, *, by: Person, at: datetime) -> None:
    """Take the figures away: nothing will be weighted."""
    if edition.state in SETTLED:
        raise ParvisError(refusals.MARGINS_SETTLED)
    for found in PopulationMargins.objects.filter(edition=edition):
        journal(verb="margins.removed", subject=found, by=by, at=at, edition=edition.slug)
        found.delete()


@transaction.atomic
def declare_visits(
    edition: Edition, *, organisation: Organisation, visits: int, source: str, by: Person, at: datetime
) -> Attendance:
    """A body tells how many visits it had in a year, and how they were counted; never once the count is known."""
    if has_ended(edition, local(at).date()):
        raise ParvisError(refusals.VISITS_SETTLED)
    if visits < 1:
        raise ParvisError(refusals.NO_VISITS)
    if not source.strip():
        raise ParvisError(refusals.SOURCE_NEEDED)
    declared, _ = Attendance.objects.update_or_create(
        edition=edition, organisation=organisation,
        defaults={"visits": visits, "source": source.strip()[:200], "declared_at": at, "declared_by": by},
    )  # fmt: skip
    journal(verb="attendance.declared", subject=declared, by=by, at=at, edition=edition.slug, detail={"visits": visits})
    return declared
