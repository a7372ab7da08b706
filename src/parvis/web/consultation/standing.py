"""What hardly changes during a consultation, remembered a few seconds: the way in, its edition, dates, rule, networks.

Nothing about any citizen is remembered. `PARVIS_CONSULTATION_MEMORY` seconds (5 by default); 0 remembers nothing.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
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
class Standing:
    """An entry point and all that is needed to serve it; `form` is None when the edition has no questionnaire."""

    entry_point: EntryPoint
    instrument: int | None
    form: Form | None
    rule: Rule
    opens_on: date | None
    closes_on: date | None
    results_on: date | None
    networks: tuple[tuple[str, Any], ...]
    needs_code: bool = False

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
    return None if point is None else standing_of(point)


def standing_of(point: EntryPoint) -> Standing:
    """All about an entry point, read now."""
    edition = point.edition
    try:
        instrument, form = questionnaire_of(edition)
    except ParvisError:
        instrument, form = None, None
    dates, results = period(edition, CalendarDate.Kind.CONSULTATION), period(edition, CalendarDate.Kind.RESULTS)
    declared = Network.objects.filter(edition=edition, organisation=point.organisation_id)
    rule = rule_of(edition)
    return Standing(
        point, instrument, form, rule, dates.starts_on if dates else None,
        dates.ends_on if dates else None, results.starts_on if results else None,
        tuple((kind, ipaddress.ip_network(range_)) for kind, range_ in declared.values_list("kind", "addresses")),
        rule.codes_needed and is_enrolled(edition, point.organisation_id),
    )  # fmt: skip


def is_enrolled(edition: Edition, organisation: int) -> bool:
    """Codes are asked about enrolled bodies only: the others count for no trophy."""
    return edition.enrolments.filter(organisation=organisation, state=Enrolment.State.ACCEPTED).exists()
