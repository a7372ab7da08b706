"""Mystery citizens seen by the organiser: their file, their certifications, their status and why."""

from __future__ import annotations

from typing import Any

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
from parvis.web.fieldwork.lines import with_holdings
from parvis.web.fieldwork.models import Observer
from parvis.web.fieldwork.observer_file import absences_to_come, candidates, is_active
from parvis.web.pages.access import page
from parvis.web.pages.organiser.fieldwork.loaders import ROWS, edition_of, may_see, observer_of
from parvis.web.pages.telling import attempt


class CertifyForm(forms.Form):
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Canaux dont le questionnaire est réussi"),
        widget=forms.CheckboxSelectMultiple,
        choices=CHANNELS,
    )


class WithdrawForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Quel canal ?"), widget=forms.RadioSelect)
    withdrawal = forms.CharField(label=gettext_lazy("Raison du retrait"), max_length=200)

    def __init__(self, *args: Any, held: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(value, label) for value, label in CHANNELS if value in held]


class StatusForm(forms.Form):
    to = forms.ChoiceField(label=gettext_lazy("Nouveau statut"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        help_text=gettext_lazy("La personne la lit sur son profil. Obligatoire pour une suspension."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, possible: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(to, Observer.Status(to).label) for to in possible]


@page(of=edition_of, may=is_organiser)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    status = request.GET.get("statut", "")
    found = Observer.objects.order_by("pseudonym")
    found = found.filter(status=status) if status in Observer.Status.values else found
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    shown.object_list = with_holdings(edition, list(shown.object_list))
    words = {code: str(word) for code, word in Observer.Status.choices}
    for each in shown:
        each.status_word = words[each.status]
    return render(request, "organiser/fieldwork/observers.html", {
        "edition": edition, "observers": shown,
        "candidates": candidates().count(), "statuses": Observer.Status.choices, "status": status,
    })  # fmt: skip


@page(of=observer_of, may=may_see, writes=True, seen="observer.file_seen")
def observer(request: HttpRequest, observer: Observer) -> HttpResponse:
    possible = [to for to in actions.next_statuses(observer) if to != Observer.Status.REFUSED]
    posted = {name: request.POST if name in request.POST else None for name in ("certify", "withdraw", "status")}
    forms_of = {
        "certify": CertifyForm(posted["certify"], initial={"channels": observer.certified_channels}),
        "withdraw": WithdrawForm(posted["withdraw"], held=observer.certified_channels),
        "status": StatusForm(posted["status"], possible=possible),
    }
    act = {"certify": _certify, "withdraw": _withdraw, "status": _change}
    for name, form in forms_of.items():
        if form.is_bound and form.is_valid() and act[name](request, observer, form):
            return redirect("organiser:fieldwork:observer", observer.edition.slug, observer.pk)
    return render(request, "organiser/fieldwork/observer.html", {
        "edition": observer.edition, "observer": observer, "forms": forms_of, "is_active": is_active(observer),
        "conflicts": observer.conflicts.select_related("organisation", "place"),
        "absences": absences_to_come(observer, timezone.localdate()),
        "changes": observer.changes.select_related("changed_by"),
        "certifications": observer.certifications.select_related("granted_by"),
        "attempts": observer.attempts.all(),
        "signatures": observer.signatures.select_related("edition"),
    })  # fmt: skip


def _certify(request: HttpRequest, observer: Observer, form: CertifyForm) -> bool:
    asked = {"channels": form.cleaned_data["channels"], "by": request.user, "at": timezone.now()}
    return attempt(request, lambda: actions.certify(observer, **asked), _("La certification est enregistrée."), form)


def _withdraw(request: HttpRequest, observer: Observer, form: WithdrawForm) -> bool:
    asked = {"channel": form.cleaned_data["channel"], "reason": form.cleaned_data["withdrawal"]}
    told = _("Le canal est retiré.")
    return attempt(
        request,
        lambda: actions.withdraw_certification(observer, **asked, by=request.user, at=timezone.now()),
        told,
        form,
    )


def _change(request: HttpRequest, observer: Observer, form: StatusForm) -> bool:
    asked = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
    return attempt(request, lambda: actions.change_status(observer, **asked), _("Le statut est changé."), form)
