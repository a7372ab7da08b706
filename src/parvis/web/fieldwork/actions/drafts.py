"""A grid being filled on the site is kept at every screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Instrument
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.actions.missions import is_own
from parvis.web.fieldwork.models import Draft, Mission, Observation
from parvis.web.people.models import Person


@transaction.atomic
def save_draft(
    mission: Mission,
    *,
    uuid: UUID,
    instrument: Instrument,
    answers: Mapping[str, Any],
    contact: Mapping[str, Any],
    by: Person,
    at: datetime,
) -> Draft:
    """Keep what is filled so far. The identifier of a report is given once and stays."""
    if not is_own(mission, by):
        raise ParvisError(refusals.NOT_YOURS)
    if not is_fillable(mission):
        raise ParvisError(refusals.NOT_IN_HAND)
    draft, created = Draft.objects.get_or_create(
        mission=mission,
        defaults={
            "uuid": uuid, "instrument": instrument, "answers": dict(answers), "contact": dict(contact),
            "saved_at": at, "saved_by": by,
        },
    )  # fmt: skip
    if not created:
        draft.answers, draft.contact, draft.saved_at, draft.saved_by = dict(answers), dict(contact), at, by
        draft.save(update_fields=["answers", "contact", "saved_at", "saved_by"])
    return draft


def is_fillable(mission: Mission) -> bool:
    """Accepted and not filed yet, or handed back by the review."""
    if mission.state == Mission.State.ACCEPTED:
        return True
    observation: Observation | None = getattr(mission, "observation", None)
    return observation is not None and observation.state == Observation.State.TO_REVISE
