"""Reads of fieldwork."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import Event, Mission, Observation, Observer
from parvis.web.people.models import Person

DATASET_COLUMNS = {
    "observation": "uuid",
    "scheme": "enrolment__organisation__scheme",
    "identifier": "enrolment__organisation__identifier",
    "organisation_id": "enrolment__organisation_id",
    "place_id": "place_id",
    "place_code": "place__code",
    "channel": "channel",
    "observer": "observer__pseudonym",
    "visitor": "visitor",
    "scenario": "scenario__code",
    "happened_on": "happened_on",
    "half_day": "half_day",
    "outcome": "outcome",
    "double_of": "double_of__uuid",
    "answers": "answers",
    "instrument_id": "instrument_id",
    "pk": "pk",
}


def observations_for_dataset(edition: Edition) -> dict[str, list[Any]]:
    """The approved observations of an edition as columns of equal length, always in the same order.

    Columns: those of DATASET_COLUMNS (observer is the pseudonym, or the visitor of imported data; answers as given)
    and `events`, a list of (kind, date) for each observation. Two queries, whatever the size.
    """
    approved = Observation.objects.filter(edition=edition, state=Observation.State.APPROVED)
    order = ("enrolment__organisation__scheme", "enrolment__organisation__identifier", "place__code", "channel")
    rows = approved.order_by(*order, "happened_on", "uuid").values_list(*DATASET_COLUMNS.values())
    columns: dict[str, list[Any]] = {name: [] for name in DATASET_COLUMNS}
    for row in rows.iterator(chunk_size=5000):
        for name, value in zip(DATASET_COLUMNS, row, strict=True):
            columns[name].append(value)
    columns["observer"] = [
        pseudonym or visitor or None
        for pseudonym, visitor in zip(columns["observer"], columns.pop("visitor"), strict=True)
    ]
    events = _events_of(edition)
    columns["events"] = [events.get(pk, []) for pk in columns.pop("pk")]
    return columns


def _events_of(edition: Edition) -> dict[int, list[tuple[str, Any]]]:
    found: dict[int, list[tuple[str, Any]]] = {}
    approved = Event.objects.filter(observation__edition=edition, observation__state=Observation.State.APPROVED)
    for observation, kind, on in approved.order_by("on", "pk").values_list("observation", "kind", "on"):
        found.setdefault(observation, []).append((kind, on))
    return found


def undecided_observations(edition: Edition) -> QuerySet[Observation]:
    """The observations that are neither approved nor excluded: an edition freezes when there is none left."""
    settled = [Observation.State.APPROVED, Observation.State.EXCLUDED]
    return edition.observations.exclude(state__in=settled)


def observer_of(person: Person) -> Observer | None:
    return Observer.objects.filter(person=person).select_related("person").first()


def missions_of(person: Person) -> QuerySet[Mission]:
    """The missions that an observer may see: their own, once offered."""
    shown = [Mission.State.OFFERED, Mission.State.ACCEPTED, Mission.State.DONE]
    return (
        Mission.objects.filter(observer__person=person, state__in=shown)
        .select_related("edition", "place__organisation", "scenario", "observation", "observer", "enrolment")
        .order_by("window_ends_on", "pk")
    )


def progress(edition: Edition) -> dict[str, dict[str, int]]:
    """For each channel, how many missions are planned in all, in hand, done, in review and approved. One query."""
    settled = Q(observation__state__in=[Observation.State.APPROVED, Observation.State.EXCLUDED])
    rows = (
        Mission.objects.filter(edition=edition)
        .exclude(state=Mission.State.CANCELLED)
        .values("channel")
        .annotate(
            planned=Count("pk"),
            in_hand=Count("pk", filter=Q(state=Mission.State.ACCEPTED)),
            done=Count("pk", filter=Q(state=Mission.State.DONE)),
            in_review=Count("pk", filter=Q(state=Mission.State.DONE) & ~settled),
            approved=Count("pk", filter=Q(observation__state=Observation.State.APPROVED)),
        )
        .order_by("channel")
    )
    return {row.pop("channel"): row for row in rows}
