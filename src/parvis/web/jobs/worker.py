"""The worker: takes up tasks, sends the outbox, notices jobs that lost theirs, turn after turn until told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone

from parvis.web.jobs.actions import send_waiting_mail
from parvis.web.jobs.tasks import take_up_lost_jobs

PAUSE_SECONDS = 2.0


def turn() -> None:
    """Run every task that waits, then the mail, then the jobs whose worker died."""
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    send_waiting_mail(at=timezone.now())
    take_up_lost_jobs(at=timezone.now())


def work(stop: threading.Event, *, after_turn: Callable[[], None] = lambda: None) -> None:
    """Turns until `stop` is set."""
    while not stop.is_set():
        close_old_connections()
        turn()
        after_turn()
        stop.wait(PAUSE_SECONDS)
