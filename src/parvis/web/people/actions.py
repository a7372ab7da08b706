"""Writes on people, and the one way to write in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models, transaction

from parvis.web.bulk import insert_many
from parvis.web.people.models import JournalEntry, Person


def journal(
    *,
    verb: str,
    subject: models.Model | type[models.Model],
    by: Person | None,
    at: datetime,
    edition: str = "",
    detail: dict[str, Any] | None = None,
) -> JournalEntry:
    """Write one line of the journal; call it inside the transaction of the change it tells."""
    return JournalEntry.objects.create(
        verb=verb, subject=subject_of(subject), by=by, at=at, edition=edition, detail=detail or {}
    )


def journal_many(
    *, verb: str, subjects: Iterable[models.Model], by: Person | None, at: datetime, edition: str = ""
) -> None:
    """One line for each subject, in bulk, equal to as many calls of `journal`."""
    insert_many([JournalEntry(verb=verb, subject=subject_of(each), by=by, at=at, edition=edition) for each in subjects])


def subject_of(subject: models.Model | type[models.Model]) -> str:
    """The row, or the kind of rows where an act is about none in particular."""
    return f"{subject._meta.label}:{subject.pk if isinstance(subject, models.Model) else ''}"


@transaction.atomic
def register_person(
    *, email: str, name: str, by: Person | None, at: datetime, password: str | None = None, demonstration: bool = False
) -> Person:
    """Open an account (or find it) for someone whom an organiser or a lead invites; the address counts as checked."""
    person = Person.objects.filter(email=email.lower()).first()
    if person is not None:
        return person
    person = Person.objects.create_user(email, password, name=name, demonstration=demonstration, joined_at=at)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    journal(verb="person.registered", subject=person, by=by, at=at)
    return person


@transaction.atomic
def register_people(*, people: Sequence[Person], by: Person | None, at: datetime) -> list[Person]:
    """Open many accounts whose password is already hashed, in bulk; their addresses count as checked."""
    registered = Person.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in registered
    )
    journal_many(verb="person.registered", subjects=registered, by=by, at=at)
    return registered


@transaction.atomic
def write_profile(*, person: Person, name: str, language: str, by: Person, at: datetime) -> Person:
    person.name, person.language = name, language
    person.save(update_fields=["name", "language"])
    journal(verb="person.profile_changed", subject=person, by=by, at=at)
    return person
