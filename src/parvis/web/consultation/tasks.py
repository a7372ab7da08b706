"""Long work of the consultation, and what is done once a day."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Any

from parvis.web.consultation.actions import end_of_day, forget_sheets, purge_old_originals
from parvis.web.consultation.counters import add_up_days
from parvis.web.consultation.kits import kit_language, save_kits
from parvis.web.consultation.models import EntryPoint
from parvis.web.editions.models import Edition, Enrolment
from parvis.web.jobs.actions import report_progress
from parvis.web.jobs.models import Job


def make_all_kits(job: Job) -> dict[str, Any]:
    """The kit in one language of every accepted organisation that has its ways in; after a restart, it starts over."""
    language = kit_language(job.arguments.get("language", ""))
    edition = Edition.objects.get(slug=job.arguments["edition"])
    ready = EntryPoint.objects.filter(edition=edition).values("organisation")
    enrolments = edition.enrolments.filter(state=Enrolment.State.ACCEPTED, organisation__in=ready)
    bodies = [each.organisation for each in enrolments.select_related("organisation").order_by("pk")]
    report_progress(job, done=0, total=len(bodies))
    with closing(save_kits(edition, bodies, language=language)) as made:  # stopped, it ends what it has begun
        for done, _path in enumerate(made, 1):
            report_progress(job, done=done, total=len(bodies))
    return {"kits": len(bodies)}


def forget_yesterday(at: datetime) -> None:
    """Forget hours, secrets and counters of the days before, originals past their time, sheets that never counted.

    What entry points counted on the days that are over is added up for their edition.
    """
    end_of_day(at=at)
    add_up_days(at=at)
    purge_old_originals(at=at)
    forget_sheets()
