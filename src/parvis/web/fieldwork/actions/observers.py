"""Mystery citizens: registered, bound by a code of conduct, certified, suspended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from parvis.core.vocabulary import Channel, ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.actions.statuses import change_status, move_many
from parvis.web.fieldwork.actions.training import end_others, grant_many
from parvis.web.fieldwork.models import Certification, Conflict, Observer, Signature
from parvis.web.fieldwork.training import code_of_conduct
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation, Place

CODE_VERSION = code_of_conduct().version


@dataclass(frozen=True, slots=True)
class NewObserver:
    """Someone to register. Without a pseudonym, one is drawn from the person by a keyed hash."""

    person: Person
    commune: str = ""
    departement: str = ""
    latitude: float | None = None
    longitude: float | None = None
    capacity: int = 20
    motivation: str = ""
    pseudonym: str = ""
    demonstration: bool = False


def register_observer(*, observer: NewObserver, by: Person, at: datetime) -> Observer:
    return register_observers(observers=[observer], by=by, at=at)[0]


@transaction.atomic
def register_observers(*, observers: Sequence[NewObserver], by: Person, at: datetime) -> list[Observer]:
    """Open files for people; they still have to be trained and certified."""
    taken = Observer.objects.filter(person__in=[each.person.pk for each in observers]).values_list("person__email")
    if taken:
        raise ParvisError([refusals.at_key(refusals.ALREADY_OBSERVER, email) for (email,) in taken])
    registered = [
        Observer(
            person=new.person, pseudonym=new.pseudonym or pseudonym_of(new.person), commune=new.commune,
            departement=new.departement, latitude=new.latitude, longitude=new.longitude, capacity=new.capacity,
            motivation=new.motivation.strip()[:300], demonstration=new.demonstration,
            registered_at=at, registered_by=by,
        )
        for new in observers
    ]  # fmt: skip
    Observer.objects.bulk_create(registered, batch_size=500)
    journal_many(verb="observer.registered", subjects=registered, by=by, at=at)
    return registered


def pseudonym_of(person: Person) -> str:
    """Always the same for a person on this site, and nobody can go back from it without the site's key."""
    return "CM-" + salted_hmac("parvis.observer", str(person.pk)).hexdigest()[:8].upper()


@transaction.atomic
def declare_conflict(
    observer: Observer,
    *,
    organisation: Organisation,
    reason: str,
    by: Person,
    at: datetime,
    place: Place | None = None,
) -> Conflict:
    """Never to be sent to this place; to none of the whole organisation when no place is given."""
    if not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    conflict, created = Conflict.objects.get_or_create(
        observer=observer, organisation=organisation, place=place,
        defaults={"reason": reason.strip(), "declared_at": at, "declared_by": by},
    )  # fmt: skip
    if created:
        journal(verb="observer.conflict_declared", subject=conflict, by=by, at=at)
    return conflict


def sign_code(
    observer: Observer, *, edition: Edition, by: Person, at: datetime, version: str = CODE_VERSION
) -> Signature:
    return sign_codes([observer], edition=edition, by=by, at=at, version=version)[0]


@transaction.atomic
def sign_codes(
    observers: Sequence[Observer], *, edition: Edition, by: Person | None, at: datetime, version: str = CODE_VERSION
) -> list[Signature]:
    """Each observer signs the code of conduct of an edition; `by` None means each one's own hand."""
    signed = {
        each.observer_id: each
        for each in Signature.objects.filter(observer__in=observers, edition=edition, version=version)
    }
    sha256 = code_of_conduct().sha256 if version == CODE_VERSION else ""
    new = [
        Signature(
            observer=each, edition=edition, version=version, sha256=sha256, signed_at=at, signed_by=by or each.person
        )
        for each in observers
        if each.pk not in signed
    ]
    Signature.objects.bulk_create(new, batch_size=500)
    journal_many(verb="observer.code_signed", subjects=new, by=by, at=at, edition=edition.slug)
    signed |= {each.observer_id: each for each in new}
    return [signed[each.pk] for each in observers]


def certify(observer: Observer, *, channels: Iterable[str], by: Person, at: datetime) -> Observer:
    return certify_many([observer], channels=channels, by=by, at=at)[0]


@transaction.atomic
def certify_many(observers: Sequence[Observer], *, channels: Iterable[str], by: Person, at: datetime) -> list[Observer]:
    """Certify observers for channels whose training they passed; this also ends a suspension."""
    wanted = set(channels)
    if not wanted:
        raise ParvisError(refusals.NO_CHANNEL_CERTIFIED)
    if unknown := sorted(wanted - {str(channel) for channel in Channel}):
        raise ParvisError([refusals.at_key(refusals.UNKNOWN_CHANNEL, channel) for channel in unknown])
    end_others(observers, keep=wanted, by=by, at=at)
    grant_many(observers, channels=wanted, origin=Certification.Origin.ORGANISER, by=by, at=at)
    return move_many(observers, to=Observer.Status.CERTIFIED, by=by, at=at)


@transaction.atomic
def suspend(observer: Observer, *, reason: str, by: Person, at: datetime) -> Observer:
    """Stop sending missions to an observer; those in hand stay to be released or finished."""
    return change_status(observer, to=Observer.Status.SUSPENDED, reason=reason, by=by, at=at)
