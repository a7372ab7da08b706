"""What phones sent and nobody could receive: kept with its reason, until it is filed or settled by the organiser."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import openrosa
from parvis.web.fieldwork.models import Parcel
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt
from parvis.web.people.models import Person

LONGEST_SHOWN = 20_000


class SettleForm(forms.Form):
    settlement = forms.CharField(
        label=gettext_lazy("Suite donnée"),
        help_text=gettext_lazy("Par exemple : rapport refait sur le site, envoi de trop."),
        max_length=300,
    )


def parcel_of(edition: str, parcel: int) -> Parcel:
    found = Parcel.objects.select_related("edition", "observer", "mission__place__organisation")
    return get_object_or_404(found, edition__slug=edition, pk=parcel)


def may_settle(person: Person, parcel: Parcel) -> bool:
    return parcel.edition is not None and is_organiser(person, parcel.edition)


@page(of=edition_of, may=is_organiser)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    rows = [(parcel, reasons_of(parcel)) for parcel in openrosa.parcels_of(edition)]
    return render(request, "openrosa/parcels.html", {"edition": edition, "rows": rows})


def reasons_of(parcel: Parcel) -> list[str]:
    language = "en" if (get_language() or "fr").startswith("en") else "fr"
    return [str(fault.get(language, "")) for fault in parcel.faults]


@page(of=parcel_of, may=may_settle, writes=True)
def parcel(request: HttpRequest, parcel: Parcel) -> HttpResponse:
    """One parcel: what it says, why it was refused; try again as it stands, or say what was done."""
    again = "again" in request.POST
    form = SettleForm(request.POST if request.method == "POST" and not again else None)
    asked = {"by": request.user, "at": timezone.now()}
    done = False
    if again:
        done = attempt(request, lambda: openrosa.try_again(parcel, **asked), _("Le rapport est reçu."))
    elif request.method == "POST" and form.is_valid():
        done = attempt(
            request, lambda: openrosa.settle_parcel(parcel, **form.cleaned_data, **asked), _("L’envoi est réglé."), form
        )
    if done:
        return redirect("openrosa:parcels", parcel.edition.slug)
    text = bytes(parcel.content).decode("utf-8", "replace")[:LONGEST_SHOWN]
    return render(request, "openrosa/parcel.html", {
        "edition": parcel.edition, "parcel": parcel, "reasons": reasons_of(parcel), "form": form, "written": text,
        "to_settle": parcel.state in openrosa.TO_SETTLE,
    })  # fmt: skip
