"""Review: every passage has a reason, a person and a moment. Nothing is deleted, nothing is approved by a timer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core.instruments.answers import check_answers
from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.editions.actions import move
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.actions.observations import grid_of, is_filing_open
from parvis.web.fieldwork.models import Appeal, Mission, Observation, Parcel, ReviewStep
from parvis.web.people.actions import journal_many
from parvis.web.people.models import Person

State = Observation.State
PASSAGES = {
    State.OPEN: set(),
    State.RECEIVED: {State.IN_REVIEW},
    State.IN_REVIEW: {State.TO_REVISE, State.APPROVED, State.EXCLUDED},
    State.TO_REVISE: set(),  # only the observer's new answers bring it back
    State.APPROVED: {State.IN_REVIEW},  # after an appeal
    State.EXCLUDED: {State.IN_REVIEW},
}
NEEDS_REASON = {State.TO_REVISE, State.EXCLUDED}


def review(
    observation: Observation, *, to: str, by: Person, at: datetime, reason: str = "", grade: int | None = None
) -> Observation:
    return review_many([observation], to=to, by=by, at=at, reason=reason, grade=grade)[0]


@transaction.atomic
def review_many(
    observations: Sequence[Observation],
    *,
    to: str,
    by: Person,
    at: datetime,
    reason: str = "",
    grade: int | None = None,
) -> list[Observation]:
    """Take observations to the next state of their review. `grade` (1–4) coaches the observer."""
    if to in NEEDS_REASON and not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    current = _locked(observations)
    appealed = _under_appeal(current)
    faults = []
    for observation in current.values():
        reopened = observation.state in (State.APPROVED, State.EXCLUDED)
        own = observation.observer is not None and observation.observer.person_id == by.pk
        checks = [
            (State(to) not in PASSAGES[State(observation.state)], refusals.WRONG_REVIEW_STEP),
            (own, refusals.OWN_REPORT),
            (not is_review_open(observation, appealed), refusals.REVIEW_CLOSED),
            (reopened and not reason.strip(), refusals.REASON_NEEDED),
        ]
        faults += [refusals.at_key(fault, observation.uuid) for wrong, fault in checks if wrong]
    if faults:
        raise ParvisError(faults)
    steps = [
        ReviewStep(
            observation=observation, from_state=observation.state, to_state=to, reason=reason.strip(), grade=grade,
            decided_at=at, decided_by=by,
        )
        for observation in current.values()
    ]  # fmt: skip
    _pass(list(current.values()), steps, to=to, verb=f"observation.{to}", by=by, at=at)
    for observation in observations:
        observation.state = to
    return list(observations)


def is_review_open(observation: Observation, appealed: Collection[int]) -> bool:
    """During fieldwork and review; once published, only for what an upheld appeal has reopened."""
    edition = observation.edition
    return is_filing_open(edition) or (edition.state == Edition.State.PUBLISHED and observation.pk in appealed)


def _under_appeal(observations: Mapping[int, Observation]) -> set[int]:
    """The observations of these editions that upheld appeals have reopened."""
    editions = {each.edition_id for each in observations.values() if each.edition.state == Edition.State.PUBLISHED}
    upheld = Appeal.objects.filter(state=Appeal.State.UPHELD, edition__in=editions, reopened__isnull=False)
    return set(upheld.values_list("reopened", flat=True)) if editions else set()


def approve_many(observations: Sequence[Observation], *, by: Person, at: datetime) -> list[Observation]:
    """Someone looks at reports and approves them together: both steps are written for each."""
    with transaction.atomic():
        review_many(observations, to=State.IN_REVIEW, by=by, at=at)
        return review_many(observations, to=State.APPROVED, by=by, at=at)


@transaction.atomic
def revise(observation: Observation, *, answers: Mapping[str, Any], by: Person, at: datetime) -> Observation:
    """The observer corrects a report that was handed back; the earlier answers stay in its history."""
    (current,) = _locked([observation]).values()
    checks = [
        (current.observer is None or current.observer.person_id != by.pk, refusals.NOT_YOURS),
        (current.state != State.TO_REVISE, refusals.NOT_TO_REVISE),
        (not is_review_open(current, _under_appeal({current.pk: current})), refusals.REVIEW_CLOSED),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    checked = check_answers(grid_of(current.instrument), answers, today=at.date())
    if not checked.valid:
        raise ParvisError(checked.faults)
    step = ReviewStep(
        observation=current, from_state=State.TO_REVISE, to_state=State.RECEIVED, earlier_answers=current.answers,
        decided_at=at, decided_by=by,
    )  # fmt: skip
    observation.answers = dict(answers)
    Observation.objects.filter(pk=current.pk).update(answers=observation.answers)
    _pass([current], [step], to=State.RECEIVED, verb="observation.revised", by=by, at=at)
    observation.state = State.RECEIVED
    return observation


def _locked(observations: Sequence[Observation]) -> dict[int, Observation]:
    rows = Observation.objects.select_for_update().defer("answers", "timeline")
    rows = rows.prefetch_related("observer", "edition")  # few of each, read once
    return {each.pk: each for each in rows.filter(pk__in=[observation.pk for observation in observations])}


def _pass(
    observations: Sequence[Observation],
    steps: Sequence[ReviewStep],
    *,
    to: str,
    verb: str,
    by: Person,
    at: datetime,
) -> None:
    keys = [observation.pk for observation in observations]
    for start in range(0, len(keys), 500):
        Observation.objects.filter(pk__in=keys[start : start + 500]).update(state=to)
    ReviewStep.objects.bulk_create(steps, batch_size=1000)
    for slug in dict.fromkeys(observation.edition.slug for observation in observations):
        subjects = [observation for observation in observations if observation.edition.slug == slug]
        journal_many(verb=verb, subjects=subjects, by=by, at=at, edition=slug)


@transaction.atomic
def close_fieldwork(edition: Edition, *, by: Person, at: datetime) -> Edition:
    """No more contacts; the review ends. Refused while observers still hold missions, or parcels from phones wait."""
    held = Mission.objects.filter(
        edition=edition, state__in=[Mission.State.OFFERED, Mission.State.ACCEPTED], observation__isnull=True
    ).count()
    faults = []
    if held:
        faults.append(refusals.missions_in_hand(held))
    faults += faults_of_parcels(edition)
    if not edition.observations.exists():
        faults.append(refusals.no_observation())
    if faults:
        raise ParvisError(faults)
    return move(edition, to=Edition.State.REVIEW, by=by, at=at)


def faults_of_parcels(edition: Edition) -> list[Fault]:
    """What phones sent and nobody received is looked at before fieldwork closes, and before data freeze."""
    waiting = Parcel.objects.filter(edition=edition, state__in=Parcel.TO_SETTLE).count()
    return [refusals.parcels_waiting(waiting)] if waiting else []
