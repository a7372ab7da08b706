"""How many citizens answered so far, by way in."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.rendering.charts import Chart, participation_by_day
from parvis.web.consultation.kits import address_of
from parvis.web.consultation.queries import participation, started_by_day_and_kind
from parvis.web.consultation.questionnaire import is_open, rule_of
from parvis.web.consultation.rules import may_communicate, may_follow
from parvis.web.editions.models import CalendarDate, Enrolment
from parvis.web.editions.queries import period
from parvis.web.pages.access import page
from parvis.web.pages.organisation.consultation.loading import enrolment_of
from parvis.web.results.queries import delivered_scorecards


@page(of=enrolment_of, may=may_follow)
def home(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    edition, today = enrolment.edition, timezone.localdate()
    found = participation(edition, enrolment.organisation)
    return render(request, "organisation/consultation/home.html", {
        "organisation": enrolment.organisation,
        "edition": edition,
        "is_open": is_open(edition, today),
        "dates": period(edition, CalendarDate.Kind.CONSULTATION),
        "participation": found,
        "points": [(each, address_of(each.entry_point)) for each in found.entry_points],
        "chart": _chart(enrolment) if found.started else None,
        "may_read": bool(delivered_scorecards(enrolment.organisation)),
        "codes_needed": rule_of(edition).codes_needed,
        "may_communicate": may_communicate(request.user, enrolment),
    })  # fmt: skip


def _chart(enrolment: Enrolment) -> Chart:
    """Responses begun, a bar a day, piled by sort of way in."""
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for day, kind, started in started_by_day_and_kind(enrolment.edition, enrolment.organisation):
        counts[kind][day] = started
    days = sorted({day for series in counts.values() for day in series})
    piles = {kind: [series.get(day, 0) for day in days] for kind, series in counts.items()}
    return participation_by_day(days, piles, _("Réponses par jour"), language=get_language() or "fr")
