"""Signs of life while long work says nothing: only a worker that is gone falls silent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from parvis.web.jobs.models import Job

BEAT = timedelta(minutes=1)


@contextmanager
def beating(job_id: int, every: timedelta = BEAT) -> Iterator[None]:
    """Keep a job's last sign fresh for the length of a `with`, from a thread with a connection of its own."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(job_id, every, over), name=f"pulse of job {job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(job_id: int, every: timedelta, over: threading.Event) -> None:
    while not over.wait(every.total_seconds()):
        with suppress(DatabaseError):  # one beat missed does no harm, a stopped heart would
            Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(heartbeat=timezone.now())
        connection.close()
