"""What fieldwork does in the background: plans, automatic checks, the board's counts, offers that end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from parvis.web.editions.models import Edition
from parvis.web.fieldwork.accounts import close_unused_accounts
from parvis.web.fieldwork.actions import end_offers
from parvis.web.fieldwork.actions.plans import adopt_plan, compute
from parvis.web.fieldwork.board import take_snapshots
from parvis.web.fieldwork.models import ContactPlan
from parvis.web.fieldwork.retention import forget_drafts, forget_evidence, forget_fieldwork
from parvis.web.fieldwork.screening import is_due, screen
from parvis.web.jobs.actions import report_progress
from parvis.web.jobs.models import Job
from parvis.web.people.models import Person


def end_late_offers(at: datetime) -> None:
    """Missions offered and never accepted go back to the plan once their offer is over."""
    for edition in Edition.objects.filter(state=Edition.State.FIELDWORK):
        end_offers(edition, by=None, at=at)


def forget_old_fieldwork(at: datetime) -> None:
    """Whole fieldworks, photos, mails and parcels past their time, and drafts of editions whose data are frozen."""
    forget_fieldwork(at=at)
    forget_evidence(at=at)
    forget_drafts()


def close_old_accounts(at: datetime) -> None:
    """Accounts that nobody has visited for two years."""
    close_unused_accounts(at=at)


def screen_reports(at: datetime) -> None:
    """Reports that came since the last turn go through the checks; a large edition waits for a few of them."""
    for edition in Edition.objects.filter(state__in=[Edition.State.FIELDWORK, Edition.State.REVIEW]):
        if is_due(edition, at=at):
            screen(edition, at=at)


def count_boards(at: datetime) -> None:
    """The boards of large editions are counted here, so that nobody waits for them."""
    take_snapshots(at=at, today=timezone.localdate(at))


def compute_contact_plan(job: Job) -> dict[str, Any]:
    plan = ContactPlan.objects.select_related("edition").get(pk=job.arguments["plan"])
    report_progress(job, done=0, total=1)
    compute(plan)
    report_progress(job, done=1, total=1)
    return {"contacts": plan.report["contacts"]}


def adopt_contact_plan(job: Job) -> dict[str, Any]:
    """Safe to run again: a plan that is adopted already stays as it is."""
    plan = ContactPlan.objects.select_related("edition").get(pk=job.arguments["plan"])
    if plan.adopted_at is None:
        report_progress(job, done=0, total=1)
        by = Person.objects.get(pk=job.arguments["by"])
        adopt_plan(plan, by=by, at=datetime.fromisoformat(job.arguments["at"]))
    report_progress(job, done=1, total=1)
    return {"plan": plan.number}
