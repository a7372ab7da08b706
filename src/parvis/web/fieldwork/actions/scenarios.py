"""Scenarios: written, reviewed for ethics, retired."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.models import Scenario
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import PublicService


@transaction.atomic
def write_scenario(
    edition: Edition,
    *,
    code: str,
    channel: str,
    title: str,
    text: str,
    by: Person,
    at: datetime,
    service: PublicService | None = None,
    burden_minutes: int = 10,
) -> Scenario:
    """A request to be made. It serves once someone has reviewed its ethics."""
    if channel not in edition.channels:
        raise ParvisError(refusals.UNKNOWN_CHANNEL)
    scenario = Scenario.objects.create(
        edition=edition, code=code, channel=channel, service=service, title=title, text=text,
        burden_minutes=burden_minutes, written_at=at, written_by=by,
    )  # fmt: skip
    journal(verb="scenario.written", subject=scenario, by=by, at=at, edition=edition.slug)
    return scenario


@transaction.atomic
def review_ethics(scenario: Scenario, *, by: Person, at: datetime) -> Scenario:
    """Someone has checked that the request is lawful, harmless, needs no identity and takes little staff time."""
    scenario.ethics_reviewed_at, scenario.ethics_reviewed_by = at, by
    scenario.save(update_fields=["ethics_reviewed_at", "ethics_reviewed_by"])
    journal(verb="scenario.ethics_reviewed", subject=scenario, by=by, at=at, edition=scenario.edition.slug)
    return scenario


@transaction.atomic
def retire_scenario(scenario: Scenario, *, reason: str, by: Person, at: datetime) -> Scenario:
    if not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    scenario.active, scenario.retired_reason = False, reason.strip()
    scenario.save(update_fields=["active", "retired_reason"])
    journal(verb="scenario.retired", subject=scenario, by=by, at=at, edition=scenario.edition.slug)
    return scenario
