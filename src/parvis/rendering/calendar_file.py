"""A calendar file (iCalendar, RFC 5545) that any agenda reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta


def calendar_file(title: str, periods: Iterable[tuple[str, str, date, date]]) -> str:
    """Whole-day events, one for each period.

    periods: (identifier, words, first day, last day), days inclusive; the identifier stays the same when dates move.
    Returns the text of an .ics file, lines ended by CRLF and folded at 75 octets (RFC 5545, 3.1).

    >>> "DTEND;VALUE=DATE:20260404" in calendar_file("Édition", [("a", "Terrain", date(2026, 4, 1), date(2026, 4, 3))])
    True
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Parvis//Parvis//FR"]
    for identifier, words, first, last in periods:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{identifier}@parvis",
            f"DTSTAMP:{first:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",  # the end is exclusive
            f"SUMMARY:{_escaped(f'{title} : {words}')}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    pieces, room = [""], 75
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append("")
            room = 74
        pieces[-1] += letter
        room -= size
    return "\r\n ".join(pieces)
