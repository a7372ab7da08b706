"""Missions of an edition: filter, offer, give to someone else, cancel."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.lines import mission_lines
from parvis.web.fieldwork.models import Mission, Observer
from parvis.web.fieldwork.queries import observers_for, planned_missions
from parvis.web.pages.access import page
from parvis.web.pages.organiser.fieldwork.loaders import edition_of, in_words, lines_asked, may_see, mission_of
from parvis.web.pages.telling import attempt

DAYS_TO_ANSWER = 5


class FilterForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("Canal"), required=False, choices=[("", gettext_lazy("tous")), *CHANNELS]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("État"), required=False, choices=[("", gettext_lazy("tous")), *Mission.State.choices]
    )
    late = forms.BooleanField(label=gettext_lazy("En retard seulement"), required=False)


class OfferForm(forms.Form):
    observer = forms.ModelChoiceField(
        label=gettext_lazy("Citoyen-mystère"), queryset=Observer.objects.none(), empty_label=None
    )

    def __init__(self, *args: object, mission: Mission, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["observer"].queryset = observers_for(mission)


class CancelForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Raison de l’annulation"), max_length=200)


@page(of=edition_of, may=is_organiser)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = FilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = planned_missions(edition, today=timezone.localdate(), **wanted)
    missions = lines_asked(request, found, mission_lines)
    in_words(missions, Mission.State.choices)
    return render(request, "organiser/fieldwork/missions.html", {
        "edition": edition, "form": form, "missions": missions,
        "to_offer": edition.missions.filter(state=Mission.State.PLANNED, observer__isnull=False).count(),
        "today": timezone.localdate(),
    })  # fmt: skip


@page(of=edition_of, may=is_organiser, writes=True)
def offer_all(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Offer every planned mission whose observer may make it; tell how many wait for another plan."""
    if request.method == "POST":
        asked = {"ends_on": timezone.localdate() + timedelta(days=DAYS_TO_ANSWER), "at": timezone.now()}
        waiting: list[Mission] = []
        act = lambda: waiting.extend(actions.offer_planned(edition, by=request.user, **asked)[1])  # noqa: E731
        done = _("Les missions sont proposées ; chaque personne en est avertie par courriel.")
        if attempt(request, act, done) and waiting:
            messages.warning(request, ngettext(
                "%(n)d mission attend : la personne prévue est absente, suspendue ou en conflit. Refaites le plan.",
                "%(n)d missions attendent : les personnes prévues sont absentes, suspendues ou en conflit. "
                "Refaites le plan.", len(waiting),
            ) % {"n": len(waiting)})  # fmt: skip
    return redirect("organiser:fieldwork:missions", edition.slug)


@page(of=mission_of, may=may_see, writes=True)
def mission(request: HttpRequest, mission: Mission) -> HttpResponse:
    offering = OfferForm(request.POST if "offer" in request.POST else None, mission=mission)
    cancelling = CancelForm(request.POST if "cancel" in request.POST else None)
    now = timezone.now()
    done = False
    if offering.is_bound and offering.is_valid():
        chosen, ends_on = offering.cleaned_data["observer"], timezone.localdate() + timedelta(days=DAYS_TO_ANSWER)
        done = attempt(
            request,
            lambda: actions.offer(mission, observer=chosen, ends_on=ends_on, by=request.user, at=now),
            _("La mission est proposée."), offering,
        )  # fmt: skip
    elif cancelling.is_bound and cancelling.is_valid():
        reason = cancelling.cleaned_data["reason"]
        done = attempt(request, lambda: actions.cancel(mission, reason=reason, by=request.user, at=now),
                       _("La mission est annulée."), cancelling)  # fmt: skip
    if done:
        return redirect("organiser:fieldwork:mission", mission.edition.slug, mission.pk)
    return render(request, "organiser/fieldwork/mission.html", {
        "edition": mission.edition, "mission": mission, "offering": offering, "cancelling": cancelling,
        "observation": getattr(mission, "observation", None),
        "can_offer": mission.state in (Mission.State.PLANNED, Mission.State.DECLINED, Mission.State.RELEASED),
    })  # fmt: skip
