"""The space of whoever has an account: where to go, who I am, what is kept about me."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.pages import spaces
from parvis.web.pages.access import page
from parvis.web.people.actions import write_profile
from parvis.web.people.models import Person
from parvis.web.people.queries import data_kept_about
from parvis.web.people.rules import has_account


class ProfileForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=150)
    language = forms.ChoiceField(
        label=gettext_lazy("Langue"), choices=Person._meta.get_field("language").choices, widget=forms.RadioSelect
    )


@page(may=has_account)
def mine(request: HttpRequest) -> HttpResponse:
    """One hat: straight to its space. Several or none: the list, and what can be done."""
    found = spaces.of(request.user)
    if len(found) == 1:
        return redirect(found[0].url)
    return render(request, "mine/home.html", {"spaces": found})


@page(may=has_account, writes=True)
def profile(request: HttpRequest) -> HttpResponse:
    person = request.user
    form = ProfileForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        write_profile(person=person, by=person, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Votre profil est enregistré."))
        return redirect("mine:profile")
    return render(request, "mine/profile.html", {"form": form})


@page(may=has_account)
def export(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(data_kept_about(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="parvis-mes-donnees.json"'
    return response
