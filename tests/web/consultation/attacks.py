"""Ways to stuff a consultation, and honest people who must not be lost on the way.

Everyone goes through the same door as on the site: the rates are counted, the seconds measured, the pages kept.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from parvis.web.consultation import actions
from parvis.web.consultation.models import EntryPoint, Response
from parvis.web.consultation.questionnaire import rule_of
from parvis.web.consultation.rates import notice

MORNING = datetime(2026, 5, 12, 6, tzinfo=UTC)  # eight o'clock in Paris
STAFF_ADDRESS = "198.51.100.7"
RATINGS = ("effort", "accessibility", "courtesy", "personalisation", "responsiveness", "answer_quality")


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone, or something, that answers: when, from where, how fast, what."""

    at: datetime
    address: str
    seconds: float
    marks: tuple[str, ...]
    text: str = ""
    number: UUID | None = None
    trap: bool = False


def draw_number(draws: random.Random) -> UUID:
    return UUID(int=draws.getrandbits(128), version=4)


def honest(draws: random.Random, count: int = 300) -> Iterator[Visit]:
    """A day of real people: most alone behind their address, one in six behind a phone operator's shared ones."""
    for rank in range(count):
        shared = draws.random() < 1 / 6
        address = f"203.0.113.{draws.randrange(12)}" if shared else f"10.{rank // 250}.{rank % 250}.1"
        content = draws.random()
        alike = content < 0.25  # sincerely delighted, or sincerely angry, everywhere
        mark = draws.choice("15")
        marks = tuple(mark if alike else draws.choice("12345") for _ in RATINGS)
        late = draws.random() < 0.01
        at = MORNING + timedelta(hours=18.0 if late else 0, minutes=draws.uniform(0, 720 if not late else 60))
        text = draws.choice(
            ["", "", "", "Merci", "Trop long", f"J’ai attendu {draws.randrange(5, 90)} minutes au guichet"]
        )
        yield Visit(at, address, draws.uniform(25, 240), marks, text)


def script(draws: random.Random, count: int = 500) -> Iterator[Visit]:
    """A program on one machine, as fast as it can."""
    for rank in range(count):
        yield Visit(MORNING + timedelta(seconds=rank), "192.0.2.66", 0.3, tuple(draws.choices("45", k=6)))


def form_filler(draws: random.Random, count: int = 50) -> Iterator[Visit]:
    """An ordinary spam robot, from many addresses: it fills every field that it finds."""
    for rank in range(count):
        at = MORNING + timedelta(minutes=draws.uniform(0, 700))
        yield Visit(at, f"172.16.{rank}.9", draws.uniform(3, 40), tuple(draws.choices("12345", k=6)), trap=True)


def hall_of_colleagues(draws: random.Random, colleagues: int = 12, each: int = 15) -> Iterator[Visit]:
    """Staff who vote for their own house from the office, at a human pace, full marks everywhere."""
    for _ in range(colleagues * each):
        yield Visit(
            MORNING + timedelta(minutes=draws.uniform(0, 540)), STAFF_ADDRESS, draws.uniform(20, 60), ("5",) * 6
        )


def replayed_form(draws: random.Random, count: int = 200) -> Iterator[Visit]:
    """One form, kept and sent again and again."""
    number = draw_number(draws)
    for rank in range(count):
        yield Visit(MORNING + timedelta(seconds=20 * rank), "192.0.2.77", 30 + 20 * rank, ("5",) * 6, number=number)


def distributed_burst(draws: random.Random, count: int = 300) -> Iterator[Visit]:
    """Many rented addresses at once."""
    for rank in range(count):
        at = MORNING + timedelta(seconds=draws.uniform(0, 300))
        yield Visit(at, f"100.64.{rank // 200}.{rank % 200}", draws.uniform(0.5, 1.5), ("5",) * 6)


def call_to_copy(draws: random.Random, count: int = 60) -> Iterator[Visit]:
    """A message that asks friends to paste the same praise."""
    text = "Un accueil exceptionnel, je recommande cette mairie à tous"
    for rank in range(count):
        at = MORNING + timedelta(minutes=draws.uniform(0, 600))
        yield Visit(at, f"172.20.{rank}.1", draws.uniform(20, 90), ("5",) * 6, text)


def slow_and_spread(draws: random.Random, count: int = 200) -> Iterator[Visit]:
    """The patient one: one response an address, at a human pace, with varied answers. Nothing tells it from people."""
    for rank in range(count):
        at = MORNING + timedelta(minutes=draws.uniform(0, 700))
        yield Visit(at, f"172.30.{rank}.1", draws.uniform(20, 120), tuple(draws.choices("345", k=6)))


ATTACKS: dict[str, Callable[[random.Random], Iterator[Visit]]] = {
    "script": script,
    "form filler": form_filler,
    "hall of colleagues": hall_of_colleagues,
    "replayed form": replayed_form,
    "distributed burst": distributed_burst,
    "call to copy": call_to_copy,
    "slow and spread": slow_and_spread,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many responses were sent, kept as rows, and qualify."""

    sent: int
    kept: int
    qualified: int


def play(point: EntryPoint, visits: Iterator[Visit], draws: random.Random) -> Outcome:
    """Send everything in order of time, end the day, count. Whole responses go in bulk, which keeps the same rows."""
    ordered = sorted(visits, key=lambda each: each.at)
    whole = []
    for visit in ordered:
        noticed = notice(point, visit.address, at=visit.at, rule=rule_of(point.edition))
        signals = replace(noticed, trap=visit.trap, first_seconds=visit.seconds / 4, total_seconds=visit.seconds)
        if visit.number is None:
            answers = dict(zip(("satisfaction", *RATINGS), (visit.marks[0], *visit.marks), strict=True))
            answers |= {"channel": "phone", "comment": visit.text}
            whole.append(
                actions.NewResponse(entry_point=point, answers=answers, at=visit.at, uuid=draw_number(draws),
                                    signals=signals)
            )  # fmt: skip
        else:
            first = {"satisfaction": visit.marks[0], "channel": "phone"}
            actions.record_page(
                point, uuid=visit.number, page="first", given=first, language="fr", at=visit.at, signals=signals
            )
    by = point.edition.created_by
    actions.record_responses(point.edition, responses=whole, by=by, at=MORNING, seed=draws.randrange(2**32))
    actions.end_of_day(at=MORNING + timedelta(days=2))
    kept = Response.objects.filter(entry_point=point)
    return Outcome(len(ordered), kept.count(), kept.filter(quarantined=False).count())
