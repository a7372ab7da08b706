"""Coded values that people type, checked: SIREN, SIRET, opening hours. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from parvis.core.vocabulary import Fault, Text

LA_POSTE = "356000000"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def compact(text: str) -> str:
    """An identifier without the spaces and points that people put in it."""
    return re.sub(r"[\s.\u00a0\u202f-]", "", text)


def luhn(digits: str) -> bool:
    """Whether the last digit is the right control of the others (ISO/IEC 7812-1, annex B).

    >>> luhn("732829320"), luhn("732829321")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_siren(text: str) -> bool:
    """Nine digits with their control.

    >>> is_siren("212500565"), is_siren("212500566"), is_siren("21250056")
    (True, False, False)
    """
    return re.fullmatch(r"[0-9]{9}", text) is not None and luhn(text)


def is_siret(text: str) -> bool:
    """A SIREN, five digits and their control. The post offices of La Poste follow a rule of their own: the sum of
    the fourteen digits is a multiple of five (INSEE, Sirene), save its head office, which follows the general one.

    >>> is_siret("73282932000074"), is_siret("73282932000075")
    (True, False)
    >>> is_siret("35600000049837"), is_siret("35600000000048"), is_siret("35600000049838")
    (True, True, False)
    """
    if re.fullmatch(r"[0-9]{14}", text) is None or not is_siren(text[:9]):
        return False
    if text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return True
    return luhn(text)


def identifier_fault(scheme: str, identifier: str) -> Fault | None:
    """What is wrong with an identifier; schemes other than siren and siret are taken as given."""
    where = {"key": identifier}
    if not identifier.strip():
        return Fault(
            "IDENTIFIER_MISSING",
            Text("L’identifiant manque.", "The identifier is missing."),
            Text("Donnez-le.", "Give it."),
        )
    if scheme == "siren" and not is_siren(identifier):
        return Fault(
            "SIREN_WRONG",
            Text(
                "Ce n’est pas un SIREN : neuf chiffres, dont le dernier contrôle les autres.",
                "This is no SIREN: nine digits, the last of which controls the others.",
            ),
            Text("Vérifiez-le sur un document officiel.", "Check it on an official document."),
            where,
        )
    if scheme == "siret" and not is_siret(identifier):
        return Fault(
            "SIRET_WRONG",
            Text(
                "Ce n’est pas un SIRET : le SIREN, puis cinq chiffres, dont le dernier contrôle les autres.",
                "This is no SIRET: the SIREN, then five digits, the last of which controls the others.",
            ),
            Text("Vérifiez-le sur un document officiel.", "Check it on an official document."),
            where,
        )
    return None


def hours_faults(hours: Any) -> list[Fault]:
    """What is wrong with opening hours: {"mon": [["08:30", "12:00"], …], …}; a day left out is closed.

    >>> hours_faults({"mon": [["08:30", "12:00"], ["13:30", "17:00"]], "sat": []})
    []
    >>> [fault.where["key"] for fault in hours_faults({"mon": [["12:00", "08:30"]], "lundi": []})]
    ['mon', 'lundi']
    """
    if not isinstance(hours, dict):
        return [_hours_fault("")]
    return [_hours_fault(str(day)) for day, spans in hours.items() if day not in DAYS or not _in_order(spans)]


def _in_order(spans: Any) -> bool:
    """Spans of hours that follow one another without overlap."""
    if not isinstance(spans, (list, tuple)) or not all(isinstance(span, (list, tuple)) for span in spans):
        return False
    if not all(len(span) == 2 for span in spans):
        return False
    moments = [moment for span in spans for moment in span]
    well_formed = all(isinstance(moment, str) and HOUR.fullmatch(moment) for moment in moments)
    return well_formed and all(first < then for first, then in pairwise(moments))


def _hours_fault(day: str) -> Fault:
    return Fault(
        "HOURS_WRONG",
        Text("Ces horaires ne se lisent pas.", "These opening hours cannot be read."),
        Text(
            "Écrivez pour chaque jour des plages qui se suivent, comme 08:30–12:00 puis 13:30–17:00.",
            "Write for each day spans that follow one another, such as 08:30–12:00 then 13:30–17:00.",
        ),
        {"key": day} if day else {},
    )
