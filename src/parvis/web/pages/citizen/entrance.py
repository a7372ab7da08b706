"""Someone has no code: they look for who received them, anywhere in the directory."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from parvis.web.consultation import actions
from parvis.web.consultation.models import EntryPoint
from parvis.web.editions.models import Edition
from parvis.web.editions.queries import current_edition
from parvis.web.pages.access import page
from parvis.web.pages.citizen.showing import frame, sealed
from parvis.web.pages.citizen.survey import citizen_page
from parvis.web.pages.citizen.words import best_language, languages_known, words
from parvis.web.territory.actions import organisation_from_territory
from parvis.web.territory.models import Organisation, Territory
from parvis.web.territory.queries import search, search_organisations

MOST = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    choice: str  # "t" and the territory's key, or "o" and the organisation's
    label: str
    former: str = ""


@citizen_page
@page(writes=True)
def find(request: HttpRequest) -> HttpResponse:
    edition = current_edition()
    if edition is None:
        raise Http404
    wanted = request.POST.get("l") or request.GET.get("langue") or request.GET.get("l") or ""
    language = best_language(wanted, request.headers.get("Accept-Language", ""), languages_known())
    if request.method == "POST":
        point = _entry_point(edition, request.POST.get("choix", ""))
        return redirect(f"{reverse('citizen:start', args=[point.code])}?langue={language}")
    query = request.GET.get("q", "").strip()[:120]
    former = words(language)["find_former"]
    found = candidates(edition, query, former) if query else []
    context = {**frame(language), "query": query, "found": found, "invented": edition.demonstration}
    return sealed(render(request, "citizen/find.html", context))


def candidates(edition: Edition, query: str, former: str) -> list[Candidate]:
    """Bodies for what was typed. A demonstration offers invented bodies only: nobody real is judged in a show."""
    if edition.demonstration:
        known = search_organisations(query, MOST, demonstration=True)
        return [Candidate(f"o{each.pk}", each.name) for each in known]  # each name says that it is invented
    units = search(query, edition.vintage, MOST, bodies=True)
    others = search_organisations(query, MOST, demonstration=False, kind="other")
    return [Candidate(f"t{unit.territory.pk}", unit.label, former.format(name=unit.former) if unit.former else "")
            for unit in units] + [Candidate(f"o{each.pk}", each.label) for each in others]  # fmt: skip


def _entry_point(edition: Edition, choice: str) -> EntryPoint:
    """The way in of whom was chosen; the body and its way in come into being the first time someone asks."""
    at, sort, key = timezone.now(), choice[:1], choice[1:]
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    if sort == "t" and not edition.demonstration:
        territory = get_object_or_404(Territory, pk=key, vintage=edition.vintage)
        if not territory.is_body:
            raise Http404
        body = organisation_from_territory(territory=territory, at=at, by=None)
    elif sort == "o":
        body = get_object_or_404(Organisation, pk=key, demonstration=edition.demonstration)
    else:
        raise Http404
    wanted = [actions.NewEntryPoint(body, EntryPoint.Kind.SEARCH)]
    return actions.open_entry_points(edition, wanted=wanted, by=None, at=at, seed=secrets.randbits(64))[0]
