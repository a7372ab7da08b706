"""Who may read results. Organisations see their own, after delivery; never another's."""

from __future__ import annotations

import rules

from parvis.web.editions.rules import is_organiser
from parvis.web.people.models import Person
from parvis.web.results.models import ExpertAssignment, Scorecard
from parvis.web.territory.rules import is_member


@rules.predicate
def may_read_scorecard(person: Person, scorecard: Scorecard) -> bool:
    """Its organisation's people once delivered; the edition's organiser; the experts to whom it is confided."""
    if not person.is_authenticated:
        return False
    edition = scorecard.publication.edition
    if is_organiser(person, edition) or is_assigned(person, scorecard):
        return True
    return hasattr(scorecard, "delivery") and is_member(person, scorecard.organisation)


@rules.predicate
def is_assigned(person: Person, scorecard: Scorecard) -> bool:
    return ExpertAssignment.objects.filter(
        expert=person,
        enrolment__organisation=scorecard.organisation_id,
        enrolment__edition=scorecard.publication.edition_id,
    ).exists()
