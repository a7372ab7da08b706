"""What hardly changes during a consultation, remembered a few seconds: the way in, its edition, dates, rule, networks.

Nothing about any citizen is remembered. `PARVIS_CONSULTATION_MEMORY` seconds (5 by default); 0 remembers nothing.
"""

from __future__ import annotations

import ipaddress
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

MOST = 5000


@dataclass(frozen=True, slots=True)
class _Opening:
    """What all entry points of an edition share; `form` is None when the edition has no questionnaire."""

    instrument: int | None
    form: Form | None
    rule: Rule
    opens_on: date | None
    closes_on: date | None
    results_on: date | None


@dataclass(frozen=True, slots=True)
class Standing(_Opening):
    """An entry point and all that is needed to serve it."""

    entry_point: EntryPoint
    networks: tuple[tuple[str, Any], ...]
    needs_code: bool

    def is_open(self, day: date) -> bool:
        return self.opens_on is not None and self.closes_on is not None and self.opens_on <= day <= self.closes_on


_known: dict[str, tuple[float, Standing | None]] = {}


def standing(code: str) -> Standing | None:
    """All about the entry point of a code, None when nobody gave it out."""
    now, kept = time.monotonic(), _known.get(code)
    if kept is not None and kept[0] > now:
        return kept[1]
    found = _found(code)
    seconds = memory_seconds()
    if seconds and found is not None:
        if len(_known) >= MOST:
            _known.clear()
        _known[code] = (now + seconds, found)
    return found


def memory_seconds() -> float:
    return float(getattr(settings, "CONSULTATION_MEMORY", 0))


def _found(code: str) -> Standing | None:
    point = entry_point_of(code)
    return None if point is None else _standing(point, _remembered_opening(point.edition))


def standing_of(point: EntryPoint) -> Standing:
    """All about an entry point, read now."""
    return _standing(point, _opening_of(point.edition))


def _standing(point: EntryPoint, opening: _Opening) -> Standing:
    declared = Network.objects.filter(edition=point.edition_id, organisation=point.organisation_id)
    shared = {field.name: getattr(opening, field.name) for field in fields(opening)}
    return Standing(
        **shared,
        entry_point=point,
        networks=tuple(
            (kind, ipaddress.ip_network(range_)) for kind, range_ in declared.values_list("kind", "addresses")
        ),
        needs_code=opening.rule.codes_needed and is_enrolled(point.edition, point.organisation_id),
    )


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
