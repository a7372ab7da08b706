"""What a citizen sees: each page with its words, its language and its direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone, translation

from parvis.core.instruments.form import Page
from parvis.core.instruments.relevance import Live, live_answers
from parvis.web.consultation.questionnaire import asked_pages
from parvis.web.pages.citizen.doors import Door
from parvis.web.pages.citizen.forms import fields_of
from parvis.web.pages.citizen.ready import Ready, ReadyPage
from parvis.web.pages.citizen.words import NAMES, RIGHT_TO_LEFT, languages_known, words

TOKEN = "-the-token-of-whoever-asks-"  # noqa: S105 (a mark that gives way to the token)
MOST_PAGES = 2000
_pages: dict[tuple[Any, ...], ReadyPage] = {}


def questions(
    request: HttpRequest, here: Door, asked: Page, token: str, answers: Mapping[str, Any], *, language: str, note: str,
    errors: Mapping[str, str], trap: str, assisted: bool, live: Live | None = None, code_name: str = "", code: str = "",
) -> HttpResponse:  # fmt: skip
    """A page of the questionnaire. One on which nothing is answered yet is the same for everyone but for its token."""
    live = live or live_answers(here.form, answers, today=timezone.localdate())

    def whole(written: str) -> str:
        pages = [each.name for each in asked_pages(here.form, live)]
        rank = pages.index(asked.name) + 1 if asked.name in pages else 1
        fields, said = fields_of(asked, live, answers, language, errors), words(language)
        return render_to_string("citizen/questions.html", _around(here, language, {
            "asked": asked, "heading": said["title"] if rank == 1 else asked.label(language), "fields": fields,
            "seen": " ".join(field.name for field in fields), "token": written, "trap": trap, "is_first": rank == 1,
            "note": said.get(note, ""), "is_saved": note == "saved", "errors": [f for f in fields if f.error],
            "progress": said["progress"].format(page=rank, pages=len(pages)), "action": here.address(asked.name),
            "assisted": assisted, "code_name": code_name if rank == 1 and here.known.needs_code else "", "code": code,
        }), request)  # fmt: skip

    if errors or code or any(question.name in answers for question in asked.questions):
        return _sent(here, HttpResponse(whole(token)))
    key = (*_stands(here), asked.name, live.visible, language, note, assisted)
    return _sent(here, _answered(request, _remembered(key, whole), token.encode()))


def _stands(here: Door) -> tuple[Any, ...]:
    """All of an entry point that its pages show: another name or questionnaire makes another page."""
    entry, place = here.entry_point, here.entry_point.place
    shown = (entry.organisation.name, place.name if place else "", entry.edition.demonstration, str(entry.hours))
    asks = (here.known.needs_code, here.known.rule.work_bits)
    return (entry.code, here.manner, here.known.instrument, *shown, *asks)


def _remembered(key: tuple[Any, ...], make: Callable[[str], str]) -> ReadyPage:
    """A page without anyone's answers, made once."""
    kept = _pages.get(key)
    if kept is None:
        before, _, after = make(TOKEN).partition(TOKEN)
        kept = ReadyPage(before.encode(), after.encode())
        if len(_pages) >= MOST_PAGES:
            _pages.clear()
        _pages[key] = kept
    return kept


def _answered(request: HttpRequest, ready: ReadyPage, token: bytes) -> HttpResponse:
    if "gzip" not in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        return Ready(ready.plain(token))
    return Ready(ready.gzipped(token), headers={"Content-Encoding": "gzip"})


def closed(request: HttpRequest, here: Door, language: str) -> HttpResponse:
    """The consultation is not open today, and when it is."""
    said, first, last = words(language), here.known.opens_on, here.known.closes_on
    if first is None or last is None:
        text = said["closed_no_dates"]
    else:
        text = said["closed_text"].format(first=_day(first, language), last=_day(last, language))
    return _render(request, here, "citizen/closed.html", language, {"text": text})


def thanks(request: HttpRequest, here: Door, language: str) -> HttpResponse:
    said, results_on = words(language), here.known.results_on
    return _render(request, here, "citizen/thanks.html", language, {
        "use": said["thanks_use"].format(organisation=here.entry_point.organisation.name),
        "when": said["thanks_when"].format(day=_day(results_on, language)) if results_on else "",
        "restart": here.address(),
    })  # fmt: skip


def _render(request: HttpRequest, here: Door, template: str, language: str, more: dict[str, Any]) -> HttpResponse:
    return _sent(here, HttpResponse(render_to_string(template, _around(here, language, more), request)))


def _around(here: Door, language: str, more: dict[str, Any]) -> dict[str, Any]:
    entry = here.entry_point
    return {
        **frame(language, [code for code in here.form.languages if code in NAMES]),
        "organisation_name": entry.organisation.name,
        "place": entry.place.name if entry.place else "",
        "invented": entry.edition.demonstration,
        "manner": here.manner,
        "hours": entry.hours,
        "work_bits": here.known.rule.work_bits,
        "kiosk_start": here.address(),
        "kiosk_tokens": reverse("citizen:kiosk-tokens", args=[entry.code]),
        "kiosk_worker": reverse("citizen:kiosk-worker", args=[entry.code]),
        **more,
    }


def _sent(here: Door, response: HttpResponse) -> HttpResponse:
    response = sealed(response)
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
    response["Vary"] = "Accept-Language, Accept-Encoding"
    return response


def _day(day: date, language: str) -> str:
    with translation.override(language.split("-")[0]):
        return formats.date_format(day, "DATE_FORMAT")
