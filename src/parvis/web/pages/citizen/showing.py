"""What a citizen sees: each page with its words, its language and its direction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone, translation

from parvis.core.instruments.answers import live_answers
from parvis.core.instruments.form import Page
from parvis.web.consultation.questionnaire import asked_pages
from parvis.web.editions.models import CalendarDate
from parvis.web.editions.queries import period
from parvis.web.pages.citizen.doors import Door
from parvis.web.pages.citizen.forms import fields_of
from parvis.web.pages.citizen.words import NAMES, RIGHT_TO_LEFT, languages_known, words


def questions(
    request: HttpRequest, here: Door, asked: Page, token: str, answers: Mapping[str, Any], *, language: str, note: str,
    errors: Mapping[str, str], trap: str, assisted: bool,
) -> HttpResponse:  # fmt: skip
    """A page of the questionnaire."""
    live = live_answers(here.form, {**answers}, today=timezone.localdate())
    fields = fields_of(asked, live, answers, language, errors)
    pages = [each.name for each in asked_pages(here.form, live)]
    rank = pages.index(asked.name) + 1 if asked.name in pages else 1
    said = words(language)
    return _render(request, here, "citizen/questions.html", language, {
        "asked": asked, "heading": said["title"] if rank == 1 else asked.label(language), "fields": fields,
        "seen": " ".join(field.name for field in fields), "token": token, "trap": trap, "is_first": rank == 1,
        "note": said.get(note, ""), "is_saved": note == "saved", "errors": [f for f in fields if f.error],
        "progress": said["progress"].format(page=rank, pages=len(pages)), "action": here.address(asked.name),
        "assisted": assisted,
    })  # fmt: skip


def closed(request: HttpRequest, here: Door, language: str) -> HttpResponse:
    """The consultation is not open today, and when it is."""
    said, dates = words(language), period(here.entry_point.edition, CalendarDate.Kind.CONSULTATION)
    if dates is None:
        text = said["closed_no_dates"]
    else:
        text = said["closed_text"].format(first=_day(dates.starts_on, language), last=_day(dates.ends_on, language))
    return _render(request, here, "citizen/closed.html", language, {"text": text})


def thanks(request: HttpRequest, here: Door, language: str) -> HttpResponse:
    said, dates = words(language), period(here.entry_point.edition, CalendarDate.Kind.RESULTS)
    return _render(request, here, "citizen/thanks.html", language, {
        "use": said["thanks_use"].format(organisation=here.entry_point.organisation.name),
        "when": said["thanks_when"].format(day=_day(dates.starts_on, language)) if dates else "",
        "restart": here.address(),
    })  # fmt: skip


def _render(request: HttpRequest, here: Door, template: str, language: str, more: dict[str, Any]) -> HttpResponse:
    entry = here.entry_point
    context = {
        **frame(language, [code for code in here.form.languages if code in NAMES]),
        "organisation_name": entry.organisation.name,
        "place": entry.place.name if entry.place else "",
        "invented": entry.edition.demonstration,
        "manner": here.manner,
        "hours": entry.hours,
        "kiosk_start": here.address(),
        "kiosk_tokens": reverse("citizen:kiosk-tokens", args=[entry.code]),
        **more,
    }
    response = sealed(render(request, template, context))
    if here.manner == "kiosk":
        response["Cache-Control"] = "no-store"  # the next person finds nothing of the one before
    return response


def frame(language: str, offered: list[str] | None = None) -> dict[str, Any]:
    """What every citizen page needs: words, language, direction, other languages."""
    codes = languages_known() if offered is None else offered
    return {
        "words": words(language),
        "page_language": language,
        "right_to_left": language in RIGHT_TO_LEFT,
        "languages": [{"code": code, "name": NAMES[code], "current": code == language} for code in codes],
        "demonstration": False,  # said in the page's own language instead
        "invented": settings.DEMONSTRATION,
    }


def sealed(response: HttpResponse) -> HttpResponse:
    """Kept by the reader's own history only, so that going back loses nothing."""
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept-Language"
    return response


def _day(day: date, language: str) -> str:
    with translation.override(language.split("-")[0]):
        return formats.date_format(day, "DATE_FORMAT")
