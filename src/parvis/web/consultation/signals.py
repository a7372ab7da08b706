"""What is noticed while a response arrives, and the flags that it makes. Only the flags are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parvis.core.instruments.form import Form, Measure
from parvis.web.consultation.qualification import Flag, Rule


@dataclass(frozen=True, slots=True)
class Signals:
    """What the door noticed. None of it is stored.

    first_seconds: from the page served to its answer; total_seconds: from the first page served to the last answer.
    """

    first_seconds: float | None = None
    total_seconds: float | None = None
    trap: bool = False
    crowded: bool = False
    flood: bool = False
    burst: bool = False
    staff_network: bool = False
    no_code: bool = False
    no_work: bool = False


NOTHING = Signals()
_FOLLOWS_ANSWERS = Flag.STRAIGHT_LINED  # the others tell how the response came, and last


def flags_of(
    form: Form, answers: Mapping[str, Any], signals: Signals, rule: Rule, *, hour: int, before: list[str]
) -> list[str]:
    """The flags of a response so far, sorted."""
    noticed = {
        Flag.TRAP: signals.trap,
        Flag.TOO_FAST: _is_too_fast(signals, rule),
        Flag.CROWDED: signals.crowded,
        Flag.FLOOD: signals.flood,
        Flag.BURST: signals.burst,
        Flag.STAFF_NETWORK: signals.staff_network,
        Flag.NO_CODE: signals.no_code,
        Flag.NO_WORK: signals.no_work,
        Flag.NIGHT: rule.night_from <= hour < rule.night_to,
        Flag.STRAIGHT_LINED: _is_straight(form, answers, rule),
    }
    lasting = {flag for flag in before if flag != _FOLLOWS_ANSWERS}
    return sorted(lasting | {str(flag) for flag, seen in noticed.items() if seen})


def _is_too_fast(signals: Signals, rule: Rule) -> bool:
    first, total = signals.first_seconds, signals.total_seconds
    return (first is not None and first < rule.first_page_seconds) or (total is not None and total < rule.whole_seconds)


def _is_straight(form: Form, answers: Mapping[str, Any], rule: Rule) -> bool:
    marks = [answers[q.name] for q in form.questions if q.measure is Measure.RATING and q.name in answers]
    return len(marks) >= rule.straight_line_marks and len(set(marks)) == 1
