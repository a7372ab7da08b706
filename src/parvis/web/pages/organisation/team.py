"""Who works on the barometer in an organisation, and where it receives people."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.pages.access import page
from parvis.web.pages.loaders import organisation_of
from parvis.web.pages.telling import attempt
from parvis.web.people.actions import register_person
from parvis.web.people.models import Person
from parvis.web.territory.actions import NewPlace, add_place, grant_membership
from parvis.web.territory.models import Membership, Organisation, Place
from parvis.web.territory.rules import is_lead


class MemberForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Adresse électronique"))
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("Rôle"), choices=Membership.Role, widget=forms.RadioSelect)


class PlaceForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Nom du site"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("Sorte de site"), choices=Place.Kind, widget=forms.RadioSelect)
    address = forms.CharField(label=gettext_lazy("Adresse"), max_length=250, required=False)
    postcode = forms.CharField(label=gettext_lazy("Code postal"), max_length=10, required=False)
    city = forms.CharField(label=gettext_lazy("Ville"), max_length=100, required=False)
    phone = forms.CharField(label=gettext_lazy("Téléphone"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("Adresse électronique"), required=False)
    website = forms.URLField(label=gettext_lazy("Site internet"), required=False, assume_scheme="https")


@page(of=organisation_of, may=is_lead, writes=True)
def team(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = lambda: _invite(organisation, **form.cleaned_data, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("Cette personne fait partie de l’équipe."), form):
            return redirect("organisation:team", organisation.pk)
    members = organisation.memberships.select_related("person").order_by("role", "person__email")
    context = {"organisation": organisation, "form": form, "members": members}
    return render(request, "organisation/team.html", context)


@transaction.atomic
def _invite(organisation: Organisation, *, email: str, name: str, role: str, by: Person, at: datetime) -> None:
    person = register_person(email=email, name=name, by=by, at=at)
    grant_membership(organisation=organisation, person=person, role=role, by=by, at=at)


@page(of=organisation_of, may=is_lead, writes=True)
def places(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = NewPlace(organisation=organisation, **form.cleaned_data)
        act = lambda: add_place(place=place, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("Le site est ajouté."), form):
            return redirect("organisation:places", organisation.pk)
    context = {"organisation": organisation, "form": form, "places": organisation.places.all()}
    return render(request, "organisation/places.html", context)
