"""The keys of phones: drawn once, shown once, kept as a fingerprint, revoked at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork import refusals as field
from parvis.web.fieldwork.models import Observer, PhoneKey
from parvis.web.fieldwork.openrosa import refusals
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

MOST_KEYS = 5
SEEN_EVERY = timedelta(minutes=10)  # how finely the last visit is noted


@transaction.atomic
def new_key(observer: Observer, *, label: str, by: Person, at: datetime) -> tuple[PhoneKey, str]:
    """A key for one more phone, and the secret to put in its address: it is said here and nowhere else."""
    if observer.person_id != by.pk:
        raise ParvisError(field.NOT_YOURS)
    if PhoneKey.objects.filter(observer=observer, revoked_at__isnull=True).count() >= MOST_KEYS:
        raise ParvisError(refusals.TOO_MANY_KEYS)
    secret = secrets.token_urlsafe(32)  # 256 bits: a fingerprint without salt is enough for what nobody can guess
    key = PhoneKey.objects.create(
        observer=observer, label=label.strip()[:60] or "ODK Collect", fingerprint=fingerprint_of(secret),
        created_at=at, created_by=by,
    )  # fmt: skip
    journal(verb="phone_key.created", subject=key, by=by, at=at)
    return key, secret


@transaction.atomic
def revoke_key(key: PhoneKey, *, by: Person, at: datetime) -> PhoneKey:
    """From now on the phone fetches and sends nothing; what it sent stays."""
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = at, by
        key.save(update_fields=["revoked_at", "revoked_by"])
        journal(verb="phone_key.revoked", subject=key, by=by, at=at)
    return key


def key_of(secret: str) -> PhoneKey | None:
    """The key of a phone, revoked or not."""
    found = PhoneKey.objects.filter(fingerprint=fingerprint_of(secret))
    return found.select_related("observer__person").first()


def note_use(key: PhoneKey, *, at: datetime) -> None:
    """The phone came by; noted at most every ten minutes."""
    recent = Q(last_used__isnull=True) | Q(last_used__lt=at - SEEN_EVERY)
    if key.last_used is None or key.last_used < at - SEEN_EVERY:
        PhoneKey.objects.filter(recent, pk=key.pk).update(last_used=at)


def fingerprint_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
