"""The worker: takes up tasks, sends the outbox, notices jobs that lost theirs, does what each minute and day ask for.

One turn after another, until told to stop.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from parvis.web.jobs.actions import send_waiting_mail
from parvis.web.jobs.tasks import take_up_lost_jobs

PAUSE_SECONDS = 2.0
OFTEN = timedelta(minutes=1)
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
    if today != last:
        _do_all(settings.DAILY, now)
    return today


def do_often(last: datetime | None) -> datetime:
    """What settings.OFTEN names, when a minute has passed since `last`; returns when it was last done."""
    now = timezone.now()
    if last is not None and now - last < OFTEN:
        return last
    _do_all(settings.OFTEN, now)
    return now


def _do_all(paths: Sequence[str], now: datetime) -> None:
    for path in paths:
        try:
            import_string(path)(now)
        except Exception:
            log.exception("Scheduled work failed: %s", path)


def work(stop: threading.Event) -> None:
    """Turns until `stop` is set."""
    last: date | None = None
    lately: datetime | None = None
    while not stop.is_set():
        close_old_connections()
        last = do_daily(last)
        lately = do_often(lately)
        turn()
        stop.wait(PAUSE_SECONDS)
