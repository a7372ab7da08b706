"""Working days, acknowledgment and answer delays; an answer that has not come yet is a censored delay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import holidays

from parvis.core.instruments.answers import live_answers
from parvis.core.instruments.expressions import number_of
from parvis.core.instruments.form import Grid
from parvis.core.vocabulary import Channel, DelayKind, DelayUnit, Fault, Outcome, Text

# The library knows territories by other codes than the départements of the directory.
_HOLIDAY_CODES = {
    "57": "57",
    **dict.fromkeys(("67", "68", "6AE"), "6AE"),
    **{code: code for code in ("971", "972", "973", "974", "976")},
    "975": "PM",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
_UNITS = {
    DelayKind.PICK_UP: DelayUnit.RINGS,
    DelayKind.WAITING: DelayUnit.MINUTES,
    DelayKind.ACKNOWLEDGMENT: DelayUnit.WORKING_DAYS,
    DelayKind.ANSWER: DelayUnit.WORKING_DAYS,
}


# Working days after which a request in writing may be called unanswered, unless an edition decides otherwise: about
# three times the target of its channel (five for e-mails and messages, eleven for letters), so that a late answer is
# still measured as late.
SILENCE_AFTER: Mapping[str, int] = MappingProxyType({Channel.EMAIL: 15, Channel.LETTER: 30, Channel.SOCIAL: 15})


class EventKind(StrEnum):
    """What happens to a contact in writing. An automatic acknowledgment acknowledges; an absence notice does not."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    AUTO_REPLY = "auto_reply"
    BOUNCED = "bounce"
    TRANSFERRED = "transferred"
    REMINDED = "reminder"
    PARTLY_ANSWERED = "partial_answer"
    ANSWERED = "answered"
    SILENCE = "silence"  # the limit set by the mission passed without an answer


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline: what, and on which day where the service stands."""

    kind: EventKind
    on: date


@dataclass(frozen=True, slots=True)
class Delay:
    """How long something took. Censored: it had not come after `amount`, and may never come."""

    kind: DelayKind
    amount: float
    unit: DelayUnit
    censored: bool = False


@lru_cache(maxsize=512)
def public_holidays(departement: str, year: int) -> frozenset[date]:
    """The public holidays of a département: Alsace-Moselle and overseas have their own.

    departement: its code (`01` … `95`, `2A`, `971` …); an unknown one follows mainland law.
    Source: Code du travail L3133-1, L3134-13 and L3422-2, as the `holidays` library holds them.

    >>> date(2026, 4, 3) in public_holidays("57", 2026), date(2026, 4, 3) in public_holidays("25", 2026)
    (True, False)
    """
    return frozenset(holidays.country_holidays("FR", subdiv=_HOLIDAY_CODES.get(departement), years=year))


def is_working_day(day: date, departement: str) -> bool:
    """Monday to Friday, but for public holidays."""
    return day.weekday() < 5 and day not in public_holidays(departement, day.year)


def working_days_between(start: date, end: date, departement: str) -> int:
    """Working days after `start`, up to and including `end`; 0 on the same day, negative if `end` comes first.

    >>> working_days_between(date(2026, 5, 7), date(2026, 5, 11), "25")   # Thursday, then a holiday, then Monday
    1
    """
    if end < start:
        return -working_days_between(end, start, departement)
    days = (start + timedelta(days=passed) for passed in range(1, (end - start).days + 1))
    return sum(is_working_day(day, departement) for day in days)


def add_working_days(start: date, number: int, departement: str) -> date:
    """The day on which `number` working days have passed since `start`.

    >>> add_working_days(date(2026, 4, 30), 5, "25")   # 1 and 8 May are holidays
    datetime.date(2026, 5, 11)
    """
    day, left = start, number
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day, departement)
    return day


def answer_awaited_until(
    channel: str, sent: date, departement: str, silence_after: Mapping[str, int] = SILENCE_AFTER
) -> date | None:
    """The last day on which an answer is awaited; silence may be noted from the day after. None for other channels.

    channel: one of Channel. sent: the day the request left. departement: where the service stands. silence_after:
    working days by channel.
    Source: our choice, three times the targets of Référentiel Marianne 2008 (e-mails 5, letters 11 working days).

    >>> answer_awaited_until("email", date(2026, 4, 30), "25")   # 15 working days, around 1, 8, 14 and 25 May
    datetime.date(2026, 5, 27)
    """
    days = silence_after.get(channel)
    return add_working_days(sent, days, departement) if days is not None else None


def timeline_faults(events: Sequence[Event]) -> list[Fault]:
    """What cannot be true in a timeline: nothing sent, sent twice, or something before the sending."""
    sent = sorted(event.on for event in events if event.kind is EventKind.SENT)
    if len(sent) != 1:
        what = Text(f"la chronologie compte {len(sent)} envoi(s).", f"the timeline has {len(sent)} sending(s).")
        return [Fault("timeline_sending", what, Text("Il en faut un seul.", "It needs exactly one."))]
    return [
        Fault(
            "timeline_order",
            Text(
                f"« {event.kind} » est daté du {event.on:%d/%m/%Y}, avant l’envoi ({sent[0]:%d/%m/%Y}).",
                f"“{event.kind}” is dated {event.on}, before the sending ({sent[0]}).",
            ),
            Text("Corrigez l’une des deux dates.", "Correct one of the two dates."),
        )
        for event in events
        if event.on < sent[0]
    ]


def timeline_outcome(events: Iterable[Event]) -> Outcome | None:
    """How the timeline ends: answered, silent, bounced (ours until shown otherwise); None while it may still change."""
    kinds = {event.kind for event in events}
    if EventKind.ANSWERED in kinds:
        return Outcome.REACHED
    if EventKind.BOUNCED in kinds:
        return Outcome.OUR_FAILURE
    return Outcome.NOT_REACHED if EventKind.SILENCE in kinds else None


def timeline_delays(events: Sequence[Event], *, departement: str, until: date) -> list[Delay]:
    """The acknowledgment and answer delays of a contact in writing, in working days.

    departement: where the service stands. until: the last day known of; what has not come by then (or by the day the
    limit passed) is censored. Auto-replies, absence notices, bounces and partial answers never count as an answer; an
    acknowledgment that never came is left out once the answer itself came. A bounced or unsent contact has no delay.
    """
    first = _first_days(events)
    sent = first.get(EventKind.SENT)
    if sent is None or (EventKind.BOUNCED in first and EventKind.ANSWERED not in first):
        return []
    end = max(sent, min(until, first.get(EventKind.SILENCE, until)))
    answered, acknowledged = first.get(EventKind.ANSWERED), first.get(EventKind.ACKNOWLEDGED)
    delays = []
    if acknowledged is not None and (answered is None or acknowledged <= answered):
        delays.append(_working_days(DelayKind.ACKNOWLEDGMENT, sent, acknowledged, departement))
    elif answered is None:
        delays.append(_working_days(DelayKind.ACKNOWLEDGMENT, sent, end, departement, censored=True))
    if answered is not None:
        delays.append(_working_days(DelayKind.ANSWER, sent, answered, departement))
    else:
        delays.append(_working_days(DelayKind.ANSWER, sent, end, departement, censored=True))
    return delays


def fill_delays(
    grid: Grid, answers: Mapping[str, Any], events: Sequence[Event], *, departement: str, until: date
) -> dict[str, Any]:
    """The answers with the acknowledgment and answer delays that the timeline gives; what was typed there is replaced.

    A censored delay is no answer: its question stays empty (a contact closed by silence scores by its outcome).
    """
    known = {d.kind: d for d in timeline_delays(events, departement=departement, until=until) if not d.censored}
    filled = dict(answers)
    for question in grid.questions:
        if question.from_timeline and question.delay in known:
            filled[question.name] = int(known[question.delay].amount)
        elif question.from_timeline and events:
            filled.pop(question.name, None)
    return filled


def contact_delays(
    grid: Grid, answers: Mapping[str, Any], events: Sequence[Event] = (), *, departement: str = "", until: date
) -> list[Delay]:
    """Every delay of one contact: rings and minutes from its answers, working days from its timeline.

    Without a timeline, working days typed in the grid are taken as they stand. Sorted by kind, one of each at most.
    """
    found = {delay.kind: delay for delay in timeline_delays(events, departement=departement, until=until)}
    live = live_answers(grid, answers, today=until)
    for question in grid.questions:
        number = number_of(live.values.get(question.name, ""))
        superseded = question.from_timeline and bool(events)
        if question.delay is not None and question.delay not in found and number >= 0 and not superseded:
            found[question.delay] = Delay(question.delay, number, _UNITS[question.delay])
    return [found[kind] for kind in DelayKind if kind in found]


def _first_days(events: Iterable[Event]) -> dict[EventKind, date]:
    first: dict[EventKind, date] = {}
    for event in sorted(events, key=lambda event: event.on):
        first.setdefault(event.kind, event.on)
    return first


def _working_days(kind: DelayKind, start: date, end: date, departement: str, *, censored: bool = False) -> Delay:
    return Delay(kind, float(working_days_between(start, end, departement)), DelayUnit.WORKING_DAYS, censored)
