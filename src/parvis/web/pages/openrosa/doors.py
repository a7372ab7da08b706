"""Which phone knocks: its key in the address. What fails is counted by device, never kept."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt

from parvis.core.instruments.openrosa import response
from parvis.core.vocabulary import Fault
from parvis.web.fieldwork import openrosa
from parvis.web.fieldwork.openrosa import refusals
from parvis.web.pages.access import page
from parvis.web.pages.citizen.survey import address_of

MOST_FAILURES = 30
FAILURES_SECONDS = 600


def for_phones(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for phones: (request, key, …). Its key is its account: no session, no cookie, the person's language.

    An unknown key is 401, then 429 for the device that tries again and again; a revoked one is 401 with what to do.
    """

    @page(writes=True)
    @functools.wraps(view)
    def guarded(request: HttpRequest, token: str, **arguments: Any) -> HttpResponse:
        counter = _counter(request)
        if cache.get(counter, 0) >= MOST_FAILURES:
            return told([refusals.TOO_MANY_FAILURES], status=429, headers={"Retry-After": str(FAILURES_SECONDS)})
        key = openrosa.key_of(token)
        if key is None:
            cache.set(counter, cache.get(counter, 0) + 1, FAILURES_SECONDS)
            return told([refusals.KEY_UNKNOWN], status=401)
        with translation.override(key.observer.person.language):
            if key.revoked_at is not None or not key.observer.person.is_active:
                return told([refusals.KEY_REVOKED], status=401)
            openrosa.note_use(key, at=timezone.now())
            return view(request, key, token=token, **arguments)

    return csrf_exempt(guarded)


def told(
    faults: list[Fault] | tuple[Fault, ...], *, status: int, headers: dict[str, str] | None = None
) -> HttpResponse:
    """A refusal in words that the phone shows to the person."""
    language = translation.get_language() or "fr"
    return written(response([refusals.said(fault, language) for fault in faults], accepted=False), status, headers)


def written(content: bytes, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """XML as OpenRosa asks for it; it is one person's own, so nobody on the way keeps it."""
    always = {"X-OpenRosa-Version": "1.0", "Cache-Control": "no-store"} | (headers or {})
    answer = HttpResponse(content, status=status, content_type="text/xml; charset=utf-8", headers=always)
    answer._has_been_logged = True  # type: ignore[attr-defined] # the address holds a key: it stays out of the log
    return answer


def _counter(request: HttpRequest) -> str:
    return "openrosa-" + salted_hmac("parvis.openrosa", address_of(request)).hexdigest()[:32]
