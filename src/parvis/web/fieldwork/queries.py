"""Reads of fieldwork."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, When

from parvis.web.editions.models import CalendarDate, Edition, Instrument
from parvis.web.editions.queries import period
from parvis.web.fieldwork.models import (
    Appeal,
    Conflict,
    DoubleCoding,
    Draft,
    Event,
    Flag,
    Mission,
    Observation,
    Observer,
    Report,
    Scenario,
    Signature,
)
from parvis.web.people.models import Person

APPEALS_LAST = timedelta(days=30)  # after results, when the calendar gives appeals no dates of their own
DATASET_COLUMNS = {
    "observation": "uuid",
    "scheme": "enrolment__organisation__scheme",
    "departement": "enrolment__organisation__departement",
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


def draft_of(mission: Mission, *, uuid: UUID) -> Draft:
    """The draft of a mission; a new one, not yet kept, under the identifier given when there is none.

    A report handed back starts from its answers; an open case keeps its own identifier.
    """
    kept = Draft.objects.filter(mission=mission).select_related("instrument").first()
    if kept is not None:
        return kept
    observation: Observation | None = getattr(mission, "observation", None)
    if observation is not None:
        contact = {"happened_on": observation.happened_on.isoformat(), "half_day": observation.half_day}
        return Draft(mission=mission, uuid=observation.uuid, instrument=observation.instrument,
                     answers=observation.answers, contact=contact)  # fmt: skip
    return Draft(mission=mission, uuid=uuid, instrument=instrument_in_force(mission.edition, mission.channel))


def instrument_in_force(edition: Edition, channel: str) -> Instrument | None:
    return edition.instruments.filter(channel=channel).defer("source").order_by("-version").first()


def code_to_sign(observer: Observer, version: str) -> list[Edition]:
    """The running editions where an observer has missions and has not signed this code of conduct."""
    signed = Signature.objects.filter(observer=observer, version=version).values("edition")
    running = Edition.objects.filter(state=Edition.State.FIELDWORK, missions__observer=observer)
    return list(running.exclude(pk__in=signed).distinct())


def planned_missions(
    edition: Edition, *, today: date, channel: str = "", state: str = "", late: bool = False
) -> QuerySet[Mission]:
    found = edition.missions.all()
    found = found.filter(channel=channel) if channel else found
    found = found.filter(state=state) if state else found
    return found.filter(is_late(today)) if late else found


def is_late(today: date) -> Q:
    """The window is over and nothing has come back."""
    waiting = [Mission.State.PLANNED, Mission.State.OFFERED, Mission.State.ACCEPTED, Mission.State.DECLINED]
    return Q(window_ends_on__lt=today, state__in=[*waiting, Mission.State.RELEASED], observation__isnull=True)


def observers_for(mission: Mission) -> QuerySet[Observer]:
    """Who may be offered this mission: certified, without conflict, the nearest first."""
    fit = Observer.objects.filter(
        status=Observer.Status.CERTIFIED, certified_channels__icontains=f'"{mission.channel}"'
    )
    barred = Conflict.objects.filter(organisation=mission.enrolment.organisation_id)
    barred = barred.filter(Q(place__isnull=True) | Q(place=mission.place_id))
    fit = fit.exclude(pk__in=barred.values("observer"))
    departement = mission.place.organisation.departement
    near = Case(When(departement=departement, then=0), default=1, output_field=IntegerField())
    return fit.order_by(near, "pseudonym")


def reading_queue(
    edition: Edition, *, channel: str = "", state: str = "", flagged: bool = False
) -> QuerySet[Observation]:
    """What is to be read, those already begun first, then in order of arrival; second codings are not read."""
    states = [state] if state else [Observation.State.IN_REVIEW, Observation.State.RECEIVED]
    found = edition.observations.filter(state__in=states, double_of__isnull=True)
    found = found.filter(channel=channel) if channel else found
    found = found.filter(Exists(Flag.objects.filter(observation=OuterRef("pk")))) if flagged else found
    return found.order_by("state", "received_at", "pk")


def next_to_review(edition: Edition) -> Observation | None:
    return reading_queue(edition).first()


def not_to_read(edition: Edition) -> QuerySet[Observation]:
    """Received reports that went through the automatic checks, and that nothing asks to read one by one."""
    received = edition.observations.filter(state=Observation.State.RECEIVED, double_of__isnull=True)
    checked = received.filter(screened__isnull=False)
    return checked.filter(~Exists(Flag.objects.filter(observation=OuterRef("pk"))))


def not_screened(edition: Edition) -> int:
    """Reports that the automatic checks have not seen yet."""
    waiting = [Observation.State.RECEIVED, Observation.State.IN_REVIEW]
    return edition.observations.filter(state__in=waiting, double_of__isnull=True, screened__isnull=True).count()


def contested_observations(appeal: Appeal) -> QuerySet[Observation]:
    """The contacts that an appeal may be about: approved ones of that organisation and channel, doubles aside."""
    found = appeal.edition.observations.filter(
        enrolment__organisation=appeal.organisation_id, channel=appeal.channel, double_of__isnull=True
    )
    settled = [Observation.State.APPROVED, Observation.State.IN_REVIEW]
    return (
        found.filter(state__in=settled).select_related("place", "instrument", "observer").order_by("happened_on", "pk")
    )


def appeal_period(edition: Edition) -> CalendarDate | None:
    """When results may be contested: as the calendar says, else until thirty days after results.

    None when the calendar gives neither; then nothing is published yet, or the data were imported without dates.
    """
    if told := period(edition, CalendarDate.Kind.APPEALS):
        return told
    results = period(edition, CalendarDate.Kind.RESULTS)
    if results is None:
        return None
    last = results.ends_on + APPEALS_LAST
    return CalendarDate(edition=edition, kind=CalendarDate.Kind.APPEALS, starts_on=results.starts_on, ends_on=last)


def is_under_appeal(observation: Observation) -> bool:
    return observation.appeals.filter(state=Appeal.State.UPHELD).exists()


def appeals_of(edition: Edition) -> QuerySet[Appeal]:
    """Those to examine first, then the latest."""
    waiting = Case(When(state=Appeal.State.OPEN, then=0), default=1, output_field=IntegerField())
    return edition.appeals.select_related("organisation").order_by(waiting, "-filed_at", "pk")


def codings_of(edition: Edition) -> QuerySet[DoubleCoding]:
    """Second codings of an edition: those to do first."""
    found = DoubleCoding.objects.filter(observation__edition=edition).defer("observation__answers")
    done = Case(When(double__isnull=True, then=0), default=1, output_field=IntegerField())
    return found.select_related("observation__place__organisation", "double").order_by(done, "asked_at", "pk")


def scenarios_of(edition: Edition) -> QuerySet[Scenario]:
    """The registry: in use first, by channel."""
    return edition.scenarios.select_related("service").order_by("-active", "channel", "code", "-version")


def exposures_of(scenario: Scenario, most: int = 30) -> list[dict[str, Any]]:
    """The organisations where it is used most: name, uses."""
    live = scenario.missions.exclude(state=Mission.State.CANCELLED).order_by()
    counts = live.values(name=F("place__organisation__name")).annotate(uses=Count("pk"))
    return list(counts.order_by("-uses", "name")[:most])


def near_spotted(edition: Edition, reports: Iterable[Report]) -> dict[int, list[Observation]]:
    """For each contact that staff say they recognised, the filed ones that it may be; one query for all."""
    told = [each for each in reports if each.kind == Report.Kind.SPOTTED and each.happened_on and not each.settled_at]
    if not told:
        return {}
    bodies = {each.organisation_id for each in told}
    filed = edition.observations.filter(enrolment__organisation__in=bodies, double_of__isnull=True)
    rows = filed.select_related("enrolment", "place").defer("answers")
    return {
        each.pk: [
            row
            for row in rows
            if (row.enrolment.organisation_id, row.channel) == (each.organisation_id, each.channel)
            and abs((row.happened_on - each.happened_on).days) <= 1
        ]
        for each in told
    }
