"""Who may work on an organisation's plan: its own people."""

from __future__ import annotations

import rules

from parvis.web.improvement.models import Action
from parvis.web.people.models import Person
from parvis.web.territory.rules import is_member


@rules.predicate
def may_work_on(person: Person, action: Action) -> bool:
    return bool(is_member(person, action.plan.organisation))
