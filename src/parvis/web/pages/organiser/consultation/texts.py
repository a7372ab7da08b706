"""Texts whose original is under seal: read masked, opened one by one, for a reason that the journal keeps."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.web.consultation import actions
from parvis.web.consultation.queries import sealed_texts
from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt

A_PAGE = 30


@page(of=edition_of, may=is_organiser, writes=True, seen="verbatims.read")
def texts(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The masked texts; one original, once, for whoever says why it must be read."""
    found, opened = sealed_texts(edition), {}
    if request.method == "POST":
        key, reason = request.POST.get("verbatim", ""), request.POST.get("reason", "")
        verbatim = get_object_or_404(found, pk=key if key.isdecimal() and len(key) < 19 else 0)
        act = lambda: opened.update(  # noqa: E731
            {verbatim.pk: actions.break_seal(verbatim, reason=reason, by=request.user, at=timezone.now())}
        )
        attempt(request, act, _("Le scellé est ouvert ; votre raison est inscrite au journal."))
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    rows = [(each, opened.get(each.pk, "")) for each in shown]
    response = render(
        request, "organiser/consultation/texts.html", {"edition": edition, "rows": rows, "page_obj": shown}
    )
    response["Cache-Control"] = "no-store"
    return response
