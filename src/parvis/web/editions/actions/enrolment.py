"""An organisation enters an edition: begun, completed at its own pace, sent, decided. One way for one and for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.editions import refusals
from parvis.web.editions.categories import categories_of
from parvis.web.editions.models import CalendarDate, Edition, EnrolledPlace, Enrolment
from parvis.web.editions.queries import calendar_file_of, period
from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal_many
from parvis.web.people.models import Person
from parvis.web.territory.actions import grant_membership
from parvis.web.territory.models import Membership, Organisation, Place

State = Enrolment.State
BEFORE_FIELDWORK = {Edition.State.DRAFT, Edition.State.ENROLMENT}


def begin_enrolment(edition: Edition, *, organisation: Organisation, by: Person, at: datetime) -> Enrolment:
    """Open the file of one organisation; its category is computed from real data."""
    return begin_enrolments(edition, organisations=[organisation], by=by, at=at)[0]


@transaction.atomic
def enrol_as_lead(edition: Edition, *, organisation: Organisation, by: Person, at: datetime) -> Enrolment:
    """Someone enrols a body that nobody leads yet and becomes its lead; the organiser checks when deciding."""
    led = Membership.objects.filter(organisation=organisation, role=Membership.Role.LEAD)
    if led.exists() and not led.filter(person=by).exists():
        raise ParvisError(refusals.LED_BY_ANOTHER)
    enrolment = begin_enrolment(edition, organisation=organisation, by=by, at=at)
    grant_membership(organisation=organisation, person=by, role=Membership.Role.LEAD, at=at, by=by)
    return enrolment


@transaction.atomic
def begin_enrolments(
    edition: Edition,
    *,
    organisations: Sequence[Organisation],
    by: Person,
    at: datetime,
    origin: str = Enrolment.Origin.ENROLLED,
) -> list[Enrolment]:
    """Open the files of many organisations with the checks and the journal of one."""
    if origin != Enrolment.Origin.IMPORTED and (closed := _closed(edition, on=timezone.localdate(at))):
        raise ParvisError(closed)
    if Enrolment.objects.filter(edition=edition, organisation__in=[each.pk for each in organisations]).exists():
        raise ParvisError(refusals.ALREADY_ENROLLED)
    categories = categories_of(edition, organisations)
    enrolments = [
        Enrolment(
            edition=edition, organisation=organisation, origin=origin,
            category=categories[organisation.pk], created_at=at, created_by=by,
        )
        for organisation in organisations
    ]  # fmt: skip
    if origin != Enrolment.Origin.IMPORTED and any(enrolment.category is None for enrolment in enrolments):
        raise ParvisError(refusals.NOT_ELIGIBLE)
    Enrolment.objects.bulk_create(enrolments)
    journal_many(verb="enrolment.begun", subjects=enrolments, by=by, at=at, edition=edition.slug)
    return enrolments


@dataclass(frozen=True, slots=True)
class Perimeter:
    """Which places of an enrolment are measured, and which channels do not exist there."""

    enrolment: Enrolment
    places: Sequence[Place]
    absent_channels: Sequence[str] = ()


def write_perimeter(
    enrolment: Enrolment, *, places: Sequence[Place], absent_channels: Sequence[str], by: Person, at: datetime
) -> Enrolment:
    """Which places are measured, and which channels do not exist here (they are not applicable, never a zero)."""
    return write_perimeters([Perimeter(enrolment, places, absent_channels)], by=by, at=at)[0]


@transaction.atomic
def write_perimeters(perimeters: Sequence[Perimeter], *, by: Person, at: datetime) -> list[Enrolment]:
    enrolments = [perimeter.enrolment for perimeter in perimeters]
    _refuse_unless_draft(enrolments)
    for perimeter in perimeters:
        known = set(perimeter.enrolment.edition.channels)
        perimeter.enrolment.absent_channels = sorted(set(perimeter.absent_channels) & known)
        if any(place.organisation_id != perimeter.enrolment.organisation_id for place in perimeter.places):
            raise ParvisError(refusals.OTHER_PLACE)
    Enrolment.objects.bulk_update(enrolments, ["absent_channels"], batch_size=500)
    EnrolledPlace.objects.filter(enrolment__in=[enrolment.pk for enrolment in enrolments]).delete()
    EnrolledPlace.objects.bulk_create(
        EnrolledPlace(enrolment=perimeter.enrolment, place=place)
        for perimeter in perimeters
        for place in perimeter.places
    )
    journal_many(verb="enrolment.perimeter", subjects=enrolments, by=by, at=at, edition=enrolments[0].edition.slug)
    return enrolments


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an organisation wants to be delivered, and whether it may be named if it is a laureate."""

    enrolment: Enrolment
    level: str
    consent_named: bool


def write_wishes(enrolment: Enrolment, *, level: str, consent_named: bool, by: Person, at: datetime) -> Enrolment:
    return write_many_wishes([Wishes(enrolment, level, consent_named)], by=by, at=at)[0]


@transaction.atomic
def write_many_wishes(wishes: Sequence[Wishes], *, by: Person, at: datetime) -> list[Enrolment]:
    """Keep the wishes of enrolments that are still being completed."""
    enrolments = [wish.enrolment for wish in wishes]
    _refuse_unless_draft(enrolments)
    for wish in wishes:
        wish.enrolment.level, wish.enrolment.consent_named = wish.level, wish.consent_named
    Enrolment.objects.bulk_update(enrolments, ["level", "consent_named"], batch_size=500)
    journal_many(verb="enrolment.wishes", subjects=enrolments, by=by, at=at, edition=enrolments[0].edition.slug)
    return enrolments


