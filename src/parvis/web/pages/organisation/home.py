"""The home of an organisation: where the edition stands, what to do next, what has been delivered."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from parvis.web.editions.models import Enrolment
from parvis.web.editions.queries import calendar_file_of, edition_open_to_enrolment, enrolments_of, steps_on
from parvis.web.pages.access import page
from parvis.web.pages.loaders import organisation_of
from parvis.web.results.queries import delivered_scorecards
from parvis.web.territory.models import Organisation
from parvis.web.territory.rules import is_member


@page(of=organisation_of, may=is_member)
def home(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    enrolments = list(enrolments_of(organisation))
    current = enrolments[0] if enrolments else None
    return render(request, "organisation/home.html", {
        "organisation": organisation,
        "enrolments": enrolments,
        "current": current,
        "edition": current.edition if current else None,
        "steps": steps_on(current.edition, timezone.localdate()) if current else [],
        "to_prove": bool(current and current.state == Enrolment.State.ACCEPTED and not current.staff_informed_on),
        "scorecards": delivered_scorecards(organisation),
        "open_edition": edition_open_to_enrolment(),
    })  # fmt: skip


@page(of=organisation_of, may=is_member)
def calendar_file(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The dates of the current edition for one's own calendar."""
    current = enrolments_of(organisation).first()
    if current is None:
        raise Http404
    content = calendar_file_of(current.edition)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="parvis.ics"'
    return response
