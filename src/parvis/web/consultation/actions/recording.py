"""Keeping what citizens say: page by page as they answer, or many whole responses at once. Same checks, same rows."""

from __future__ import annotations

import gc
import random
import uuid as uuids
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from parvis.core.instruments.answers import CheckedAnswers, check_answers
from parvis.core.instruments.form import Form, Page, QuestionKind
from parvis.core.instruments.relevance import Live
from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.bulk import insert_many
from parvis.web.consultation import refusals
from parvis.web.consultation.actions.codes import spend_code
from parvis.web.consultation.counters import Count, count, count_many
from parvis.web.consultation.masking import mask
from parvis.web.consultation.models import EntryPoint, Response, Verbatim
from parvis.web.consultation.qualification import Flag, Rule
from parvis.web.consultation.questionnaire import (
    asked_pages,
    in_order,
    is_open,
    local,
    next_page,
    page_named,
    questionnaire_of,
    rule_of,
    text_questions,
)
from parvis.web.consultation.sealing import seal
from parvis.web.consultation.signals import NOTHING, Signals, flags_of
from parvis.web.consultation.standing import Standing, standing_of
from parvis.web.consultation.themes import suggested
from parvis.web.consultation.together import keep_new
from parvis.web.consultation.turns import durable
from parvis.web.editions.models import Edition
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

TOGETHER = 5000


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a page: the response as kept, the page to ask next (None: all is asked), what now applies."""

    response: Response
    next: str | None
    live: Live


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResponse:
    """A whole response to keep: answers by question, free text included; pages filled (None: all that apply)."""

    entry_point: EntryPoint
    answers: Mapping[str, Any]
    at: datetime
    language: str = "fr"
    pages: Sequence[str] | None = None
    uuid: uuids.UUID | None = None
    assisted: bool = False
    signals: Signals = field(default=NOTHING)


def record_page(
    entry_point: EntryPoint,
    *,
    uuid: uuids.UUID,
    page: str,
    given: Mapping[str, Any],
    language: str,
    at: datetime,
    signals: Signals = NOTHING,
    assisted: bool = False,
    known: Standing | None = None,
    code: str = "",
) -> Recorded:
    """Keep one page of a response. The same page again replaces its answers and counts nobody twice.

    known: what stands about the entry point, when the caller has it already. code: a counter code, as typed; it is used
    up in the transaction that keeps the first page, or not at all.
    Raises ParvisError with every fault of the page; nothing is then kept of it.
    """
    known = known or standing_of(entry_point)
    if not known.is_open(local(at).date()):
        raise ParvisError(refusals.CLOSED)
    if known.form is None or known.instrument is None:
        raise ParvisError(refusals.NO_QUESTIONNAIRE)
    return _record(_Filing(entry_point, uuid, page, given, language, at, signals, assisted, code), known, known.form)


class _Answered(NamedTuple):
    """A page's answers, checked together with those before; the name of the page to ask next."""

    checked: CheckedAnswers
    following: str | None


@dataclass(frozen=True, slots=True)
class _Filing:
    entry_point: EntryPoint
    uuid: uuids.UUID
    page: str
    given: Mapping[str, Any]
    language: str
    at: datetime
    signals: Signals
    assisted: bool
    code: str


def _record(filing: _Filing, known: Standing, form: Form) -> Recorded:
    """A first page is inserted at once; only when its number is there already are the two put together."""
    page = page_named(form, filing.page)
    is_first = page is form.pages[0]
    if is_first:
        begun = _first_with_code(filing, known, form, page) if known.needs_code else _first(filing, known, form, page)
        if begun is not None:
            return begun
    with durable():
        kept = Response.objects.select_for_update(of=("self",)).filter(pk=filing.uuid).first()
        if kept is None:
            raise ParvisError(refusals.NOT_STARTED)
        if kept.entry_point_id != filing.entry_point.pk:
            raise ParvisError(refusals.OTHER_ENTRY_POINT)
        if is_first and known.needs_code:
            _take_late_code(kept, filing)
        kept.entry_point, was_completed = filing.entry_point, kept.completed
        answered = _answer(kept, filing, known, form, page)
        kept.save(force_update=True)
        return _kept(kept, page, answered, completed=int(kept.completed and not was_completed))


