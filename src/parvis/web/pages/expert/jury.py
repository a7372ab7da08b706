"""What a jury sees: ranks with their intervals, who is eligible, who cannot be separated."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from parvis.core.instruments.method import read_method
from parvis.web.consultation.queries import has_rule
from parvis.web.editions.rules import is_jury
from parvis.web.pages.access import page
from parvis.web.pages.loaders import publication_of
from parvis.web.results.models import Publication
from parvis.web.results.queries import jury_consultation, jury_rows, published_editions_of_jury


def _judges(person: object, publication: Publication) -> bool:
    return bool(is_jury(person, publication.edition))


@page(may=is_jury)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "expert/jury_home.html", {"editions": published_editions_of_jury(request.user)})


@page(of=publication_of, may=_judges, seen="ranks.read")
def ranks(request: HttpRequest, publication: Publication) -> HttpResponse:
    return render(request, "expert/jury.html", {
        "edition": publication.edition,
        "publication": publication,
        "rows": jury_rows(publication),
        "consultation": jury_consultation(publication),
        "least_responses": read_method(publication.edition.method_text).trophies.minimum_responses,
        "has_rule": has_rule(publication.edition),
    })  # fmt: skip
