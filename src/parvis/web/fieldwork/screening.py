"""Automatic checks of reports: which ones someone must read, and why. They decide nothing.

A novice's first reports, a share drawn by the seed, and every report with a flag are read. Checks run in the
background over all the reports of a channel, because doubles and medians need the others; their findings are kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.core.contacts.quality import Filled, FlagKind, quality_flags
from parvis.core.instruments.expressions import as_text
from parvis.core.instruments.form import Grid, QuestionKind
from parvis.core.vocabulary import Channel
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.actions.cases import CASES
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.drawing import is_drawn
from parvis.web.fieldwork.looks import looks_of
from parvis.web.fieldwork.models import Evidence, Flag, Observation, Report

State = Observation.State
UNDECIDED = (State.RECEIVED, State.IN_REVIEW, State.TO_REVISE)
FIRST_READ = 3  # reports of an observer, in the order in which they came
AT_ONCE_UP_TO = 5_000  # observations; beyond, checking takes seconds and waits for a few more reports
PATIENCE = timedelta(minutes=10)
NOON, EVENING = time(13), time(19)  # when a half-day of contacts is over
NOVICE, DRAWN, SPOTTED = "novice", "drawn", "spotted"
WORDS = {
    NOVICE: _("premiers rapports d’une personne"),
    DRAWN: _("tirée au sort"),
    SPOTTED: _("peut-être repérée par les agents"),
    FlagKind.TOO_FAST: _("remplie très vite"),
    FlagKind.STRAIGHT_LINED: _("toujours la même réponse"),
    FlagKind.DUPLICATE_TEXT: _("texte déjà vu"),
    FlagKind.DUPLICATE_IMAGE: _("photo déjà vue"),
    FlagKind.BURST: _("beaucoup de rapports d’un coup"),
    FlagKind.IMPOSSIBLE_TIMES: _("heures impossibles"),
    FlagKind.OVERLAPPING: _("deux contacts à la même heure"),
    FlagKind.LATE: _("envoyée plus de 24 h après"),
    FlagKind.MOCK_LOCATION: _("position inventée par l’appareil"),
    FlagKind.COMMENT_AGAINST_SCORE: _("remarque contraire aux réponses"),
    FlagKind.TRAP_MISSED: _("contraire à un fait connu"),
    FlagKind.NAMES_SOMEONE: _("nomme peut-être quelqu’un"),
}


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as the checks see it."""

    pk: int
    uuid: str
    observer: int | None
    source: str
    instrument: int
    answers: Mapping[str, Any]
    started: datetime | None
    ended: datetime | None
    received_at: datetime
    from_mission: bool
    happened_on: date
    half_day: str
    place: int
    organisation: int
    mocked: bool
    state: str


def screen(edition: Edition, *, at: datetime) -> int:
    """Check every channel that has reports not checked yet. Returns how many were checked."""
    waiting = _filed_rows(edition).filter(screened__isnull=True)
    total = 0
    for channel in sorted(set(waiting.order_by().values_list("channel", flat=True))):
        total += _screen_channel(edition, channel, at=at)
    return total


def is_due(edition: Edition, *, at: datetime) -> bool:
    """Whether something waits to be checked: at once in a small edition, after ten minutes in a large one."""
    waiting = _filed_rows(edition).filter(screened__isnull=True)
    if edition.observations.count() <= AT_ONCE_UP_TO:
        return bool(waiting.exists())
    return bool(waiting.filter(received_at__lte=at - PATIENCE).exists())


def _filed_rows(edition: Edition) -> Any:
    return edition.observations.filter(double_of__isnull=True).exclude(state=State.OPEN)


@transaction.atomic
def _screen_channel(edition: Edition, channel: str, *, at: datetime) -> int:
    rows = list(_read(edition, channel))
    undecided = {row.pk for row in rows if row.state in UNDECIDED}
    found = {
        (pk, kind, shown[:160])
        for pk, kind, shown in _findings(edition, channel, rows)
        if pk in undecided
    }  # fmt: skip
    known = _filed_rows(edition).filter(channel=channel, state__in=UNDECIDED)
    Flag.objects.filter(observation__in=known.values("pk")).delete()
    flags = [Flag(observation_id=pk, kind=kind, shown_by=shown) for pk, kind, shown in sorted(found)]
    Flag.objects.bulk_create(flags, batch_size=1000)
    # a report that came meanwhile has a later key and waits for the next turn
    newest = max((row.pk for row in rows), default=0)
    checked = _filed_rows(edition).filter(channel=channel, screened__isnull=True, pk__lte=newest)
    return int(checked.update(screened=at))


def _read(edition: Edition, channel: str) -> Iterator[Filed]:
    names = (
        "pk", "uuid", "observer_id", "observer__pseudonym", "visitor", "instrument_id", "answers", "started", "ended",
        "received_at", "mission_id", "happened_on", "half_day",
        "place_id", "place__organisation_id", "timeline", "state",
    )  # fmt: skip
    found = _filed_rows(edition).filter(channel=channel).order_by("received_at", "pk").values_list(*names)
    for row in found.iterator(chunk_size=2000):
        pk, uuid, observer, pseudonym, visitor, instrument, answers, started, ended, received, mission = row[:11]
        happened_on, half_day, place, organisation, timeline, state = row[11:]
        yield Filed(
            pk, str(uuid), observer, pseudonym or visitor, instrument, answers, started, ended, received,
            mission is not None, happened_on, half_day, place, organisation,
            timeline.get("mock_location") is True, state,
        )  # fmt: skip


