"""What a jury sees: ranks with their intervals, who is eligible, who cannot be separated."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from parvis.web.editions.rules import is_jury
from parvis.web.pages.access import page
from parvis.web.pages.loaders import publication_of
from parvis.web.results.models import Publication
from parvis.web.results.queries import jury_rows, published_editions_of_jury


def _judges(person: object, publication: Publication) -> bool:
    return bool(is_jury(person, publication.edition))


@page(may=is_jury)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "expert/jury_home.html", {"editions": published_editions_of_jury(request.user)})


@page(of=publication_of, may=_judges, seen="ranks.read")
def ranks(request: HttpRequest, publication: Publication) -> HttpResponse:
    rows = jury_rows(publication)
    return render(
        request, "expert/jury.html", {"edition": publication.edition, "publication": publication, "rows": rows}
    )
