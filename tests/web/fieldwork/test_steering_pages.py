"""Planning on the pages, and the board of a large edition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parvis.web.editions.models import CalendarDate
from parvis.web.fieldwork import board, screening, tasks
from parvis.web.fieldwork.models import BoardSnapshot, ContactPlan, Mission
from parvis.web.jobs.models import Job
from parvis.web.jobs.tasks import run_job
from parvis.web.jobs.worker import do_often
from parvis.web.pages.organiser.fieldwork.plans import GOALS
from tests.web.fieldwork.factories import MORNING, Field, ObservationFactory, ObserverFactory, ScenarioFactory

pytestmark = pytest.mark.django_db


def steer(field: Field) -> tuple[Client, str]:
    client = Client()
    client.force_login(field.organiser)
    return client, f"/pilotage/{field.edition.slug}/terrain"


def run_waiting() -> None:
    for job in Job.objects.filter(state=Job.State.WAITING):
        run_job.func(job.pk)


def test_a_plan_is_asked_looked_at_and_adopted_on_the_pages() -> None:
    field = Field()
    ObserverFactory.create_batch(3)
    ScenarioFactory(edition=field.edition, channel="phone")
    today = timezone.localdate()
    CalendarDate.objects.create(
        edition=field.edition, kind="fieldwork", starts_on=today, ends_on=today + timedelta(days=90),
        announced_at=MORNING, announced_by=field.organiser,
    )  # fmt: skip
    client, at = steer(field)
    page = client.get(f"{at}/plans/")
    asked = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    asked = {name: "0" if name.startswith("contacts_") else value or "" for name, value in asked.items()}
    refused = client.post(f"{at}/plans/", {**asked, "closed": "demain"}).content.decode()
    assert "« demain » ne donne pas deux dates" in refused
    sent = client.post(f"{at}/plans/", {**asked, "contacts_phone": "3", "closed": "01/01/2030 – 02/01/2030",
                                         "weight_workload": "3", "weight_spread": "0"})  # fmt: skip
    plan = ContactPlan.objects.get()
    assert sent["Location"] == f"{at}/plans/1/"
    assert "Adopter ce plan" not in client.get(f"{at}/plans/1/").content.decode()
    run_waiting()
    shown = client.get(f"{at}/plans/1/").content.decode()
    assert "3 contacts pour 1 structures, par 4 citoyens-mystère." in shown
    assert "3 missions sont nouvelles." in shown
    assert plan.asked["weights"] == {"distance": 1, "spread": 0, "variety": 1, "workload": 3, "connection": 1}
    told = [shown.count(f"importance {word}") for word in ("forte", "normale")] + [shown.count("sans importance")]
    assert told == [1, 4, 2]  # spread is told by its busiest day and its mornings
    client.post(f"{at}/plans/1/adopter/")
    run_waiting()
    plan.refresh_from_db()
    assert plan.adopted_by == field.organiser
    assert Mission.objects.filter(edition=field.edition, state="planned").count() == 3
    assert "Adopté par" in client.get(f"{at}/plans/1/").content.decode()


def test_a_plan_that_cannot_be_says_why_on_its_page() -> None:
    field = Field()
    field.enrolment.staff_informed_on = None
    field.enrolment.save()
    client, at = steer(field)
    day = timezone.localdate().isoformat()
    numbers = {"contacts_phone": "1", "window_days": "5", "burden_per_week": "8", "rotation_days": "90"}
    numbers |= dict.fromkeys([f"weight_{goal}" for goal in GOALS], "1")
    others = {f"contacts_{channel}": "0" for channel in ("email", "letter", "visit", "website", "social")}
    client.post(f"{at}/plans/", {**numbers, **others, "starts_on": day, "ends_on": day})
    run_waiting()
    assert "Aucune structure n’est prête" in client.get(f"{at}/plans/1/").content.decode()


def test_zero_is_no_link_and_late_missions_are_one_click_away() -> None:
    field = Field()
    ObservationFactory(mission=field.mission(state="done"), state="approved")
    client, at = steer(field)
    page = client.get(f"{at}/").content.decode()
    assert "?late=on" not in page
    assert "0 mission en retard" in page
    late = field.mission(state="accepted", window_ends_on=timezone.localdate() - timedelta(days=1))
    page = client.get(f"{at}/").content.decode()
    assert f'{at}/missions/?late=on">1 mission en retard' in page
    assert f"M{late.pk}" in client.get(f"{at}/missions/?late=on").content.decode()
    ObservationFactory(mission=field.mission(state="done"), state="in_review")
    (held,) = board.figures_of(field.edition, timezone.localdate())["observers"]["rows"]
    assert [held[name] for name in ("planned", "done", "in_review", "approved", "late")] == [3, 2, 1, 1, 1]
    assert field.observer.pseudonym in page


def test_the_board_of_a_large_edition_is_counted_by_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "LIVE_UP_TO", 2)
    field = Field()
    for _ in range(3):
        field.mission(state="planned")
    now = timezone.now()
    tasks.count_boards(now)
    kept = BoardSnapshot.objects.get(edition=field.edition)
    assert kept.figures["total"]["planned"] == 3
    field.mission(state="planned")
    client, at = steer(field)
    client.get(f"{at}/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"{at}/").content.decode()
    assert "0 missions faites sur 3" in page
    assert "Compté le" in page
    assert not [query for query in queries if "fieldwork_mission" in query["sql"]]
    BoardSnapshot.objects.update(counted=now - timedelta(hours=1))  # no worker runs: better slow than wrong
    assert "0 missions faites sur 4" in client.get(f"{at}/").content.decode()


def test_the_worker_checks_new_reports_once_a_minute_and_one_failure_stops_no_other(settings: Any) -> None:
    settings.OFTEN = ["parvis.web.fieldwork.no_such_thing", *settings.OFTEN]
    field = Field()
    report = ObservationFactory(mission=field.mission(state="done"))
    done = do_often(None)
    report.refresh_from_db()
    assert report.screened is not None
    later = ObservationFactory(mission=field.mission(state="done"))
    assert do_often(done) == done
    later.refresh_from_db()
    assert later.screened is None


def test_a_large_edition_is_checked_every_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "AT_ONCE_UP_TO", 0)
    field = Field()
    report = ObservationFactory(mission=field.mission(state="done"))
    assert not screening.is_due(field.edition, at=report.received_at + timedelta(minutes=9))
    assert screening.is_due(field.edition, at=report.received_at + timedelta(minutes=10))
    screening.screen(field.edition, at=report.received_at)
    assert not screening.is_due(field.edition, at=report.received_at + timedelta(hours=1))
