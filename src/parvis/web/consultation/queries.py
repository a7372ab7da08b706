"""Reads on the consultation: live participation, ways in, what waits for a look.

Counters answer, whatever the number of responses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, QuerySet, Sum

from parvis.core.figures.participation import per_thousand
from parvis.web.consultation.counters import COUNTERS
from parvis.web.consultation.margins import Ground, profile_levels
from parvis.web.consultation.models import (
    Attendance,
    CodeBatch,
    Consultation,
    EditionDay,
    EntryPoint,
    EntryPointDay,
    PaperSheet,
    Response,
    Verbatim,
)
from parvis.web.consultation.questionnaire import questionnaire_of
from parvis.web.consultation.sealing import unseal
from parvis.web.editions.models import Edition, Enrolment
from parvis.web.territory.models import Organisation
from parvis.web.territory.queries import facts_of


@dataclass(frozen=True, slots=True)
class EntryPointCount:
    """How many came through an entry point."""

    entry_point: EntryPoint
    opened: int
    started: int
    completed: int


@dataclass(frozen=True, slots=True)
class Participation:
    """A body's participation so far; `per_1000` is of responses started, None without a known population."""

    opened: int
    started: int
    completed: int
    per_1000: float | None
    entry_points: Sequence[EntryPointCount]


def entry_point_of(code: str) -> EntryPoint | None:
    found = EntryPoint.objects.select_related("edition", "organisation", "place")
    return found.filter(code=code.lower()).order_by("pk").first()


def answers_so_far(uuid: UUID) -> dict[str, Any]:
    """What the holder of a form has answered, free text included, to show it to them again."""
    found = Response.objects.filter(pk=uuid).values_list("answers", flat=True).first()
    if found is None:
        return {}
    texts = Verbatim.objects.filter(response=uuid)
    return {**found, **{each.question: unseal(each.sealed) if each.sealed else each.masked for each in texts}}


def entry_points_of(edition: Edition, organisation: Organisation) -> QuerySet[EntryPoint]:
    found = EntryPoint.objects.filter(edition=edition, organisation=organisation)
    return found.select_related("place", "organisation", "edition").order_by("place", "kind", "pk")


def participation(edition: Edition, organisation: Organisation) -> Participation:
    """Live counts of a body, by entry point: two queries, whatever the number of responses."""
    points = entry_points_of(edition, organisation).annotate(
        n_opened=Sum("days__opened", default=0),
        n_started=Sum("days__started", default=0),
        n_completed=Sum("days__completed", default=0),
    )
    counts = [EntryPointCount(each, each.n_opened, each.n_started, each.n_completed) for each in points]
    started = sum(each.started for each in counts)
    population = facts_of(organisation, edition.vintage).population
    return Participation(
        opened=sum(each.opened for each in counts),
        started=started,
        completed=sum(each.completed for each in counts),
        per_1000=per_thousand(started, population),
        entry_points=counts,
    )


def participation_by_day(edition: Edition, organisation: Organisation | None = None) -> list[tuple[date, int, int]]:
    """(day, opened, started), in order, of a body or of the whole edition."""
    rows = EntryPointDay.objects.filter(entry_point__edition=edition)
    if organisation is not None:
        rows = rows.filter(entry_point__organisation=organisation)
    return list(
        rows.values("day").annotate(o=Sum("opened"), s=Sum("started")).order_by("day").values_list("day", "o", "s")
    )


def started_by_day_and_kind(edition: Edition, organisation: Organisation) -> list[tuple[date, str, int]]:
    """(day, screen word of the way in, responses begun) of a body, in order of time."""
    rows = EntryPointDay.objects.filter(entry_point__edition=edition, entry_point__organisation=organisation)
    found = rows.values("day", "entry_point__kind").annotate(s=Sum("started")).order_by("day", "entry_point__kind")
    names = {str(kind): str(kind.label) for kind in EntryPoint.Kind}
    return [(row["day"], names[row["entry_point__kind"]], row["s"]) for row in found]


