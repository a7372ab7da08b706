"""What fieldwork forgets when its time is over, and what it keeps for good."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.fieldwork.models import (
    Appeal,
    DoubleCoding,
    Draft,
    Event,
    Evidence,
    Flag,
    Mission,
    MissionMail,
    Observation,
    Parcel,
    ParcelPiece,
    ReviewStep,
    Scenario,
)
from parvis.web.fieldwork.tasks import close_old_accounts, forget_old_fieldwork
from parvis.web.jobs.models import Mail
from parvis.web.people.models import JournalEntry, Person
from tests.web.fieldwork.factories import (
    MORNING,
    NOON,
    AppealFactory,
    DoubleCodingFactory,
    DraftFactory,
    EventFactory,
    EvidenceFactory,
    ExpenseFactory,
    Field,
    FlagFactory,
    MissionMailFactory,
    ObservationFactory,
    ParcelFactory,
    ParcelPieceFactory,
    ReviewStepFactory,
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
        forget_old_fieldwork(at(183))
    assert left() == [1, 1, 1, 1]
    appeal = AppealFactory(edition=field.edition)
    forget_old_fieldwork(at(184))
    assert left() == [1, 1, 1, 1]  # someone still has to look at them
    appeal.delete()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        forget_old_fieldwork(at(184))
        forget_old_fieldwork(at(185))
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
    forget_old_fieldwork(NOON)
    assert Draft.objects.get().mission.edition == other.edition


def test_a_whole_fieldwork_goes_five_years_after_the_results_but_for_what_accounts_need() -> None:
    field = published()[0]
    filed = Observation.objects.get()
    double = ObservationFactory(mission=None, enrolment=field.enrolment, edition=field.edition, place=field.place,
                                channel="phone", observer=None, scenario=None, instrument=filed.instrument,
                                received_by=field.organiser, double_of=filed)  # fmt: skip
    DoubleCodingFactory(observation=filed, double=double)
    for factory in (EventFactory, ReviewStepFactory, FlagFactory):
        factory(observation=filed)
    AppealFactory(edition=field.edition, state="rejected", outcome="Non", decided_at=NOON, decided_by=field.organiser)
    AppealFactory(edition=field.edition)  # forgotten by everyone: five years on, nobody waits for it
    paid = field.mission()
    ExpenseFactory(mission=paid)
    other = Field().mission()
    late = at(5 * 365 + 2)
    forget_old_fieldwork(at(5 * 365))
    assert Observation.objects.count() == 2
    forget_old_fieldwork(late)
    forget_old_fieldwork(late)
    assert not any(model.objects.exists() for model in (Observation, Event, ReviewStep, Flag, DoubleCoding, Appeal))
    assert set(Mission.objects.all()) == {paid, other}
    counts = JournalEntry.objects.get(verb="edition.fieldwork_forgotten").detail
    assert (counts["Observation"], counts["Mission"], counts["Appeal"]) == (2, 1, 2)
    assert set(Scenario.objects.filter(edition=field.edition)) == {paid.scenario}


def test_an_account_that_nobody_visits_is_warned_then_closed_and_what_it_did_stays() -> None:
    field = Field()
    filed = ObservationFactory(mission=field.mission(state="done"))
    person, seen = field.person, datetime(2026, 3, 1, tzinfo=UTC)
    Person.objects.update(last_login=seen + timedelta(days=900), joined_at=seen, demonstration=False)
    Person.objects.filter(pk__in=[person.pk, field.organiser.pk]).update(last_login=seen)

    def closed(days: int) -> bool:
        close_old_accounts(seen + timedelta(days=days))
        person.refresh_from_db()
        return not person.is_active

    assert not closed(699)
    assert not Mail.objects.exists()
    assert not closed(700)
    assert Mail.objects.get(to=person.email).subject == "Parvis : votre compte sera fermé le 29\xa0février 2028"
    assert not closed(729)
    assert closed(730)
    assert Mail.objects.count() == 1
    filed.refresh_from_db()
    observer = filed.observer
    assert observer is not None
    assert (observer.pseudonym, observer.commune, observer.latitude, observer.status) == (
        f"parti-{observer.pk}", "", None, "left"
    )  # fmt: skip
    assert (person.name, person.email) == ("", f"compte-{person.pk}@ferme.invalid")
    assert filed.received_by == person
    field.organiser.refresh_from_db()
    assert field.organiser.is_active  # an edition keeps its organiser
    assert JournalEntry.objects.filter(verb="person.closed").count() == 1


def test_who_comes_back_is_warned_afresh_and_late_daily_work_closes_nobody_without_notice() -> None:
    field = Field()
    person, seen = field.person, datetime(2026, 3, 1, tzinfo=UTC)
    Person.objects.update(last_login=seen + timedelta(days=4000), joined_at=seen, demonstration=False)
    Person.objects.filter(pk=person.pk).update(last_login=seen)
    for days in (1500, 1520):
        close_old_accounts(seen + timedelta(days=days))
    Person.objects.filter(pk=person.pk).update(last_login=seen + timedelta(days=1525))
    for days in (1531, 1525 + 701):
        close_old_accounts(seen + timedelta(days=days))
    person.refresh_from_db()
    assert (person.is_active, Mail.objects.count()) == (True, 2)
