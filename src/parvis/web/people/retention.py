"""What is forgotten once a day that no edition owns: ended work, letters that left, sessions, old journal lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django_tasks_db.models import DBTaskResult

from parvis.web.jobs.actions import MOST_ATTEMPTS
from parvis.web.jobs.models import Job, Mail
from parvis.web.people.actions import journal
from parvis.web.people.models import JournalEntry

WORK_KEPT = timedelta(days=30)  # privacy.toml: work
JOURNAL_KEPT = timedelta(days=5 * 365 + 1)  # privacy.toml: journal
ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)


def forget_old_work(*, at: datetime) -> dict[str, int]:
    """Once a day: erase what is past its time; returns how much of each, by model. The journal keeps the counts."""
    before = at - WORK_KEPT
    ended = Q(heartbeat__lt=before) | Q(heartbeat__isnull=True, asked_at__lt=before)
    counts = {
        "Job": _erased(Job.objects.filter(ended, state__in=ENDED)),
        "Mail": _erased(Mail.objects.filter(Q(sent__lt=before) | Q(attempts__gte=MOST_ATTEMPTS, written__lt=before))),
        "Task": _erased(DBTaskResult.objects.finished().filter(finished_at__lt=before)),
        "JournalEntry": _erased(JournalEntry.objects.filter(at__lt=at - JOURNAL_KEPT)),
    }
    Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    if any(counts.values()):
        journal(verb="work.forgotten", subject=Job, by=None, at=at, detail=counts)
    return counts


def _erased(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]
