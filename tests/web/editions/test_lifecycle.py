"""An edition goes from step to step only through its guards; each refusal says all its reasons."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from parvis.web.editions import actions
from parvis.web.editions.models import CalendarDate, Edition, Seat
from parvis.web.editions.queries import calendar_in_force, current_edition, edition_before, steps_on
from parvis.web.fieldwork.actions import close_fieldwork
from parvis.web.people.models import JournalEntry
from parvis.web.results.actions import freeze, publish
from tests.factories import MOMENT, CategoryFactory, EditionFactory, EnrolmentFactory, PersonFactory
from tests.refused import refused
from tests.web.fieldwork.factories import ObservationFactory

pytestmark = pytest.mark.django_db
State = Edition.State
KINDS = ("enrolment", "fieldwork", "consultation", "results")


def new_edition(**given: Any) -> Edition:
    wanted = {
        "slug": "2027", "year": 2027, "name_fr": "Édition 2027", "name_en": "Edition 2027", "vintage": 2026,
        "method": "2026", "seed": 7, "by": PersonFactory(), "at": MOMENT,
    } | given  # fmt: skip
    return actions.create_edition(**wanted)


def dated(edition: Edition) -> Edition:
    for kind in KINDS:
        actions.change_date(
            edition, kind=kind, starts_on=date(2026, 1, 5), ends_on=date(2026, 6, 30), by=edition.created_by, at=MOMENT
        )
    return edition


def verbs(edition: Edition) -> list[str]:
    return list(JournalEntry.objects.filter(edition=edition.slug).order_by("pk").values_list("verb", flat=True))


def test_a_new_edition_has_what_past_ones_teach_and_its_creator_organises_it() -> None:
    edition = new_edition()
    assert edition.state == State.DRAFT
    assert edition.categories.count() == 11
    assert [(price.level, price.amount) for price in edition.prices.order_by("amount")] == [
        ("analysed", 1200),
        ("audit", 4800),
    ]
    assert edition.seats.get().role == Seat.Role.ORGANISER
    assert len(edition.method_sha256) == 64
    assert verbs(edition) == ["edition.created"]


def test_enrolment_opens_with_a_calendar_and_categories() -> None:
    bare = EditionFactory()
    with refused("no_calendar", "no_category"):
        actions.open_enrolment(bare, by=bare.created_by, at=MOMENT)
    edition = dated(new_edition())
    actions.open_enrolment(edition, by=edition.created_by, at=MOMENT)
    edition.refresh_from_db()
    assert edition.state == State.ENROLMENT
    assert verbs(edition)[-1] == "edition.moved"


def test_fieldwork_opens_only_with_frozen_instruments_accepted_bodies_and_informed_staff() -> None:
    edition = EditionFactory(state=State.ENROLMENT)
    with refused("instruments_not_frozen", "no_accepted_enrolment"):
        actions.open_fieldwork(edition, by=edition.created_by, at=MOMENT)
    silent = EnrolmentFactory(edition=edition, accepted=True, staff_informed_on=None)
    actions.put_shipped_instruments(edition, vintage="2026", by=edition.created_by, at=MOMENT)
    actions.freeze_instruments(edition, by=edition.created_by, at=MOMENT)
    with refused("staff_not_informed"):
        actions.open_fieldwork(edition, by=edition.created_by, at=MOMENT)
    edition.refresh_from_db()
    assert edition.state == State.ENROLMENT
    actions.record_staff_information(silent, informed_on=date(2026, 2, 27), by=silent.created_by, at=MOMENT)
    actions.open_fieldwork(edition, by=edition.created_by, at=MOMENT)
    edition.refresh_from_db()
    assert edition.state == State.FIELDWORK


@pytest.mark.parametrize(
    ("state", "act", "code"),
    [
        (State.FIELDWORK, actions.open_enrolment, "wrong_passage"),
        (State.PUBLISHED, actions.open_enrolment, "wrong_passage"),
        (State.FIELDWORK, freeze, "review_not_open"),
        (State.FROZEN, freeze, "review_not_open"),
        (State.REVIEW, publish, "not_frozen"),
        (State.PUBLISHED, publish, "not_frozen"),
    ],
)
def test_no_step_is_skipped_or_done_twice(state: str, act: Any, code: str) -> None:
    edition = dated(EditionFactory(state=state))
    CategoryFactory(edition=edition)
    with refused(code):
        act(edition, by=edition.created_by, at=MOMENT)
    edition.refresh_from_db()
    assert edition.state == state


def test_every_passage_that_the_order_forbids_is_refused() -> None:
    allowed = {
        (State.DRAFT, State.ENROLMENT), (State.DRAFT, State.FROZEN), (State.ENROLMENT, State.FIELDWORK),
        (State.FIELDWORK, State.REVIEW), (State.REVIEW, State.FROZEN), (State.REVIEW, State.FIELDWORK),
        (State.FROZEN, State.PUBLISHED), (State.FROZEN, State.REVIEW),
    }  # fmt: skip
    done = set()
    for before in State:
        for after in State:
            edition = EditionFactory(state=before)
            if (before, after) in allowed:
                actions.move(edition, to=after, by=edition.created_by, at=MOMENT)
                done.add((before, after))
            else:
                with refused("wrong_passage"):
                    actions.move(edition, to=after, by=edition.created_by, at=MOMENT)
    assert done == allowed


def test_fieldwork_closes_once_something_came_back() -> None:
    empty = EditionFactory(state=State.FIELDWORK)
    with refused("no_observation"):
        close_fieldwork(empty, by=empty.created_by, at=MOMENT)
    edition = ObservationFactory().edition
    close_fieldwork(edition, by=edition.created_by, at=MOMENT)
    edition.refresh_from_db()
    assert edition.state == State.REVIEW
    with refused("wrong_passage"):
        actions.move(edition, to=State.ENROLMENT, by=edition.created_by, at=MOMENT)


def test_a_changed_date_is_a_new_version_that_says_why() -> None:
    edition = dated(new_edition())
    asked = {"kind": "fieldwork", "starts_on": date(2026, 4, 1), "ends_on": date(2026, 7, 15)}
    with refused("change_needs_reason"):
        actions.change_date(edition, **asked, by=edition.created_by, at=MOMENT)
    with refused("dates_reversed", "change_needs_reason"):
        actions.change_date(edition, **(asked | {"ends_on": date(2026, 3, 1)}), by=edition.created_by, at=MOMENT)
    actions.change_date(edition, **asked, reason="Grève", by=edition.created_by, at=MOMENT)
    versions = edition.dates.filter(kind="fieldwork").order_by("version")
    assert [(each.version, each.ends_on.month, each.reason) for each in versions] == [(1, 6, ""), (2, 7, "Grève")]
    in_force = {each.kind: each.version for each in calendar_in_force(edition)}
    assert in_force == {"enrolment": 1, "consultation": 1, "results": 1, "fieldwork": 2}


def test_the_steps_of_a_day_say_what_is_past_and_what_runs() -> None:
    edition = EditionFactory()
    for kind, first, last in [
        ("enrolment", date(2026, 1, 5), date(2026, 2, 27)),
        ("fieldwork", date(2026, 3, 2), date(2026, 6, 26)),
        ("results", date(2026, 10, 1), date(2026, 10, 1)),
    ]:
        actions.change_date(edition, kind=kind, starts_on=first, ends_on=last, by=edition.created_by, at=MOMENT)
    shown = [(step.period.kind, step.is_past, step.is_now) for step in steps_on(edition, date(2026, 2, 27))]
    assert shown == [("enrolment", False, True), ("fieldwork", False, False), ("results", False, False)]
    shown = [(step.period.kind, step.is_past, step.is_now) for step in steps_on(edition, date(2026, 6, 27))]
    assert shown == [("enrolment", True, False), ("fieldwork", True, False), ("results", False, False)]


def test_the_database_refuses_a_period_that_ends_before_it_starts() -> None:
    edition = EditionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDate.objects.create(
            edition=edition, kind="results", starts_on=date(2026, 2, 2), ends_on=date(2026, 2, 1),
            announced_at=MOMENT, announced_by=edition.created_by,
        )  # fmt: skip


def test_a_seat_is_given_once() -> None:
    edition, person = EditionFactory(), PersonFactory()
    first = actions.give_seat(edition, person=person, role="expert", by=edition.created_by, at=MOMENT)
    again = actions.give_seat(edition, person=person, role="expert", by=edition.created_by, at=MOMENT)
    assert first == again
    assert verbs(edition) == ["seat.given"]


def test_an_edition_compares_with_the_latest_earlier_one_of_our_own_fieldwork() -> None:
    older, last = EditionFactory(year=2024), EditionFactory(year=2025)
    EditionFactory(year=2025, origin=Edition.Origin.IMPORTED)
    EditionFactory(year=2026)
    assert edition_before(2026) == last
    assert edition_before(2025) == older
    assert edition_before(2024) is None


def test_the_current_edition_is_the_newest_that_runs_else_the_newest_published() -> None:
    EditionFactory(year=2027, state=State.DRAFT)
    assert current_edition() is None
    published = EditionFactory(year=2025, state=State.PUBLISHED)
    assert current_edition() == published
    running = EditionFactory(year=2024, state=State.REVIEW)
    assert current_edition() == running