def _findings(edition: Edition, channel: str, rows: Collection[Filed]) -> Iterator[tuple[int, str, str]]:
    """(observation, reason, what shows it)"""
    novices = _novices(edition)
    told = list(
        Report.objects.filter(edition=edition, kind=Report.Kind.SPOTTED, channel=channel, happened_on__isnull=False)
    )
    for row in rows:
        if row.pk in novices:
            yield row.pk, NOVICE, ""
        if is_drawn(edition.seed, row.uuid):
            yield row.pk, DRAWN, ""
        if any(is_told_of(report, row.organisation, row.happened_on) for report in told):
            yield row.pk, SPOTTED, ""
    by_grid: dict[int, list[Filed]] = defaultdict(list)
    for row in rows:
        by_grid[row.instrument].append(row)
    grids = {each.pk: grid_of(each) for each in edition.instruments.filter(pk__in=by_grid).defer("source")}
    facts, images = _facts(edition, channel), _images(edition, channel)
    for instrument, filed in by_grid.items():
        reader = _Reader(grids[instrument], facts, images)
        for flag in quality_flags([reader.read(row) for row in filed]):
            yield int(flag.filled), str(flag.kind), flag.shown_by


def _novices(edition: Edition) -> set[int]:
    """The first reports of each observer."""
    order: Counter[int] = Counter()
    first = set()
    rows = _filed_rows(edition).filter(observer__isnull=False).order_by("received_at", "pk")
    for pk, observer in rows.values_list("pk", "observer_id").iterator(chunk_size=5000):
        order[observer] += 1
        if order[observer] <= FIRST_READ:
            first.add(pk)
    return first


def is_told_of(report: Report, organisation: int, happened_on: date) -> bool:
    """Whether staff may have spotted this contact: same organisation, at most a day apart."""
    return (
        report.organisation_id == organisation
        and report.happened_on is not None
        and abs(happened_on - report.happened_on) <= timedelta(days=1)
    )


def _facts(edition: Edition, channel: str) -> dict[int | None, dict[str, str]]:
    """Known answers by place; those known everywhere under None."""
    found: dict[int | None, dict[str, str]] = defaultdict(dict)
    for place, question, expected in edition.trap_items.filter(channel=channel).values_list(
        "place", "question", "expected"
    ):
        found[place][question] = expected
    return found


def _images(edition: Edition, channel: str) -> dict[int, frozenset[str]]:
    """Visual fingerprints of the photos of each observation; those never taken are taken now."""
    photos = Evidence.objects.filter(observation__edition=edition, observation__channel=channel)
    looks_of(photos.filter(kind=Evidence.Kind.PHOTO, look=""))
    found: dict[int, set[str]] = defaultdict(set)
    for observation, look in photos.exclude(look__in=["", "-"]).values_list("observation", "look"):
        found[observation].add(look)
    return {observation: frozenset(looks) for observation, looks in found.items()}


def _end_of(day: date, half_day: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, NOON if half_day == "am" else EVENING))


class _Reader:
    """From an observation to what the pure checks need, for one grid."""

    def __init__(
        self, grid: Grid, facts: Mapping[int | None, Mapping[str, str]], images: Mapping[int, frozenset[str]]
    ) -> None:
        self.facts, self.images = facts, images
        self.in_person = grid.channel in (Channel.PHONE, Channel.VISIT)
        self.lasts = grid.channel in CASES  # a case is open for weeks: nothing in it is filed within the day
        self.asked = {question.name for question in grid.questions}
        self.texts = {question.name for question in grid.questions if question.kind is QuestionKind.TEXT}
        self.scores = {
            question.name: {choice.name: choice.score for choice in question.choices}
            for question in grid.questions
            if question.criterion and question.choices
        }

    def read(self, row: Filed) -> Filled:
        given = {name: as_text(value) for name, value in row.answers.items() if name in self.asked}
        marks = {name: value for name, value in given.items() if name in self.scores}
        scored = [score for name, value in marks.items() if (score := self.scores[name].get(value)) is not None]
        return Filled(
            key=str(row.pk),
            source=row.source,
            started_at=row.started,
            finished_at=row.ended,
            received_at=row.received_at if row.from_mission else None,
            marks=marks,
            text=" ".join(given[name] for name in sorted(self.texts & set(given))),
            in_person=self.in_person,
            happened_by=None if self.lasts else _end_of(row.happened_on, row.half_day),
            score=sum(scored) / len(scored) if scored else None,
            images=self.images.get(row.pk, frozenset()),
            mocked=row.mocked,
            given=given,
            expected={**self.facts.get(None, {}), **self.facts.get(row.place, {})},
        )
