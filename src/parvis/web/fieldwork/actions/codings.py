"""Blind double coding: someone who never saw the marks marks the same evidence again. Agreement is then a figure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core.instruments.form import Question
from parvis.core.vocabulary import Outcome, ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals, steering_refusals
from parvis.web.fieldwork.actions.cases import CASES
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.actions.reviews import approve_many
from parvis.web.fieldwork.drawing import is_drawn
from parvis.web.fieldwork.models import DoubleCoding, Observation
from parvis.web.people.actions import journal, journal_many, subject_of
from parvis.web.people.models import JournalEntry, Person

SHARE = 0.10  # of the written observations of an edition


def ask_double_coding(observation: Observation, *, by: Person, at: datetime) -> DoubleCoding:
    """Ask for one written observation to be coded again."""
    if observation.channel not in CASES or observation.double_of_id is not None:
        raise ParvisError(steering_refusals.NOT_WRITTEN)
    if DoubleCoding.objects.filter(observation=observation).exists():
        raise ParvisError(steering_refusals.DOUBLE_ASKED)
    return _ask([observation], by=by, at=at)[0]


def draw_double_codings(edition: Edition, *, by: Person, at: datetime) -> list[DoubleCoding]:
    """Ask for one answered written contact in ten, drawn by the edition's seed: the same ones for whoever draws."""
    filed = edition.observations.filter(channel__in=CASES, double_of__isnull=True, double_coding__isnull=True)
    filed = filed.filter(outcome=Outcome.REACHED)  # there is nothing to mark in a silence
    filed = filed.exclude(state=Observation.State.OPEN).select_related("edition").order_by("pk")
    drawn = [each for each in filed.defer("answers") if is_drawn(edition.seed, f"double:{each.uuid}", SHARE)]
    return _ask(drawn, by=by, at=at)


@transaction.atomic
def _ask(observations: Sequence[Observation], *, by: Person, at: datetime) -> list[DoubleCoding]:
    asked = [DoubleCoding(observation=each, asked_at=at, asked_by=by) for each in observations]
    DoubleCoding.objects.bulk_create(asked, batch_size=500)
    for slug in dict.fromkeys(each.edition.slug for each in observations):
        subjects = [each for each in asked if each.observation.edition.slug == slug]
        journal_many(verb="double_coding.asked", subjects=subjects, by=by, at=at, edition=slug)
    return asked


def has_seen_marks(person: Person, observation: Observation) -> bool:
    """Whether the journal says that this person has read the answers, or they are the observer's own."""
    if observation.observer is not None and observation.observer.person_id == person.pk:
        return True
    if observation.received_by_id == person.pk or observation.steps.filter(decided_by=person).exists():
        return True
    read = JournalEntry.objects.filter(subject=subject_of(observation), verb="observation.read", by=person)
    return read.exists()


@transaction.atomic
def code_again(coding: DoubleCoding, *, answers: Mapping[str, Any], by: Person, at: datetime) -> Observation:
    """Keep the second coder's marks beside the first ones: an observation that doubles it and enters no score.

    Criteria that the evidence does not show are left out. Raises ParvisError with every fault.
    """
    coding = DoubleCoding.objects.select_for_update(of=("self",)).select_related("observation").get(pk=coding.pk)
    first = coding.observation
    marked = {name: value for name, value in answers.items() if value}
    asked = {question.name: question for question in marked_questions(first)}
    checks = [
        (coding.double_id is not None, steering_refusals.DOUBLE_DONE),
        (has_seen_marks(by, first), steering_refusals.NOT_BLIND),
        (not marked, steering_refusals.NOTHING_CODED),
    ]
    faults = [fault for wrong, fault in checks if wrong]
    faults += [
        refusals.at_key(steering_refusals.UNKNOWN_ANSWER, name)
        for name, value in marked.items()
        if name not in asked or value not in {choice.name for choice in asked[name].choices}
    ]
    if faults:
        raise ParvisError(faults)
    coding.double = Observation.objects.create(
        uuid=uuid.uuid5(first.uuid, "double"), edition=first.edition, enrolment_id=first.enrolment_id,
        place_id=first.place_id, channel=first.channel, visitor=coder_of(by), scenario_id=first.scenario_id,
        instrument_id=first.instrument_id, answers=marked, outcome=first.outcome, happened_on=first.happened_on,
        half_day=first.half_day, double_of=first, screened=at, received_at=at, received_by=by,
    )  # fmt: skip
    coding.save(update_fields=["double"])
    journal(verb="double_coding.done", subject=coding, by=by, at=at, edition=first.edition.slug)
    approve_many([coding.double], by=by, at=at)
    return coding.double


def coder_of(person: Person) -> str:
    """How the second coder is called in the data."""
    return f"relecteur-{person.pk}"


def marked_questions(observation: Observation) -> list[Question]:
    """The questions of its grid that earn a mark by a choice."""
    return [
        question for question in grid_of(observation.instrument).questions if question.criterion and question.choices
    ]
