"""Reports of observers: received once each, checked by the grid, kept as given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from parvis.core.instruments.answers import check_answers, outcome_of
from parvis.core.instruments.form import Grid
from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.editions.models import Edition, Instrument
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.actions.awaiting import too_soon
from parvis.web.fieldwork.models import Draft, Event, Mission, Observation
from parvis.web.people.actions import journal_many
from parvis.web.people.models import Person


def is_filing_open(edition: Edition) -> bool:
    """Reports are received during fieldwork, and late answers to letters during the review; imports from the draft."""
    if edition.origin == Edition.Origin.IMPORTED and edition.state == Edition.State.DRAFT:
        return True
    return edition.state in (Edition.State.FIELDWORK, Edition.State.REVIEW)


@dataclass(frozen=True, slots=True)
class Filing:
    """A report as an observer sends it. `uuid` is the sender's: the same one twice is the same report."""

    mission: Mission
    uuid: UUID
    answers: Mapping[str, Any]
    happened_on: date
    half_day: str
    outcome: str = ""  # only where the grid has no `outcome` question
    instrument: Instrument | None = None  # the version that was filled; the one in force when none is given
    events: Sequence[tuple[str, date]] = ()
    started: datetime | None = None
    ended: datetime | None = None
    timeline: Mapping[str, Any] = field(default_factory=dict)
    origin: str = Observation.Origin.APP


def record_observation(filing: Filing, *, by: Person, at: datetime) -> Observation:
    """Receive one report. Sent again, it gives the observation that it already made."""
    return record_observations([filing], by=by, at=at)[0]


@transaction.atomic
def record_observations(filings: Sequence[Filing], *, by: Person, at: datetime) -> list[Observation]:
    """Receive reports: by the observer of each mission, or by an organiser for them (paper, demonstration).

    Raises ParvisError with every fault of every report; then none is written. A report that was already received
    (same uuid, same answers) is given back unchanged. A case that was open becomes a full report.
    """
    missions = _locked_missions(filings)
    earlier = _earlier(filings)
    grids = _grids(missions)
    faults = list(_faults(filings, missions, earlier, grids, by=by, at=at))
    if faults:
        raise ParvisError(faults)
    new, completed = [], []
    for filing in filings:
        found = earlier.get(filing.uuid)
        if found is None:
            found = earlier[filing.uuid] = _observation(filing, missions[filing.mission.pk], grids, by=by, at=at)
            new.append((filing, found))
        elif found.state == Observation.State.OPEN:
            _complete(found, filing, grids, by=by, at=at)
            completed.append((filing, found))
    _write(new, completed, missions, by=by, at=at)
    return [earlier[filing.uuid] for filing in filings]


def _locked_missions(filings: Sequence[Filing]) -> dict[int, Mission]:
    wanted = [filing.mission.pk for filing in filings]
    rows = Mission.objects.select_for_update().prefetch_related("observer", "edition", "observation")
    return {mission.pk: mission for mission in rows.filter(pk__in=wanted)}


def _earlier(filings: Sequence[Filing]) -> dict[UUID, Observation]:
    found = Observation.objects.filter(uuid__in=[filing.uuid for filing in filings])
    return {observation.uuid: observation for observation in found}


def _grids(missions: Mapping[int, Mission]) -> dict[tuple[int, str], Instrument]:
    """The instrument in force by (edition, channel)."""
    editions = {mission.edition_id for mission in missions.values()}
    rows = Instrument.objects.filter(edition__in=editions).order_by("version").defer("source")
    return {(row.edition_id, row.channel): row for row in rows}


def grid_of(instrument: Instrument) -> Grid:
    """The compiled grid, read once for each instance of the instrument."""
    grid: Grid | None = instrument.__dict__.get("_grid")
    if grid is None:
        grid = instrument.__dict__["_grid"] = Grid.from_json(instrument.compiled)
    return grid


def _is_repeat(filing: Filing, earlier: Mapping[UUID, Observation]) -> bool:
    found = earlier.get(filing.uuid)
    return (
        found is not None
        and found.state != Observation.State.OPEN
        and found.mission_id == filing.mission.pk
        and found.answers == dict(filing.answers)
    )


def _organised(missions: Mapping[int, Mission], by: Person) -> set[int]:
    """The editions where `by` may file for observers; asked only when some mission is not their own."""
    others = {m.edition_id: m.edition for m in missions.values() if m.observer and m.observer.person_id != by.pk}
    return {pk for pk, edition in others.items() if is_organiser(by, edition)}


