"""Paper forms: keyed twice by two people, settled when they read differently, then counted like any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from parvis.core.instruments.answers import check_answers
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals
from parvis.web.consultation.actions.codes import spend_code
from parvis.web.consultation.actions.recording import NewResponse, record_responses
from parvis.web.consultation.models import EntryPoint, PaperSheet
from parvis.web.consultation.questionnaire import local, questionnaire_of, text_questions
from parvis.web.consultation.signals import Signals
from parvis.web.consultation.standing import standing_of
from parvis.web.editions.models import Edition
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

NAMES = UUID("4c2f8f60-1f4e-4a7e-9f0a-2f6f2b1c9d11")


@transaction.atomic
def key_sheet(
    entry_point: EntryPoint, *, number: int, answers: Mapping[str, Any], by: Person, at: datetime,
    language: str = "fr", code: str = "",
) -> PaperSheet:  # fmt: skip
    """Key a sheet: the first time it waits for another person; the second time it counts if both read the same.

    language: that of the sheet, which is part of what is read. code: the counter code on the sheet. It is used up when
    the sheet counts, and never kept beside answers.
    """
    given = _checked(entry_point, answers, at)
    sheet = PaperSheet.objects.select_for_update(of=("self",)).filter(entry_point=entry_point, number=number).first()
    if sheet is None:
        return PaperSheet.objects.create(
            entry_point=entry_point, number=number, first=given, first_language=language, first_at=at, first_by=by
        )
    if sheet.settled_at is not None:
        raise ParvisError(refusals.SHEET_COUNTED)
    if sheet.first_by_id == by.pk:
        raise ParvisError(refusals.SAME_PERSON_TWICE)
    sheet.second, sheet.second_language, sheet.second_at, sheet.second_by = given, language, at, by
    sheet.save()
    if differences(sheet) or sheet.first_language != sheet.second_language:
        return sheet
    return _settle(sheet, given, language=language, by=by, at=at, code=code)


@transaction.atomic
def settle_sheet(
    sheet: PaperSheet, *, answers: Mapping[str, Any], by: Person, at: datetime, language: str = "fr", code: str = ""
) -> PaperSheet:
    """Decide, paper in hand, on a sheet that two people read differently."""
    if sheet.settled_at is not None:
        raise ParvisError(refusals.SHEET_COUNTED)
    if sheet.second_at is None:
        raise ParvisError(refusals.SHEET_KEYED_ONCE)
    given = _checked(sheet.entry_point, answers, at)
    return _settle(sheet, given, language=language, by=by, at=at, code=code)


def forget_sheets() -> int:
    """Once a day: erase what was keyed and never counted in editions whose data are frozen; returns how many sheets."""
    over = PaperSheet.objects.filter(
        settled_at__isnull=True, entry_point__edition__state__in=[Edition.State.FROZEN, Edition.State.PUBLISHED]
    )
    return over.exclude(first={}, second={}).update(first={}, second={})


def differences(sheet: PaperSheet) -> list[str]:
    """The questions that two people read differently; the wording of a free answer may differ."""
    _, form = questionnaire_of(sheet.entry_point.edition)
    texts = set(text_questions(form))
    names = [question.name for question in form.questions if question.name not in texts]
    return [name for name in names if sheet.first.get(name) != sheet.second.get(name)]


def _settle(
    sheet: PaperSheet, answers: Mapping[str, Any], *, language: str, by: Person, at: datetime, code: str
) -> PaperSheet:
    no_code = standing_of(sheet.entry_point).needs_code and not spend_code(sheet.entry_point, code)
    number = uuid5(NAMES, f"{sheet.entry_point_id}/{sheet.number}")
    new = NewResponse(entry_point=sheet.entry_point, answers=answers, at=at, uuid=number, language=language,
                      signals=Signals(no_code=no_code))  # fmt: skip
    record_responses(sheet.entry_point.edition, responses=[new], by=by, at=at, seed=0)
    sheet.first, sheet.second, sheet.settled_at, sheet.settled_by = {}, {}, at, by
    sheet.save()
    journal(verb="sheet.counted", subject=sheet, by=by, at=at, edition=sheet.entry_point.edition.slug)
    return sheet


def _checked(entry_point: EntryPoint, answers: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    if entry_point.kind != EntryPoint.Kind.PAPER:
        raise ParvisError(refusals.NOT_PAPER)
    _, form = questionnaire_of(entry_point.edition)
    checked = check_answers(form, answers, today=local(at).date())
    if checked.faults:
        raise ParvisError(checked.faults)
    return checked.answers
