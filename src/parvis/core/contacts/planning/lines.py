"""Lines that are never used for a mystery contact: emergency numbers, crisis lines, and those the organiser bars."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Emergency and crisis numbers in service in France (national numbering plan, ARCEP; numbers of general interest).
EMERGENCY = frozenset({
    "15", "17", "18", "110", "112", "114", "115", "116000", "116006", "116111", "116117", "116123", "119", "191",
    "196", "197", "1616", "3018", "3020", "3114", "3117", "3919", "3977",
})  # fmt: skip


def is_forbidden(line: str, more: Sequence[str] = ()) -> bool:
    """Whether a telephone number or an e-mail address must not be used, however it is written.

    >>> is_forbidden("3919"), is_forbidden("03 81 61 50 50"), is_forbidden("+33 3 81 61 50 50", ["03.81.61.50.50"])
    (True, False, True)
    >>> is_forbidden("Urgences@ville.fr", ["urgences@ville.fr"])
    True
    """
    return plain(line) in EMERGENCY | {plain(each) for each in more}


def plain(line: str) -> str:
    """A number as its digits, with the national prefix; an address in lower case."""
    if "@" in line:
        return line.strip().lower()
    digits = re.sub(r"^(\+|00)33\s*(\(0\))?", "0", line.strip())
    return re.sub(r"\D", "", digits)
