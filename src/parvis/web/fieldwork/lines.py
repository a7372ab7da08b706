"""Lines of long lists, read as plain values: what a page of 25 shows and nothing else, however large the edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import Flag, Mission, Observation, Observer

PLACE = ("place__name", "place__organisation__name")
REPORT = ("pk", "uuid", "channel", "happened_on", "visitor", "state", "screened", "observer__pseudonym", *PLACE)
MISSION = ("pk", "channel", "window_ends_on", "state", "observer__pseudonym", *PLACE)
COUNTED = {"in_hand": ("accepted",), "done": ("done",), "given_back": ("declined", "released")}


def report_lines(found: QuerySet[Observation]) -> QuerySet[Observation, dict[str, Any]]:
    return found.values(*REPORT)


def mission_lines(found: QuerySet[Mission]) -> QuerySet[Mission, dict[str, Any]]:
    return found.values(*MISSION)


def kinds_of_flags(observations: Iterable[int]) -> dict[int, list[str]]:
    """The kinds of flags of some observations, each once, in the order they came. One query."""
    found: dict[int, list[str]] = {}
    flags = Flag.objects.filter(observation__in=list(observations)).order_by("pk")
    for observation, kind in flags.values_list("observation", "kind"):
        kinds = found.setdefault(observation, [])
        kinds += [kind] if kind not in kinds else []
    return found


def with_holdings(edition: Edition, observers: Sequence[Observer]) -> Sequence[Observer]:
    """Give the observers of one page what they hold in this edition. One query for the page, none for the others."""
    counts = {name: Count("pk", filter=Q(state__in=states)) for name, states in COUNTED.items()}
    rows = Mission.objects.filter(edition=edition, observer__in=[each.pk for each in observers]).order_by()
    held = {row.pop("observer"): row for row in rows.values("observer").annotate(**counts)}
    for each in observers:
        for name in COUNTED:
            setattr(each, name, held.get(each.pk, {}).get(name, 0))
    return observers