def _first(filing: _Filing, known: Standing, form: Form, page: Page) -> Recorded | None:
    """Insert a response with its first page; None when its number is there already."""
    moment = local(filing.at)
    response = _new(filing, known.instrument or 0, moment.date(), moment.hour)
    answered = _answer(response, filing, known, form, page)
    if not _begun(response, page, answered):
        return None
    return Recorded(response, answered.following, answered.checked.live)


def _first_with_code(filing: _Filing, known: Standing, form: Form, page: Page) -> Recorded | None:
    """The same, the code being used up with it or not at all; without a valid one the answer is kept and flagged."""
    with durable():
        spent = spend_code(filing.entry_point, filing.code)
        begun = _first(replace(filing, signals=replace(filing.signals, no_code=not spent)), known, form, page)
        if begun is None:
            transaction.set_rollback(True)
    return begun


def _take_late_code(kept: Response, filing: _Filing) -> None:
    """Someone comes back to the first page with a code that is valid: theirs counts after all."""
    if Flag.NO_CODE in kept.flags and spend_code(filing.entry_point, filing.code):
        kept.flags = [flag for flag in kept.flags if flag != Flag.NO_CODE]


def _answer(response: Response, filing: _Filing, known: Standing, form: Form, page: Page) -> _Answered:
    """Lay the page's answers over those kept."""
    names = {question.name for question in page.questions}
    merged = {name: value for name, value in response.answers.items() if name not in names}
    merged |= {name: value for name, value in filing.given.items() if name in names}
    moment = local(filing.at)
    checked = check_answers(form, merged, today=moment.date(), pages=[page.name])
    if checked.faults:
        raise ParvisError(checked.faults)
    following = next_page(form, checked.live, page.name)
    _fill(response, form, checked, filing, known.rule, is_last=following is None, hour=moment.hour)
    return _Answered(checked, following.name if following else None)


def _begun(response: Response, page: Page, answered: _Answered) -> bool:
    """Insert a response with its first page; False when its number is there already."""
    if not _texts_of(page):
        return keep_new(response)
    with durable():
        begun = keep_new(response)
        if begun:
            _keep_texts(response, page, answered)
    return begun


def _kept(response: Response, page: Page, answered: _Answered, *, completed: int) -> Recorded:
    _keep_texts(response, page, answered)
    if completed:
        count(Count(response.entry_point_id, response.day, completed=completed))
    return Recorded(response, answered.following, answered.checked.live)


def _texts_of(page: Page) -> list[str]:
    return sorted(question.name for question in page.questions if question.kind is QuestionKind.TEXT)


def _new(filing: _Filing | NewResponse, instrument: int, day: date, hour: int) -> Response:
    point = filing.entry_point
    return Response(
        uuid=filing.uuid, edition_id=point.edition_id, organisation_id=point.organisation_id, place_id=point.place_id,
        entry_point_id=point.pk, instrument_id=instrument, day=day, hour=hour, language=filing.language,
        assisted=filing.assisted,
    )  # fmt: skip


def _fill(
    response: Response, form: Form, checked: CheckedAnswers, filing: _Filing, rule: Rule, *, is_last: bool, hour: int
) -> None:
    texts = set(text_questions(form))
    response.answers = {name: value for name, value in checked.answers.items() if name not in texts}
    response.pages_done = in_order(form, [*response.pages_done, filing.page])
    response.completed = response.completed or is_last
    response.language = _language(form, filing.language)
    _flag(response, form, filing.signals, rule, hour=hour)


def _flag(response: Response, form: Form, signals: Signals, rule: Rule, *, hour: int) -> None:
    response.flags = flags_of(form, response.answers, signals, rule, hour=hour, before=response.flags)
    if response.decided_by_id is None:
        response.quarantined = rule.quarantines(response.flags)


def _language(form: Form, wanted: str) -> str:
    return wanted if wanted in form.languages else "fr"


def _keep_texts(response: Response, page: Page, answered: _Answered) -> None:
    """Replace the free answers of a page; the text itself is kept masked, its original under seal."""
    names, answers = _texts_of(page), answered.checked.answers
    if names:
        kept = [_verbatim(response, name, str(answers[name])) for name in names if answers.get(name)]
        Verbatim.objects.filter(response=response, question__in=names).delete()
        Verbatim.objects.bulk_create(kept)


def _verbatim(response: Response, question: str, text: str) -> Verbatim:
    masked = mask(text)
    return Verbatim(
        response_id=response.uuid, question=question, masked=masked.text, hidden=masked.hidden,
        sealed=seal(text) if masked.hidden else b"", themes=suggested(masked.text),
    )  # fmt: skip


