"""Letters, e-mails and messages stay open for weeks: what left, what came back, or silence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from parvis.core.vocabulary import Channel, Outcome, ParvisError
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.actions.awaiting import awaited_until
from parvis.web.fieldwork.actions.observations import is_filing_open
from parvis.web.fieldwork.models import Event, Mission, Observation
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

CASES = {Channel.EMAIL, Channel.LETTER, Channel.SOCIAL}


@transaction.atomic
def open_case(mission: Mission, *, uuid: UUID, sent_on: date, half_day: str, by: Person, at: datetime) -> Observation:
    """The request has left. Said again with the same uuid, it gives the case that is already open."""
    mission = Mission.objects.select_for_update(of=("self",)).select_related("observer", "edition").get(pk=mission.pk)
    found = Observation.objects.filter(uuid=uuid, mission=mission).first()
    if found is not None:
        return found
    checks = [
        (mission.observer is None or mission.observer.person_id != by.pk, refusals.NOT_YOURS),
        (not is_filing_open(mission.edition), refusals.FIELDWORK_CLOSED),
        (mission.channel not in CASES, refusals.NOT_A_CASE),
        (hasattr(mission, "observation"), refusals.ALREADY_FILED),
        (mission.state != Mission.State.ACCEPTED, refusals.NOT_IN_HAND),
        (sent_on > _tomorrow(at), refusals.IN_THE_FUTURE),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    instrument = mission.edition.instruments.filter(channel=mission.channel).order_by("-version").first()
    if instrument is None:
        raise ParvisError(refusals.NO_GRID)
    case = Observation.objects.create(
        uuid=uuid, edition=mission.edition, mission=mission, enrolment_id=mission.enrolment_id,
        place_id=mission.place_id, channel=mission.channel, observer=mission.observer,
        scenario_id=mission.scenario_id, instrument=instrument, outcome=Outcome.REACHED, happened_on=sent_on,
        half_day=half_day, state=Observation.State.OPEN, received_at=at, received_by=by,
    )  # fmt: skip
    Event.objects.create(observation=case, kind=Event.Kind.SENT, on=sent_on, noted_at=at, noted_by=by)
    journal(verb="observation.case_opened", subject=case, by=by, at=at, edition=mission.edition.slug)
    return case


@transaction.atomic
def record_event(observation: Observation, *, kind: str, on: date, by: Person, at: datetime, detail: str = "") -> Event:
    """Something came back, or was sent again. The same fact noted twice is one event."""
    observation = Observation.objects.select_for_update(of=("self",)).get(pk=observation.pk)
    awaited = awaited_until(observation)
    too_soon = kind == Event.Kind.SILENCE and awaited is not None and on <= awaited
    checks = [
        (observation.observer is None or observation.observer.person_id != by.pk, refusals.NOT_YOURS),
        (not is_filing_open(observation.edition), refusals.CASE_CLOSED),
        (observation.channel not in CASES, refusals.NOT_A_CASE),
        (on < observation.happened_on, refusals.BEFORE_SENDING),
        (on > _tomorrow(at), refusals.IN_THE_FUTURE),
        (too_soon, refusals.silence_too_soon(awaited or on)),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    event, created = Event.objects.get_or_create(
        observation=observation, kind=Event.Kind(kind), on=on,
        defaults={"detail": detail.strip(), "noted_at": at, "noted_by": by},
    )  # fmt: skip
    if created:
        journal(verb="observation.event", subject=observation, by=by, at=at, edition=observation.edition.slug,
                detail={"kind": kind, "on": on.isoformat()})  # fmt: skip
    return event


def may_note(case: Observation | None) -> bool:
    """Whether what comes back is still noted: until the reading ends, even once the grid is filed."""
    ended = (Observation.State.APPROVED, Observation.State.EXCLUDED)
    return case is not None and case.channel in CASES and case.state not in ended and is_filing_open(case.edition)


def _tomorrow(at: datetime) -> date:
    """A phone's clock may be a day ahead, and so may the sun over the Pacific."""
    return at.date() + timedelta(days=1)
