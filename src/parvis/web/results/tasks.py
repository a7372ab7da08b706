"""Long work on results. Safe to run again: what an earlier try committed is not made twice."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from parvis.web.editions.models import Edition
from parvis.web.jobs.actions import report_progress
from parvis.web.jobs.models import Job
from parvis.web.results.actions.freezing import freeze
from parvis.web.results.actions.publishing import STEPS, publish


def freeze_edition(job: Job) -> dict[str, Any]:
    edition = Edition.objects.get(slug=job.arguments["edition"])
    if edition.datasets.count() < job.arguments["dataset"]:
        report_progress(job, done=0, total=1)
        freeze(edition, by=job.asked_by, at=timezone.now())
    report_progress(job, done=1, total=1)
    return {"dataset": job.arguments["dataset"]}


def publish_edition(job: Job) -> dict[str, Any]:
    edition = Edition.objects.get(slug=job.arguments["edition"])
    if edition.publications.count() < job.arguments["publication"]:
        publish(
            edition, reason=job.arguments["reason"], by=job.asked_by, at=timezone.now(),
            progress=lambda done, total: report_progress(job, done=done, total=total),
        )  # fmt: skip
    report_progress(job, done=STEPS, total=STEPS)
    return {"publication": job.arguments["publication"]}
