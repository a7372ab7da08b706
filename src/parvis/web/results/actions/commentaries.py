"""An expert's reading of a scorecard: written by channel, then signed; signed, it no longer changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Enrolment, Seat
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.results import refusals
from parvis.web.results.models import Commentary, ExpertAssignment, Scorecard


@transaction.atomic
def assign_expert(enrolment: Enrolment, *, expert: Person, by: Person, at: datetime) -> ExpertAssignment:
    """Confide an organisation's results to an expert of the edition."""
    if not Seat.objects.filter(edition=enrolment.edition, person=expert, role=Seat.Role.EXPERT).exists():
        raise ParvisError(refusals.NOT_AN_EXPERT)
    assignment, created = ExpertAssignment.objects.get_or_create(
        enrolment=enrolment, expert=expert, defaults={"assigned_at": at, "assigned_by": by}
    )
    if created:
        journal(verb="expert.assigned", subject=assignment, by=by, at=at, edition=enrolment.edition.slug)
    return assignment


@transaction.atomic
def write_commentary(
    scorecard: Scorecard, *, channel: str, strengths: str, leads: str, priority: int, by: Person, at: datetime
) -> Commentary:
    """Write or rewrite the commentary of a channel ("" for the whole), until it is signed."""
    commentary = scorecard.commentaries.filter(channel=channel).first() or Commentary(
        scorecard=scorecard, channel=channel
    )
    if commentary.signed_at is not None:
        raise ParvisError(refusals.ALREADY_SIGNED)
    commentary.strengths, commentary.leads, commentary.priority = strengths, leads, priority
    commentary.written_at, commentary.written_by = at, by
    commentary.save()
    journal(verb="commentary.written", subject=commentary, by=by, at=at, edition=scorecard.publication.edition.slug)
    return commentary


@transaction.atomic
def sign_commentary(commentary: Commentary, *, by: Person, at: datetime) -> Commentary:
    if commentary.signed_at is not None:
        raise ParvisError(refusals.ALREADY_SIGNED)
    commentary.signed_at, commentary.signed_by = at, by
    commentary.save(update_fields=["signed_at", "signed_by"])
    edition = commentary.scorecard.publication.edition.slug
    journal(verb="commentary.signed", subject=commentary, by=by, at=at, edition=edition)
    return commentary
