"""Reads on people and the journal."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from parvis.web.people.actions import subject_of
from parvis.web.people.models import JournalEntry, Person


def journal_of(subject: Model) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(subject=subject_of(subject)).select_related("by")


def journal_of_edition(slug: str) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(edition=slug).select_related("by")


def data_kept_about(person: Person) -> dict[str, Any]:
    """All that the account itself keeps about a person, for them to take away."""
    entries = JournalEntry.objects.filter(by=person).values("at", "verb", "subject", "edition")
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "joined_at": person.joined_at.isoformat(),
        "journal": [{**entry, "at": entry["at"].isoformat()} for entry in entries],
    }
