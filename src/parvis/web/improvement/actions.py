"""Writes on plans: open one, add an action with its success criterion fixed beforehand, review it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.improvement import refusals
from parvis.web.improvement.models import Action, ActionPlan, ActionReview
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation

PLAN_LASTS = timedelta(days=700)  # 18 to 24 months, as laureates do
Decision = ActionReview.Decision
OUTCOMES = {Decision.DROP: Action.State.DROPPED, Decision.DONE: Action.State.DONE}


@transaction.atomic
def open_plan(*, organisation: Organisation, edition: Edition, by: Person, at: datetime) -> ActionPlan:
    """The plan that follows an edition; found when it was opened before."""
    plan, created = ActionPlan.objects.get_or_create(
        organisation=organisation, edition=edition,
        defaults={"starts_on": at.date(), "ends_on": at.date() + PLAN_LASTS, "created_at": at, "created_by": by},
    )  # fmt: skip
    if created:
        journal(verb="plan.opened", subject=plan, by=by, at=at, edition=edition.slug)
    return plan


@transaction.atomic
def add_action(
    plan: ActionPlan,
    *,
    title: str,
    finding: str,
    owner: str,
    due_on: date,
    success_criterion: str,
    by: Person,
    at: datetime,
    channel: str = "",
    criterion: str = "",
    baseline: float | None = None,
) -> Action:
    """Add an action; how its success will be known is written now, not afterwards."""
    if due_on <= at.date():
        raise ParvisError(refusals.DUE_IN_PAST)
    action = Action.objects.create(
        plan=plan, title=title, finding=finding, owner=owner, due_on=due_on, success_criterion=success_criterion,
        channel=channel, criterion=criterion, baseline=baseline, created_at=at, created_by=by,
    )  # fmt: skip
    journal(verb="action.added", subject=action, by=by, at=at, edition=plan.edition.slug)
    return action


@transaction.atomic
def review_action(
    action: Action, *, decision: str, comment: str, by: Person, at: datetime, new_due_on: date | None = None
) -> ActionReview:
    """Look at an action and keep, adjust, drop or end it. Adjusting gives it a new due date."""
    if action.state != Action.State.OPEN:
        raise ParvisError(refusals.ACTION_ENDED)
    if not comment.strip():
        raise ParvisError(refusals.COMMENT_NEEDED)
    if decision == Decision.ADJUST and (new_due_on is None or new_due_on <= at.date()):
        raise ParvisError(refusals.DUE_IN_PAST)
    review = ActionReview.objects.create(
        action=action, decision=decision, comment=comment.strip(), reviewed_at=at, reviewed_by=by,
        new_due_on=new_due_on if decision == Decision.ADJUST else None,
    )  # fmt: skip
    if decision == Decision.ADJUST and new_due_on is not None:
        action.due_on = new_due_on
    action.state = OUTCOMES.get(Decision(decision), Action.State.OPEN)
    action.save(update_fields=["due_on", "state"])
    journal(verb=f"action.{decision}", subject=action, by=by, at=at, edition=action.plan.edition.slug)
    return review
