"""The integrity statement of every body, for the organiser and the jury's file."""

from __future__ import annotations

import csv

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from parvis.web.consultation.flags import flag_names
from parvis.web.consultation.models import Consultation
from parvis.web.consultation.queries import enrolled_bodies
from parvis.web.consultation.questionnaire import local
from parvis.web.consultation.statements import statements_of
from parvis.web.consultation.trophy import RateName
from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of

A_PAGE = 50


@page(of=edition_of, may=is_organiser)
def home(request: HttpRequest, edition: Edition) -> HttpResponse:
    bodies = enrolled_bodies(edition).order_by("search_name", "pk")
    shown, names = Paginator(bodies, A_PAGE).get_page(request.GET.get("page")), flag_names()
    told = statements_of(edition, list(shown.object_list))
    return render(request, "organiser/consultation/integrity.html", {
        "edition": edition, "page_obj": shown, "published": Consultation.objects.filter(edition=edition).first(),
        "rows": [(each, [(names.get(flag, flag), n) for flag, n in each.reasons.items()]) for each in told],
    })  # fmt: skip


@page(of=edition_of, may=is_organiser)
def table(_request: HttpRequest, edition: Edition) -> HttpResponse:
    """The same, whole, as a spreadsheet reads it."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="integrite-{edition.slug}.csv"'
    writer, names = csv.writer(response, delimiter=";"), flag_names()
    writer.writerow([
        _("structure"), _("reçues"), _("retenues"), _("mises de côté"), _("reprises"), _("pour 1 000 habitants"),
        _("pour 1 000 visites"), _("taux qui décide"), _("visites déclarées"), _("comptées comment"), _("déclarées le"),
        _("codes imprimés"), _("codes servis ou annulés"), _("réseaux déclarés"), *names.values(),
    ])  # fmt: skip
    for each in statements_of(edition):
        rates = ["" if rate is None else f"{rate:.2f}" for rate in (each.per_1000_inhabitants, each.per_1000_visits)]
        told, decided = each.attendance, RateName(each.decides.of).label if each.decides else ""
        visits = [told.visits, _plain(told.source), f"{local(told.declared_at):%F}"] if told else ["", "", ""]
        writer.writerow([
            _plain(each.organisation.name), each.received, each.qualified, each.set_aside, each.taken_back, *rates,
            decided, *visits, each.codes_printed, each.codes_gone, each.networks,
            *(each.reasons.get(flag, 0) for flag in names),
        ])  # fmt: skip
    return response


def _plain(text: str) -> str:
    """What people wrote, never taken for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text
