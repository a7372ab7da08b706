"""Ways in, look of the kit, networks and kiosks of a body."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from parvis.web.consultation import actions
from parvis.web.consultation.kits import address_of, change_style
from parvis.web.consultation.models import Attendance, EntryPoint, KitStyle, Network
from parvis.web.consultation.questionnaire import has_ended
from parvis.web.consultation.rules import may_communicate
from parvis.web.editions.models import Enrolment
from parvis.web.pages.access import page
from parvis.web.pages.organisation.consultation.loading import (
    Within,
    enrolment_of,
    may_communicate_within,
    point_of,
)
from parvis.web.pages.telling import attempt


class StyleForm(forms.Form):
    accent = forms.RegexField(
        r"^(#[0-9A-Fa-f]{6})?$", label=gettext_lazy("Couleur"), required=False,
        help_text=gettext_lazy("Par exemple #16324F. Elle est assombrie si elle ne se lit pas."),
    )  # fmt: skip
    logo = forms.FileField(
        label=gettext_lazy("Logo"), required=False, help_text=gettext_lazy("Image PNG ou JPEG, 5 Mo au plus.")
    )


class NetworkForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Quel réseau ?"), choices=Network.Kind, widget=forms.RadioSelect)
    addresses = forms.CharField(
        label=gettext_lazy("Adresses"), max_length=43, help_text=gettext_lazy("Par exemple 192.0.2.0/28.")
    )


class VisitsForm(forms.Form):
    visits = forms.IntegerField(label=gettext_lazy("Visites par an"), min_value=1, max_value=2_000_000_000)
    source = forms.CharField(
        label=gettext_lazy("Comment sont-elles comptées ?"), max_length=200,
        help_text=gettext_lazy("Par exemple : compteur de l’entrée, 2025."),
    )  # fmt: skip


class HoursForm(forms.Form):
    opens = forms.TimeField(label=gettext_lazy("Ouvre à"), required=False)
    closes = forms.TimeField(label=gettext_lazy("Ferme à"), required=False)
    idle_seconds = forms.IntegerField(
        label=gettext_lazy("Secondes sans geste avant d’effacer"), min_value=15, max_value=300, initial=45
    )


@require_POST
@page(of=enrolment_of, may=may_communicate, writes=True)
def open_ways(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    places = [each.place for each in enrolment.places.select_related("place")]
    act = lambda: actions.open_kinds(  # noqa: E731
        enrolment.edition, organisations={enrolment.organisation: places}, by=request.user, at=timezone.now(),
        seed=secrets.randbits(64),
    )  # fmt: skip
    attempt(request, act, _("Vos points d’entrée sont ouverts : le kit est prêt."))
    return redirect("organisation:consultation:home", enrolment.organisation_id)


@page(of=enrolment_of, may=may_communicate, writes=True)
def change(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    body = enrolment.organisation
    style = KitStyle.objects.filter(organisation=body).first()
    form = StyleForm(request.POST or None, request.FILES or None, initial={"accent": style.accent if style else ""})
    if request.method == "POST" and form.is_valid():
        logo = form.cleaned_data["logo"]
        act = lambda: change_style(  # noqa: E731
            body, accent=form.cleaned_data["accent"], logo=logo.read() if logo else None, by=request.user,
            at=timezone.now(),
        )  # fmt: skip
        if attempt(request, act, _("La présentation du kit est changée."), form):
            return redirect("organisation:consultation:home", body.pk)
    return _shown(request, enrolment, form=form)


@page(of=enrolment_of, may=may_communicate, writes=True)
def network(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    form = NetworkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.declare_network(  # noqa: E731
            enrolment.edition, organisation=enrolment.organisation, by=request.user, at=timezone.now(),
            **form.cleaned_data,
        )  # fmt: skip
        if attempt(request, act, _("Le réseau est déclaré."), form):
            return redirect("organisation:consultation:settings", enrolment.organisation_id)
    return _shown(request, enrolment, network_form=form)


@require_POST
@page(of=enrolment_of, may=may_communicate, writes=True)
def withdraw(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    key = request.POST.get("network", "")
    mine = Network.objects.filter(edition=enrolment.edition, organisation=enrolment.organisation)
    network = get_object_or_404(mine, pk=key if key.isdecimal() and len(key) < 19 else 0)
    act = lambda: actions.withdraw_network(network, by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, act, _("Le réseau est retiré."))
    return redirect("organisation:consultation:settings", enrolment.organisation_id)


@page(of=enrolment_of, may=may_communicate, writes=True)
def visits(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    form = VisitsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.declare_visits(  # noqa: E731
            enrolment.edition, organisation=enrolment.organisation, by=request.user, at=timezone.now(),
            **form.cleaned_data,
        )  # fmt: skip
        if attempt(request, act, _("La fréquentation est déclarée."), form):
            return redirect("organisation:consultation:home", enrolment.organisation_id)
    return _shown(request, enrolment, visits_form=form)


@page(of=point_of, may=may_communicate_within, writes=True)
def kiosk(request: HttpRequest, subject: Within) -> HttpResponse:
    point = subject.point
    if point is None or point.kind != EntryPoint.Kind.KIOSK:
        raise Http404
    before = {"opens": point.hours.get("from"), "closes": point.hours.get("to"), **point.hours}
    form = HoursForm(request.POST or None, initial=before or None)
    if request.method == "POST" and form.is_valid():
        opens, closes = (f"{form.cleaned_data[name] or '':.5}" for name in ("opens", "closes"))
        act = lambda: actions.set_hours(  # noqa: E731
            point, opens=opens, closes=closes, idle_seconds=form.cleaned_data["idle_seconds"], by=request.user,
            at=timezone.now(),
        )  # fmt: skip
        if attempt(request, act, _("Les horaires de la borne sont réglés."), form):
            return redirect("organisation:consultation:home", point.organisation_id)
    context = {
        "organisation": subject.enrolment.organisation,
        "edition": subject.enrolment.edition,
        "point": point,
        "form": form,
        "address": address_of(point),
    }
    return render(request, "organisation/consultation/kiosk.html", context)


def _shown(request: HttpRequest, enrolment: Enrolment, **forms_sent: Any) -> HttpResponse:
    body, edition = enrolment.organisation, enrolment.edition
    style = KitStyle.objects.filter(organisation=body).first()
    told = Attendance.objects.filter(edition=edition, organisation=body).values("visits", "source").first()
    return render(request, "organisation/consultation/settings.html", {
        "organisation": body, "edition": edition, "has_logo": bool(style and style.logo),
        "form": StyleForm(initial={"accent": style.accent if style else ""}), "network_form": NetworkForm(),
        "visits_form": VisitsForm(initial=told), "visits": told,
        "is_over": has_ended(edition, timezone.localdate()),
        "networks": Network.objects.filter(edition=edition, organisation=body),
        **forms_sent,
    })  # fmt: skip
