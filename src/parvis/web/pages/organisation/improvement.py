"""From a weak criterion to an action, and from review to review: keep, adjust, drop."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.rendering.scorecard import Scorecard as Card
from parvis.rendering.slicing import CriterionFigure
from parvis.web.improvement.actions import add_action, open_plan, review_action
from parvis.web.improvement.models import Action, ActionReview
from parvis.web.improvement.queries import actions_of
from parvis.web.improvement.rules import may_work_on
from parvis.web.pages.access import page
from parvis.web.pages.loaders import organisation_of, scorecard_of
from parvis.web.pages.telling import attempt
from parvis.web.people.models import Person
from parvis.web.results.models import Scorecard
from parvis.web.results.queries import delivered_scorecards
from parvis.web.territory.models import Organisation
from parvis.web.territory.rules import is_member

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ActionForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Que ferez-vous ?"), max_length=200)
    owner = forms.CharField(label=gettext_lazy("Qui en est responsable ?"), max_length=120)
    due_on = forms.DateField(label=gettext_lazy("Pour quand ?"), widget=DAY)
    success_criterion = forms.CharField(
        label=gettext_lazy("Comment saurez-vous que c’est réussi ?"), max_length=300,
        help_text=gettext_lazy("À fixer maintenant : « 9 appels sur 10 décrochés en moins de 5 sonneries »."),
    )  # fmt: skip


class ReviewForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("Décision"), choices=ActionReview.Decision, widget=forms.RadioSelect
    )
    comment = forms.CharField(label=gettext_lazy("Que constatez-vous ?"), widget=forms.Textarea(attrs={"rows": 3}))
    new_due_on = forms.DateField(label=gettext_lazy("Nouvelle échéance, pour ajuster"), widget=DAY, required=False)


@page(of=organisation_of, may=is_member)
def plan(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    actions, last = actions_of(organisation), delivered_scorecards(organisation).first()
    results_url = reverse("organisation:scorecard", args=[last.pk]) if last else ""
    context = {"organisation": organisation, "actions": actions, "results_url": results_url}
    return render(request, "organisation/plan.html", context)


def _own_scorecard(person: object, scorecard: Scorecard) -> bool:
    return hasattr(scorecard, "delivery") and bool(is_member(person, scorecard.organisation))


@page(of=scorecard_of, may=_own_scorecard, writes=True)
def create(request: HttpRequest, scorecard: Scorecard) -> HttpResponse:
    criterion = Card.from_json(scorecard.data).criterion(request.GET.get("critere", ""))
    due = timezone.localdate() + timedelta(days=180)
    form = ActionForm(request.POST or None, initial={"due_on": due})
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, **_finding(criterion)}
        act = lambda: _add_to_plan(scorecard, given, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("L’action est créée."), form):
            return redirect("organisation:plan", scorecard.organisation_id)
    context = {"scorecard": scorecard, "organisation": scorecard.organisation, "criterion": criterion, "form": form}
    return render(request, "organisation/create_action.html", context)


@transaction.atomic
def _add_to_plan(scorecard: Scorecard, given: dict[str, Any], *, by: Person, at: datetime) -> Action:
    plan = open_plan(organisation=scorecard.organisation, edition=scorecard.publication.edition, by=by, at=at)
    return add_action(plan, **given, by=by, at=at)


def _finding(criterion: CriterionFigure | None) -> dict[str, object]:
    if criterion is None:
        return {"finding": _("Constat de l’équipe")}
    label = criterion.label.in_language(get_language() or "fr")
    found = {"channel": criterion.channel or "", "criterion": criterion.code, "baseline": criterion.figure.value}
    return {**found, "finding": label[:300]}


def _action(action: int) -> Action:
    return get_object_or_404(Action.objects.select_related("plan__organisation", "plan__edition"), pk=action)


@page(of=_action, may=may_work_on, writes=True)
def action(request: HttpRequest, action: Action) -> HttpResponse:
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = lambda: review_action(action, **form.cleaned_data, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("La revue est enregistrée."), form):
            return redirect("organisation:action", action.pk)
    reviews = action.reviews.select_related("reviewed_by")
    context = {"action": action, "organisation": action.plan.organisation, "form": form, "reviews": reviews}
    return render(request, "organisation/action.html", context)
