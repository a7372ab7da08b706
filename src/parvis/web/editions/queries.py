"""Reads on editions, their calendar and enrolments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When

from parvis.rendering.calendar_file import calendar_file
from parvis.web.editions.models import CalendarDate, Edition, Enrolment
from parvis.web.people.models import Person
from parvis.web.territory.models import Membership, Organisation


def current_edition() -> Edition | None:
    """The edition people can act on today: the newest that is neither in preparation nor published, else published."""
    visible = Edition.objects.exclude(state=Edition.State.DRAFT)
    running = visible.exclude(state=Edition.State.PUBLISHED).exclude(origin=Edition.Origin.IMPORTED)
    return running.order_by("-year").first() or visible.order_by("-year").first()


def edition_open_to_enrolment() -> Edition | None:
    return Edition.objects.filter(state=Edition.State.ENROLMENT).order_by("-year").first()


def edition_before(year: int) -> Edition | None:
    """The edition with which one of this year compares: the latest of our own fieldwork in an earlier year."""
    ours = Edition.objects.filter(origin=Edition.Origin.FIELDWORK, year__lt=year)
    return ours.order_by("-year", "-pk").first()


def visible_editions() -> QuerySet[Edition]:
    """Editions that the public may see, the newest first."""
    return Edition.objects.exclude(state=Edition.State.DRAFT).order_by("-year", "slug")


def calendar_in_force(edition: Edition) -> list[CalendarDate]:
    """The latest version of each date, in order of time."""
    latest = (
        CalendarDate.objects.filter(edition=OuterRef("edition"), kind=OuterRef("kind"))
        .values("kind")
        .annotate(last=Max("version"))
        .values("last")
    )
    return list(edition.dates.filter(version=Subquery(latest)).order_by("starts_on"))


def calendar_file_of(edition: Edition) -> str:
    """The dates in force, as a file for one's own calendar."""
    rows = [
        (f"{edition.slug}-{each.kind}", str(each.get_kind_display()), each.starts_on, each.ends_on)
        for each in calendar_in_force(edition)
    ]
    return calendar_file(edition.name, rows)


@dataclass(frozen=True, slots=True)
class Step:
    """A period of the calendar as the page shows it on a given day."""

    period: CalendarDate
    is_past: bool
    is_now: bool
    is_changed: bool


def steps_on(edition: Edition, day: date) -> list[Step]:
    return [
        Step(period, period.ends_on < day, period.starts_on <= day <= period.ends_on, period.version > 1)
        for period in calendar_in_force(edition)
    ]


def period(edition: Edition, kind: str) -> CalendarDate | None:
    return edition.dates.filter(kind=kind).order_by("-version").first()


def enrolment_queue(edition: Edition) -> QuerySet[Enrolment]:
    """Every enrolment of the edition with what its line shows; those that wait for a decision first."""
    order = {"submitted": 0, "draft": 1, "accepted": 2, "refused": 3, "withdrawn": 4}
    rank = Case(*(When(state=state, then=Value(n)) for state, n in order.items()), output_field=IntegerField())
    return (
        edition.enrolments.select_related("organisation", "category")
        .annotate(place_count=Count("places"), rank=rank)
        .order_by("rank", "organisation__name")
    )


def enrolment_counts(edition: Edition) -> dict[str, int]:
    """How many enrolments are in each state."""
    rows = edition.enrolments.values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}


def enrolments_of(organisation: Organisation) -> QuerySet[Enrolment]:
    return organisation.enrolments.select_related("edition", "category").order_by("-edition__year")


def organisations_of(person: Person) -> Iterable[Organisation]:
    return Organisation.objects.filter(Q(memberships__person=person)).distinct().order_by("name")


def leads_of(enrolments: Iterable[Enrolment]) -> QuerySet[Membership]:
    wanted = [enrolment.organisation_id for enrolment in enrolments]
    return Membership.objects.filter(organisation__in=wanted, role=Membership.Role.LEAD).select_related("person")
