"""Long work: followed, stopped, told when it fails, taken up again when its worker is lost, three times at most."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.web.jobs.actions import ask_job, cancel_job, report_progress
from parvis.web.jobs.models import Job
from parvis.web.jobs.pulse import beating
from parvis.web.jobs.tasks import MOST_ATTEMPTS, SILENCE, run_job, take_up_lost_jobs
from tests.factories import MOMENT, JobFactory, PersonFactory

pytestmark = pytest.mark.django_db
HERE = "tests.web.jobs.test_jobs"


def count_to_four(job: Job) -> dict[str, Any]:
    for done in range(5):
        report_progress(job, done=done, total=4)
    return {"counted": job.arguments["upto"]}


def stop_half_way(job: Job) -> dict[str, Any]:
    report_progress(job, done=1, total=2)
    cancel_job(job, by=job.asked_by, at=MOMENT)
    report_progress(job, done=2, total=2)
    raise AssertionError("it went on")


def refuse(job: Job) -> dict[str, Any]:
    raise ParvisError(Fault("no", Text("Rien à compter.", "Nothing to count."), Text("Ajoutez-en.", "Add some.")))


def break_down(job: Job) -> dict[str, Any]:
    raise KeyError("lost")


def asked(task: str, **given: Any) -> Job:
    job: Job = JobFactory(task=f"{HERE}.{task}", asked_by=PersonFactory(), **given)
    return job


def test_work_is_taken_up_after_the_commit_and_leaves_its_result(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        job = ask_job(task=f"{HERE}.count_to_four", label="Compter", arguments={"upto": 4}, by=None, at=MOMENT)
    job.refresh_from_db()
    assert (job.state, job.percent) == ("waiting", 0)
    for callback in callbacks:
        callback()
    job.refresh_from_db()
    assert (job.state, job.percent, job.result, job.attempts) == ("done", 100, {"counted": 4}, 1)


def test_someone_may_stop_it_and_it_stops_at_its_next_sign() -> None:
    job = asked("stop_half_way")
    run_job.enqueue(job.pk)
    job.refresh_from_db()
    assert (job.state, job.percent) == ("cancelled", 100)


def test_work_stopped_before_it_began_never_begins() -> None:
    job = asked("break_down")
    cancel_job(job, by=job.asked_by, at=MOMENT)
    run_job.enqueue(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("cancelled", 0)


@pytest.mark.parametrize(("task", "message"), [("refuse", "Rien à compter."), ("break_down", "KeyError: 'lost'")])
def test_a_failure_is_told_with_its_reason(task: str, message: str) -> None:
    job = asked(task)
    run_job.enqueue(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert message in job.message


def test_work_that_ended_is_not_done_twice() -> None:
    job = asked("break_down", state=Job.State.DONE)
    run_job.enqueue(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 0)


def test_a_lost_worker_is_noticed_and_its_work_taken_up_again() -> None:
    now = timezone.now()
    lost = asked("count_to_four", arguments={"upto": 4}, state=Job.State.RUNNING, attempts=1,
                 heartbeat=now - SILENCE - timedelta(seconds=1))  # fmt: skip
    alive = asked("break_down", state=Job.State.RUNNING, attempts=1, heartbeat=now - timedelta(seconds=10))
    assert take_up_lost_jobs(at=now) == 1
    lost.refresh_from_db()
    alive.refresh_from_db()
    assert (lost.state, lost.attempts) == ("done", 2)
    assert alive.state == "running"


def test_after_three_tries_it_is_given_up_and_said() -> None:
    now = timezone.now()
    job = asked("count_to_four", state=Job.State.RUNNING, attempts=MOST_ATTEMPTS, heartbeat=now - 2 * SILENCE)
    assert take_up_lost_jobs(at=now) == 0
    job.refresh_from_db()
    assert job.state == "failed"
    assert "trois fois" in job.message


@pytest.mark.django_db(transaction=True)
def test_work_that_says_nothing_for_long_is_not_taken_for_lost() -> None:
    long_ago = timezone.now() - 2 * SILENCE
    job = asked("break_down", state=Job.State.RUNNING, attempts=1, heartbeat=long_ago)
    beat = threading.Event()
    with beating(job.pk, every=timedelta(milliseconds=1)):
        for _ in range(2000):
            job.refresh_from_db()
            if job.heartbeat > long_ago:
                break
            beat.wait(0.005)
        assert take_up_lost_jobs(at=timezone.now()) == 0
