"""Scenarios: written, reviewed for ethics, changed by a new version, retired."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals, steering_refusals
from parvis.web.fieldwork.models import Scenario
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import PublicService

Verdict = Scenario.Verdict


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
    most_uses: int | None = None,
) -> Scenario:
    """A request to be made. It serves once someone has reviewed its ethics."""
    if channel not in edition.channels:
        raise ParvisError(refusals.UNKNOWN_CHANNEL)
    if edition.scenarios.filter(code=code).exists():
        raise ParvisError(steering_refusals.SCENARIO_CODE_TAKEN)
    scenario = Scenario.objects.create(
        edition=edition, code=code, channel=channel, service=service, title=title, text=text,
        burden_minutes=burden_minutes, most_uses=most_uses, written_at=at, written_by=by,
    )  # fmt: skip
    journal(verb="scenario.written", subject=scenario, by=by, at=at, edition=edition.slug)
    return scenario


@transaction.atomic
def change_scenario(
    scenario: Scenario,
    *,
    title: str,
    text: str,
    by: Person,
    at: datetime,
    service: PublicService | None = None,
    burden_minutes: int = 10,
    most_uses: int | None = None,
) -> Scenario:
    """Other words: in place while nobody has reviewed it, else a new version to be reviewed; the old one is retired."""
    if not scenario.active:
        raise ParvisError(steering_refusals.SCENARIO_RETIRED)
    words = {"title": title, "text": text, "service": service, "burden_minutes": burden_minutes, "most_uses": most_uses}
    if not scenario.ethics_verdict:
        for name, value in words.items():
            setattr(scenario, name, value)
        scenario.written_at, scenario.written_by = at, by
        scenario.save(update_fields=[*words, "written_at", "written_by"])
        journal(verb="scenario.changed", subject=scenario, by=by, at=at, edition=scenario.edition.slug)
        return scenario
    versions = Scenario.objects.filter(edition=scenario.edition_id, code=scenario.code)
    version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    new = Scenario.objects.create(
        edition=scenario.edition, code=scenario.code, channel=scenario.channel, version=version, written_at=at,
        written_by=by, **words,
    )  # fmt: skip
    journal(verb="scenario.new_version", subject=new, by=by, at=at, edition=scenario.edition.slug)
    retire_scenario(scenario, reason=f"Remplacé par la version {version}", by=by, at=at)
    return new


@transaction.atomic
def review_ethics(
    scenario: Scenario, *, by: Person, at: datetime, verdict: str = Verdict.ACCEPTED, reason: str = ""
) -> Scenario:
    """Someone has checked that the request is lawful, harmless, needs no identity and takes little staff time."""
    if scenario.ethics_verdict:
        raise ParvisError(steering_refusals.SCENARIO_REVIEWED)
    if verdict == Verdict.REFUSED and not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    scenario.ethics_reviewed_at, scenario.ethics_reviewed_by = at, by
    scenario.ethics_verdict, scenario.ethics_reason = Verdict(verdict), reason.strip()
    fields = ["ethics_reviewed_at", "ethics_reviewed_by", "ethics_verdict", "ethics_reason"]
    scenario.save(update_fields=fields)
    journal(verb="scenario.ethics_reviewed", subject=scenario, by=by, at=at, edition=scenario.edition.slug,
            detail={"verdict": str(scenario.ethics_verdict)})  # fmt: skip
    return scenario


@transaction.atomic
def retire_scenario(scenario: Scenario, *, reason: str, by: Person, at: datetime) -> Scenario:
    """No new mission is planned with it; those in hand go on."""
    if not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    scenario.active, scenario.retired_reason = False, reason.strip()
    scenario.save(update_fields=["active", "retired_reason"])
    journal(verb="scenario.retired", subject=scenario, by=by, at=at, edition=scenario.edition.slug)
    return scenario