def _faults(
    filings: Sequence[Filing],
    missions: Mapping[int, Mission],
    earlier: Mapping[UUID, Observation],
    grids: Mapping[tuple[int, str], Instrument],
    *,
    by: Person,
    at: datetime,
) -> Iterator[Fault]:
    """Why reports cannot be received; a grid is looked at only when its mission allows a report."""
    organised = _organised(missions, by)
    filed: dict[int, UUID] = {}
    for filing in filings:
        if _is_repeat(filing, earlier):
            continue
        mission = missions[filing.mission.pk]
        refused = _refusal(mission, earlier.get(filing.uuid), organised, by=by)
        if filed.setdefault(mission.pk, filing.uuid) != filing.uuid:
            refused = refused or refusals.ALREADY_FILED
        instrument = filing.instrument or grids.get((mission.edition_id, mission.channel))
        if instrument is None or (instrument.channel, instrument.edition_id) != (mission.channel, mission.edition_id):
            refused = refused or refusals.NO_GRID
        if refused is not None:
            yield refusals.at_key(refused, f"M{mission.pk}")
        elif instrument is not None:
            yield from check_answers(grid_of(instrument), filing.answers, today=at.date()).faults
            if early := too_soon(earlier.get(filing.uuid), _outcome(filing, instrument), at.date()):
                yield refusals.at_key(early, f"M{mission.pk}")


def _refusal(mission: Mission, found: Observation | None, organised: set[int], *, by: Person) -> Fault | None:
    if mission.observer is None or (mission.observer.person_id != by.pk and mission.edition_id not in organised):
        return refusals.NOT_YOURS
    if not is_filing_open(mission.edition):
        return refusals.FIELDWORK_CLOSED
    if found is not None:
        if found.mission_id != mission.pk or found.state != Observation.State.OPEN:
            return refusals.SAME_REPORT_DIFFERENT
        return None
    if mission.state == Mission.State.DONE or hasattr(mission, "observation"):
        return refusals.ALREADY_FILED
    return None if mission.state == Mission.State.ACCEPTED else refusals.NOT_IN_HAND


def _observation(
    filing: Filing, mission: Mission, grids: Mapping[tuple[int, str], Instrument], *, by: Person, at: datetime
) -> Observation:
    instrument = filing.instrument or grids[mission.edition_id, mission.channel]
    return Observation(
        uuid=filing.uuid, edition=mission.edition, mission=mission, enrolment_id=mission.enrolment_id,
        place_id=mission.place_id, channel=mission.channel, observer=mission.observer,
        scenario_id=mission.scenario_id, instrument=instrument, answers=dict(filing.answers),
        outcome=_outcome(filing, instrument), happened_on=filing.happened_on, half_day=filing.half_day,
        started=filing.started, ended=filing.ended, timeline=dict(filing.timeline), origin=filing.origin,
        received_at=at, received_by=by,
    )  # fmt: skip


def _outcome(filing: Filing, instrument: Instrument) -> str:
    asks = any(question.name == "outcome" for question in grid_of(instrument).questions)
    return str(outcome_of(filing.answers)) if asks or not filing.outcome else filing.outcome


def _complete(
    observation: Observation,
    filing: Filing,
    grids: Mapping[tuple[int, str], Instrument],
    *,
    by: Person,
    at: datetime,
) -> None:
    """An open case becomes a report: the day of the contact stays the day of sending."""
    observation.instrument = filing.instrument or grids[observation.edition_id, observation.channel]
    observation.answers, observation.outcome = dict(filing.answers), _outcome(filing, observation.instrument)
    observation.timeline = {**observation.timeline, **filing.timeline}
    observation.state = Observation.State.RECEIVED
    observation.received_at, observation.received_by = at, by


def _write(
    new: Sequence[tuple[Filing, Observation]],
    completed: Sequence[tuple[Filing, Observation]],
    missions: Mapping[int, Mission],
    *,
    by: Person,
    at: datetime,
) -> None:
    Observation.objects.bulk_create([observation for _, observation in new], batch_size=500)
    fields = ["instrument", "answers", "outcome", "timeline", "state", "received_at", "received_by"]
    Observation.objects.bulk_update([observation for _, observation in completed], fields, batch_size=100)
    both = [*new, *completed]
    Event.objects.bulk_create(
        [
            Event(observation=observation, kind=kind, on=on, noted_at=at, noted_by=by)
            for filing, observation in both
            for kind, on in filing.events
        ],
        batch_size=1000,
    )
    done = [filing.mission.pk for filing, _ in both]
    for start in range(0, len(done), 500):
        Mission.objects.filter(pk__in=done[start : start + 500]).update(state=Mission.State.DONE)
        Draft.objects.filter(mission__in=done[start : start + 500]).delete()
    for pk in done:
        missions[pk].state = Mission.State.DONE
    for filing, _ in both:
        filing.mission.state = Mission.State.DONE
    slugs = dict.fromkeys(observation.edition.slug for _, observation in both)
    for slug in slugs:
        subjects = [observation for _, observation in both if observation.edition.slug == slug]
        journal_many(verb="observation.received", subjects=subjects, by=by, at=at, edition=slug)
