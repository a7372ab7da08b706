"""Which reports someone must read: a novice's first ones, every flagged one, and a share drawn by the seed."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from parvis.core.contacts.quality import Filled, FlagKind, quality_flags
from parvis.core.instruments.expressions import as_text
from parvis.core.instruments.form import Grid, QuestionKind
from parvis.core.vocabulary import Channel
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.models import Observation

FIRST_READ = 3  # reports of an observer, in the order in which they came
SHARE_READ = 0.10
NOVICE, DRAWN = "novice", "drawn"
WORDS = {
    NOVICE: _("premiers rapports d’une personne"),
    DRAWN: _("tirée au sort"),
    FlagKind.TOO_FAST: _("remplie très vite"),
    FlagKind.STRAIGHT_LINED: _("toujours la même réponse"),
    FlagKind.DUPLICATE_TEXT: _("texte déjà vu"),
    FlagKind.BURST: _("beaucoup de rapports d’un coup"),
    FlagKind.IMPOSSIBLE_TIMES: _("heures impossibles"),
    FlagKind.OVERLAPPING: _("deux contacts à la même heure"),
    FlagKind.LATE: _("envoyée plus de 24 h après"),
}


def reading_reasons(edition: Edition) -> dict[int, list[str]]:
    """For each received or begun report that must be read, why. The same data give the same answer."""
    filed = edition.observations.exclude(state=Observation.State.OPEN)
    rows = list(
        filed.select_related("observer", "instrument").defer("instrument__source").order_by("received_at", "pk")
    )
    reasons: dict[int, list[str]] = defaultdict(list)
    order: Counter[int] = Counter()
    for row in rows:
        if row.observer_id is not None:
            order[row.observer_id] += 1
            if order[row.observer_id] <= FIRST_READ:
                reasons[row.pk].append(NOVICE)
        if is_drawn(edition.seed, str(row.uuid)):
            reasons[row.pk].append(DRAWN)
    for pk, kind in _flags(rows):
        reasons[pk].append(kind)
    waiting = {row.pk for row in rows if row.state in (Observation.State.RECEIVED, Observation.State.IN_REVIEW)}
    return {pk: why for pk, why in reasons.items() if pk in waiting}


def is_drawn(seed: int, key: str) -> bool:
    """One report in ten, fixed by the seed: nobody chooses, and reading it again changes nothing."""
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 < SHARE_READ


def _flags(rows: Iterable[Observation]) -> Iterable[tuple[int, str]]:
    by_grid: dict[int, list[Filled]] = defaultdict(list)
    grids: dict[int, Grid] = {}
    for row in rows:
        if row.instrument_id not in grids:
            grids[row.instrument_id] = grid_of(row.instrument)
        by_grid[row.instrument_id].append(_filled(row, grids[row.instrument_id]))
    for filled in by_grid.values():
        for flag in quality_flags(filled):
            yield int(flag.filled), str(flag.kind)


def _filled(row: Observation, grid: Grid) -> Filled:
    asked = {question.name: question for question in grid.questions}
    given = {name: as_text(value) for name, value in row.answers.items() if name in asked}
    return Filled(
        key=str(row.pk),
        source=row.observer.pseudonym if row.observer else row.visitor,
        started_at=row.started,
        finished_at=row.ended,
        received_at=row.received_at if row.mission_id else None,
        marks={name: value for name, value in given.items() if asked[name].criterion and asked[name].choices},
        text=" ".join(value for name, value in given.items() if asked[name].kind is QuestionKind.TEXT),
        in_person=row.channel in (Channel.PHONE, Channel.VISIT),
    )


def not_to_read(edition: Edition) -> QuerySet[Observation]:
    """Received reports that nothing asks to read one by one."""
    received = edition.observations.filter(state=Observation.State.RECEIVED)
    return received.exclude(pk__in=reading_reasons(edition))
