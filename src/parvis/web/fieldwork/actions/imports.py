"""Observations that an organiser already has in a table: same checks, same journal, no mission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from parvis.core.instruments.answers import check_answers, outcome_of
from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.editions.models import Edition, EnrolledPlace, Enrolment, Instrument
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.actions.observations import grid_of, is_filing_open
from parvis.web.fieldwork.models import Event, Observation
from parvis.web.people.actions import journal_many
from parvis.web.people.models import Person
from parvis.web.territory.models import Place


@dataclass(frozen=True, slots=True)
class ImportedObservation:
    """One contact of a table. `visitor` is whatever the table calls its observer."""

    uuid: UUID
    enrolment: Enrolment
    place: Place
    channel: str
    answers: Mapping[str, Any]
    happened_on: date
    half_day: str = "am"
    outcome: str = ""
    visitor: str = ""
    instrument: Instrument | None = None
    double_of: UUID | None = None  # another row of the same import, or an observation already here
    events: Sequence[tuple[str, date]] = ()


@transaction.atomic
def import_observations(
    edition: Edition, *, rows: Sequence[ImportedObservation], by: Person, at: datetime
) -> list[Observation]:
    """Receive a whole table, or nothing of it: raises ParvisError with every fault, each with its row."""
    instruments = {each.channel: each for each in edition.instruments.order_by("version").defer("source")}
    faults = list(_faults(edition, rows, instruments, at=at))
    if faults:
        raise ParvisError(faults)
    observations = [_observation(edition, row, instruments, by=by, at=at) for row in rows]
    Observation.objects.bulk_create(observations, batch_size=500)
    _tie_doubles(rows, observations)
    events = [
        Event(observation=observation, kind=kind, on=on, noted_at=at, noted_by=by)
        for row, observation in zip(rows, observations, strict=True)
        for kind, on in row.events
    ]
    Event.objects.bulk_create(events, batch_size=1000)
    journal_many(verb="observation.received", subjects=observations, by=by, at=at, edition=edition.slug)
    return observations


def _faults(
    edition: Edition, rows: Sequence[ImportedObservation], instruments: Mapping[str, Instrument], *, at: datetime
) -> Iterator[Fault]:
    if not is_filing_open(edition):
        yield refusals.FIELDWORK_CLOSED
        return
    here = set(Observation.objects.filter(edition=edition).values_list("uuid", flat=True))
    enrolled = set(EnrolledPlace.objects.filter(enrolment__edition=edition).values_list("enrolment", "place"))
    known = here | {row.uuid for row in rows}
    seen: set[UUID] = set()
    for number, row in enumerate(rows, 1):
        instrument = row.instrument or instruments.get(row.channel)
        checks = [
            (row.uuid in here or row.uuid in seen, refusals.ALREADY_FILED),
            (row.enrolment.edition_id != edition.pk, refusals.OTHER_EDITION),
            ((row.enrolment.pk, row.place.pk) not in enrolled, refusals.PLACE_NOT_ENROLLED),
            (row.double_of is not None and row.double_of not in known - {row.uuid}, refusals.SAME_REPORT_DIFFERENT),
            (instrument is None, refusals.NO_GRID),
        ]
        seen.add(row.uuid)
        found = [fault for wrong, fault in checks if wrong]
        if instrument is not None:
            found += check_answers(grid_of(instrument), row.answers, today=at.date()).faults
        for fault in found:
            yield Fault(fault.code, fault.what, fault.remedy, {"row": str(number), **fault.where})


def _observation(
    edition: Edition, row: ImportedObservation, instruments: Mapping[str, Instrument], *, by: Person, at: datetime
) -> Observation:
    return Observation(
        uuid=row.uuid, edition=edition, enrolment=row.enrolment, place=row.place, channel=row.channel,
        visitor=row.visitor, instrument=row.instrument or instruments[row.channel], answers=dict(row.answers),
        outcome=row.outcome or str(outcome_of(row.answers)), happened_on=row.happened_on, half_day=row.half_day,
        origin=Observation.Origin.IMPORT, received_at=at, received_by=by,
    )  # fmt: skip


def _tie_doubles(rows: Sequence[ImportedObservation], observations: Sequence[Observation]) -> None:
    named = [row.double_of for row in rows if row.double_of]
    if not named:
        return
    found = {each.uuid: each for each in Observation.objects.filter(uuid__in=named)}
    tied = []
    for row, observation in zip(rows, observations, strict=True):
        if row.double_of:
            observation.double_of = found[row.double_of]
            tied.append(observation)
    Observation.objects.bulk_update(tied, ["double_of"], batch_size=500)
