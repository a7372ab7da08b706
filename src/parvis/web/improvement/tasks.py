"""What action plans ask once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from parvis.web.improvement.models import Action, ActionPlan, ActionReview
from parvis.web.people.actions import journal

PLAN_KEPT = timedelta(days=5 * 365 + 1)  # privacy.toml: plan


@transaction.atomic
def forget_old_plans(at: datetime) -> None:
    """Erase the plans that ended five years ago, with their actions and reviews; the journal keeps the counts."""
    over = ActionPlan.objects.filter(ends_on__lt=timezone.localdate(at) - PLAN_KEPT)
    counts = {
        "ActionReview": ActionReview.objects.filter(action__plan__in=over).delete()[0],
        "Action": Action.objects.filter(plan__in=over).delete()[0],
        "ActionPlan": over.delete()[0],
    }
    if any(counts.values()):
        journal(verb="plans.forgotten", subject=ActionPlan, by=None, at=at, detail=counts)
