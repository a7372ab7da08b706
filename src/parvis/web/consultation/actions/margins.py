"""Depositing population figures, which weights and comparisons are made from."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals
from parvis.web.consultation.margins import read_margins
from parvis.web.consultation.models import PopulationMargins
from parvis.web.consultation.queries import ground_of
from parvis.web.editions.models import Edition
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

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
