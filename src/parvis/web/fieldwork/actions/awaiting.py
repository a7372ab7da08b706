"""How long an answer is awaited, and why a silence cannot be told before."""

from __future__ import annotations

from datetime import date

from parvis.core.contacts.delays import answer_awaited_until
from parvis.core.vocabulary import Fault, Outcome
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.models import Event, Observation

ENDED = {Event.Kind.BOUNCE, Event.Kind.SILENCE}  # nobody answered, and that is noted already


def awaited_until(case: Observation) -> date | None:
    """The last day on which an answer to a case is awaited, as its edition decided; None for other channels."""
    departement = case.place.organisation.departement
    return answer_awaited_until(case.channel, case.happened_on, departement, case.edition.silence_after)


def too_soon(case: Observation | None, outcome: str, today: date) -> Fault | None:
    """Why an open case cannot be filed as unanswered yet: an answer may still come."""
    if case is None or case.state != Observation.State.OPEN or outcome != Outcome.NOT_REACHED:
        return None
    awaited = awaited_until(case)
    if awaited is None or today > awaited or case.events.filter(kind__in=ENDED).exists():
        return None
    return refusals.silence_too_soon(awaited)
