"""Offers: made to the observers foreseen, told by one mail each, ended when nobody answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import observer_refusals, refusals
from parvis.web.fieldwork.actions.missions import change_all, journal_each
from parvis.web.fieldwork.eligibility import came_recently, faults_of_offers
from parvis.web.fieldwork.models import Mission, Observer
from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal_many
from parvis.web.people.models import Person

State = Mission.State
TO_OFFER = {State.PLANNED, State.DECLINED, State.RELEASED}
LISTED = 12  # missions told one by one in a mail; the page lists them all


@transaction.atomic
def offer(mission: Mission, *, observer: Observer | None = None, ends_on: date, by: Person, at: datetime) -> Mission:
    """Offer a mission to an observer (the one foreseen when none is given)."""
    if observer is not None and observer.pk != mission.observer_id:
        if came_recently(observer, mission):
            raise ParvisError([refusals.at_key(observer_refusals.CAME_RECENTLY, f"M{mission.pk}")])
        mission.observer = observer
    return offer_missions([mission], ends_on=ends_on, by=by, at=at)[0]


@transaction.atomic
def offer_missions(missions: Sequence[Mission], *, ends_on: date, by: Person, at: datetime) -> list[Mission]:
    """Offer missions to the observers foreseen for them; the offer ends by itself after `ends_on`."""
    found = _faults(missions, at)
    if faults := [refusals.at_key(fault, f"M{pk}") for pk, each in found.items() for fault in each]:
        raise ParvisError(faults)
    for mission in missions:
        mission.state, mission.reason, mission.offer_ends_on = State.OFFERED, "", ends_on
        mission.offered_at, mission.offered_by = at, by
        mission.accepted_at = mission.accepted_by = None
    before = dict(Mission.objects.filter(pk__in=[mission.pk for mission in missions]).values_list("pk", "observer"))
    moved = [mission for mission in missions if before[mission.pk] != mission.observer_id]
    Mission.objects.bulk_update(moved, ["observer"], batch_size=200)
    change_all(missions, state=State.OFFERED, reason="", offer_ends_on=ends_on, offered_at=at, offered_by=by,
               accepted_at=None, accepted_by=None)  # fmt: skip
    journal_each("mission.offered", missions, by=by, at=at)
    _tell(missions, ends_on)
    return list(missions)


@transaction.atomic
def offer_planned(edition: Edition, *, ends_on: date, by: Person, at: datetime) -> tuple[list[Mission], list[Mission]]:
    """Offer every planned mission whose observer may make it. Returns those offered, and those that wait for a plan."""
    ready = edition.missions.filter(state=State.PLANNED, observer__isnull=False)
    missions = list(ready.select_related("edition", "observer__person", "place__organisation"))
    found = _faults(missions, at)
    fit = [mission for mission in missions if not found[mission.pk]]
    if missions and not fit:
        raise ParvisError(list({fault.code: fault for each in found.values() for fault in each}.values()))
    offer_missions(fit, ends_on=ends_on, by=by, at=at)
    return fit, [mission for mission in missions if found[mission.pk]]


def _faults(missions: Sequence[Mission], at: datetime) -> Mapping[int, list[Fault]]:
    found = faults_of_offers(missions, today=timezone.localdate(at))
    for mission in missions:
        closed = mission.edition.state != Edition.State.FIELDWORK
        found[mission.pk] += [refusals.FIELDWORK_CLOSED] if closed else []
        found[mission.pk] += [refusals.NOT_TO_OFFER] if mission.state not in TO_OFFER else []
    return found


def _tell(missions: Sequence[Mission], ends_on: date) -> None:
    """One mail for each observer, whatever the number of missions; it names no organisation."""
    by_observer: dict[Observer, list[Mission]] = defaultdict(list)
    for mission in missions:
        if mission.observer is not None:
            by_observer[mission.observer].append(mission)
    for observer, own in by_observer.items():
        own.sort(key=lambda mission: (mission.window_starts_on, mission.pk))
        context = {"missions": own[:LISTED], "more": max(0, len(own) - LISTED), "n": len(own), "ends_on": ends_on}
        write_mail(to=observer.person, template="mail/missions_offered", context=context)


@transaction.atomic
def end_offers(edition: Edition, *, by: Person | None, at: datetime) -> list[Mission]:
    """Take back the offers that nobody answered in time, so that they can go to someone else."""
    over = list(Mission.objects.filter(edition=edition, state=State.OFFERED, offer_ends_on__lt=at.date()))
    for mission in over:
        mission.state, mission.observer = State.PLANNED, None
    Mission.objects.bulk_update(over, ["state", "observer"], batch_size=200)
    journal_many(verb="mission.offer_ended", subjects=over, by=by, at=at, edition=edition.slug)
    return over
