"""Ways to stuff a consultation, and honest people who must not be lost on the way.

Everyone goes through the same door as on the site: the rates are counted, the seconds measured, the pages kept.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from parvis.web.consultation import actions
from parvis.web.consultation.models import EntryPoint, Response
from parvis.web.consultation.qualification import Flag, Rule
from parvis.web.consultation.rates import notice

MORNING = datetime(2026, 5, 12, 6, tzinfo=UTC)  # eight o'clock in Paris
STAFF_ADDRESS = "198.51.100.7"
WITHOUT_SCRIPTS = 0.02  # of honest people; a guess, on the high side
WITHOUT_SLIP = 0.05  # of honest people, where slips are handed out: came by a link, or lost theirs
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
    works: bool = False  # a browser with scripts, which does the work that the page asks
    has_slip: bool = False  # was handed a counter code


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
        works, has_slip = draws.random() >= WITHOUT_SCRIPTS, draws.random() >= WITHOUT_SLIP
        yield Visit(at, address, draws.uniform(25, 240), marks, text, works=works, has_slip=has_slip)


def script(draws: random.Random, count: int = 200) -> Iterator[Visit]:
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
        at = MORNING + timedelta(minutes=draws.uniform(0, 540))
        yield Visit(at, STAFF_ADDRESS, draws.uniform(20, 60), ("5",) * 6, works=True)


def colleagues_with_slips(draws: random.Random, count: int = 30) -> Iterator[Visit]:
    """Staff who keep slips for themselves and answer from their own phones, with care."""
    for rank in range(count):
        at, marks = MORNING + timedelta(minutes=draws.uniform(0, 700)), tuple(draws.choices("45", k=6))
        yield Visit(at, f"172.28.{rank}.1", draws.uniform(30, 120), marks, works=True, has_slip=True)


def replayed_form(draws: random.Random, count: int = 60) -> Iterator[Visit]:
    """One form, kept and sent again and again."""
    number = draw_number(draws)
    for rank in range(count):
        yield Visit(MORNING + timedelta(seconds=20 * rank), "192.0.2.77", 30 + 20 * rank, ("5",) * 6, number=number,
                    has_slip=True)  # fmt: skip


def distributed_burst(draws: random.Random, count: int = 150) -> Iterator[Visit]:
    """Many rented addresses at once."""
    for rank in range(count):
        at = MORNING + timedelta(seconds=draws.uniform(0, 300))
        yield Visit(at, f"100.64.{rank // 200}.{rank % 200}", draws.uniform(0.5, 1.5), ("5",) * 6)


def call_to_copy(draws: random.Random, count: int = 60) -> Iterator[Visit]:
    """A message that asks friends to paste the same praise."""
    text = "Un accueil exceptionnel, je recommande cette mairie à tous"
    for rank in range(count):
        at = MORNING + timedelta(minutes=draws.uniform(0, 600))
        yield Visit(at, f"172.20.{rank}.1", draws.uniform(20, 90), ("5",) * 6, text, works=True)


def slow_and_spread(draws: random.Random, count: int = 150, *, works: bool = False) -> Iterator[Visit]:
    """The patient one: one response an address, at a human pace, with varied answers. Nothing tells it from people."""
    for rank in range(count):
        at = MORNING + timedelta(minutes=draws.uniform(0, 700))
        marks = tuple(draws.choices("345", k=6))
        yield Visit(at, f"172.30.{rank}.1", draws.uniform(20, 120), marks, works=works)


def slow_with_browsers(draws: random.Random) -> Iterator[Visit]:
    """The same through real browsers, which do the work: about a second of processor for each."""
    return slow_and_spread(draws, works=True)


ATTACKS: dict[str, Callable[[random.Random], Iterator[Visit]]] = {
    "script": script,
    "form filler": form_filler,
    "hall of colleagues": hall_of_colleagues,
    "colleagues with slips": colleagues_with_slips,
    "replayed form": replayed_form,
    "distributed burst": distributed_burst,
    "call to copy": call_to_copy,
    "slow and spread": slow_and_spread,
    "slow with browsers": slow_with_browsers,
}


# What a rule may ask beyond the usual, and the flags of those that it does not ask.
ASKED = {"usual": {Flag.NO_CODE, Flag.NO_WORK}, "work": {Flag.NO_CODE}, "codes": {Flag.NO_WORK}}
RULE = Rule(points={**Rule().points, Flag.NO_WORK: 3}, codes_needed=True, work_bits=13)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many responses were sent, kept as rows, and count under each rule."""

    sent: int
    kept: int
    counted: Mapping[str, int]


def play(point: EntryPoint, visits: Iterator[Visit], draws: random.Random) -> Outcome:
    """Send everything in order of time, end the day, count. Whole responses go in bulk, which keeps the same rows.

    Everything is asked; a rule that asks less counts the same rows without the flags of what it does not ask.
    """
    ordered, by = sorted(visits, key=lambda each: each.at), point.edition.created_by
    slips = iter(actions.print_codes(point, size=1 + sum(each.has_slip for each in ordered), by=by, at=MORNING)[1])
    whole, kept_slip = [], next(slips)
    for visit in ordered:
        noticed = notice(point, visit.address, at=visit.at, rule=RULE)
        signals = replace(noticed, trap=visit.trap, first_seconds=visit.seconds / 4, total_seconds=visit.seconds,
                          no_work=not visit.works)  # fmt: skip
        if visit.number is None:
            with_code = visit.has_slip and actions.spend_code(point, next(slips))
            answers = dict(zip(("satisfaction", *RATINGS), (visit.marks[0], *visit.marks), strict=True))
            answers |= {"channel": "phone", "comment": visit.text}
            whole.append(
                actions.NewResponse(entry_point=point, answers=answers, at=visit.at, uuid=draw_number(draws),
                                    signals=replace(signals, no_code=not with_code))
            )  # fmt: skip
        else:
            first = {"satisfaction": visit.marks[0], "channel": "phone"}
            actions.record_page(point, uuid=visit.number, page="first", given=first, language="fr", at=visit.at,
                                signals=signals, code=kept_slip)  # fmt: skip
    actions.record_responses(point.edition, responses=whole, by=by, at=MORNING, seed=draws.randrange(2**32))
    actions.end_of_day(at=MORNING + timedelta(days=2))
    flags = list(Response.objects.filter(entry_point=point).values_list("flags", flat=True))
    counted = {name: sum(not RULE.quarantines(set(f) - unasked) for f in flags) for name, unasked in ASKED.items()}
    return Outcome(len(ordered), len(flags), counted)


def everyone(consult: Callable[[], EntryPoint]) -> dict[str, Outcome]:
    """A day of honest people, then each attack, each on a consultation of its own; always the same figures."""
    stories = {"honest": honest, **ATTACKS}
    return {name: play(consult(), story(draws), draws) for name, story in stories.items() for draws in [_dice(name)]}


def _dice(name: str) -> random.Random:
    return random.Random(f"7 {name}")  # noqa: S311 (a simulation)
