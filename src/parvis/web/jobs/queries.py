"""Reads on jobs."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from parvis.web.jobs.models import Job

UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)


def jobs_of(edition: str) -> QuerySet[Job]:
    """The work asked for an edition (its address), the newest first."""
    return Job.objects.filter(arguments__edition=edition).select_related("asked_by", "cancelled_by")


def under_way(edition: str, *, tasks: Collection[str]) -> Job | None:
    """The work of one of these kinds that waits or runs for an edition."""
    return jobs_of(edition).filter(task__in=tasks, state__in=UNDER_WAY).first()


def last_of(edition: str, *, tasks: Collection[str]) -> Job | None:
    """The newest work of one of these kinds, ended or not."""
    return jobs_of(edition).filter(task__in=tasks).first()
