"""What is over is forgotten once a day: work, letters, sessions, the oldest lines of the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from parvis.web.jobs.models import Job, Mail
from parvis.web.people.models import JournalEntry
from parvis.web.people.tasks import forget_what_is_over
from tests.factories import JobFactory, JournalEntryFactory, MailFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 3, 1, 4, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_ended_work_and_sent_letters_go_after_thirty_days_and_the_rest_waits() -> None:
    kept = [
        JobFactory(state="done", heartbeat=ago(29)),
        JobFactory(state="waiting", heartbeat=None, asked_at=ago(90)),
        JobFactory(state="running", heartbeat=ago(31)),
    ]
    for state in ("done", "failed", "cancelled"):
        JobFactory(state=state, heartbeat=ago(31))
    JobFactory(state="done", heartbeat=None, asked_at=ago(31))
    letters = [MailFactory(sent=ago(29)), MailFactory(sent=None)]
    MailFactory(sent=ago(31))
    forget_what_is_over(NOW)
    forget_what_is_over(NOW)
    assert set(Job.objects.all()) == set(kept)
    assert set(Mail.objects.all()) == set(letters)
    line = JournalEntry.objects.get(verb="work.forgotten")
    assert (line.detail["Job"], line.detail["Mail"], line.by) == (4, 1, None)


def test_the_journal_keeps_five_years_and_sessions_go_when_they_are_over() -> None:
    old, young = JournalEntryFactory(at=ago(5 * 365 + 2)), JournalEntryFactory(at=ago(5 * 365))
    client = Client()
    client.force_login(PersonFactory())
    Session.objects.update(expire_date=NOW + timedelta(hours=1))
    forget_what_is_over(NOW)
    assert not JournalEntry.objects.filter(pk=old.pk).exists()
    assert JournalEntry.objects.filter(pk=young.pk).exists()
    assert Session.objects.count() == 1
    forget_what_is_over(NOW + timedelta(hours=2))
    assert Session.objects.count() == 0
