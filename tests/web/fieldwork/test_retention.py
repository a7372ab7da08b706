"""What fieldwork forgets when its time is over, and what it keeps for good."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.fieldwork.models import Draft, Evidence, MissionMail, Observation, Parcel, ParcelPiece
from parvis.web.fieldwork.tasks import forget_old_evidence
from parvis.web.people.models import JournalEntry
from tests.web.fieldwork.factories import (
    MORNING,
    NOON,
    AppealFactory,
    DraftFactory,
    EvidenceFactory,
    Field,
    MissionMailFactory,
    ObservationFactory,
    ParcelFactory,
    ParcelPieceFactory,
)

pytestmark = pytest.mark.django_db
RESULTS = date(2026, 9, 15)


def published() -> tuple[Field, list[str]]:
    """A published edition with a photo, a mail, a refused parcel and its piece; the files that they keep."""
    field = Field()
    Edition.objects.filter(pk=field.edition.pk).update(state=Edition.State.PUBLISHED)
    CalendarDate.objects.create(edition=field.edition, kind="results", starts_on=RESULTS, ends_on=RESULTS,
                                announced_at=MORNING, announced_by=field.organiser)  # fmt: skip
    mission = field.mission(state="done")
    file = ContentFile(b"photo", "1.jpg")
    parcel = ParcelFactory(edition=field.edition, mission=mission, observer=field.observer)
    kept = [
        EvidenceFactory(observation=ObservationFactory(mission=mission), file=file).file,
        ParcelPieceFactory(parcel=parcel, file=file).file,
        MissionMailFactory(mission=mission, raw=file).raw,
    ]
    return field, [each.name for each in kept]


def left() -> list[int]:
    return [model.objects.count() for model in (Evidence, Parcel, ParcelPiece, MissionMail)]


def at(after: int) -> datetime:
    return datetime(RESULTS.year, RESULTS.month, RESULTS.day, 3, tzinfo=UTC) + timedelta(days=after)


def test_photos_mails_and_parcels_go_six_months_after_the_results(
    django_capture_on_commit_callbacks: object,
) -> None:
    field, files = published()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        forget_old_evidence(at(183))
    assert left() == [1, 1, 1, 1]
    appeal = AppealFactory(edition=field.edition)
    forget_old_evidence(at(184))
    assert left() == [1, 1, 1, 1]  # someone still has to look at them
    appeal.delete()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        forget_old_evidence(at(184))
        forget_old_evidence(at(185))
    assert left() == [0, 0, 0, 0]
    assert not any(default_storage.exists(name) for name in files)
    assert Observation.objects.count() == 1
    line = JournalEntry.objects.get(verb="edition.evidence_forgotten")
    assert line.detail == {"ParcelPiece": 1, "Parcel": 1, "MissionMail": 1, "Evidence": 1}


def test_drafts_go_once_the_data_are_frozen() -> None:
    field, other = Field(), Field()
    for each in (field, other):
        DraftFactory(mission=each.mission(), instrument=each.instruments["phone"])
    Edition.objects.filter(pk=field.edition.pk).update(state=Edition.State.FROZEN)
    forget_old_evidence(NOON)
    assert Draft.objects.get().mission.edition == other.edition
