"""The registry of scenarios: written, reviewed for ethics, versioned, watched for exposure, retired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.board import scenario_uses
from parvis.web.fieldwork.models import Scenario
from parvis.web.fieldwork.queries import exposures_of, scenarios_of
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.organiser.fieldwork.loaders import may_see
from parvis.web.pages.telling import attempt
from parvis.web.territory.models import PublicService


class WordsForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Consigne"), widget=forms.Textarea(attrs={"rows": 5}), max_length=2000,
        help_text=gettext_lazy("Une vraie demande, qui ne demande ni pièce d’identité ni rendez-vous."),
    )  # fmt: skip
    service = forms.ModelChoiceField(
        label=gettext_lazy("Service"), queryset=PublicService.objects.all(), required=False,
        empty_label=gettext_lazy("tous"),
        help_text=gettext_lazy("Un service restreint le scénario aux sites qui l’ont."),
    )  # fmt: skip
    burden_minutes = forms.IntegerField(
        label=gettext_lazy("Temps demandé aux agents (minutes)"), min_value=1, max_value=120, initial=10
    )
    most_uses = forms.IntegerField(
        label=gettext_lazy("Usages au plus dans une structure"), min_value=1, max_value=100, required=False,
        help_text=gettext_lazy("Au-delà, les agents le reconnaîtraient. Vide : sans limite."),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].label_from_instance = lambda service: service.label


class NewForm(WordsForm):
    channel = forms.ChoiceField(label=gettext_lazy("Canal"))
    code = forms.SlugField(
        label=gettext_lazy("Code"), help_text=gettext_lazy("Quelques lettres, par exemple piscine-1.")
    )

    field_order = ["channel", "code"]

    def __init__(self, *args: object, edition: Edition, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [choice for choice in CHANNELS if choice[0] in edition.channels]


class EthicsForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy(
            "Cette demande est-elle licite, sans danger, sans identité à donner, et légère pour les agents ?"
        ),
        widget=forms.RadioSelect,
        choices=[
            (Scenario.Verdict.ACCEPTED, gettext_lazy("Oui, elle peut servir")),
            (Scenario.Verdict.REFUSED, gettext_lazy("Non")),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Raison de l’avis"), max_length=300, required=False,
        help_text=gettext_lazy("Demandée pour un avis défavorable."),
    )  # fmt: skip


class RetireForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Raison du retrait"), max_length=200)


def scenario_of(edition: str, scenario: int) -> Scenario:
    found = Scenario.objects.select_related("edition", "service", "written_by", "ethics_reviewed_by")
    return get_object_or_404(found, edition__slug=edition, pk=scenario)


@page(of=edition_of, may=is_organiser)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    scenarios, uses = list(scenarios_of(edition)), scenario_uses(edition, now=timezone.now())
    for each in scenarios:
        each.uses, each.bodies = uses.get(str(each.pk), [0, 0])
    return render(request, "organiser/fieldwork/scenarios.html", {"edition": edition, "scenarios": scenarios})


@page(of=edition_of, may=is_organiser, writes=True)
def create(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = NewForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        act = lambda: actions.write_scenario(edition, **words, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("Le scénario est écrit ; il servira après son avis éthique."), form):
            return redirect("organiser:fieldwork:scenarios", edition.slug)
    return render(request, "organiser/fieldwork/create_scenario.html", {"edition": edition, "form": form})


@page(of=scenario_of, may=may_see, writes=True)
def scenario(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    names = ("title", "text", "service", "burden_minutes", "most_uses")
    now = {name: getattr(scenario, name) for name in names}
    changing = WordsForm(request.POST if "change" in request.POST else None, initial=now)
    judging = EthicsForm(request.POST if "judge" in request.POST else None)
    retiring = RetireForm(request.POST if "retire" in request.POST else None)
    shown = _act(request, scenario, [
        (changing, actions.change_scenario, _("Le texte est gardé ; une nouvelle version attend son avis éthique.")),
        (judging, actions.review_ethics, _("L’avis est enregistré.")),
        (retiring, actions.retire_scenario, _("Le scénario est retiré : il ne sera plus prévu.")),
    ])  # fmt: skip
    if shown is not None:
        return redirect("organiser:fieldwork:scenario", scenario.edition.slug, shown.pk)
    return render(request, "organiser/fieldwork/scenario.html", {
        "edition": scenario.edition, "scenario": scenario, "changing": changing, "judging": judging,
        "retiring": retiring, "exposures": exposures_of(scenario),
        "versions": Scenario.objects.filter(edition=scenario.edition, code=scenario.code).order_by("-version"),
    })  # fmt: skip


def _act(
    request: HttpRequest, scenario: Scenario, forms_and_acts: list[tuple[forms.Form, Callable[..., Any], str]]
) -> Scenario | None:
    """Do what the one form that was sent asks; the scenario to show next, or None when nothing was done."""
    for form, act, success in forms_and_acts:
        if form.is_bound and form.is_valid():
            done: list[Scenario] = []
            asked = lambda act=act, form=form, done=done: done.append(  # noqa: E731
                act(scenario, **form.cleaned_data, by=request.user, at=timezone.now())
            )
            return done[0] if attempt(request, asked, success, form) else None
    return None
