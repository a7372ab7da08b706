"""What fieldwork forgets, and when: photos, mails and parcels six months after the results, drafts once data freeze."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import FileField, Model, QuerySet
from django.utils import timezone

from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.editions.queries import period
from parvis.web.fieldwork.models import Appeal, Draft, Evidence, MissionMail, Parcel, ParcelPiece
from parvis.web.people.actions import journal

EVIDENCE_KEPT = timedelta(days=183)  # privacy.toml: evidence
CHUNK = 200


def forget_evidence(*, at: datetime) -> dict[str, int]:
    """Once a day: erase what no edition needs any more, files included; returns how much of each, by model.

    The observations, their answers and their dates stay. An edition with an appeal still open waits.
    """
    today = timezone.localdate(at)
    forgotten: dict[str, int] = {}
    for edition in Edition.objects.filter(state=Edition.State.PUBLISHED):
        if _is_past_keeping(edition, today):
            counts = {model.__name__: erase(rows) for model, rows in _of(edition)}
            _tell(edition, counts, at)
            forgotten = {name: forgotten.get(name, 0) + n for name, n in counts.items()}
    homeless = at - EVIDENCE_KEPT
    erase(ParcelPiece.objects.filter(parcel__edition=None, parcel__received_at__lt=homeless))
    erase(Parcel.objects.filter(edition=None, received_at__lt=homeless))
    erase(MissionMail.objects.filter(mission=None, moment__lt=homeless))
    return forgotten


def forget_drafts() -> int:
    """Once a day: erase what was typed and never sent in editions whose data are frozen."""
    over = Draft.objects.filter(mission__edition__state__in=[Edition.State.FROZEN, Edition.State.PUBLISHED])
    return over.delete()[0]


def _is_past_keeping(edition: Edition, today: date) -> bool:
    """Counted from the day that the calendar gives to results; never while an appeal is open."""
    results = period(edition, CalendarDate.Kind.RESULTS)
    over = results is not None and today > (results.ends_on or results.starts_on) + EVIDENCE_KEPT
    return over and not Appeal.objects.filter(edition=edition, state=Appeal.State.OPEN).exists()


def _of(edition: Edition) -> Iterable[tuple[type[Model], QuerySet[Any]]]:
    """Pieces before what they hang from."""
    yield ParcelPiece, ParcelPiece.objects.filter(parcel__edition=edition)
    yield Parcel, Parcel.objects.filter(edition=edition)
    yield MissionMail, MissionMail.objects.filter(mission__edition=edition)
    yield Evidence, Evidence.objects.filter(observation__edition=edition)


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


def _tell(edition: Edition, counts: dict[str, int], at: datetime) -> None:
    if any(counts.values()):
        journal(verb="edition.evidence_forgotten", subject=edition, by=None, at=at, edition=edition.slug, detail=counts)
