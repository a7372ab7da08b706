"""What a number of contacts will be worth, and cost, before anything is decided."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scipy import special

from parvis.core.contacts.planning.problem import DEFAULT_FEES, PlannedContact

USUAL_DEVIATION = 20.0  # points between contacts of one place and channel, as earlier editions show


@dataclass(frozen=True, slots=True)
class Precision:
    """Expected half-width of an interval, in points: with a normal quantile, and with the t that small numbers need."""

    contacts: int
    half_width: float
    half_width_t: float | None  # None with fewer than two contacts


def channel_precision(contacts: int, *, confidence: float = 0.95, deviation: float = USUAL_DEVIATION) -> Precision:
    """How wide the interval of one organisation on one channel will be.

    Source: Student 1908; half-width = quantile × deviation ÷ √n, with n − 1 degrees of freedom for the t.

    >>> found = channel_precision(2)
    >>> round(found.half_width, 1), round(found.half_width_t, 1)   # 1.96 × 20 ÷ √2, and 12.7 × 20 ÷ √2
    (27.7, 179.7)
    """
    tail = 0.5 + confidence / 2
    error = deviation / math.sqrt(contacts) if contacts else math.inf
    narrow = float(special.ndtri(tail)) * error
    return Precision(contacts, narrow, float(special.stdtrit(contacts - 1, tail)) * error if contacts > 1 else None)


def overall_precision(
    contacts: Mapping[str, int],
    weights: Mapping[str, float] | None = None,
    *,
    confidence: float = 0.95,
    deviation: float = USUAL_DEVIATION,
) -> Precision:
    """How wide the interval of an organisation's overall score will be; channels weigh the same unless told.

    Degrees of freedom by Satterthwaite 1946; a channel with a single contact gives none.

    >>> round(overall_precision({"email": 10, "phone": 9, "letter": 3, "visit": 2}).half_width, 1)
    10.0
    """
    used = {channel: n for channel, n in contacts.items() if n > 0}
    total = sum((weights or {}).get(channel, 1.0) for channel in used)
    parts = {c: ((weights or {}).get(c, 1.0) / total) ** 2 * deviation**2 / n for c, n in used.items()}
    variance = sum(parts.values())
    freedom = sum(part**2 / (used[c] - 1) for c, part in parts.items() if used[c] > 1)
    tail = 0.5 + confidence / 2
    error = math.sqrt(variance) if used else math.inf
    wide = float(special.stdtrit(variance**2 / freedom, tail)) * error if freedom else None
    return Precision(sum(used.values()), float(special.ndtri(tail)) * error, wide)


def expected_cost(
    contacts: Mapping[str, int] | Iterable[PlannedContact],
    *,
    kilometres: float = 0.0,
    fees: Mapping[str, float] = DEFAULT_FEES,
    per_kilometre: float = 0.35,
) -> float:
    """Fees of the contacts and the way there and back of visits, in euros.

    >>> expected_cost({"phone": 9, "visit": 2}, kilometres=30.0)   # 9 × 5 + 2 × 25 + 2 × 30 × 0.35
    116.0
    """
    if isinstance(contacts, Mapping):
        paid = sum(fees.get(channel, 0.0) * n for channel, n in contacts.items())
    else:
        paid = sum(fees.get(contact.channel, 0.0) for contact in contacts)
    return round(paid + 2 * kilometres * per_kilometre, 2)
