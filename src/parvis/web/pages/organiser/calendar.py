"""The calendar of an edition: announce a date, or change one and say why."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.actions import change_date
from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DateForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Étape"), choices=CalendarDate.Kind)
    starts_on = forms.DateField(label=gettext_lazy("Début"), widget=DAY)
    ends_on = forms.DateField(label=gettext_lazy("Fin"), widget=DAY)
    reason = forms.CharField(label=gettext_lazy("Raison du changement, s’il y en a un"), max_length=200, required=False)

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("La fin doit venir après le début."))
        return data


@page(of=edition_of, may=is_organiser, writes=True)
def dates(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = DateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        announced = attempt(
            request,
            lambda: change_date(edition, **form.cleaned_data, by=request.user, at=timezone.now()),
            _("La date est annoncée."),
            form,
        )
        if announced:
            return redirect("organiser:calendar", edition.slug)
    history = edition.dates.order_by("kind", "-version").select_related("announced_by")
    return render(request, "organiser/calendar.html", {"edition": edition, "form": form, "history": history})
