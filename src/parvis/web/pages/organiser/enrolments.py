"""The queue of enrolments: complete files decided one by one, with a reason when refused."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.web.editions.actions import decide_enrolment
from parvis.web.editions.models import Edition, Enrolment
from parvis.web.editions.queries import enrolment_counts, enrolment_queue
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of, enrolment_of
from parvis.web.pages.telling import attempt


@page(of=edition_of, may=is_organiser)
def queue(request: HttpRequest, edition: Edition) -> HttpResponse:
    found = enrolment_queue(edition)
    if state := request.GET.get("etat"):
        found = found.filter(state=state)
    if text := request.GET.get("q", "").strip():
        found = found.filter(organisation__name__icontains=text)
    page_of = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "organiser/enrolments.html", {
        "edition": edition,
        "enrolments": page_of,
        "counts": enrolment_counts(edition),
        "states": Enrolment.State.choices,
    })  # fmt: skip


def _organises(person: object, enrolment: Enrolment) -> bool:
    return is_organiser(person, enrolment.edition)


@page(of=enrolment_of, may=_organises, writes=True)
def decide(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    if request.method == "POST":
        accept, reason = "accept" in request.POST, request.POST.get("reason", "")
        attempt(
            request,
            lambda: decide_enrolment(enrolment, accept=accept, reason=reason, by=request.user, at=timezone.now()),
            _("La décision est prise et la structure prévenue."),
        )
        return redirect("organiser:enrolments", enrolment.edition.slug)
    return render(request, "organiser/enrolment.html", {"enrolment": enrolment, "edition": enrolment.edition})
