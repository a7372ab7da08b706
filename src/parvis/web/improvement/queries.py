"""Reads on plans."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from parvis.web.improvement.models import Action, ActionPlan
from parvis.web.territory.models import Organisation


def plans_of(organisation: Organisation) -> QuerySet[ActionPlan]:
    return organisation.plans.select_related("edition").order_by("-starts_on")


def actions_of(organisation: Organisation) -> QuerySet[Action]:
    """Every action of the organisation with its number of reviews, open ones first, the nearest due first."""
    return (
        Action.objects.filter(plan__organisation=organisation)
        .select_related("plan__edition")
        .annotate(review_count=Count("reviews"))
        .order_by("-state", "due_on")
    )
