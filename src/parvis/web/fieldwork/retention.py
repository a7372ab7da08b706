"""What fieldwork forgets, and when: drafts once data freeze, evidence after six months, the rest after five years.

Counted from the day that the calendar gives to results. Evidence waits for appeals that are still open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import FileField, Model, QuerySet
from django.utils import timezone

from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.editions.queries import period
from parvis.web.fieldwork.models import (
    Appeal,
    BoardSnapshot,
    ContactPlan,
    DoubleCoding,
    Draft,
    Event,
    Evidence,
    Flag,
    Mission,
    MissionAddress,
    MissionMail,
    Observation,
    Parcel,
    ParcelPiece,
    Report,
    ReviewStep,
    Scenario,
    Signature,
    TrapItem,
)
from parvis.web.people.actions import journal

EVIDENCE_KEPT = timedelta(days=183)  # privacy.toml: evidence
FIELDWORK_KEPT = timedelta(days=5 * 365 + 1)  # privacy.toml: fieldwork
CHUNK = 200
Pile = Iterable[tuple[type[Model], QuerySet[Any]]]  # rows by model, those that hang from others first


def forget_evidence(*, at: datetime) -> dict[str, int]:
    """Once a day: erase what no edition needs any more, files included; returns how much of each, by model.

    The observations, their answers and their dates stay. An edition with an appeal still open waits.
    """
    forgotten = _forget(EVIDENCE_KEPT, _evidence, verb="edition.evidence_forgotten", at=at)
    homeless = at - EVIDENCE_KEPT
    erase(ParcelPiece.objects.filter(parcel__edition=None, parcel__received_at__lt=homeless))
    erase(Parcel.objects.filter(edition=None, received_at__lt=homeless))
    erase(MissionMail.objects.filter(mission=None, moment__lt=homeless))
    return forgotten


def forget_fieldwork(*, at: datetime) -> dict[str, int]:
    """Once a day: erase the whole fieldwork of editions past their time; returns how much of each, by model.

    What is published stays. So does a mission whose expenses were asked back, which accounts need for ten years.
    """
    return _forget(FIELDWORK_KEPT, _everything, verb="edition.fieldwork_forgotten", at=at)


def _forget(kept: timedelta, pile: Callable[[Edition], Pile], *, verb: str, at: datetime) -> dict[str, int]:
    forgotten: Counter[str] = Counter()
    for edition in Edition.objects.filter(state=Edition.State.PUBLISHED):
        if not _is_past(kept, edition, timezone.localdate(at)):
            continue
        if kept == EVIDENCE_KEPT and edition.appeals.filter(state=Appeal.State.OPEN).exists():
            continue
        counts: Counter[str] = Counter()
        for model, rows in pile(edition):
            counts[model.__name__] += erase(rows)
        if counts.total():
            journal(verb=verb, subject=edition, by=None, at=at, edition=edition.slug, detail=dict(counts))
        forgotten += counts
    return dict(forgotten)


def forget_drafts() -> int:
    """Once a day: erase what was typed and never sent in editions whose data are frozen."""
    over = Draft.objects.filter(mission__edition__state__in=[Edition.State.FROZEN, Edition.State.PUBLISHED])
    return over.delete()[0]


def _is_past(kept: timedelta, edition: Edition, today: date) -> bool:
    results = period(edition, CalendarDate.Kind.RESULTS)
    return results is not None and today > (results.ends_on or results.starts_on) + kept


def _evidence(edition: Edition) -> Pile:
    """Pieces before what they hang from."""
    yield ParcelPiece, ParcelPiece.objects.filter(parcel__edition=edition)
    yield Parcel, Parcel.objects.filter(edition=edition)
    yield MissionMail, MissionMail.objects.filter(mission__edition=edition)
    yield Evidence, Evidence.objects.filter(observation__edition=edition)


def _everything(edition: Edition) -> Pile:
    """What hangs from an observation, observations, missions, scenarios, then what the edition alone holds."""
    yield from _evidence(edition)
    for model in (Flag, ReviewStep, DoubleCoding, Event):
        yield model, model.objects.filter(observation__edition=edition)
    for model in (Appeal, Report):
        yield model, model.objects.filter(edition=edition)
    yield Observation, edition.observations.filter(double_of__isnull=False)
    yield Observation, edition.observations.all()
    yield MissionAddress, MissionAddress.objects.filter(mission__edition=edition)
    yield Mission, edition.missions.filter(expenses__isnull=True)
    yield Scenario, edition.scenarios.filter(missions__isnull=True)
    for model in (Signature, TrapItem, ContactPlan, BoardSnapshot):
        yield model, model.objects.filter(edition=edition)


def erase(rows: QuerySet[Any]) -> int:
    """Delete rows some at a time, each with its files: a file goes once its row is gone for good."""
    fields = [field.name for field in rows.model._meta.fields if isinstance(field, FileField)]
    count = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        found = list(rows.model.objects.filter(pk__in=keys).only("pk", *fields))
        files = [file for row in found for name in fields if (file := getattr(row, name))]
        with transaction.atomic():
            rows.model.objects.filter(pk__in=keys).delete()
            transaction.on_commit(lambda gone=files: [file.storage.delete(file.name) for file in gone])
        count += len(keys)
    return count
