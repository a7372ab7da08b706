"""Who organises, who advises, who judges in an edition."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.actions import give_seat
from parvis.web.editions.models import Edition, Seat
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.people.actions import register_person


class SeatForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Adresse électronique"))
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("Rôle"), choices=Seat.Role, widget=forms.RadioSelect)


@page(of=edition_of, may=is_organiser, writes=True)
def seats(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at, data = request.user, timezone.now(), form.cleaned_data
        person = register_person(email=data["email"], name=data["name"], by=by, at=at)
        give_seat(edition, person=person, role=data["role"], by=by, at=at)
        return redirect("organiser:people", edition.slug)
    held = edition.seats.select_related("person").order_by("role", "person__email")
    return render(request, "organiser/people.html", {"edition": edition, "form": form, "seats": held, "_": _})
