"""Accounts that nobody visits: a letter a month before, then nothing that tells who it was. What they did stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import DateTimeField, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from parvis.web.editions.models import Seat
from parvis.web.fieldwork.models import Observer
from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal, subject_of
from parvis.web.people.models import JournalEntry, Person

ACCOUNT_KEPT = timedelta(days=2 * 365)  # privacy.toml: account
NOTICE = timedelta(days=30)


def close_unused_accounts(*, at: datetime) -> int:
    """Once a day: warn those whose account will close in a month, close those who were warned; returns how many closed.

    Nobody is closed without a month's notice, even where this was never run for years.
    """
    closed = 0
    for person in _absent(at - ACCOUNT_KEPT + NOTICE):
        warned = JournalEntry.objects.filter(subject=subject_of(person), verb="person.warned", at__gt=person.seen)
        if (first := warned.order_by("at").first()) is None:
            _warn(person, at=at)
        elif first.at <= at - NOTICE:
            close_account(person, by=None, at=at)
            closed += 1
    return closed


def _absent(before: datetime) -> QuerySet[Person]:
    """Not seen since; organisers keep their account as long as they hold a seat, demonstrations are nobody's."""
    seen = Coalesce("last_login", "joined_at", output_field=DateTimeField())
    people = Person.objects.filter(is_active=True, demonstration=False).exclude(seats__role=Seat.Role.ORGANISER)
    return people.annotate(seen=seen).filter(seen__lte=before).order_by("pk")


@transaction.atomic
def _warn(person: Person, *, at: datetime) -> None:
    write_mail(to=person, template="mail/account_unused", context={"day": timezone.localdate(at + NOTICE)})
    journal(verb="person.warned", subject=person, by=None, at=at)


@transaction.atomic
def close_account(person: Person, *, by: Person | None, at: datetime) -> Person:
    """Erase who someone was and shut their account: address, name, keys, ties, and their file of mystery citizen.

    The rows that they signed stay, under an address that is nobody's.
    """
    for kind in (EmailAddress, SocialAccount, Authenticator, UserSession):
        kind.objects.filter(user=person).delete()
    person.memberships.all().delete()
    if observer := Observer.objects.filter(person=person).first():
        _erase_file(observer, by=by or person, at=at)
    person.email, person.name, person.last_login = f"compte-{person.pk}@ferme.invalid", "", None
    person.is_active = False
    person.set_unusable_password()
    person.save()
    journal(verb="person.closed", subject=person, by=by, at=at)
    return person


def _erase_file(observer: Observer, *, by: Person, at: datetime) -> None:
    observer.phone_keys.filter(parcels__isnull=True).delete()
    observer.phone_keys.update(label="–", last_used=None)
    observer.phone_keys.filter(revoked_at__isnull=True).update(revoked_at=at, revoked_by=by)
    for rows in (observer.changes, observer.absences, observer.conflicts, observer.attempts, observer.certifications):
        rows.all().delete()
    observer.pseudonym, observer.status, observer.status_reason = f"parti-{observer.pk}", Observer.Status.LEFT, ""
    observer.commune = observer.departement = observer.motivation = ""
    observer.latitude = observer.longitude = None
    observer.certified_channels, observer.capacity = [], 0
    observer.certified_at = observer.certified_by = None
    observer.save()
