"""Facts that the organiser knows and observers do not: an answer that contradicts one is read by someone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from parvis.core.instruments.form import Question
from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals, steering_refusals
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.models import TrapItem
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import Place


@transaction.atomic
def write_trap_item(
    edition: Edition,
    *,
    channel: str,
    question: str,
    expected: str,
    source: str,
    by: Person,
    at: datetime,
    place: Place | None = None,
) -> TrapItem:
    """Write the true answer of a question, at one place or everywhere, and how it is known."""
    found = next((each for each in trap_questions(edition, channel) if each.name == question), None)
    known = edition.trap_items.filter(channel=channel, question=question, place=place)
    checks = [
        (found is None or expected not in {choice.name for choice in found.choices}, steering_refusals.UNKNOWN_ANSWER),
        (not source.strip(), refusals.REASON_NEEDED),
        (known.exists(), steering_refusals.TRAP_KNOWN),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    item = TrapItem.objects.create(
        edition=edition, channel=channel, question=question, expected=expected, place=place, source=source.strip(),
        written_at=at, written_by=by,
    )  # fmt: skip
    journal(verb="trap_item.written", subject=item, by=by, at=at, edition=edition.slug)
    # what was checked without it is checked again
    edition.observations.filter(channel=channel).update(screened=None)
    return item


@transaction.atomic
def drop_trap_item(item: TrapItem, *, by: Person, at: datetime) -> None:
    """It was wrong or is known by now; what it has flagged is checked again."""
    journal(verb="trap_item.dropped", subject=item, by=by, at=at, edition=item.edition.slug,
            detail={"question": item.question})  # fmt: skip
    item.edition.observations.filter(channel=item.channel).update(screened=None)
    item.delete()


def trap_questions(edition: Edition, channel: str) -> list[Question]:
    """The questions of the grid in force that have choices."""
    grid = edition.instruments.filter(channel=channel).defer("source").order_by("-version").first()
    return [question for question in grid_of(grid).questions if question.choices] if grid else []
