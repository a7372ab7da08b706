"""The file of an observer: what was learned, when they are away, what they are owed. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from parvis.core.contacts.planning import DEFAULT_FEES
from parvis.core.vocabulary import Channel
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import Absence, Expense, Fee, Mission, Observation, Observer
from parvis.web.fieldwork.training import Module, modules

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Learned:
    """Where an observer stands on one channel: certified or not, on which version, best of how many tries."""

    module: Module
    version: str  # of the running certification; empty without one
    tries: int
    best: int

    @property
    def is_certified(self) -> bool:
        return bool(self.version)

    @property
    def is_older(self) -> bool:
        """Certified on an earlier version: still good, the new one is worth reading."""
        return self.is_certified and self.version != self.module.version


def learned(observer: Observer) -> list[Learned]:
    """One row per channel. Two queries."""
    held = dict(observer.certifications.filter(ended_at__isnull=True).values_list("channel", "version"))
    tries: dict[str, list[int]] = {}
    for channel, right in observer.attempts.values_list("channel", "right"):
        tries.setdefault(channel, []).append(right)
    return [
        Learned(taught, held.get(taught.channel, ""), len(tries.get(taught.channel, [])),
                max(tries.get(taught.channel, [0])))
        for taught in modules()
    ]  # fmt: skip


def is_active(observer: Observer) -> bool:
    """Certified, and at work in a running edition."""
    if observer.status != Observer.Status.CERTIFIED:
        return False
    at_work = [Mission.State.ACCEPTED, Mission.State.DONE]
    return observer.missions.filter(state__in=at_work, edition__state=Edition.State.FIELDWORK).exists()


def absences_to_come(observer: Observer, today: date) -> QuerySet[Absence]:
    return observer.absences.filter(ends_on__gte=today)


def candidates() -> QuerySet[Observer]:
    """Applications that nobody has decided, the oldest first."""
    return Observer.objects.filter(status=Observer.Status.APPLIED).select_related("person").order_by("registered_at")


def fees_of(edition: Edition) -> dict[str, Decimal]:
    """What a mission of each channel is paid: as the edition says, else the amounts that plans count with."""
    usual = {str(channel): Decimal(str(DEFAULT_FEES.get(channel, 0))).quantize(CENT) for channel in Channel}
    return usual | dict(Fee.objects.filter(edition=edition).values_list("channel", "amount"))


@dataclass(frozen=True, slots=True)
class Owed:
    """One mission of a statement. `fee` and `expenses` are due; `waiting` is not decided yet. Euros."""

    mission: Mission
    fee: Decimal
    expenses: Decimal
    waiting: Decimal

    @property
    def due(self) -> Decimal:
        return self.fee + self.expenses


def statement(edition: Edition, observer: Observer | None = None) -> list[Owed]:
    """What an edition owes, mission by mission, to one observer or to all. Three queries, whatever the size.

    A fee is due once the report is approved, whatever the contact gave; it waits while the report is being read; an
    excluded report gives none. Expenses are due once accepted.
    """
    asked = Expense.objects.filter(mission=OuterRef("pk"))
    missions = (
        Mission.objects.filter(edition=edition, observer__isnull=False)
        .filter(Exists(asked) | Exists(Observation.objects.filter(mission=OuterRef("pk"))))
        .select_related("observer__person", "place__organisation", "observation", "edition")
        .prefetch_related(Prefetch("expenses", Expense.objects.order_by("asked_at", "pk")))
        .order_by("observer__pseudonym", "window_ends_on", "pk")
    )
    if observer is not None:
        missions = missions.filter(observer=observer)
    fees = fees_of(edition)
    return [_owed(mission, fees) for mission in missions]


def _owed(mission: Mission, fees: dict[str, Decimal]) -> Owed:
    state = mission.observation.state if hasattr(mission, "observation") else Observation.State.OPEN
    fee = fees.get(mission.channel, Decimal(0))
    amounts = {state: Decimal(0) for state in Expense.State}
    for expense in mission.expenses.all():
        amounts[Expense.State(expense.state)] += expense.amount
    read = state in (Observation.State.APPROVED, Observation.State.EXCLUDED)
    return Owed(
        mission,
        fee=fee if state == Observation.State.APPROVED else Decimal(0),
        expenses=amounts[Expense.State.ACCEPTED],
        waiting=amounts[Expense.State.ASKED] + (Decimal(0) if read else fee),
    )


def expenses_to_decide(edition: Edition) -> QuerySet[Expense]:
    waiting = Expense.objects.filter(mission__edition=edition, state=Expense.State.ASKED)
    return waiting.select_related("mission__observer", "mission__place").order_by("asked_at", "pk")
