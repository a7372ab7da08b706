"""The questionnaire: two questions saved at once, then short pages, each saved, then thanks.

Nothing is kept between two pages but the signed token in the form: no session, no cookie, no script.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from parvis.core.instruments.form import Page
from parvis.core.instruments.relevance import Live, live_answers
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import actions, work
from parvis.web.consultation.codes import MOST_TYPED
from parvis.web.consultation.qualification import Flag
from parvis.web.consultation.queries import answers_so_far
from parvis.web.consultation.questionnaire import asked_pages, local, page_named
from parvis.web.consultation.rates import notice
from parvis.web.consultation.signals import Signals
from parvis.web.pages.access import page
from parvis.web.pages.citizen import showing
from parvis.web.pages.citizen.doors import Door, door
from parvis.web.pages.citizen.forms import errors_of, given_in
from parvis.web.pages.citizen.ready import Ready
from parvis.web.pages.citizen.tokens import Token, new_token, read_token
from parvis.web.pages.citizen.words import best_language, words

CODE = "code_guichet"
TRAP = "site"  # nobody sees this field; what fills it is no person


def citizen_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """No cookie may be set, so no CSRF cookie either: the signed token in the form says where it comes from."""

    @csrf_exempt
    @functools.wraps(view)
    def compressed(request: HttpRequest, **arguments: Any) -> HttpResponse:
        response = view(request, **arguments)
        return response if isinstance(response, Ready) else _compressing.process_response(request, response)

    return compressed


_compressing = GZipMiddleware(lambda _request: HttpResponse())


def begin(request: HttpRequest, here: Door) -> HttpResponse:
    """The first page, empty or as a plain form elsewhere has filled it."""
    now, entry = timezone.now(), here.entry_point
    if request.method == "GET":
        actions.record_opening(entry, at=now)
    if not here.known.is_open(local(now).date()):
        return showing.closed(request, here, language_of(request, here))
    first = here.form.pages[0]
    given = given_in(first, request.GET) or given_in(first, request.POST)
    note = "confirm" if given else ""
    assisted = request.GET.get("aide") == "1" and here.manner == "kiosk"
    return show(request, here, first, new_token(entry.pk, at=now, assisted=assisted), given, note=note)


def answer(request: HttpRequest, here: Door) -> HttpResponse:
    """A page comes back: keep it, then show the next, or the same with what is wrong."""
    if request.method != "POST":
        return redirect(here.address())
    now, asked = timezone.now(), page_named(here.form, here.page)
    token, given = read_token(request.POST.get("jeton", "")), given_in(asked, request.POST)
    if not here.known.is_open(local(now).date()):
        return showing.closed(request, here, language_of(request, here))
    if token is None or token.entry_point != here.entry_point.pk:
        return begin(request, here)  # a form of another page, or of another age: it only prefills ours
    if "langue" in request.POST:
        return show(request, here, asked, token, {**answers_so_far(token.uuid), **given})
    if "retour" in request.POST:
        return show(request, here, _before(here, asked, token), token, answers_so_far(token.uuid))
    if token.has_expired(now, kiosk=here.manner == "kiosk"):
        fresh = replace(token, started_at=now, read_as="")
        return show(request, here, asked, fresh, {**answers_so_far(token.uuid), **given}, note="expired")
    return _keep(request, here, asked, token, given, now)


def _keep(
    request: HttpRequest, here: Door, asked: Page, token: Token, given: Mapping[str, str], now: datetime
) -> HttpResponse:
    language = language_of(request, here)
    try:
        recorded = actions.record_page(
            here.entry_point, uuid=token.uuid, page=asked.name, given=given, language=language, at=now,
            signals=_signals(request, here, asked, token, now), assisted=token.assisted,
            known=here.known, code=request.POST.get(CODE, ""),
        )  # fmt: skip
    except ParvisError as error:
        if any(fault.code in ("response_not_started", "other_entry_point") for fault in error.faults):
            return begin(request, here)
        errors = errors_of(error.faults, words(language), asked, language)
        return show(request, here, asked, token, {**answers_so_far(token.uuid), **given}, errors=errors)
    if _has_more(request, asked, recorded.live):
        return show(request, here, asked, token, recorded.response.answers, live=recorded.live)
    if recorded.next is None or "fin" in request.POST:
        return redirect(f"{here.thanks}?langue={language}" + (f"&maniere={here.manner}" if here.manner else ""))
    note = _note(request, recorded) if asked is here.form.pages[0] else ""
    following = page_named(here.form, recorded.next)
    was_done = following.name in recorded.response.pages_done
    known = answers_so_far(token.uuid) if was_done else recorded.response.answers
    return show(request, here, following, token, known, note=note, live=recorded.live)


def _note(request: HttpRequest, recorded: actions.Recorded) -> str:
    """The answer is kept in any case; whoever typed a code that is worth nothing is told."""
    typed = request.POST.get(CODE, "").strip()
    return "code_refused" if typed and Flag.NO_CODE in recorded.response.flags else "saved"


def _has_more(request: HttpRequest, asked: Page, live: Live) -> bool:
    """Did these answers make more of the same page apply, which nobody has seen yet?"""
    seen = set(request.POST.get("vu", "").split())
    return any(q.kind.is_asked and q.name in live.visible and q.name not in seen for q in asked.questions)


def _signals(request: HttpRequest, here: Door, asked: Page, token: Token, now: datetime) -> Signals:
    trap = bool(request.POST.get(TRAP))
    if asked is not here.form.pages[0]:
        last = asked is here.form.pages[-1]
        return Signals(trap=trap, total_seconds=token.seconds(now) if last else None)
    noticed = notice(here.entry_point, address_of(request), at=now, rule=here.known.rule, known=here.known)
    bits = here.known.rule.work_bits
    no_work = bits > 0 and not work.is_done(request.POST.get("jeton", ""), request.POST.get(work.FIELD, ""), bits)
    return replace(noticed, trap=trap, first_seconds=token.seconds(now), no_work=no_work)


def address_of(request: HttpRequest) -> str:
    """The address of the device, or the one that our own proxy wrote last; used at once, never kept."""
    header = getattr(settings, "ADDRESS_HEADER", "")
    written = str(request.META.get(header, "")) if header else ""
    return written.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))


def _before(here: Door, asked: Page, token: Token) -> Page:
    """The page before this one, among those that apply."""
    live = live_answers(here.form, answers_so_far(token.uuid), today=timezone.localdate())
    names = [each.name for each in here.form.pages]
    earlier = [p for p in asked_pages(here.form, live) if names.index(p.name) < names.index(asked.name)]
    return earlier[-1] if earlier else asked


def show(
    request: HttpRequest, here: Door, asked: Page, token: Token, answers: Mapping[str, Any], *,
    note: str = "", errors: Mapping[str, str] | None = None, live: Live | None = None,
) -> HttpResponse:  # fmt: skip
    return showing.questions(
        request, here, asked, token.written(), answers, language=language_of(request, here), note=note,
        errors=errors or {}, trap=TRAP, assisted=token.assisted, live=live,
        code_name=CODE, code=request.POST.get(CODE, "")[:MOST_TYPED],
    )  # fmt: skip


def language_of(request: HttpRequest, here: Door) -> str:
    wanted = request.POST.get("langue") or request.POST.get("l") or request.GET.get("langue") or ""
    return best_language(wanted, request.META.get("HTTP_ACCEPT_LANGUAGE", ""), here.form.languages)


start = citizen_page(page(of=door(), writes=True)(begin))
answered = citizen_page(page(of=door(), writes=True)(answer))


@citizen_page
@page(of=door())
def thanks(request: HttpRequest, here: Door) -> HttpResponse:
    manner = request.GET.get("maniere", "")
    here = replace(here, manner=manner if manner in ("kiosk", "embed") else "")
    return showing.thanks(request, here, language_of(request, here))