def sheets_waiting(edition: Edition, organisation: Organisation) -> list[PaperSheet]:
    """Paper forms of a body that are not counted yet."""
    found = PaperSheet.objects.filter(
        entry_point__edition=edition, entry_point__organisation=organisation, settled_at__isnull=True
    )
    return list(found.select_related("entry_point__place", "first_by", "second_by").order_by("entry_point", "number"))


def batches_of(edition: Edition, organisation: Organisation) -> QuerySet[CodeBatch]:
    """Printings of counter codes of a body, each with how many of its codes nobody has used yet."""
    found = CodeBatch.objects.filter(entry_point__edition=edition, entry_point__organisation=organisation)
    found = found.select_related("entry_point__place", "entry_point__edition", "printed_by")
    return found.annotate(left=Count("unused")).order_by("printed_at", "pk")


def ground_of(edition: Edition) -> Ground:
    """What population figures may speak of: the questionnaire's profile, the départements and the enrolled bodies."""
    _, form = questionnaire_of(edition)
    bodies = list(enrolled_bodies(edition).values_list("departement", "region", "identifier"))
    everywhere = Organisation.objects.exclude(departement="").values_list("departement", flat=True).distinct()
    known = {identifier for *_, identifier in bodies} | set(everywhere)
    return Ground(profile_levels(form), known, {departement: region for departement, region, _ in bodies if region})


def template_ground(edition: Edition) -> Ground:
    """The same for a template: the départements of the enrolled bodies, or everyone where they have none."""
    whole = ground_of(edition)
    return replace(whole, territories=[name for name in whole.regions if name] or [whole.everyone])


def enrolled_bodies(edition: Edition) -> QuerySet[Organisation]:
    return Organisation.objects.filter(enrolments__edition=edition, enrolments__state=Enrolment.State.ACCEPTED)


def has_rule(edition: Edition) -> bool:
    """Is there a consultation, and so a rule by which its responses count?"""
    return Consultation.objects.filter(edition=edition).exists()


def totals_of_edition(edition: Edition) -> dict[str, int]:
    """opened, started, completed over the edition: the days added up by night, then the entry points' own since."""
    over = EditionDay.objects.filter(edition=edition)
    since = EntryPointDay.objects.filter(entry_point__edition=edition)
    sums = {name: Sum(name, default=0) for name in COUNTERS}
    known = over.aggregate(**sums, last=Max("day"))
    if known["last"] is not None:
        since = since.filter(day__gt=known["last"])
    more = since.aggregate(**sums)
    return {name: known[name] + more[name] for name in COUNTERS}


def set_aside(edition: Edition) -> QuerySet[Response]:
    """Responses in quarantine, for the organiser to look at."""
    found = Response.objects.filter(edition=edition, quarantined=True)
    return found.select_related("organisation", "entry_point", "decided_by").order_by("organisation_id", "-day", "uuid")


def visits_of(edition: Edition) -> dict[int, int]:
    """The yearly visits of the bodies that declared theirs."""
    return dict(Attendance.objects.filter(edition=edition).values_list("organisation", "visits"))


def verbatims_of(edition: Edition, organisation: Organisation) -> QuerySet[Verbatim]:
    """What may be read of a body's free answers, without hour, language or profile, in an order that tells nothing."""
    found = Verbatim.objects.filter(
        response__edition=edition, response__organisation=organisation, response__quarantined=False
    )
    return found.defer("sealed").annotate(day=F("response__day")).order_by("response_id", "question")


def sealed_texts(edition: Edition) -> QuerySet[Verbatim]:
    """Texts of which something was masked and whose original is still kept, in an order that tells nothing."""
    found = Verbatim.objects.filter(response__edition=edition).exclude(sealed=b"")
    return found.select_related("response__organisation").order_by("response_id", "question")
