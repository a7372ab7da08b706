"""The same questionnaire at a kiosk, and inside the page of another site."""

from __future__ import annotations

from collections.abc import Callable

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt

from parvis.web.pages.access import page
from parvis.web.pages.citizen.doors import Door, door
from parvis.web.pages.citizen.survey import answer, begin, citizen_page

View = Callable[[HttpRequest, Door], HttpResponse]


def framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """May stand in a frame of any site: there is nothing to steal, no account, and every page says whose it is."""
    decorated: Callable[..., HttpResponse] = csp_replace({"frame-ancestors": ["*"]})(xframe_options_exempt(view))
    return decorated


def at(manner: str, view: View) -> Callable[..., HttpResponse]:
    return citizen_page(page(of=door(manner), writes=True)(view))


kiosk = at("kiosk", begin)
kiosk_answered = at("kiosk", answer)
embed = framed(at("embed", begin))
embed_answered = framed(at("embed", answer))
