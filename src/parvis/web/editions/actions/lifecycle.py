"""An edition's life: created, dated, moved from step to step, each passage with its guards."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from parvis.core.instruments.method import load_method
from parvis.core.vocabulary import Level, ParvisError
from parvis.web.editions import refusals
from parvis.web.editions.categories import DEFAULT_CATEGORIES
from parvis.web.editions.models import CalendarDate, Category, Edition, Enrolment, Price, Seat, usual_silence
from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal, register_person
from parvis.web.people.models import Person
from parvis.web.territory.queries import vintages_loaded

State = Edition.State
PASSAGES = {
    State.DRAFT: {State.ENROLMENT, State.FROZEN},  # an edition of imported data has no fieldwork of ours
    State.ENROLMENT: {State.FIELDWORK},
    State.FIELDWORK: {State.REVIEW},
    State.REVIEW: {State.FROZEN, State.FIELDWORK},
    State.FROZEN: {State.PUBLISHED, State.REVIEW},
    State.PUBLISHED: set(),
}
# Contacts for each place; website and social are checked once or twice for an organisation (main site).
DEFAULT_PLAN = {"email": 10, "phone": 9, "letter": 3, "visit": 2, "website": 1, "social": 2}
DEFAULT_PRICES = [
    (Level.ANALYSED, Decimal("1200"), "Analyse par un expert, canal par canal, et pistes de progrès."),
    (Level.AUDIT, Decimal("4800"), "Analyse, puis audit de l’organisation de l’accueil par deux auditeurs."),
]
NEEDED_DATES = {
    CalendarDate.Kind.ENROLMENT,
    CalendarDate.Kind.FIELDWORK,
    CalendarDate.Kind.CONSULTATION,
    CalendarDate.Kind.RESULTS,
}


@transaction.atomic
def create_edition(
    *,
    slug: str,
    year: int,
    name_fr: str,
    name_en: str,
    vintage: int,
    method: str,
    seed: int,
    by: Person,
    at: datetime,
    previous: Edition | None = None,
    demonstration: bool = False,
    origin: str = Edition.Origin.FIELDWORK,
) -> Edition:
    """A new edition with the categories, plan and prices that past editions teach; its creator is its organiser.

    After how many days a silence is one is taken from the edition before it, so that both measure the same thing.
    """
    shipped, text = load_method(method)
    edition = Edition.objects.create(
        slug=slug, year=year, name_fr=name_fr, name_en=name_en, vintage=vintage, seed=seed, previous=previous,
        demonstration=demonstration, origin=origin, contact_plan=DEFAULT_PLAN, method=shipped.id,
        method_text=text, silence_after=previous.silence_after if previous else usual_silence(),
        method_sha256=hashlib.sha256(text.encode()).hexdigest(), created_at=at, created_by=by,
    )  # fmt: skip
    Category.objects.bulk_create(
        Category(edition=edition, code=code, label_fr=fr, label_en=en, position=position, rule=rule)
        for position, (code, fr, en, rule) in enumerate(DEFAULT_CATEGORIES, 1)
    )
    Price.objects.bulk_create(
        Price(edition=edition, level=level, amount=amount, content=content) for level, amount, content in DEFAULT_PRICES
    )
    Seat.objects.create(edition=edition, person=by, role=Seat.Role.ORGANISER, granted_at=at, granted_by=by)
    journal(verb="edition.created", subject=edition, by=by, at=at, edition=slug)
    return edition


@transaction.atomic
def begin_first_edition(*, email: str, name: str, year: int, at: datetime) -> Edition:
    """The first organiser and the first edition of an installation that has none; its seed is drawn once for all."""
    if Edition.objects.exists():
        raise ParvisError(refusals.ALREADY_BEGUN)
    organiser = register_person(email=email, name=name, by=None, at=at)
    return create_edition(
        slug=str(year), year=year, name_fr=f"Édition {year}", name_en=f"Edition {year}", vintage=vintages_loaded()[0],
        method="2026", seed=secrets.randbelow(2**62), by=organiser, at=at,
    )  # fmt: skip


@transaction.atomic
def change_date(
    edition: Edition, *, kind: str, starts_on: date, ends_on: date, by: Person, at: datetime, reason: str = ""
) -> CalendarDate:
    """Announce a period of the calendar; when it had one already, the new one is the next version."""
    version = edition.dates.filter(kind=kind).count() + 1
    checks = [
        (ends_on < starts_on, refusals.DATES_REVERSED),
        (version > 1 and not reason.strip(), refusals.CHANGE_NEEDS_REASON),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    announced = CalendarDate.objects.create(
        edition=edition, kind=kind, version=version, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(),
        announced_at=at, announced_by=by,
    )  # fmt: skip
    detail = {"kind": kind, "version": version, "starts_on": str(starts_on), "ends_on": str(ends_on)}
    journal(verb="edition.date_announced", subject=edition, by=by, at=at, edition=edition.slug, detail=detail)
    return announced


@transaction.atomic
def give_seat(edition: Edition, *, person: Person, role: str, by: Person | None, at: datetime) -> Seat:
    seat, created = Seat.objects.get_or_create(
        edition=edition, person=person, role=role, defaults={"granted_at": at, "granted_by": by}
    )
    if created:
        journal(verb="seat.given", subject=seat, by=by, at=at, edition=edition.slug, detail={"role": role})
        if by is not None and by.pk != person.pk:
            context = {"who": str(by), "where": edition, "tie": seat}
            write_mail(to=person, template="mail/invited", context=context)
    return seat


@transaction.atomic
def move(edition: Edition, *, to: str, by: Person, at: datetime) -> Edition:
    """Take the edition to another step, if the order allows it. The guards of each passage are its caller's."""
    current = Edition.objects.select_for_update().get(pk=edition.pk)
    if State(to) not in PASSAGES[State(current.state)]:
        raise ParvisError(refusals.WRONG_PASSAGE)
    before, edition.state = current.state, to
    Edition.objects.filter(pk=edition.pk).update(state=to)
    journal(
        verb="edition.moved", subject=edition, by=by, at=at, edition=edition.slug, detail={"from": before, "to": to}
    )
    return edition


@transaction.atomic
def open_enrolment(edition: Edition, *, by: Person, at: datetime) -> Edition:
    faults = []
    if not set(edition.dates.values_list("kind", flat=True)) >= NEEDED_DATES:
        faults.append(refusals.NO_CALENDAR)
    if not edition.categories.exists():
        faults.append(refusals.NO_CATEGORY)
    if faults:
        raise ParvisError(faults)
    return move(edition, to=State.ENROLMENT, by=by, at=at)


@transaction.atomic
def open_fieldwork(edition: Edition, *, by: Person, at: datetime) -> Edition:
    """Fieldwork opens only with frozen instruments and, for every organisation, the proof that staff were informed."""
    faults = []
    accepted = edition.enrolments.filter(state=Enrolment.State.ACCEPTED)
    if edition.instruments_frozen_at is None:
        faults.append(refusals.INSTRUMENTS_NOT_FROZEN)
    if not accepted.exists():
        faults.append(refusals.NO_ACCEPTED_ENROLMENT)
    uninformed = accepted.filter(staff_informed_on__isnull=True).values_list("organisation__name", flat=True)
    if uninformed:
        faults.append(refusals.staff_not_informed(list(uninformed)))
    if faults:
        raise ParvisError(faults)
    return move(edition, to=State.FIELDWORK, by=by, at=at)
