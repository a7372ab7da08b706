"""The citizens' questionnaire in force, read once, and the order of its pages for one citizen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone

from parvis.core.instruments.form import Form, Page, QuestionKind, form_from_json
from parvis.core.instruments.relevance import Live, asked_pages
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals
from parvis.web.consultation.models import Consultation
from parvis.web.consultation.qualification import Rule, rule_from_json
from parvis.web.editions.models import CalendarDate, Edition, Instrument
from parvis.web.editions.queries import period


def questionnaire_of(edition: Edition) -> tuple[int, Form]:
    """Key and compiled form of the questionnaire in force. Raises ParvisError when there is none."""
    found = (
        Instrument.objects.filter(edition=edition, channel=Instrument.CITIZEN)
        .order_by("-version")
        .values_list("pk", "sha256")
        .first()
    )
    if found is None:
        raise ParvisError(refusals.NO_QUESTIONNAIRE)
    return found[0], _form(*found)


@lru_cache(maxsize=8)
def _form(pk: int, sha256: str) -> Form:  # noqa: ARG001 (the hash keys the cache: another content is another form)
    return form_from_json(Instrument.objects.only("compiled").get(pk=pk).compiled)


def rule_of(edition: Edition) -> Rule:
    """The rule published for the edition, else the one that ships with Parvis."""
    found = Consultation.objects.filter(edition=edition).values_list("rule", flat=True).first()
    return rule_from_json(found) if found else Rule()


def is_open(edition: Edition, day: date) -> bool:
    dates = period(edition, CalendarDate.Kind.CONSULTATION)
    return dates is not None and dates.starts_on <= day <= dates.ends_on


def has_opened(edition: Edition, day: date) -> bool:
    """From its first day on, the rule stands."""
    dates = period(edition, CalendarDate.Kind.CONSULTATION)
    return dates is not None and day >= dates.starts_on


def has_ended(edition: Edition, day: date) -> bool:
    """After its last day, what came is all that counts."""
    dates = period(edition, CalendarDate.Kind.CONSULTATION)
    return dates is not None and day > dates.ends_on


def local(at: datetime) -> datetime:
    """The moment by the clocks of the country, which give the day and the hour."""
    return at.astimezone(timezone.get_default_timezone())


def next_page(form: Form, live: Live, after: str) -> Page | None:
    """The page that follows; None when that one was the last."""
    names = [page.name for page in form.pages]
    rest = names[names.index(after) + 1 :]
    return next((page for page in asked_pages(form, live) if page.name in rest), None)


def page_named(form: Form, name: str) -> Page:
    for page in form.pages:
        if page.name == name:
            return page
    raise ParvisError(refusals.PAGE_UNKNOWN)


def text_questions(form: Form) -> list[str]:
    return [question.name for question in form.questions if question.kind is QuestionKind.TEXT]


def in_order(form: Form, names: Sequence[str]) -> list[str]:
    """Page names in the order of the form, each once."""
    return [page.name for page in form.pages if page.name in set(names)]
