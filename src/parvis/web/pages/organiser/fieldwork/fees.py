"""What the edition owes its mystery citizens: fees by channel, expenses to decide, statements."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Expense, Observer
from parvis.web.fieldwork.observer_file import expenses_to_decide, fees_of, statement
from parvis.web.pages.access import page
from parvis.web.pages.organiser.fieldwork.loaders import edition_of, may_see, observer_of
from parvis.web.pages.statements import statement_csv, statement_pdf, totals
from parvis.web.pages.telling import attempt


class FeesForm(forms.Form):
    """One amount per channel of the edition."""

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        amounts = fees_of(edition)
        super().__init__(*args, initial=amounts, **kwargs)
        for channel, label in CHANNELS:
            if channel in edition.channels:
                self.fields[channel] = forms.DecimalField(
                    label=str(label).capitalize(), min_value=Decimal(0), max_value=actions.MOST_EXPENSE,
                    decimal_places=2, localize=True,
                )  # fmt: skip


@page(of=edition_of, may=is_organiser, writes=True)
def overview(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = FeesForm(request.POST if "fees" in request.POST else None, edition=edition)
    if form.is_bound and form.is_valid():
        asked = {"amounts": form.cleaned_data, "by": request.user, "at": timezone.now()}
        if attempt(request, lambda: actions.set_fees(edition, **asked), _("Les tarifs sont enregistrés."), form):
            return redirect("organiser:fieldwork:fees", edition.slug)
    if "expense" in request.POST:
        _decide(request, edition)
        return redirect("organiser:fieldwork:fees", edition.slug)
    owed = statement(edition)
    people = groupby(owed, key=lambda each: each.mission.observer)
    return render(request, "organiser/fieldwork/fees.html", {
        "edition": edition, "form": form, "expenses": expenses_to_decide(edition), "sums": totals(owed),
        "people": [(who, totals(list(rows))) for who, rows in people],
    })  # fmt: skip


def _decide(request: HttpRequest, edition: Edition) -> None:
    expense = get_object_or_404(Expense, pk=request.POST["expense"] or None, mission__edition=edition)
    accept, reason = "accept" in request.POST, request.POST.get("reason", "")
    attempt(
        request,
        lambda: actions.decide_expense(expense, accept=accept, reason=reason, by=request.user, at=timezone.now()),
        _("Frais acceptés.") if accept else _("Frais refusés."),
    )


@page(of=edition_of, may=is_organiser, seen="fees.downloaded")
def csv_file(request: HttpRequest, edition: Edition) -> HttpResponse:
    return statement_csv(edition, statement(edition), names=True)


@page(of=observer_of, may=may_see, seen="fees.downloaded")
def pdf_file(request: HttpRequest, observer: Observer) -> HttpResponse:
    owed = statement(observer.edition, observer)
    return statement_pdf(observer.edition, observer, owed, on=timezone.localdate())
