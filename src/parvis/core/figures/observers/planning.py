"""What the variances of this edition say of the next one: how many contacts, by how many observers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from parvis.core.vocabulary import Fault, ParvisError, Text

_MOST_CONTACTS = 10_000


@dataclass(frozen=True, slots=True)
class Precision:
    """The error to expect of an organisation's score, in points, and how much of the differences it leaves to read.

    `relative` compares organisations seen by the same observers; `absolute` counts the observers' severity too.
    """

    relative_error: float
    absolute_error: float
    generalizability: float | None
    dependability: float | None


def expected_precision(
    components: Mapping[str, float], *, contacts: int, observers: int, channels: int = 1
) -> Precision:
    """The errors of an organisation's mean over a number of contacts, channels and observers.

    Args:
        components: variances from `severity`: organisation, observer, residual, and organisation_channel if any; a
            negative one (from mean squares) counts as 0.
        contacts: per organisation, in all, 1 or more.
        observers: sharing these contacts, 1 to `contacts`.
        channels: over which they are spread equally, 1 or more.

    Returns:
        Standard errors; coefficients are None when organisations do not differ at all.

    Raises:
        ParvisError: numbers under 1, or more observers or channels than contacts.

    Source: Brennan 2001, chapter 4 (D study, observers crossed, channels random); Finn & Kayandé 1999 for mystery data.

    >>> plan = expected_precision({"organisation": 75.0, "observer": 9.0, "residual": 400.0}, contacts=16, observers=9)
    >>> plan.relative_error, round(plan.absolute_error, 3), plan.generalizability
    (5.0, 5.099, 0.75)
    """
    if contacts < 1 or not 1 <= observers <= contacts or not 1 <= channels <= contacts:
        raise ParvisError(
            Fault(
                "plan_impossible",
                Text(
                    f"{contacts} contacts, {observers} observateurs et {channels} canaux ne font pas un plan.",
                    f"{contacts} contacts, {observers} observers and {channels} channels make no plan.",
                ),
                Text("Donnez au moins un contact par observateur et par canal.", "Give each at least one contact."),
            )
        )
    variance = {name: max(0.0, value) for name, value in components.items()}
    relative = variance.get("residual", 0.0) / contacts + variance.get("organisation_channel", 0.0) / channels
    absolute = relative + variance.get("observer", 0.0) / observers
    between = variance.get("organisation", 0.0)
    shares = [between / (between + error) if between > 0 else None for error in (relative, absolute)]
    return Precision(math.sqrt(relative), math.sqrt(absolute), *shares)


def contacts_needed(
    components: Mapping[str, float], *, error: float, contacts_per_observer: int = 1, channels: int = 1
) -> int | None:
    """The fewest contacts per organisation whose absolute standard error does not exceed a wish.

    Args:
        components, channels: as `expected_precision`.
        error: wished standard error, in points, positive.
        contacts_per_observer: made by one observer in one organisation, 1 or more.

    Returns:
        A number of contacts, or None when 10,000 would not do (observers or channels hold the error up).

    >>> contacts_needed({"organisation": 75.0, "observer": 0.0, "residual": 400.0}, error=4.0)
    25
    """
    for contacts in range(channels, _MOST_CONTACTS + 1):
        observers = max(1, contacts // contacts_per_observer)
        plan = expected_precision(components, contacts=contacts, observers=observers, channels=channels)
        if plan.absolute_error <= error + 1e-12:
            return contacts
    return None
