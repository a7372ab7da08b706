"""What hardly changes during a consultation, remembered a few seconds: the way in, its edition, dates, rule, networks.

Nothing about any citizen is. What an edition says is for `PARVIS_CONSULTATION_MEMORY` seconds (5 by default),
what is an entry point's own up to ten times as long; 0 remembers nothing.
"""

from __future__ import annotations

import ipaddress
import random
import time
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.conf import settings

from parvis.core.instruments.form import Form
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation.models import EntryPoint, Network
from parvis.web.consultation.qualification import Rule
from parvis.web.consultation.queries import entry_point_of
from parvis.web.consultation.questionnaire import questionnaire_of, rule_of
from parvis.web.editions.models import CalendarDate, Edition, Enrolment
from parvis.web.editions.queries import period

MOST, LONGER = 5000, 10


@dataclass(frozen=True, slots=True)
class _Opening:
    """What all entry points of an edition share; `form` is None when the edition has no questionnaire."""

    instrument: int | None
    form: Form | None
    rule: Rule
    opens_on: date | None
    closes_on: date | None
    results_on: date | None


@dataclass(frozen=True)
class _Way:
    """What is an entry point's own: it changes less often than what its edition says."""

    entry_point: EntryPoint
    networks: tuple[tuple[str, Any], ...]
    needs_code: bool


@dataclass(frozen=True)
class Standing(_Way, _Opening):
    """An entry point and all that is needed to serve it."""

    def is_open(self, day: date) -> bool:
        return self.opens_on is not None and self.closes_on is not None and self.opens_on <= day <= self.closes_on


_ways: dict[str, tuple[float, _Way]] = {}
_known: dict[str, tuple[_Way, _Opening, Standing]] = {}


def standing(code: str) -> Standing | None:
    """All about the entry point of a code, None when nobody gave it out."""
    way = _remembered_way(code)
    if way is None:
        return None
    opening, kept = _remembered_opening(way.entry_point.edition), _known.get(code)
    if kept is None or kept[0] is not way or kept[1] is not opening:
        kept = _known[code] = (way, opening, _standing(way, opening))
    return kept[2]


def memory_seconds() -> float:
    return float(getattr(settings, "CONSULTATION_MEMORY", 0))


def _remembered_way(code: str) -> _Way | None:
    now, kept = time.monotonic(), _ways.get(code)
    if kept is not None and kept[0] > now:
        return kept[1]
    point = entry_point_of(code)
    if point is None:
        return None
    way, seconds = _way(point, _remembered_opening(point.edition)), memory_seconds()
    if len(_ways) >= MOST:
        _ways.clear()
        _known.clear()
    # not all until the same moment: whoever answers just then would wait for all of them
    _ways[code] = (now + LONGER * seconds * random.uniform(0.5, 1.0), way)  # noqa: S311 (no secret)
    return way


def _way(point: EntryPoint, opening: _Opening) -> _Way:
    declared = Network.objects.filter(edition=point.edition_id, organisation=point.organisation_id)
    networks = ((kind, ipaddress.ip_network(range_)) for kind, range_ in declared.values_list("kind", "addresses"))
    enrolled = opening.rule.codes_needed and is_enrolled(point.edition, point.organisation_id)
    return _Way(point, tuple(networks), needs_code=enrolled)


def standing_of(point: EntryPoint) -> Standing:
    """All about an entry point, read now."""
    opening = _opening_of(point.edition)
    return _standing(_way(point, opening), opening)


def _standing(*parts: _Way | _Opening) -> Standing:
    return Standing(**{field.name: getattr(part, field.name) for part in parts for field in fields(part)})


_openings: dict[int, tuple[float, _Opening]] = {}


def _remembered_opening(edition: Edition) -> _Opening:
    now, kept = time.monotonic(), _openings.get(edition.pk)
    if kept is not None and kept[0] > now:
        return kept[1]
    found = _opening_of(edition)
    if seconds := memory_seconds():
        _openings[edition.pk] = (now + seconds, found)
    return found


def _opening_of(edition: Edition) -> _Opening:
    try:
        instrument, form = questionnaire_of(edition)
    except ParvisError:
        instrument, form = None, None
    dates, results = period(edition, CalendarDate.Kind.CONSULTATION), period(edition, CalendarDate.Kind.RESULTS)
    return _Opening(
        instrument, form, rule_of(edition), dates.starts_on if dates else None, dates.ends_on if dates else None,
        results.starts_on if results else None,
    )  # fmt: skip


def is_enrolled(edition: Edition, organisation: int) -> bool:
    """Codes are asked about enrolled bodies only: the others count for no trophy."""
    return edition.enrolments.filter(organisation=organisation, state=Enrolment.State.ACCEPTED).exists()
