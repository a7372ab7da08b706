"""Long work of the consultation, and what is done once a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from parvis.web.consultation.actions import end_of_day, forget_sheets, purge_old_originals
from parvis.web.consultation.kits import save_kit
from parvis.web.consultation.models import EntryPoint
from parvis.web.editions.models import Edition, Enrolment
from parvis.web.jobs.actions import report_progress
from parvis.web.jobs.models import Job


def make_all_kits(job: Job) -> dict[str, Any]:
    """The kit of every accepted organisation that has its ways in; again after a restart, it starts over."""
    edition = Edition.objects.get(slug=job.arguments["edition"])
    ready = EntryPoint.objects.filter(edition=edition).values("organisation")
    enrolments = list(
        edition.enrolments.filter(state=Enrolment.State.ACCEPTED, organisation__in=ready)
        .select_related("organisation")
        .order_by("pk")
    )
    for rank, enrolment in enumerate(enrolments):
        report_progress(job, done=rank, total=len(enrolments))
        save_kit(edition, enrolment.organisation)
    report_progress(job, done=len(enrolments), total=len(enrolments))
    return {"kits": len(enrolments)}


def forget_yesterday(at: datetime) -> None:
    """Forget hours, secrets and counters of the days before, originals past their time, sheets that never counted."""
    end_of_day(at=at)
    purge_old_originals(at=at)
    forget_sheets()
