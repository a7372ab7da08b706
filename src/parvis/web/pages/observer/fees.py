"""What the observer is owed: fees of approved reports, expenses asked back, the statement to take away."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import Edition
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Expense, Mission
from parvis.web.fieldwork.observer_file import fees_of, statement
from parvis.web.fieldwork.rules import is_mission_observer, is_observer
from parvis.web.pages.access import page
from parvis.web.pages.observer.loaders import mission_of
from parvis.web.pages.statements import statement_csv, statement_pdf, totals
from parvis.web.pages.telling import attempt
from parvis.web.people.models import Person


class ExpenseForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Quels frais ?"), widget=forms.RadioSelect, choices=Expense.Kind)
    amount = forms.DecimalField(
        label=gettext_lazy("Combien, en euros ?"),
        min_value=Decimal("0.01"),
        max_value=actions.MOST_EXPENSE,
        decimal_places=2,
        localize=True,
    )
    detail = forms.CharField(
        label=gettext_lazy("Précision, si besoin"),
        help_text=gettext_lazy("Par exemple : bus aller-retour. Gardez le ticket."),
        max_length=200,
        required=False,
    )


def edition_worked(edition: str) -> Edition:
    return get_object_or_404(Edition, slug=edition)


def has_worked(person: Person, edition: Edition) -> bool:
    return is_observer(person)


@page(may=is_observer)
def overview(request: HttpRequest) -> HttpResponse:
    """What is due and what waits, edition by edition."""
    observer = request.user.observer
    editions = Edition.objects.filter(missions__observer=observer).distinct().order_by("-year")
    rows = [(edition, owed, totals(owed)) for edition in editions if (owed := statement(edition, observer))]
    return render(request, "observer/fees.html", {"rows": rows})


@page(of=edition_worked, may=has_worked)
def csv_file(request: HttpRequest, edition: Edition) -> HttpResponse:
    return statement_csv(edition, statement(edition, request.user.observer), names=False)


@page(of=edition_worked, may=has_worked)
def pdf_file(request: HttpRequest, edition: Edition) -> HttpResponse:
    observer = request.user.observer
    return statement_pdf(edition, observer, statement(edition, observer), on=timezone.localdate())


@page(of=mission_of, may=is_mission_observer, writes=True)
def expenses(request: HttpRequest, mission: Mission) -> HttpResponse:
    form = ExpenseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
        done = attempt(request, lambda: actions.ask_expense(mission, **asked),
                       _("Votre demande est partie. L’organisateur y répond."), form)  # fmt: skip
        if done:
            return redirect("observer:expenses", mission.pk)
    return render(request, "observer/expenses.html", {
        "mission": mission, "form": form, "expenses": mission.expenses.all(),
        "fee": fees_of(mission.edition).get(mission.channel),
    })  # fmt: skip
