"""Writes on jobs and the outbox."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from parvis.web.jobs.models import Job, Mail

MOST_ATTEMPTS = 10  # the last one eight hours and a half after the first
FIRST_PAUSE = timedelta(minutes=1)


def write_mail(
    *, to: Any, template: str, context: Mapping[str, Any], attachments: Sequence[tuple[str, bytes, str]] = ()
) -> Mail:
    """Put a letter in the outbox, in the language of the person it is for; it leaves after the commit.

    The template's first line is the subject; it knows `person` and `site`, our public address. attachments: (file
    name, content, MIME type).
    """
    site = settings.PUBLIC_URL.rstrip("/")
    with translation.override(to.language):
        text = render_to_string(f"{template}.txt", {"person": to, "site": site, **context}).strip()
    subject, _, body = text.partition("\n")
    return Mail.objects.create(
        to=to.email, subject=subject.strip()[:200], body=f"{body.strip()}\n\n-- \nParvis\n{site}/",
        attachments=[
            {"name": name, "base64": base64.b64encode(content).decode(), "mime": mime}
            for name, content, mime in attachments
        ],
    )  # fmt: skip


def send_waiting_mail(*, at: datetime, most: int = 200, connection: Any = None) -> int:
    """Send what waits in the outbox; a failure is kept with its reason and tried again later. Returns how many left.

    connection: the mail server, the one of the settings when None.
    """
    due = Q(next_try__isnull=True) | Q(next_try__lte=at)
    waiting = Mail.objects.filter(due, sent__isnull=True, attempts__lt=MOST_ATTEMPTS)[:most]
    return sum(_send(mail, at=at, connection=connection) for mail in waiting if _take(mail, at=at))


def _take(mail: Mail, *, at: datetime) -> bool:
    """Reserve a letter by setting its next try, so that two workers never send it both; each try waits twice longer."""
    later = at + FIRST_PAUSE * 2**mail.attempts
    mine = Mail.objects.filter(pk=mail.pk, sent__isnull=True, attempts=mail.attempts)
    return mine.update(attempts=F("attempts") + 1, next_try=later) == 1


def _send(mail: Mail, *, at: datetime, connection: Any) -> bool:
    message = EmailMessage(mail.subject, mail.body, to=[mail.to], connection=connection)
    for piece in mail.attachments:
        message.attach(piece["name"], base64.b64decode(piece["base64"]), piece["mime"])
    try:
        message.send()
    except OSError as error:
        Mail.objects.filter(pk=mail.pk).update(error=str(error)[:500])
        return False
    Mail.objects.filter(pk=mail.pk).update(sent=at)
    return True


@transaction.atomic
def ask_job(*, task: str, label: str, arguments: Mapping[str, Any], by: Any, at: datetime) -> Job:
    """Ask for a long piece of work; a worker takes it up after the commit."""
    from parvis.web.jobs.tasks import run_job

    job = Job.objects.create(task=task, label=label, arguments=dict(arguments), asked_at=at, asked_by=by)
    transaction.on_commit(lambda: run_job.enqueue(job.pk))
    return job


def report_progress(job: Job, *, done: int, total: int) -> None:
    """Say how far the work is; raises Cancelled when someone asked to stop it."""
    Job.objects.filter(pk=job.pk).update(done=done, total=total, heartbeat=timezone.now())
    if Job.objects.filter(pk=job.pk, cancelled_at__isnull=False).exists():
        raise Cancelled


def cancel_job(job: Job, *, by: Any, at: datetime) -> None:
    """Ask a job to stop; it does at its next sign of progress."""
    Job.objects.filter(pk=job.pk, cancelled_at__isnull=True).update(cancelled_at=at, cancelled_by=by)


class Cancelled(Exception):
    """Someone asked to stop this work."""
