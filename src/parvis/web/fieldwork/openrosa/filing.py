"""From a filled form to an observation of the house: the same actions, the same checks, the same refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files import File
from django.utils import timezone

from parvis.core.instruments.form import Grid, QuestionKind
from parvis.core.instruments.openrosa import Instance
from parvis.core.instruments.openrosa.words import PHOTOS
from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.editions.models import Instrument
from parvis.web.fieldwork import refusals as field
from parvis.web.fieldwork.actions.cases import CASES, open_case, record_event
from parvis.web.fieldwork.actions.evidence import add_photo
from parvis.web.fieldwork.actions.observations import Filing, grid_of, record_observation
from parvis.web.fieldwork.actions.reviews import revise
from parvis.web.fieldwork.models import Event, Mission, Observation
from parvis.web.fieldwork.openrosa import refusals
from parvis.web.people.models import Person


def announced(instance: Instance, instrument: Instrument | None) -> dict[str, str]:
    """The photos that a filled form names: file name → the question of the grid that asks for it, or nothing."""
    ours = {instance.ours[name]: "" for name in PHOTOS if instance.ours.get(name)}
    asked = [q for q in grid_of(instrument).questions if q.kind is QuestionKind.PHOTO] if instrument else []
    return ours | {instance.answers[q.name]: q.name for q in asked if instance.answers.get(q.name)}


def instrument_of(instance: Instance) -> Instrument | None:
    """The grid that was filled, as the version of the form says: maybe an earlier one than today's."""
    number = instance.version.partition(".")[0]
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return Instrument.objects.filter(pk=int(number)).defer("source").first()


def file_event(instance: Instance, mission: Mission, *, by: Person, at: datetime) -> Observation:
    """The short second form: the request has left, or something came back."""
    kind, day = instance.ours.get("kind", ""), _day(instance.ours.get("on"))
    if kind not in Event.Kind.values:
        raise ParvisError(refusals.KIND_UNKNOWN)
    if kind == Event.Kind.SENT:
        half = _half_day(instance.ours.get("half_day"))
        return open_case(mission, uuid=instance.instance_id, sent_on=day, half_day=half, by=by, at=at)
    case = Observation.objects.filter(mission=mission).first()
    if case is None:
        raise ParvisError(refusals.NO_CASE)
    record_event(case, kind=kind, on=day, by=by, at=at)
    return case


def file_grid(
    instance: Instance, mission: Mission, pieces: Mapping[str, File], *, by: Person, at: datetime
) -> Observation:
    """The whole grid with its photos: a new report, the end of a case that was open, or a report handed back."""
    instrument = instrument_of(instance)
    if instrument is None:
        raise ParvisError(refusals.VERSION_UNKNOWN)
    grid = grid_of(instrument)
    answers = _answers(instance, grid)
    known = Observation.objects.filter(mission=mission).first()
    if instance.deprecated_id is not None and not _may_be_revised(known):
        raise ParvisError(field.SAME_REPORT_DIFFERENT)
    try:
        if known is not None and known.uuid != instance.instance_id and _may_be_revised(known):
            if known.instrument_id != instrument.pk:
                raise ParvisError(refusals.VERSION_UNKNOWN)
            observation = revise(known, answers=answers, by=by, at=at)
        else:
            observation = record_observation(_filing(instance, mission, known, instrument, answers, at), by=by, at=at)
    except ParvisError as error:
        raise ParvisError([_in_words(fault, grid, by.language) for fault in error.faults]) from error
    questions = announced(instance, instrument)
    for name in sorted(pieces):
        add_photo(observation, file=pieces[name], question=questions.get(name, ""), by=by, at=at)
    return observation


def _in_words(fault: Fault, grid: Grid, language: str) -> Fault:
    """A phone shows questions, never their names."""
    asked = next((q for q in grid.questions if q.name == fault.where.get("question")), None)
    where = fault.where | {"question": f"« {asked.label(language)} »"} if asked else fault.where
    return Fault(fault.code, fault.what, fault.remedy, where)


def _may_be_revised(known: Observation | None) -> bool:
    return known is not None and known.state == Observation.State.TO_REVISE


def _filing(
    instance: Instance,
    mission: Mission,
    known: Observation | None,
    instrument: Instrument,
    answers: dict[str, str],
    at: datetime,
) -> Filing:
    moments = _moments(instance)
    if known is not None and known.state == Observation.State.OPEN:
        return Filing(
            mission, known.uuid, answers, happened_on=known.happened_on, half_day=known.half_day,
            instrument=instrument, **moments, origin=Observation.Origin.ODK,
        )  # fmt: skip
    day, half = _day(instance.ours.get("happened_on")), _half_day(instance.ours.get("half_day"))
    if day > at.date() + timedelta(days=1):  # a phone's clock may be a day ahead
        raise ParvisError(field.IN_THE_FUTURE)
    events = [(Event.Kind.SENT.value, day)] if mission.channel in CASES else []
    return Filing(
        mission, instance.instance_id, answers, happened_on=day, half_day=half, instrument=instrument, events=events,
        **moments, origin=Observation.Origin.ODK,
    )  # fmt: skip


def _answers(instance: Instance, grid: Grid) -> dict[str, str]:
    """The answers as given; notes and calculations are the form's own words, not answers. Unknown ones are refused."""
    told = {q.name for q in grid.questions if q.kind in (QuestionKind.NOTE, QuestionKind.CALCULATION)}
    return {name: value for name, value in instance.answers.items() if name not in told}


def _moments(instance: Instance) -> dict[str, Any]:
    started, ended = _moment(instance.ours.get("started")), _moment(instance.ours.get("ended"))
    return {"started": started, "ended": max(started, ended) if started and ended else ended}


def _moment(text: str | None) -> datetime | None:
    """What the device says; a moment that does not read is no reason to lose a report."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except (ValueError, OverflowError):
        return None


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError as error:
        raise ParvisError(refusals.DAY_MISSING) from error


def _half_day(text: str | None) -> str:
    if text not in ("am", "pm"):
        raise ParvisError(refusals.DAY_MISSING)
    return text
