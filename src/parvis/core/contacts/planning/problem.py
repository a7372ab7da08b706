"""What a contact plan is made from: places, observers, scenarios, rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType

from parvis.core.vocabulary import Channel

HALF_DAYS = ("am", "pm")
DEFAULT_CONTACTS: Mapping[str, int] = MappingProxyType(
    {"email": 10, "phone": 9, "letter": 3, "visit": 2, "website": 1, "social": 2}
)
# What one contact costs, in euros: the observer's fee; a visit also costs its kilometres.
DEFAULT_FEES: Mapping[str, float] = MappingProxyType(
    {"email": 5.0, "phone": 5.0, "letter": 7.0, "visit": 25.0, "website": 6.0, "social": 5.0}
)
AT_OPENING_HOURS = (Channel.PHONE, Channel.VISIT)


@dataclass(frozen=True, slots=True)
class PlaceToVisit:
    """A place to contact. `contacts` are numbers by channel.

    open_half_days: (weekday from 0 on Monday, am or pm); None means Monday to Friday, both.
    forbidden: channels whose line must not be used here (an emergency number, a line that the organiser bars).
    """

    place: str
    organisation: str
    contacts: Mapping[str, int]
    departement: str = ""
    latitude: float | None = None
    longitude: float | None = None
    services: frozenset[str] = frozenset()
    open_half_days: frozenset[tuple[int, str]] | None = None
    closed: Sequence[tuple[date, date]] = ()  # first and last day of each forbidden period
    forbidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AvailableObserver:
    """Someone certified. `capacity` is the largest number of contacts; `recent` are places seen within the rotation.

    conflicts: organisations where they are never sent; barred: single places where they are never sent.
    away: first day, last day and half-day (am, pm, or nothing for whole days) of each absence. A contact is given only
    where at least one moment is left to make it.
    """

    observer: str
    channels: frozenset[str]
    capacity: int
    latitude: float | None = None
    longitude: float | None = None
    conflicts: frozenset[str] = frozenset()
    recent: frozenset[str] = frozenset()  # places
    away: Sequence[tuple[date, date, str]] = ()
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PossibleScenario:
    """A request that may be made; `service` restricts it to the places that have that service.

    most_uses: how often it may be made in one organisation before its staff would know it; None sets no limit.
    """

    scenario: str
    channel: str
    service: str = ""
    most_uses: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """One contact of the plan: a mission to be."""

    place: str
    organisation: str
    channel: str
    observer: str
    scenario: str
    window_starts_on: date
    window_ends_on: date
    half_day: str  # am, pm, or nothing when the hour does not matter


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each soft goal counts against the others: 1 is usual, 0 ignores it, more favours it at their expense.

    None of them bends a hard rule or leaves a demand unmet.

    distance: visits go to the nearest. At 0 they may go to anyone.
    spread: contacts of a place are evenly spaced over its open half-days. At 0 their days are drawn; above 1 the whole
    plan's busiest half-days are avoided too.
    variety: no request comes twice in a place before all came once. At 0 requests are drawn; above 1 the requests least
    made in the whole organisation come first.
    workload: contacts go to those who have done the least for what they can do, and visits beyond a fair share are
    avoided. At 0 they may go to anyone who has room.
    connection: exchanges tie observers and organisations into one group. At 0 nobody is exchanged; above 1 contacts
    also go to observers who do not know the organisation yet.
    """

    distance: float = 1.0
    spread: float = 1.0
    variety: float = 1.0
    workload: float = 1.0
    connection: float = 1.0

    def negative(self) -> list[str]:
        """The names of those that cannot be: a weight is a number from 0 on."""
        return [each.name for each in fields(self) if not 0 <= getattr(self, each.name) < float("inf")]


USUAL_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Rules:
    """The period and the limits of a plan, and how much its soft goals count.

    window_days: working days given for a contact. burden_per_week: the most contacts that one service of a place
    receives in a calendar week; a request that names no service goes to the place's front desk, which counts as one.
    """

    starts_on: date
    ends_on: date
    window_days: int = 5
    burden_per_week: int = 8
    weights: Weights = USUAL_WEIGHTS


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A demand that no rule-abiding plan of ours could meet, and which rules stood in the way."""

    place: str
    channel: str
    missing: int
    reasons: Mapping[str, int]  # rule → observers (or contacts, for burden and period) that it kept away


@dataclass(frozen=True, slots=True)
class Goals:
    """How well the soft goals are met; none of them ever bends a hard rule.

    distance_km: one way, over all visits. workload_spread: standard deviation of load ÷ capacity × 100 over mean.
    busiest_day: contacts of the busiest day ÷ mean day. mornings: share of timed contacts in the morning.
    scenario_variety: distinct scenarios of an organisation and channel ÷ the most that it could have (1 is best).
    components: connected groups of observers and organisations; 1 lets every severity be compared.
    overlap: contacts that bring an observer to an organisation for the first time, as a share (1 is best).
    """

    distance_km: float
    workload_spread: float
    busiest_day: float
    mornings: float
    scenario_variety: float
    components: int
    overlap: float


@dataclass(frozen=True, slots=True)
class Plan:
    contacts: tuple[PlannedContact, ...]
    shortfalls: tuple[Shortfall, ...]
    goals: Goals
    kept: int = 0
    notes: Mapping[str, float] = field(default_factory=dict)
