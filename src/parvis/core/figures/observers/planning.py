"""What the variances of this edition say of the next one: how many contacts, by how many observers."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from parvis.core.vocabulary import Fault, ParvisError, Text

_MOST_CONTACTS = 10_000

# for the tables of the year to come: standard errors, in points, and numbers of contacts
_WISHED = (5.0, 4.0, 3.0, 2.0)
_CONTACTS = (2, 4, 6, 8, 12, 16, 24, 32, 48)


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
    components: Mapping[str, float],
    *,
    error: float,
    contacts_per_observer: int = 1,
    channels: int = 1,
    most_observers: int | None = None,
) -> int | None:
    """The fewest contacts per organisation whose absolute standard error does not exceed a wish.

    Args:
        components, channels: as `expected_precision`.
        error: wished standard error, in points, positive.
        contacts_per_observer: made by one observer in one organisation, 1 or more.
        most_observers: as many as there are, 1 or more; None for any number.

    Returns:
        A number of contacts, or None when 10,000 would not do (observers or channels hold the error up).

    Source: as `expected_precision`, solved for the number of contacts.

    >>> contacts_needed({"organisation": 75.0, "observer": 0.0, "residual": 400.0}, error=4.0)
    25
    """

    def is_enough(contacts: int) -> bool:
        observers = _sharing(contacts, contacts_per_observer, most_observers)
        plan = expected_precision(components, contacts=contacts, observers=observers, channels=channels)
        return plan.absolute_error <= error + 1e-12

    numbers = range(channels, _MOST_CONTACTS + 1)
    fewest = bisect_left(numbers, True, key=is_enough)  # more contacts never make the error larger
    return numbers[fewest] if fewest < len(numbers) else None


def contacts_by_error(
    components: Mapping[str, float], *, contacts_per_observer: int = 1, most_observers: int | None = None
) -> dict[float, int | None]:
    """The contacts that an organisation needs next year for errors of 5, 4, 3 and 2 points, on scores of 0 to 100.

    Args:
        components: as `expected_precision`; its channels are all those there are, so that what an organisation is
            worth on one of them is part of its score and no error.
        contacts_per_observer, most_observers: as `contacts_needed`.

    Returns:
        Standard error → contacts, None where no number would do.

    Source: Brennan 2001, chapter 4 (D study, channels fixed).

    >>> contacts_by_error({"organisation": 75.0, "observer": 0.0, "residual": 400.0})   # 400 / 25, / 16, / 9, / 4
    {5.0: 16, 4.0: 25, 3.0: 45, 2.0: 100}
    """
    fixed, plan = _with_channels_fixed(components), (contacts_per_observer, most_observers)
    return {
        wish: contacts_needed(fixed, error=wish, contacts_per_observer=plan[0], most_observers=plan[1])
        for wish in _WISHED
    }


def precision_by_contacts(
    components: Mapping[str, float], *, contacts_per_observer: int = 1, most_observers: int | None = None
) -> dict[int, tuple[int, Precision]]:
    """What 2 to 48 contacts an organisation would be worth next year, whatever the unit of the scores.

    Args:
        components, contacts_per_observer, most_observers: as `contacts_by_error`.

    Returns:
        Contacts → observers who share them, and the `Precision` to expect.

    >>> observers, plan = precision_by_contacts({"observer": 9.0, "residual": 400.0}, contacts_per_observer=2)[16]
    >>> observers, plan.relative_error, round(plan.absolute_error, 3)   # sqrt(400 / 16), sqrt(25 + 9 / 8)
    (8, 5.0, 5.111)
    """
    fixed = _with_channels_fixed(components)
    shared = {contacts: _sharing(contacts, contacts_per_observer, most_observers) for contacts in _CONTACTS}
    return {
        contacts: (observers, expected_precision(fixed, contacts=contacts, observers=observers))
        for contacts, observers in shared.items()
    }


def _sharing(contacts: int, contacts_per_observer: int, most_observers: int | None) -> int:
    return min(max(1, contacts // contacts_per_observer), most_observers or contacts)


def _with_channels_fixed(components: Mapping[str, float]) -> dict[str, float]:
    kept = {name: max(0.0, value) for name, value in components.items()}
    within = kept.pop("organisation_channel", 0.0)
    return {**kept, "organisation": kept.get("organisation", 0.0) + within}
