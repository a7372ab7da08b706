"""The worker: takes up tasks, sends the outbox, notices jobs that lost theirs, does once a day what is due.

One turn after another, until told to stop.
"""

from __future__ import annotations

import logging
import threading
from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from parvis.web.jobs.actions import send_waiting_mail
from parvis.web.jobs.tasks import take_up_lost_jobs

PAUSE_SECONDS = 2.0
log = logging.getLogger(__name__)


def turn() -> None:
    """Run every task that waits, then the mail, then the jobs whose worker died."""
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    send_waiting_mail(at=timezone.now())
    take_up_lost_jobs(at=timezone.now())


def do_daily(last: date | None) -> date:
    """What settings.DAILY names, when the day has changed since `last`; returns today. One failure stops no other."""
    now = timezone.now()
    today = timezone.localdate(now)
    if today == last:
        return today
    for path in settings.DAILY:
        try:
            import_string(path)(now)
        except Exception:
            log.exception("Daily work failed: %s", path)
    return today


def work(stop: threading.Event) -> None:
    """Turns until `stop` is set."""
    last: date | None = None
    while not stop.is_set():
        close_old_connections()
        last = do_daily(last)
        turn()
        stop.wait(PAUSE_SECONDS)
