"""The live board: where the fieldwork stands, what is late, what needs someone."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.board import board_of
from parvis.web.fieldwork.models import Report
from parvis.web.fieldwork.queries import near_spotted
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt


class SettleForm(forms.Form):
    report = forms.IntegerField(widget=forms.HiddenInput)
    settlement = forms.CharField(label=gettext_lazy("Suite donnée"), max_length=300)


@page(of=edition_of, may=is_organiser)
def board(request: HttpRequest, edition: Edition) -> HttpResponse:
    board = board_of(edition, now=timezone.now(), today=timezone.localdate())
    columns = [_("En retard"), _("Prévues"), _("En main"), _("Faites"), _("En relecture"), _("Approuvées")]
    shown = {"edition": edition, "board": board, "observer_columns": columns}
    return render(request, "organiser/fieldwork/board.html", shown)


@page(of=edition_of, may=is_organiser, writes=True)
def troubles(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = get_object_or_404(Report, edition=edition, pk=form.cleaned_data["report"])
        settlement = form.cleaned_data["settlement"]
        attempt(
            request,
            lambda: actions.settle(told, settlement=settlement, by=request.user, at=timezone.now()),
            _("Le signalement est réglé."),
        )
        return redirect("organiser:fieldwork:troubles", edition.slug)
    reports = list(edition.reports.select_related("mission__place__organisation", "organisation", "mission__observer"))
    near = near_spotted(edition, reports)
    for each in reports:
        each.near = near.get(each.pk, [])
    return render(request, "organiser/fieldwork/troubles.html", {"edition": edition, "reports": reports})
