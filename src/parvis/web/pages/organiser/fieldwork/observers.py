"""Mystery citizens seen by the organiser: certify, suspend, follow."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Observer
from parvis.web.fieldwork.queries import observers_of
from parvis.web.pages.access import page
from parvis.web.pages.organiser.fieldwork.loaders import edition_of, may_see, observer_of
from parvis.web.pages.telling import attempt


class CertifyForm(forms.Form):
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Canaux dont le questionnaire est réussi"),
        widget=forms.CheckboxSelectMultiple,
        choices=CHANNELS,
    )


class SuspendForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Raison de la suspension"), max_length=200)


@page(of=edition_of, may=is_organiser)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    observers = Paginator(observers_of(edition), 50).get_page(request.GET.get("page"))
    return render(request, "organiser/fieldwork/observers.html", {"edition": edition, "observers": observers})


@page(of=observer_of, may=may_see, writes=True, seen="observer.file_seen")
def observer(request: HttpRequest, observer: Observer) -> HttpResponse:
    certifying = CertifyForm(
        request.POST if "certify" in request.POST else None, initial={"channels": observer.certified_channels}
    )
    suspending = SuspendForm(request.POST if "suspend" in request.POST else None)
    now = timezone.now()
    done = False
    if certifying.is_bound and certifying.is_valid():
        channels = certifying.cleaned_data["channels"]
        done = attempt(request, lambda: actions.certify(observer, channels=channels, by=request.user, at=now),
                       _("La certification est enregistrée."), certifying)  # fmt: skip
    elif suspending.is_bound and suspending.is_valid():
        reason = suspending.cleaned_data["reason"]
        done = attempt(request, lambda: actions.suspend(observer, reason=reason, by=request.user, at=now),
                       _("La suspension est enregistrée."), suspending)  # fmt: skip
    if done:
        return redirect("organiser:fieldwork:observer", observer.edition.slug, observer.pk)
    return render(request, "organiser/fieldwork/observer.html", {
        "edition": observer.edition, "observer": observer, "certifying": certifying, "suspending": suspending,
        "conflicts": observer.conflicts.select_related("organisation"),
    })  # fmt: skip