@transaction.atomic
def record_responses(
    edition: Edition, *, responses: Sequence[NewResponse], by: Person, at: datetime, seed: int
) -> list[uuids.UUID]:
    """Keep many whole responses with the checks of `record_page`; all or none. Returns their numbers, in order.

    Numbers not given come from the seed.
    """
    filing = _Together(edition, seed)
    with _collector_at_rest():
        for start in range(0, len(responses), TOGETHER):
            filing.keep(start, responses[start : start + TOGETHER])
    if filing.faults:
        raise ParvisError(filing.faults)
    count_many({key: {"started": number, "completed": filing.completed[key]} for key, number in filing.started.items()})
    journal(verb="consultation.responses_recorded", subject=edition, by=by, at=at, edition=edition.slug,
            detail={"responses": len(filing.numbers)})  # fmt: skip
    return filing.numbers


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Rows are freed by counting; looking for circles among those still waited for takes a quarter of the time."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


class _Together:
    """Many responses being kept, some at a time; nothing more is written once something is wrong."""

    def __init__(self, edition: Edition, seed: int) -> None:
        self.instrument, self.form = questionnaire_of(edition)
        self.rule, self.texts = rule_of(edition), set(text_questions(self.form))
        self.draws, self.opening = random.Random(seed), _Opening(edition)  # noqa: S311 (identifiers, not secrets)
        self.faults: list[Fault] = []
        self.numbers: list[uuids.UUID] = []
        self.known: set[uuids.UUID] = set()
        self.started: Counter[tuple[int, date]] = Counter()
        self.completed: Counter[tuple[int, date]] = Counter()

    def keep(self, first: int, responses: Sequence[NewResponse]) -> None:
        """Keep some; `first` is the rank of the first of them among all."""
        rows: dict[int, Response] = {}
        verbatims: list[Verbatim] = []
        for rank, new in enumerate(responses, first):
            moment = local(new.at)
            checked = check_answers(self.form, new.answers, today=moment.date(), pages=new.pages)
            if wrong := [*self.opening.faults(new, moment.date()), *checked.faults]:
                self.faults += [refusals.at_rank(fault, rank) for fault in wrong]
                continue
            row = _new(new, self.instrument, moment.date(), moment.hour)
            row.uuid = new.uuid or uuids.UUID(int=self.draws.getrandbits(128), version=4)
            _fill_whole(row, self.form, checked, new, self.rule, self.texts, hour=moment.hour)
            rows[rank] = row
            texts = [name for name in checked.answers if name in self.texts]
            verbatims += [_verbatim(row, name, str(checked.answers[name])) for name in texts]
        self._number(rows)
        if not self.faults:
            insert_many(list(rows.values()))
            insert_many(verbatims)
            self.started.update((row.entry_point_id, row.day) for row in rows.values())
            self.completed.update((row.entry_point_id, row.day) for row in rows.values() if row.completed)

    def _number(self, rows: Mapping[int, Response]) -> None:
        """A number that comes twice, among those given or with one kept already, is a fault."""
        numbers = [row.uuid for row in rows.values()]
        self.known |= set(Response.objects.filter(pk__in=numbers).values_list("pk", flat=True))
        for rank, row in rows.items():
            if row.uuid in self.known:
                self.faults.append(refusals.at_rank(refusals.SAME_RESPONSE_TWICE, rank))
            self.known.add(row.uuid)
        self.numbers += numbers


def _fill_whole(
    row: Response, form: Form, checked: CheckedAnswers, new: NewResponse, rule: Rule, texts: set[str], *, hour: int
) -> None:
    row.answers = {name: value for name, value in checked.answers.items() if name not in texts}
    asked = [page.name for page in asked_pages(form, checked.live)]
    row.pages_done = asked if new.pages is None else [name for name in asked if name in set(new.pages)]
    row.completed = bool(row.pages_done) and row.pages_done[-1] == asked[-1]
    row.language = _language(form, new.language)
    _flag(row, form, new.signals, rule, hour=hour)


class _Opening:
    """Whether days fall within the consultation, asked once a day."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.days: dict[date, bool] = {}

    def faults(self, new: NewResponse, day: date) -> list[Fault]:
        if day not in self.days:
            self.days[day] = is_open(self.edition, day)
        found = [] if self.days[day] else [refusals.CLOSED]
        return found if new.entry_point.edition_id == self.edition.pk else [*found, refusals.OTHER_ENTRY_POINT]
