"""Who may do what on their own account."""

from __future__ import annotations

import rules

from parvis.web.people.models import Person


@rules.predicate
def has_account(person: Person) -> bool:
    return bool(person.is_authenticated and person.is_active)
