"""How many citizens answered so far, by way in."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.core.figures.participation import per_thousand
from parvis.rendering.charts import Chart, participation_by_day
from parvis.web.consultation.flags import flag_names
from parvis.web.consultation.kits import address_of, other_languages
from parvis.web.consultation.models import Consultation
from parvis.web.consultation.qualification import Rule, TrophyBy
from parvis.web.consultation.queries import participation, started_by_day_and_kind, visits_of
from parvis.web.consultation.questionnaire import is_open, rule_of
from parvis.web.consultation.rules import may_communicate, may_follow
from parvis.web.consultation.statements import Statement, statements_of
from parvis.web.editions.models import CalendarDate, Enrolment
from parvis.web.editions.queries import period
from parvis.web.pages.access import page
from parvis.web.pages.organisation.consultation.loading import enrolment_of
from parvis.web.results.queries import delivered_scorecards


@page(of=enrolment_of, may=may_follow)
def home(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    edition, today = enrolment.edition, timezone.localdate()
    found, dates = participation(edition, enrolment.organisation), period(edition, CalendarDate.Kind.CONSULTATION)
    over = dates is not None and today > dates.ends_on
    visits, rule = visits_of(edition).get(enrolment.organisation_id), rule_of(edition)
    return render(request, "organisation/consultation/home.html", {
        "organisation": enrolment.organisation,
        "edition": edition,
        "is_open": is_open(edition, today),
        "dates": dates,
        "participation": found,
        "statement": _statement(enrolment) if over else None,
        "per_1000_visits": per_thousand(found.started, visits),
        "points": [(each, address_of(each.entry_point)) for each in found.entry_points],
        "chart": _chart(enrolment) if found.started else None,
        "wants_visits": not over and _wants_visits(rule, found.per_1000, visits),
        "is_rule_published": over and Consultation.objects.filter(edition=edition).exists(),
        "may_read": bool(delivered_scorecards(enrolment.organisation)),
        "kit_in": other_languages(get_language() or ""),
        "codes_needed": rule.codes_needed,
        "may_communicate": may_communicate(request.user, enrolment),
    })  # fmt: skip


def _wants_visits(rule: Rule, per_1000: float | None, visits: int | None) -> bool:
    """Is the body ranked for the trophy only once it has declared its visits?"""
    by_visits = rule.trophy_by == TrophyBy.VISITS or (rule.trophy_by == TrophyBy.OWN and per_1000 is None)
    return by_visits and visits is None


def _statement(enrolment: Enrolment) -> tuple[Statement, list[tuple[str, int]]]:
    """Once it is over, and not before: whoever learns at once what is set aside learns how not to be."""
    (told,), names = statements_of(enrolment.edition, [enrolment.organisation]), flag_names()
    return told, [(names.get(flag, flag), number) for flag, number in told.reasons.items()]


def _chart(enrolment: Enrolment) -> Chart:
    """Responses begun, a bar a day, piled by sort of way in."""
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for day, kind, started in started_by_day_and_kind(enrolment.edition, enrolment.organisation):
        counts[kind][day] = started
    days = sorted({day for series in counts.values() for day in series})
    piles = {kind: [series.get(day, 0) for day in days] for kind, series in counts.items()}
    return participation_by_day(days, piles, _("Réponses par jour"), language=get_language() or "fr")
