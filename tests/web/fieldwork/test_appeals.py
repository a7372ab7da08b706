"""Appeals: by the organisation, on one criterion, once, answered in words."""

from __future__ import annotations

from datetime import date

import pytest

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import CalendarDate
from parvis.web.fieldwork.actions import appeal, decide_appeal
from parvis.web.people.models import JournalEntry
from tests.web.fieldwork.factories import MORNING, NOON, Field, FieldPersonFactory, ObservationFactory
from tests.web.territory.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_an_appeal_is_filed_once_and_decided_with_words() -> None:
    field = Field()
    observation = ObservationFactory(mission=field.mission(state="done"), state="approved")
    lead = MembershipFactory(organisation=field.enrolment.organisation).person
    filed = appeal(observation, criterion="courtesy", reason="Toujours bonjour", by=lead, at=NOON)
    with pytest.raises(ParvisError) as refused:
        appeal(observation, criterion="courtesy", reason="Encore", by=lead, at=NOON)
    assert codes(refused) == ["already_contested"]
    with pytest.raises(ParvisError) as refused:
        decide_appeal(filed, uphold=True, outcome=" ", by=field.organiser, at=NOON)
    assert codes(refused) == ["reason_needed"]
    decide_appeal(filed, uphold=False, outcome="La photo montre le contraire.", by=field.organiser, at=NOON)
    filed.refresh_from_db()
    assert (filed.state, filed.decided_by) == ("rejected", field.organiser)
    with pytest.raises(ParvisError) as refused:
        decide_appeal(filed, uphold=True, outcome="Si", by=field.organiser, at=NOON)
    assert codes(refused) == ["already_decided"]
    assert JournalEntry.objects.filter(verb__startswith="appeal.").count() == 2


def test_an_appeal_says_everything_that_prevents_it() -> None:
    field = Field()
    observation = ObservationFactory(mission=field.mission(state="done"))
    CalendarDate.objects.create(
        edition=field.edition, kind="appeals", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 15),
        announced_at=MORNING, announced_by=field.organiser,
    )  # fmt: skip
    with pytest.raises(ParvisError) as refused:
        appeal(observation, criterion="mood", reason="", by=FieldPersonFactory(), at=NOON)
    assert codes(refused) == [
        "not_your_organisation", "not_approved", "unknown_criterion", "reason_needed", "appeals_closed"
    ]  # fmt: skip
