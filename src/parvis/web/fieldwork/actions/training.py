"""Quizzes taken, certifications granted and withdrawn, channel by channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import Channel, ParvisError
from parvis.web.fieldwork import observer_refusals, refusals
from parvis.web.fieldwork.actions.statuses import move_many
from parvis.web.fieldwork.models import Certification, Observer, QuizAttempt
from parvis.web.fieldwork.training import module, right_answers
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person

Status = Observer.Status
LEARNING = (Status.TRAINING, Status.CERTIFIED, Status.PAUSED)


@transaction.atomic
def take_quiz(
    observer: Observer, *, channel: str, version: str, answers: Mapping[str, int], by: Person, at: datetime
) -> QuizAttempt:
    """One try: question number (from 1, as text) → rank of the choice. Passed, it certifies for the channel."""
    observer = Observer.objects.select_for_update(of=("self",)).get(pk=observer.pk)
    taught = module(channel)
    numbers = {str(number) for number in range(1, len(taught.questions) + 1)}
    checks = [
        (observer.person_id != by.pk, refusals.NOT_YOURS),
        (observer.status not in LEARNING, observer_refusals.NOT_ADMITTED),
        (version != taught.version, observer_refusals.QUIZ_CHANGED),
        (set(answers) != numbers, observer_refusals.QUIZ_INCOMPLETE),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    right = right_answers(taught, answers)
    attempt = QuizAttempt.objects.create(
        observer=observer, channel=channel, version=version, answers=dict(answers), right=right,
        asked=len(taught.questions), passed=right >= taught.needed, taken_at=at, taken_by=by,
    )  # fmt: skip
    journal(verb="observer.quiz_taken", subject=attempt, by=by, at=at, detail={"channel": channel, "right": right})
    if attempt.passed:
        grant_many([observer], channels=[channel], origin=Certification.Origin.QUIZ, by=by, at=at)
        if observer.status == Status.TRAINING:
            move_many([observer], to=Status.CERTIFIED, by=by, at=at)
    return attempt


def grant_many(
    observers: Sequence[Observer], *, channels: Iterable[str], origin: str, by: Person, at: datetime
) -> list[Certification]:
    """Open certifications; one of another version of the training takes the place of the earlier one."""
    wanted = [str(channel) for channel in Channel if channel in set(channels)]
    running = _running(observers)
    same = {key for key, held in running.items() if held.version == module(key[1]).version}
    new = [
        Certification(observer=each, channel=channel, version=module(channel).version, origin=origin,
                      granted_at=at, granted_by=by)
        for each in observers for channel in wanted if (each.pk, channel) not in same
    ]  # fmt: skip
    replaced = [running[key] for each in new if (key := (each.observer_id, each.channel)) in running]
    _end(replaced, reason="", by=by, at=at)
    Certification.objects.bulk_create(new, batch_size=500)
    _write_channels(observers, by=by, at=at)
    return new


@transaction.atomic
def withdraw_certification(observer: Observer, *, channel: str, reason: str, by: Person, at: datetime) -> Observer:
    """Take a channel back, with a reason. Without any channel left, the observer is in training again."""
    if not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    held = _running([observer]).get((observer.pk, channel))
    if held is None:
        raise ParvisError(observer_refusals.NOT_HELD)
    _end([held], reason=reason.strip(), by=by, at=at)
    _write_channels([observer], by=by, at=at)
    if not observer.certified_channels and observer.status == Status.CERTIFIED:
        move_many([observer], to=Status.TRAINING, reason=reason, by=by, at=at)
    return observer


def end_others(observers: Sequence[Observer], *, keep: Iterable[str], by: Person, at: datetime) -> None:
    """End what an organiser unticked."""
    kept = set(keep)
    _end([held for (_, channel), held in _running(observers).items() if channel not in kept], reason="", by=by, at=at)


def _running(observers: Sequence[Observer]) -> dict[tuple[int, str], Certification]:
    found = Certification.objects.filter(observer__in=observers, ended_at__isnull=True)
    return {(held.observer_id, held.channel): held for held in found}


def _end(held: Sequence[Certification], *, reason: str, by: Person, at: datetime) -> None:
    for each in held:
        each.ended_at, each.ended_by, each.end_reason = at, by, reason[:200]
    Certification.objects.bulk_update(held, ["ended_at", "ended_by", "end_reason"], batch_size=200)
    journal_many(verb="observer.certification_ended", subjects=held, by=by, at=at)


def _write_channels(observers: Sequence[Observer], *, by: Person, at: datetime) -> None:
    """The list that plans read, from the certifications that run."""
    running = _running(observers)
    for each in observers:
        each.certified_channels = [str(channel) for channel in Channel if (each.pk, str(channel)) in running]
        if each.certified_channels:
            each.certified_at, each.certified_by = at, by
    Observer.objects.bulk_update(observers, ["certified_channels", "certified_at", "certified_by"], batch_size=200)
