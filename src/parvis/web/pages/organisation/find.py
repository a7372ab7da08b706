"""First step of an enrolment: find one's own body in the real directory, or enter one that is no territory."""

from __future__ import annotations

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.actions import enrol_as_lead
from parvis.web.editions.categories import category_of_territory
from parvis.web.editions.models import Edition
from parvis.web.editions.queries import edition_open_to_enrolment
from parvis.web.pages.access import page
from parvis.web.pages.telling import tell_faults
from parvis.web.people.rules import has_account
from parvis.web.territory.actions import create_other_organisation, organisation_from_territory
from parvis.web.territory.models import Sector, Territory
from parvis.web.territory.queries import search, vintages_loaded


class OtherForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Nom de l’organisme"), max_length=200)
    sector = forms.ChoiceField(label=gettext_lazy("Secteur"), choices=Sector)
    scheme = forms.ChoiceField(
        label=gettext_lazy("Identifiant"), choices=[("siren", "SIREN"), ("siret", "SIRET")], widget=forms.RadioSelect
    )
    identifier = forms.CharField(label=gettext_lazy("Numéro"), max_length=20)
    population = forms.IntegerField(
        label=gettext_lazy("Population servie, si elle a un sens"), min_value=1, required=False
    )


@page()
def find(request: HttpRequest) -> HttpResponse:
    """The search is open to all: one sees one's category before opening an account."""
    edition = edition_open_to_enrolment()
    text = request.GET.get("q", "").strip()
    vintage = edition.vintage if edition else next(iter(vintages_loaded()), 0)
    found = search(text, vintage, limit=12, bodies=True) if text else []
    context = {"edition": edition, "text": text, "found": found}
    return render(request, "organisation/find.html", context)


def _territory(territory: int) -> Territory:
    return get_object_or_404(Territory, pk=territory)


def _edition() -> Edition:
    edition = edition_open_to_enrolment()
    if edition is None:
        raise Http404(_("Les inscriptions ne sont pas ouvertes."))
    return edition


def _may_begin(person: object, territory: Territory) -> bool:
    return bool(has_account(person))


@page(of=_territory, may=_may_begin, writes=True)
def begin(request: HttpRequest, territory: Territory) -> HttpResponse:
    """Before: who it is and in which category it falls. After: a file to complete at one's own pace."""
    edition = _edition()
    if request.method != "POST":
        category = category_of_territory(edition, territory)
        context = {"territory": territory, "edition": edition, "category": category}
        return render(request, "organisation/begin.html", context)
    by, at = request.user, timezone.now()
    try:
        with transaction.atomic():
            organisation = organisation_from_territory(territory=territory, by=by, at=at)
            enrolment = enrol_as_lead(edition, organisation=organisation, by=by, at=at)
    except ParvisError as error:
        tell_faults(request, error)
        return redirect("organisation:find")
    return redirect("organisation:enrolment", enrolment.pk)


@page(may=has_account, writes=True)
def other(request: HttpRequest) -> HttpResponse:
    form = OtherForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = request.user, timezone.now()
        try:
            with transaction.atomic():
                organisation = create_other_organisation(**form.cleaned_data, by=by, at=at)
                enrolment = enrol_as_lead(_edition(), organisation=organisation, by=by, at=at)
        except ParvisError as error:
            tell_faults(request, error, form)
        else:
            return redirect("organisation:enrolment", enrolment.pk)
    return render(request, "organisation/other.html", {"form": form})
