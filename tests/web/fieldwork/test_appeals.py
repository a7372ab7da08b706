"""Appeals: by the organisation, on one criterion, once, answered in words; they leak neither who observed nor when."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.base import ContentFile

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.fieldwork.actions import appeal, decide_appeal, review
from parvis.web.fieldwork.models import Appeal, Observation
from parvis.web.fieldwork.queries import appeal_period
from parvis.web.jobs.models import Mail
from parvis.web.people.models import JournalEntry, Person
from tests.web.fieldwork.factories import MORNING, NOON, Field, FieldPersonFactory, ObservationFactory
from tests.web.territory.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def contested(field: Field) -> tuple[Observation, Person]:
    """An approved call, and the lead of the organisation that received it."""
    observation = ObservationFactory(mission=field.mission(state="done"), state="approved")
    return observation, MembershipFactory(organisation=field.enrolment.organisation).person


def filed(field: Field, by: Person, **given: object) -> Appeal:
    asked = {"channel": "phone", "criterion": "courtesy", "reason": "Toujours bonjour", "by": by, "at": NOON} | given
    return appeal(field.edition, organisation=field.enrolment.organisation, **asked)


def test_an_appeal_is_filed_once_and_decided_with_words() -> None:
    field = Field()
    _, lead = contested(field)
    told = filed(field, lead)
    with pytest.raises(ParvisError) as refused:
        filed(field, lead, reason="Encore")
    assert codes(refused) == ["already_contested"]
    with pytest.raises(ParvisError) as refused:
        decide_appeal(told, uphold=True, outcome=" ", by=field.organiser, at=NOON)
    assert codes(refused) == ["reason_needed"]
    decide_appeal(told, uphold=False, outcome="La photo montre le contraire.", by=field.organiser, at=NOON)
    told.refresh_from_db()
    assert (told.state, told.decided_by) == ("rejected", field.organiser)
    with pytest.raises(ParvisError) as refused:
        decide_appeal(told, uphold=True, outcome="Si", by=field.organiser, at=NOON)
    assert codes(refused) == ["already_decided"]
    assert JournalEntry.objects.filter(verb__startswith="appeal.").count() == 2
    assert "La photo montre le contraire." in Mail.objects.get(to=lead.email).body


def test_without_dates_of_their_own_appeals_end_thirty_days_after_results() -> None:
    field = Field()
    CalendarDate.objects.create(
        edition=field.edition, kind="results", starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 15),
        announced_at=MORNING, announced_by=field.organiser,
    )  # fmt: skip
    found = appeal_period(field.edition)
    assert found is not None
    assert (found.starts_on, found.ends_on) == (date(2026, 9, 1), date(2026, 10, 15))
    with pytest.raises(ParvisError) as refused:
        filed(field, FieldPersonFactory(), at=NOON.replace(month=10, day=16))
    assert "appeals_closed" in codes(refused)


def test_an_appeal_says_everything_that_prevents_it() -> None:
    field = Field()
    ObservationFactory(mission=field.mission(state="done"))
    CalendarDate.objects.create(
        edition=field.edition, kind="appeals", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 15),
        announced_at=MORNING, announced_by=field.organiser,
    )  # fmt: skip
    with pytest.raises(ParvisError) as refused:
        filed(field, FieldPersonFactory(), criterion="mood", reason="", proof=ContentFile(b"x", name="a.exe"))
    assert codes(refused) == [
        "not_your_organisation", "not_approved", "unknown_criterion", "reason_needed", "appeals_closed", "proof_unfit"
    ]  # fmt: skip


def test_an_upheld_appeal_reopens_the_observations_it_is_about_even_once_published() -> None:
    field, elsewhere = Field(), Field()
    observation, lead = contested(field)
    other, _ = contested(elsewhere)
    told = filed(field, lead)
    Edition.objects.filter(pk=field.edition.pk).update(state="published")
    with pytest.raises(ParvisError) as refused:
        decide_appeal(told, uphold=True, outcome="Exact", by=field.organiser, at=NOON)
    assert codes(refused) == ["nothing_to_reopen"]
    with pytest.raises(ParvisError) as refused:
        decide_appeal(told, uphold=True, outcome="Exact", by=field.organiser, at=NOON, reopen=[other])
    assert codes(refused) == ["not_of_this_appeal"]
    decide_appeal(told, uphold=True, outcome="Exact", by=field.organiser, at=NOON, reopen=[observation])
    observation.refresh_from_db()
    assert (observation.state, list(told.reopened.all())) == ("in_review", [observation])
    review(observation, to="excluded", by=field.organiser, at=NOON, reason="Mauvais numéro composé")
    observation.refresh_from_db()
    assert observation.state == "excluded"


def test_an_observation_that_nobody_contested_stays_closed_once_published() -> None:
    field = Field()
    observation, _ = contested(field)
    Edition.objects.filter(pk=field.edition.pk).update(state="published")
    with pytest.raises(ParvisError) as refused:
        review(observation, to="in_review", by=field.organiser, at=NOON, reason="Un doute")
    assert codes(refused) == ["review_closed"]
