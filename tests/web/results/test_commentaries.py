"""An expert comments the organisations confided to them; signed, a commentary no longer changes."""

from __future__ import annotations

from typing import Any

import pytest

from parvis.web.results.actions import assign_expert, sign_commentary, write_commentary
from parvis.web.results.models import Scorecard
from parvis.web.results.queries import assigned_scorecards, assignments_of, signed_commentaries
from tests.factories import MOMENT, EnrolmentFactory, PersonFactory, ScorecardFactory, SeatFactory
from tests.refused import refused

pytestmark = pytest.mark.django_db


def written(card: Scorecard, **given: Any) -> Any:
    said = {"channel": "phone", "strengths": "Accueil", "leads": "Délais", "priority": 2}
    return write_commentary(card, **(said | given), by=PersonFactory(), at=MOMENT)


def test_a_commentary_is_rewritten_until_it_is_signed() -> None:
    card = ScorecardFactory()
    first = written(card)
    assert written(card, leads="Délais de réponse") == first
    assert list(signed_commentaries(card)) == []
    signed = sign_commentary(card.commentaries.get(), by=PersonFactory(), at=MOMENT)
    assert [each.leads for each in signed_commentaries(card)] == ["Délais de réponse"]
    with refused("already_signed"):
        sign_commentary(signed, by=PersonFactory(), at=MOMENT)
    with refused("already_signed"):
        written(card)
    assert written(card, channel="").pk != signed.pk


def test_only_an_expert_of_the_edition_is_given_an_organisation_once() -> None:
    enrolment = EnrolmentFactory(accepted=True)
    card = ScorecardFactory(organisation=enrolment.organisation, publication__edition=enrolment.edition)
    with refused("not_an_expert"):
        assign_expert(enrolment, expert=PersonFactory(), by=PersonFactory(), at=MOMENT)
    expert = SeatFactory(edition=enrolment.edition, role="expert").person
    assert list(assigned_scorecards(expert)) == []
    for _ in range(2):
        assign_expert(enrolment, expert=expert, by=PersonFactory(), at=MOMENT)
    assert list(assigned_scorecards(expert)) == [card]
    assert [each.expert for each in assignments_of(enrolment.edition)] == [expert]
