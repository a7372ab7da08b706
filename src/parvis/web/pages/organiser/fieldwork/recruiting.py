"""Who wants to become a mystery citizen: admitted to the training, or refused with a reason."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Observer
from parvis.web.fieldwork.observer_file import candidates
from parvis.web.pages.access import page
from parvis.web.pages.organiser.fieldwork.loaders import edition_of
from parvis.web.pages.telling import attempt


class RefuseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Raison du refus"), max_length=200, required=False)


@page(of=edition_of, may=is_organiser, writes=True)
def applications(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Each candidate with two answers: accept, or refuse and say why."""
    if request.method == "POST":
        candidate = get_object_or_404(Observer, pk=request.POST.get("observer") or None)
        accept, reason = "accept" in request.POST, request.POST.get("reason", "")[:200]
        attempt(
            request,
            lambda: actions.decide_application(
                candidate, accept=accept, reason=reason, by=request.user, at=timezone.now()
            ),
            _("Candidature acceptée : la formation est ouverte.") if accept else _("Le refus est envoyé."),
        )
        return redirect("organiser:fieldwork:applications", edition.slug)
    waiting = Paginator(candidates(), 25).get_page(request.GET.get("page"))
    rows = [(each, RefuseForm(auto_id=f"reason-{each.pk}-%s")) for each in waiting]
    return render(request, "organiser/fieldwork/applications.html", {
        "edition": edition, "candidates": waiting, "rows": rows,
    })  # fmt: skip
