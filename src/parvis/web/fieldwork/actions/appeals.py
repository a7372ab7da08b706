"""An organisation contests a criterion of its results; the outcome is told to it, never who observed nor when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files import File
from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import CalendarDate, Edition, Instrument
from parvis.web.fieldwork import refusals, steering_refusals
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.actions.reviews import review_many
from parvis.web.fieldwork.models import Appeal, Observation
from parvis.web.fieldwork.queries import appeal_period, contested_observations
from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation

LARGEST_PROOF = 10 * 1024 * 1024  # bytes
PROOFS = (".pdf", ".jpg", ".jpeg", ".png", ".webp", ".eml", ".txt", ".docx", ".odt")


@transaction.atomic
def appeal(
    edition: Edition,
    *,
    organisation: Organisation,
    channel: str,
    criterion: str,
    reason: str,
    by: Person,
    at: datetime,
    proof: File | None = None,
) -> Appeal:
    """Contest one criterion of one's own organisation, while appeals are open. Raises ParvisError with every fault."""
    appeals = appeal_period(edition)
    approved = edition.observations.filter(
        enrolment__organisation=organisation, channel=channel, state=Observation.State.APPROVED
    )
    filed = edition.appeals.filter(organisation=organisation, channel=channel, criterion=criterion)
    checks = [
        (not organisation.memberships.filter(person=by).exists(), refusals.NOT_YOUR_ORGANISATION),
        (not approved.exists(), refusals.NOT_APPROVED),
        (criterion not in _criteria(edition, channel), refusals.UNKNOWN_CRITERION),
        (not reason.strip(), refusals.REASON_NEEDED),
        (appeals is not None and not is_open(appeals, at.date()), refusals.APPEALS_CLOSED),
        (filed.exists(), refusals.ALREADY_CONTESTED),
        (proof is not None and not is_fit(proof), steering_refusals.PROOF_UNFIT),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    told = Appeal.objects.create(
        edition=edition, organisation=organisation, channel=channel, criterion=criterion, reason=reason.strip(),
        proof=proof or "", filed_at=at, filed_by=by,
    )  # fmt: skip
    journal(verb="appeal.filed", subject=told, by=by, at=at, edition=edition.slug)
    return told


def _criteria(edition: Edition, channel: str) -> set[str]:
    grids = Instrument.objects.filter(edition=edition, channel=channel).defer("source")
    return {each.code for grid in grids for each in grid_of(grid).criteria}


def is_open(appeals: CalendarDate, day: date) -> bool:
    return appeals.starts_on <= day <= appeals.ends_on


def is_fit(proof: File) -> bool:
    """Small enough, and of a kind that the organiser can open."""
    name = (proof.name or "").lower()
    return (proof.size or 0) <= LARGEST_PROOF and name.endswith(PROOFS)


@transaction.atomic
def decide_appeal(
    filed: Appeal, *, uphold: bool, outcome: str, by: Person, at: datetime, reopen: Sequence[Observation] = ()
) -> Appeal:
    """The organiser answers in words, and the organisation is told by mail.

    An upheld appeal reopens the observations that it concerns: each is read again, and what is then decided counts in
    the next publication of the edition.
    """
    if not outcome.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    current = Appeal.objects.select_for_update(of=("self",)).get(pk=filed.pk)
    if current.state != Appeal.State.OPEN:
        raise ParvisError(refusals.ALREADY_DECIDED)
    concerned = set(contested_observations(current).values_list("pk", flat=True))
    if uphold and not reopen:
        raise ParvisError(steering_refusals.NOTHING_TO_REOPEN)
    if any(each.pk not in concerned for each in reopen):
        raise ParvisError(steering_refusals.NOT_OF_THIS_APPEAL)
    filed.state = Appeal.State.UPHELD if uphold else Appeal.State.REJECTED
    filed.outcome, filed.decided_at, filed.decided_by = outcome.strip(), at, by
    filed.save(update_fields=["state", "outcome", "decided_at", "decided_by"])
    journal(verb=f"appeal.{filed.state}", subject=filed, by=by, at=at, edition=filed.edition.slug)
    if uphold:
        filed.reopened.set(reopen)
        approved = [each for each in reopen if each.state == Observation.State.APPROVED]
        review_many(approved, to=Observation.State.IN_REVIEW, by=by, at=at, reason=_reason(filed))
    write_mail(to=filed.filed_by, template="mail/appeal_decided", context={"appeal": filed, "upheld": uphold})
    return filed


def _reason(filed: Appeal) -> str:
    """In the words of the review, which the observer may read: the criterion, and never what the organisation wrote."""
    return f"Contestation acceptée ({filed.criterion})"
