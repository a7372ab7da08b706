"""Review: who, why, when, at every passage."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.actions import approve_many, review, revise
from parvis.web.fieldwork.comments import library
from parvis.web.fieldwork.models import Observation, ReviewComment, ReviewStep
from parvis.web.fieldwork.queries import undecided_observations
from parvis.web.people.models import JournalEntry
from tests.web.fieldwork.factories import NOON, Field, ObservationFactory

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def received(field: Field) -> Observation:
    return ObservationFactory(mission=field.mission(state="done"))


def test_an_observation_is_reviewed_step_by_step() -> None:
    field = Field()
    observation = received(field)
    review(observation, to="in_review", by=field.organiser, at=NOON)
    review(observation, to="approved", by=field.organiser, at=NOON, grade=4)
    observation.refresh_from_db()
    steps = observation.steps.values_list("from_state", "to_state", "decided_by", "grade")
    assert observation.state == "approved"
    assert list(steps) == [
        ("received", "in_review", field.organiser.pk, None), ("in_review", "approved", field.organiser.pk, 4)
    ]  # fmt: skip
    assert list(undecided_observations(field.edition)) == []


def test_the_comment_library_is_the_edition_s_and_its_sentences_serve_at_review() -> None:
    field = Field()
    observation = received(field)
    review(observation, to="in_review", by=field.organiser, at=NOON)
    client, at = Client(), f"/pilotage/{field.edition.slug}/terrain"
    client.force_login(field.organiser)
    client.post(f"{at}/remarques/", {"text": "  Joignez la page   d’accueil. "})
    assert (
        "est vide, ou déjà proposée"
        in client.post(f"{at}/remarques/", {"text": "Joignez la page d’accueil."}).content.decode()
    )
    client.post(f"{at}/remarques/", {"retire": "hours"})
    shown = client.get(f"{at}/relecture/{observation.uuid}/").content.decode()
    assert ("Joignez la page d’accueil." in shown, "hors des horaires" in shown) == (True, False)
    asked = {"to": "to_revise", "comment": "Joignez la page d’accueil.", "reason": "Et son adresse."}
    client.post(f"{at}/relecture/{observation.uuid}/", asked)
    assert observation.steps.get(to_state="to_revise").reason == "Joignez la page d’accueil. Et son adresse."
    own = ReviewComment.objects.get(code="")
    client.post(f"{at}/remarques/", {"retire": own.pk})
    client.post(f"{at}/remarques/", {"back": "hours"})
    assert {comment.key for comment in library(field.edition) if comment.retired} == {str(own.pk)}
    assert [comment.retired for comment in library(Field().edition)] == [False] * 6  # each edition has its own


@pytest.mark.parametrize("to", ["approved", "excluded", "to_revise"])
def test_nothing_is_decided_before_someone_looks(to: str) -> None:
    field = Field()
    observation = received(field)
    with pytest.raises(ParvisError) as refused:
        review(observation, to=to, by=field.organiser, at=NOON, reason="Doublon")
    assert codes(refused) == ["wrong_review_step"]
    assert list(undecided_observations(field.edition)) == [observation]


@pytest.mark.parametrize("to", ["excluded", "to_revise"])
def test_excluding_and_handing_back_need_a_reason(to: str) -> None:
    field = Field()
    observation = received(field)
    review(observation, to="in_review", by=field.organiser, at=NOON)
    with pytest.raises(ParvisError) as refused:
        review(observation, to=to, by=field.organiser, at=NOON, reason="  ")
    assert codes(refused) == ["reason_needed"]
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewStep.objects.create(observation=observation, from_state="in_review", to_state=to, decided_at=NOON,
                                  decided_by=field.organiser)  # fmt: skip


def test_nobody_reviews_their_own_report() -> None:
    field = Field()
    with pytest.raises(ParvisError) as refused:
        review(received(field), to="in_review", by=field.person, at=NOON)
    assert codes(refused) == ["own_report"]


def test_a_revised_report_keeps_its_earlier_answers() -> None:
    field = Field()
    observation = received(field)
    review(observation, to="in_review", by=field.organiser, at=NOON)
    review(observation, to="to_revise", by=field.organiser, at=NOON, reason="La photo ne va pas avec la réponse")
    new = {"outcome": "reached", "rings": "3", "courtesy": "no"}
    with pytest.raises(ParvisError) as refused:
        revise(observation, answers={"outcome": "reached"}, by=field.person, at=NOON)
    assert codes(refused) == ["required"]
    revise(observation, answers=new, by=field.person, at=NOON)
    observation.refresh_from_db()
    last = observation.steps.last()
    assert (observation.state, observation.answers) == ("received", new)
    assert last is not None
    assert last.earlier_answers == {"outcome": "reached", "rings": "3", "courtesy": "yes"}


def test_an_approved_observation_is_reopened_only_with_a_reason() -> None:
    field = Field()
    observation = received(field)
    approve_many([observation], by=field.organiser, at=NOON)
    with pytest.raises(ParvisError) as refused:
        review(observation, to="in_review", by=field.organiser, at=NOON)
    assert codes(refused) == ["reason_needed"]
    review(observation, to="in_review", by=field.organiser, at=NOON, reason="Contestation acceptée")


def test_review_is_closed_once_the_edition_is_frozen() -> None:
    field = Field()
    observation = received(field)
    Edition.objects.update(state="frozen")
    with pytest.raises(ParvisError) as refused:
        review(observation, to="in_review", by=field.organiser, at=NOON)
    assert codes(refused) == ["review_closed"]


def test_approving_many_writes_the_steps_and_journal_of_approving_each() -> None:
    def trace(field: Field) -> list[tuple[object, ...]]:
        steps = ReviewStep.objects.filter(observation__edition=field.edition).values_list("from_state", "to_state")
        lines = JournalEntry.objects.filter(edition=field.edition.slug).values_list("verb", "at")
        return sorted([*steps, *lines], key=str)

    one, many = Field(), Field()
    for each in [received(one), received(one)]:
        review(each, to="in_review", by=one.organiser, at=NOON)
        review(each, to="approved", by=one.organiser, at=NOON)
    approve_many([received(many), received(many)], by=many.organiser, at=NOON)
    assert trace(one) == trace(many)