def record_staff_information(
    enrolment: Enrolment, *, informed_on: date, by: Person, at: datetime, proof: File | None = None
) -> Enrolment:
    """The dated proof that staff were told that mystery contacts will happen; possible until fieldwork opens."""
    with transaction.atomic():
        record_staff_informations([enrolment], informed_on=informed_on, by=by, at=at)
        if proof is not None:  # kept on disk only once nothing else can be refused
            enrolment.staff_proof.save(proof.name, proof)
    return enrolment


@transaction.atomic
def record_staff_informations(
    enrolments: Sequence[Enrolment], *, informed_on: date, by: Person, at: datetime
) -> list[Enrolment]:
    checks = [
        (informed_on > timezone.localdate(at), refusals.STAFF_DATE_IN_FUTURE),
        (any(each.edition.state not in BEFORE_FIELDWORK for each in enrolments), refusals.STAFF_DATE_SETTLED),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    for enrolment in enrolments:
        enrolment.staff_informed_on = informed_on
    Enrolment.objects.bulk_update(enrolments, ["staff_informed_on"], batch_size=500)
    journal_many(verb="enrolment.staff_informed", subjects=enrolments, by=by, at=at, edition=enrolments[0].edition.slug)
    return list(enrolments)


def submit_enrolment(enrolment: Enrolment, *, by: Person, at: datetime) -> Enrolment:
    return submit_enrolments([enrolment], by=by, at=at)[0]


@transaction.atomic
def submit_enrolments(enrolments: Sequence[Enrolment], *, by: Person, at: datetime) -> list[Enrolment]:
    """Send complete files to the organiser. Raises ParvisError with everything that is missing, all at once."""
    today = timezone.localdate(at)
    faults = [fault for enrolment in enrolments for fault in missing_before_submission(enrolment, on=today)]
    if faults:
        raise ParvisError(faults)
    for enrolment in enrolments:
        enrolment.state, enrolment.submitted_at, enrolment.submitted_by = State.SUBMITTED, at, by
    Enrolment.objects.bulk_update(enrolments, ["state", "submitted_at", "submitted_by"], batch_size=500)
    edition = enrolments[0].edition
    journal_many(verb="enrolment.submitted", subjects=enrolments, by=by, at=at, edition=edition.slug)
    calendar = ("parvis.ics", calendar_file_of(edition).encode(), "text/calendar")
    for enrolment in enrolments:
        write_mail(to=by, template="mail/enrolment_submitted", context={"enrolment": enrolment}, attachments=[calendar])
    return list(enrolments)


def missing_before_submission(enrolment: Enrolment, *, on: date) -> list[Fault]:
    """What still prevents this enrolment from being sent on a day, in the order of the form."""
    checks = [
        (enrolment.state != State.DRAFT, refusals.ENROLMENT_SENT),
        (not enrolment.places.all(), refusals.NO_PLACE),
        (not enrolment.channels, refusals.NO_CHANNEL),
        (enrolment.consent_named is None, refusals.NO_CONSENT),
    ]
    closed = _closed(enrolment.edition, on=on)
    return [*([closed] if closed else []), *(fault for wrong, fault in checks if wrong)]


def _closed(edition: Edition, *, on: date) -> Fault | None:
    """Why nobody can enrol on this day, or None: the edition's step, then the last day that was announced."""
    if edition.state != Edition.State.ENROLMENT:
        return refusals.ENROLMENT_CLOSED
    announced = period(edition, CalendarDate.Kind.ENROLMENT)
    return refusals.ENROLMENT_LATE if announced and on > announced.ends_on else None


def decide_enrolment(enrolment: Enrolment, *, accept: bool, by: Person, at: datetime, reason: str = "") -> Enrolment:
    return decide_enrolments([enrolment], accept=accept, by=by, at=at, reason=reason)[0]


@transaction.atomic
def decide_enrolments(
    enrolments: Sequence[Enrolment], *, accept: bool, by: Person, at: datetime, reason: str = ""
) -> list[Enrolment]:
    """Accept or refuse files that were sent; the sender is told by mail."""
    if any(enrolment.state != State.SUBMITTED for enrolment in enrolments):
        raise ParvisError(refusals.NOT_SUBMITTED)
    if not accept and not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    for enrolment in enrolments:
        enrolment.state = State.ACCEPTED if accept else State.REFUSED
        enrolment.decided_at, enrolment.decided_by, enrolment.decision_reason = at, by, reason
    Enrolment.objects.bulk_update(enrolments, ["state", "decided_at", "decided_by", "decision_reason"], batch_size=500)
    verb = "enrolment.accepted" if accept else "enrolment.refused"
    journal_many(verb=verb, subjects=enrolments, by=by, at=at, edition=enrolments[0].edition.slug)
    for enrolment in enrolments:
        write_mail(
            to=enrolment.submitted_by,
            template="mail/enrolment_decided",
            context={"enrolment": enrolment, "accepted": accept, "reason": reason},
        )
    return list(enrolments)


def _refuse_unless_draft(enrolments: Sequence[Enrolment]) -> None:
    if any(enrolment.state != State.DRAFT for enrolment in enrolments):
        raise ParvisError(refusals.ENROLMENT_SENT)
