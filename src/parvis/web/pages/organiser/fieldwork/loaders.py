"""From an address under an edition to the thing its page is about; never one of another edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from parvis.web.editions.models import CHANNELS
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork.models import Evidence, Mission, Observation, Observer
from parvis.web.pages.loaders import edition_of
from parvis.web.people.models import Person

__all__ = [
    "ROWS", "edition_of", "in_words", "lines_asked", "may_see", "mission_of", "observation_of", "observer_of",
    "piece_of",
]  # fmt: skip


ROWS = 25  # on a page of missions, reports or observers


def lines_asked(request: HttpRequest, found: QuerySet[Any], as_lines: Callable[[QuerySet[Any]], Any]) -> Page[Any]:
    """The page of lines that is asked for. What is counted is what was found, without the tables that lines need."""
    pages = Paginator(as_lines(found), ROWS)
    pages.count = found.order_by().count()  # type: ignore[misc]
    return pages.get_page(request.GET.get("page"))


def in_words(rows: Iterable[dict[str, Any]], states: Iterable[tuple[str, Any]]) -> None:
    """Give each line the words of its channel and state, read once for the page."""
    channel_words = {code: str(word) for code, word in CHANNELS}
    state_words = {code: str(word) for code, word in states}
    for row in rows:
        row["channel_word"], row["state_word"] = channel_words.get(row["channel"], ""), state_words[row["state"]]
        row["title"] = f"{row['place__organisation__name']} – {row['place__name']}"


def mission_of(edition: str, mission: int) -> Mission:
    found = Mission.objects.select_related(
        "edition", "place__organisation", "scenario", "observer__person", "enrolment"
    )
    return get_object_or_404(found, edition__slug=edition, pk=mission)


def observation_of(edition: str, observation: UUID) -> Observation:
    found = Observation.objects.select_related(
        "edition", "place__organisation", "scenario", "observer", "instrument", "mission"
    )
    return get_object_or_404(found, edition__slug=edition, uuid=observation)


def piece_of(edition: str, observation: UUID, piece: int) -> Evidence:
    found = Evidence.objects.select_related("observation__edition")
    return get_object_or_404(found, observation__edition__slug=edition, observation__uuid=observation, pk=piece)


def observer_of(edition: str, observer: int) -> Observer:
    """An observer, looked at from one edition."""
    found = get_object_or_404(Observer.objects.select_related("person"), pk=observer)
    found.edition = edition_of(edition)  # type: ignore[attr-defined]
    return found


def may_see(person: Person, thing: object) -> bool:
    """The organiser of the edition that the thing belongs to."""
    holder = thing.observation if isinstance(thing, Evidence) else thing
    return is_organiser(person, holder.edition)  # type: ignore[attr-defined]
