"""The same questionnaire at a kiosk, and inside the page of another site."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from parvis.web.consultation.models import EntryPoint
from parvis.web.pages.access import page
from parvis.web.pages.citizen.doors import Door, door
from parvis.web.pages.citizen.short_way import IN_ANY_FRAME
from parvis.web.pages.citizen.survey import answer, begin, citizen_page
from parvis.web.pages.citizen.survey import thanks as survey_thanks
from parvis.web.pages.citizen.tokens import new_token

STOCK = 20
SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"
View = Callable[[HttpRequest, Door], HttpResponse]


def framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """May stand in a frame of any site: there is nothing to steal, no account, and every page says whose it is."""
    decorated: Callable[..., HttpResponse] = csp_replace(IN_ANY_FRAME)(xframe_options_exempt(view))
    return decorated


def at(manner: str, view: View) -> Callable[..., HttpResponse]:
    return citizen_page(page(of=door(manner), writes=True)(view))


@citizen_page
@page(of=door("kiosk"))
def kiosk_tokens(request: HttpRequest, here: Door) -> JsonResponse:
    """Numbers in stock for a kiosk that loses its network; no more than anyone gets by opening pages."""
    if here.entry_point.kind != EntryPoint.Kind.KIOSK:
        raise Http404
    now, pk = timezone.now(), here.entry_point.pk
    response = JsonResponse({"tokens": [new_token(pk, at=now).written() for _ in range(STOCK)]})
    response["Cache-Control"] = "no-store"
    return response


@citizen_page
@page(of=door("kiosk"))
def kiosk_worker(_request: HttpRequest, _here: Door) -> HttpResponse:
    """The script that keeps a kiosk's empty first page; under the kiosk's own address, it sees no other page."""
    body, *others = ((SCRIPTS / f"{name}.js").read_text("utf-8") for name in ("kiosk-worker", "kiosk", "work"))
    version = hashlib.sha256("".join([body, *others]).encode()).hexdigest()[:12]
    assets = json.dumps([static("js/kiosk.js"), static("js/work.js")])
    response = HttpResponse(f'const VERSION = "{version}", ASSETS = {assets};\n{body}', content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


kiosk = at("kiosk", begin)
kiosk_answered = at("kiosk", answer)
embed = framed(at("embed", begin))
embed_answered = framed(at("embed", answer))
thanks = framed(survey_thanks)  # the last page too: a browser refuses it in the frame that the others stand in
