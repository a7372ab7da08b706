"""What missions are paid, and the expenses that observers ask back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import observer_refusals, refusals
from parvis.web.fieldwork.models import Expense, Fee, Mission
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

MOST_EXPENSE = Decimal(500)  # euros, for one mission


@transaction.atomic
def set_fees(edition: Edition, *, amounts: Mapping[str, Decimal], by: Person, at: datetime) -> list[Fee]:
    """Fix what a mission of each channel is paid; statements follow at once."""
    wrong = [channel for channel, amount in amounts.items() if not 0 <= amount <= MOST_EXPENSE]
    if wrong:
        raise ParvisError([refusals.at_key(observer_refusals.FEE_IMPOSSIBLE, channel) for channel in wrong])
    fees = [
        Fee.objects.update_or_create(edition=edition, channel=channel, defaults={"amount": amount})[0]
        for channel, amount in amounts.items()
    ]
    told = {channel: str(amount) for channel, amount in amounts.items()}
    journal(verb="edition.fees_set", subject=edition, by=by, at=at, edition=edition.slug, detail=told)
    return fees


@transaction.atomic
def ask_expense(mission: Mission, *, kind: str, amount: Decimal, by: Person, at: datetime, detail: str = "") -> Expense:
    """The observer asks back what a mission cost."""
    checks = [
        (mission.observer is None or mission.observer.person_id != by.pk, refusals.NOT_YOURS),
        (mission.state not in (Mission.State.ACCEPTED, Mission.State.DONE), observer_refusals.NO_EXPENSE_YET),
        (not 0 < amount <= MOST_EXPENSE, observer_refusals.EXPENSE_IMPOSSIBLE),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    expense = Expense.objects.create(
        mission=mission, kind=Expense.Kind(kind), amount=amount, detail=detail.strip()[:200], asked_at=at, asked_by=by
    )
    journal(verb="expense.asked", subject=expense, by=by, at=at, edition=mission.edition.slug)
    return expense


@transaction.atomic
def decide_expense(expense: Expense, *, accept: bool, by: Person, at: datetime, reason: str = "") -> Expense:
    """The organiser accepts, or refuses with a reason."""
    expense = Expense.objects.select_for_update(of=("self",)).select_related("mission__edition").get(pk=expense.pk)
    checks = [
        (expense.state != Expense.State.ASKED, observer_refusals.EXPENSE_DECIDED),
        (not accept and not reason.strip(), refusals.REASON_NEEDED),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    expense.state = Expense.State.ACCEPTED if accept else Expense.State.REFUSED
    expense.reason, expense.decided_at, expense.decided_by = reason.strip()[:200], at, by
    expense.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    journal(verb=f"expense.{expense.state}", subject=expense, by=by, at=at, edition=expense.mission.edition.slug)
    return expense
