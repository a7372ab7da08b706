"""Invented mystery citizens, their scenarios, missions and reports, through the actions of the site."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction

from parvis.cli.demonstration.answering import Filler
from parvis.cli.demonstration.requests import SCENARIOS
from parvis.cli.demonstration.truth import CONTACT_SPREAD, NOT_REACHED, OUR_FAILURE, Truth
from parvis.core.vocabulary import Channel, Outcome
from parvis.web.editions.models import Edition, EnrolledPlace
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Mission, Observation, Observer, Scenario
from parvis.web.people.models import Person

ONCE_A_BODY = (Channel.WEBSITE, Channel.SOCIAL)  # checked at the main site only
EVENING = time(19, 30)  # when the day's reports are sent
POOL = 3  # observers who share the contacts of a place: enough overlap to tell severity from quality


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which contacts may be made."""

    starts_on: date
    ends_on: date


def register_observers(
    draws: np.random.Generator, *, people: Sequence[Person], by: Person, at: datetime
) -> list[Observer]:
    """Open their files and certify them on every channel."""
    departements = draws.integers(1, 96, size=len(people))
    wanted = [
        actions.NewObserver(
            person=person, departement=f"{number:02d}", capacity=60, demonstration=True,
            pseudonym=f"CM-DEMO{rank:04d}",  # the site's own key would give other ones on another machine
        )
        for rank, (person, number) in enumerate(zip(people, departements, strict=True), 1)
    ]  # fmt: skip
    observers = actions.register_observers(observers=wanted, by=by, at=at)
    return actions.certify_many(observers, channels=[str(channel) for channel in Channel], by=by, at=at)


def write_scenarios(edition: Edition, *, by: Person, at: datetime) -> dict[str, list[Scenario]]:
    """Three for each channel, so that no agent recognises a request."""
    return {
        str(channel): [
            actions.review_ethics(
                actions.write_scenario(
                    edition, code=f"{channel}-{number}", channel=str(channel), title=title, text=text, by=by, at=at
                ),
                by=by, at=at,
            )
            for number, (title, text) in enumerate(requests, 1)
        ]
        for channel, requests in SCENARIOS.items()
    }  # fmt: skip


@transaction.atomic
def send_missions(
    draws: np.random.Generator,
    edition: Edition,
    places: Sequence[EnrolledPlace],
    observers: Sequence[Observer],
    *,
    windows: Sequence[tuple[Window, float]],
    by: Person,
    at: datetime,
) -> list[Mission]:
    """The edition's contact plan for every place, offered to observers who share places.

    windows: periods with the share of the missions that falls in each; missions come in the order of their windows.
    """
    scenarios = write_scenarios(edition, by=by, at=at)
    shares = np.cumsum([share for _, share in windows])
    wanted = []
    for number, enrolled in enumerate(places):
        pool = _pool(observers, number)
        for channel, contacts in _contacts(edition, enrolled):
            for rank in range(contacts):
                window = windows[min(int(np.searchsorted(shares, draws.random())), len(windows) - 1)][0]
                length = max(1, (window.ends_on - window.starts_on).days - 10)
                requests = scenarios[channel]
                start = window.starts_on + timedelta(days=int(draws.integers(0, length)))
                wanted.append(
                    actions.NewMission(
                        enrolment=enrolled.enrolment, place=enrolled.place, channel=channel, window_starts_on=start,
                        window_ends_on=start + timedelta(days=10), scenario=requests[(number + rank) % len(requests)],
                        observer=pool[rank % POOL], half_day="am" if rank % 2 else "pm",
                    )
                )  # fmt: skip
    wanted.sort(key=lambda mission: mission.window_starts_on)
    missions = actions.plan_missions(edition, missions=wanted, by=by, at=at)
    actions.sign_codes(observers, edition=edition, by=None, at=at)
    return actions.offer_missions(missions, ends_on=windows[-1][0].ends_on, by=by, at=at)


def _pool(observers: Sequence[Observer], number: int) -> list[Observer]:
    """Neighbouring places share observers, and each round over them shifts: all are tied together."""
    step = 1 + number * POOL // len(observers)
    return [observers[(number * POOL + rank * step) % len(observers)] for rank in range(POOL)]


def _contacts(edition: Edition, enrolled: EnrolledPlace) -> list[tuple[str, int]]:
    """How many contacts of each channel a place gets."""
    return [
        (channel, number)
        for channel, number in edition.contact_plan.items()
        if channel in enrolled.enrolment.channels and (channel not in ONCE_A_BODY or enrolled.place.kind == "main")
    ]


def accept_all(missions: Sequence[Mission], *, at: datetime) -> None:
    """Each observer accepts their own."""
    by_observer: dict[int, list[Mission]] = {}
    for mission in missions:
        by_observer.setdefault(mission.observer_id or 0, []).append(mission)
    for own in by_observer.values():
        observer = own[0].observer
        if observer is not None:
            actions.accept_missions(own, by=observer.person, at=at)


def file_reports(
    draws: np.random.Generator,
    missions: Sequence[Mission],
    truth: Truth,
    fillers: Mapping[str, Filler],
    ranks: Mapping[str, Mapping[int, int]],
    *,
    by: Person,
) -> list[Observation]:
    """One report for each mission, as good as its body and as severe as its observer truly are, sent the same day.

    ranks: {"organisation": key → row of the truth, "observer": key → place in the severities}.
    """
    channels = {str(channel): number for number, channel in enumerate(Channel)}
    filings = []
    for mission in missions:
        body, observer = (
            ranks["organisation"][mission.place.organisation_id],
            ranks["observer"][mission.observer_id or 0],
        )
        logit = truth.quality[body, channels[mission.channel]] - truth.severity[observer]
        outcome = _outcome(draws, Channel(mission.channel), float(truth.quality[body].mean()))
        answers = fillers[mission.channel].fill(draws, logit=logit + draws.normal(0, CONTACT_SPREAD), outcome=outcome)
        day = mission.window_starts_on + timedelta(days=int(draws.integers(0, 8)))
        filings.append(
            actions.Filing(
                mission=mission, uuid=UUID(bytes=draws.bytes(16), version=4), answers=answers,
                happened_on=_working_day(day), half_day=mission.half_day or "am",
            )
        )  # fmt: skip
    return [
        report
        for day, sent in itertools.groupby(sorted(filings, key=_day_of), key=_day_of)
        for report in actions.record_observations(list(sent), by=by, at=datetime.combine(day, EVENING, UTC))
    ]


def _day_of(filing: actions.Filing) -> date:
    return filing.happened_on


def _outcome(draws: np.random.Generator, channel: Channel, quality: float) -> Outcome:
    luck = draws.random()
    if luck < OUR_FAILURE:
        return Outcome.OUR_FAILURE
    missed = NOT_REACHED[channel] * float(np.exp(-0.6 * (quality - 0.75)))
    return Outcome.NOT_REACHED if luck < OUR_FAILURE + min(missed, 0.6) else Outcome.REACHED


def _working_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day
