"""Who may see or decide what in the consultation."""

from __future__ import annotations

import rules

from parvis.web.consultation.models import Response
from parvis.web.editions.rules import is_organiser
from parvis.web.people.models import Person


@rules.predicate
def may_decide_on_response(person: Person, response: Response) -> bool:
    """Only an organiser of its edition sets a response aside, takes it back, or breaks a seal."""
    return bool(is_organiser(person, response.edition))
