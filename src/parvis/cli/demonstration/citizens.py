"""Invented citizens: those who chose to answer, relatively more in small bodies, as satisfied as the body is good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from parvis.cli.demonstration.truth import Truth
from parvis.core.instruments.form import Question, QuestionKind
from parvis.core.vocabulary import Channel
from parvis.web.consultation import actions
from parvis.web.consultation.models import EntryPoint
from parvis.web.consultation.questionnaire import questionnaire_of
from parvis.web.editions.models import Edition
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation

CHANNELS = [str(channel) for channel in Channel]
CHANNEL_SHARES = (0.28, 0.17, 0.05, 0.34, 0.12, 0.04)
LANGUAGES, LANGUAGE_SHARES = ("fr", "en", "es", "pt", "ar"), (0.93, 0.03, 0.01, 0.02, 0.01)
ENTRY_SHARES = {"qr": 0.45, "link": 0.3, "kiosk": 0.12, "banner": 0.08, "embed": 0.03, "paper": 0.02}
# Those who answer are not those who come: older, more often women, as in most voluntary surveys.
PROFILE = {
    "age": (0.12, 0.22, 0.27, 0.28, 0.11),
    "sex": (0.58, 0.41, 0.01),
    "activity": (0.5, 0.07, 0.06, 0.33, 0.04),
    "education": (0.4, 0.22, 0.38),
}
CHANNEL_STEPS = np.cumsum(CHANNEL_SHARES)
PROFILE_STEPS = {name: np.cumsum(shares) for name, shares in PROFILE.items()}
PERSON_SPREAD, ITEM_SPREAD = 0.9, 0.6
GOES_ON = 0.72  # the others stop after the two first questions


def answer(
    draws: np.random.Generator,
    edition: Edition,
    bodies: Sequence[Organisation],
    truth: Truth,
    *,
    count: int,
    by: Person,
    at: datetime,
) -> None:
    """Open the usual ways in of every body, then keep `count` responses through the bulk door of the site."""
    places = {body: list(body.places.all()) for body in bodies}
    points = actions.open_kinds(edition, organisations=places, by=by, at=at, seed=edition.seed)
    by_body: dict[int, list[EntryPoint]] = {}
    for point in points:
        by_body.setdefault(point.organisation_id, []).append(point)
    _, form = questionnaire_of(edition)
    questions = [question for question in form.questions if question.kind is QuestionKind.CHOICE]
    sizes = np.array([float(body.population or 20000) for body in bodies]) ** 0.45
    eager = sizes * draws.lognormal(0, 0.7, size=len(bodies))
    chosen = draws.choice(len(bodies), size=count, p=eager / eager.sum())
    languages = draws.choice(LANGUAGES, size=count, p=LANGUAGE_SHARES).tolist()
    doors = {key: np.cumsum([ENTRY_SHARES[point.kind] for point in here]) for key, here in by_body.items()}
    responses = []
    for number, language in zip(chosen.tolist(), languages, strict=True):
        key = bodies[number].pk
        point = by_body[key][_drawn(draws, doors[key])]
        goes_on = draws.random() < GOES_ON
        responses.append(
            actions.NewResponse(
                entry_point=point, answers=_answers(draws, questions, truth.quality[number], goes_on=goes_on),
                pages=None if goes_on else ["first"],
                at=_moment(draws, at), language=language,
                uuid=UUID(bytes=draws.bytes(16), version=4),
            )
        )  # fmt: skip
    actions.record_responses(edition, responses=responses, by=by, at=at, seed=edition.seed)
    _open_first_pages(draws, responses)


def _answers(
    draws: np.random.Generator, questions: Sequence[Question], quality: np.ndarray, *, goes_on: bool
) -> dict[str, Any]:
    channel = _drawn(draws, CHANNEL_STEPS)
    mood = float(quality[channel]) - 0.2 + draws.normal(0, PERSON_SPREAD)
    marks = np.clip(np.round(3.1 + 1.1 * mood + draws.normal(0, ITEM_SPREAD, size=len(questions))), 1, 5).astype(int)
    luck = draws.random(len(questions))
    given: dict[str, Any] = {}
    for question, mark, chance in zip(questions, marks, luck, strict=True):
        names = [choice.name for choice in question.choices]
        if question.name == "channel":
            given["channel"] = CHANNELS[channel]
        elif question.name in PROFILE and goes_on and chance > 0.15:
            given[question.name] = names[_drawn(draws, PROFILE_STEPS[question.name])]
        elif str(mark) in names and (goes_on or question.required) and (chance > 0.1 or question.required):
            given[question.name] = str(mark)
        elif str(mark) not in names and question.name not in PROFILE and goes_on:
            given[question.name] = names[min(int(chance * len(names)), len(names) - 1)]
    return given


def _drawn(draws: np.random.Generator, steps: np.ndarray) -> int:
    """The place of one draw among running shares."""
    return int(np.searchsorted(steps, draws.random() * steps[-1], side="right"))


def _moment(draws: np.random.Generator, at: datetime) -> datetime:
    """Some day of the eleven weeks before, at some hour of the day."""
    day = at - timedelta(days=int(draws.integers(1, 78)))
    return datetime(day.year, day.month, day.day, int(draws.integers(8, 20)), int(draws.integers(0, 60)), tzinfo=UTC)


def _open_first_pages(draws: np.random.Generator, responses: Sequence[actions.NewResponse]) -> None:
    """More people open the first page than answer it."""
    days: dict[tuple[EntryPoint, Any], int] = {}
    for response in responses:
        key = (response.entry_point, response.at.date())
        days[key] = days.get(key, 0) + 1
    actions.record_openings(
        openings=[(point, day, n + int(draws.poisson(0.6 * n))) for (point, day), n in days.items()]
    )
