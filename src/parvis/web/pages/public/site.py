"""The site's own pages: what the barometer is, and what the law asks to say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from parvis.web.editions.queries import current_edition, steps_on
from parvis.web.pages.access import page
from parvis.web.results.queries import published_editions


@page()
def home(request: HttpRequest) -> HttpResponse:
    edition = current_edition()
    return render(request, "public/home.html", {
        "edition": edition,
        "steps": steps_on(edition, timezone.localdate()) if edition else [],
        "published": published_editions()[:5],
    })  # fmt: skip


@page()
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "public/help.html")


@page()
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "public/legal.html")


@page()
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@page()
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/privacy.html")
