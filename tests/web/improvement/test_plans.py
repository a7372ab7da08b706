"""From a finding to an action, and from review to review; how success will be known is written beforehand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from parvis.web.improvement.actions import add_action, open_plan, review_action
from parvis.web.improvement.models import Action, ActionPlan, ActionReview
from parvis.web.improvement.queries import actions_of
from parvis.web.improvement.tasks import forget_old_plans
from parvis.web.people.models import JournalEntry
from tests.factories import (
    MOMENT,
    ActionFactory,
    ActionReviewFactory,
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
)
from tests.refused import refused

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 1)


def review(action: Action, decision: str, **given: Any) -> ActionReview:
    return review_action(
        action, **{"decision": decision, "comment": "Vu.", "by": PersonFactory(), "at": MOMENT} | given
    )


def test_a_plan_opens_once_for_an_edition_and_lasts_about_two_years() -> None:
    asked = {"organisation": OrganisationFactory(), "edition": EditionFactory(), "by": PersonFactory(), "at": MOMENT}
    plan = open_plan(**asked)
    assert open_plan(**asked) == plan
    assert (plan.ends_on - plan.starts_on).days == 700
    assert JournalEntry.objects.filter(verb="plan.opened").count() == 1


def test_an_action_is_due_in_the_future() -> None:
    plan = open_plan(organisation=OrganisationFactory(), edition=EditionFactory(), by=PersonFactory(), at=MOMENT)
    asked = {"title": "Décrocher", "finding": "Sonneries", "owner": "Accueil", "success_criterion": "9 sur 10"}
    with refused("due_in_past"):
        add_action(plan, **asked, due_on=MOMENT.date(), by=plan.created_by, at=MOMENT)
    action = add_action(plan, **asked, due_on=LATER, baseline=41.5, criterion="rings", by=plan.created_by, at=MOMENT)
    assert (action.state, action.baseline) == (Action.State.OPEN, 41.5)


@pytest.mark.parametrize(("decision", "state"), [("keep", "open"), ("drop", "dropped"), ("done", "done")])
def test_a_review_keeps_drops_or_ends(decision: str, state: str) -> None:
    action = ActionFactory()
    with refused("comment_needed"):
        review(action, decision, comment="  ")
    review(action, decision)
    action.refresh_from_db()
    assert action.state == state
    if state != "open":
        with refused("action_ended"):
            review(action, "keep")


def test_adjusting_gives_a_new_due_date_to_come() -> None:
    action = ActionFactory()
    for day in (None, date(2026, 3, 2)):
        with refused("due_in_past"):
            review(action, "adjust", new_due_on=day)
    review(action, "adjust", new_due_on=date(2027, 1, 15))
    review(action, "keep", new_due_on=date(2030, 1, 1))
    action.refresh_from_db()
    assert action.due_on == date(2027, 1, 15)
    assert [each.new_due_on for each in action.reviews.order_by("pk")] == [date(2027, 1, 15), None]


def test_open_actions_come_first_with_their_number_of_reviews(django_assert_num_queries: Any) -> None:
    first = ActionFactory(due_on=date(2026, 9, 1))
    later, done = ActionFactory(plan=first.plan), ActionFactory(plan=first.plan, due_on=date(2026, 6, 1))
    review(done, "done")
    review(first, "keep")
    with django_assert_num_queries(1):
        found = list(actions_of(first.plan.organisation))
    assert [(each.pk, each.review_count) for each in found] == [(first.pk, 1), (later.pk, 0), (done.pk, 1)]


def test_a_plan_goes_five_years_after_its_end_with_its_actions_and_reviews() -> None:
    """The factory's plan ends on 1 March 2028."""
    ActionReviewFactory()
    later = ActionFactory(plan__ends_on=date(2029, 1, 1))
    forget_old_plans(datetime(2033, 3, 1, 4, tzinfo=UTC))
    assert ActionReview.objects.count() == 1
    forget_old_plans(datetime(2033, 3, 3, 4, tzinfo=UTC))
    assert (list(Action.objects.all()), list(ActionPlan.objects.all())) == ([later], [later.plan])
    counts = {"ActionReview": 1, "Action": 1, "ActionPlan": 1}
    assert JournalEntry.objects.get(verb="plans.forgotten").detail == counts
