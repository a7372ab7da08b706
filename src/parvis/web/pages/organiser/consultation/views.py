"""Participation, the rule and its hash, responses set aside."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import actions, refusals
from parvis.web.consultation.flags import flag_names
from parvis.web.consultation.models import Consultation, PopulationMargins
from parvis.web.consultation.qualification import Flag, Rule, TrophyBy
from parvis.web.consultation.queries import set_aside, totals_of_edition
from parvis.web.consultation.questionnaire import has_opened, rule_of
from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.organiser.consultation import kits
from parvis.web.pages.telling import attempt

A_PAGE = 30


WORK_BITS = 13  # about a second of an old phone; see docs/method/participation.md


class RuleForm(forms.Form):
    """What an edition may ask beyond the usual: counter codes, a little work of the browser."""

    codes_needed = forms.BooleanField(
        label=gettext_lazy("Demander un code de guichet"), required=False,
        help_text=gettext_lazy(
            "Chaque structure imprime des codes à usage unique et les remet aux personnes reçues. Un avis sans code "
            "est gardé, mais ne compte pas."
        ),
    )  # fmt: skip
    work = forms.TypedChoiceField(
        label=gettext_lazy("Demander un petit calcul au navigateur"), coerce=int, required=False, empty_value=0,
        choices=[
            (0, gettext_lazy("non")),
            (2, gettext_lazy("oui ; son absence est un signal parmi d’autres")),
            (3, gettext_lazy("oui ; sans lui, l’avis est gardé mais ne compte pas")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Une seconde d’un téléphone ancien, en arrière-plan, sans service extérieur. Sans JavaScript, l’avis est "
            "toujours accepté."
        ),
    )  # fmt: skip

    trophy_by = forms.ChoiceField(
        label=gettext_lazy("Par quoi diviser les avis retenus, pour le trophée ?"), required=False,
        choices=[
            (TrophyBy.OWN, gettext_lazy("par les habitants ; par les visites déclarées là où personne n’habite")),
            (TrophyBy.INHABITANTS, gettext_lazy("par les habitants seulement")),
            (TrophyBy.VISITS, gettext_lazy("par les visites déclarées, pour tous")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Premier choix : deux classements et un trophée pour chacun, car les deux taux ne se comparent pas ; un "
            "hôpital n’est pas exclu. Deuxième choix : qui n’a pas d’habitants n’est pas classé. Troisième choix : qui "
            "n’a pas déclaré ses visites n’est pas classé."
        ),
    )  # fmt: skip

    def rule(self) -> Rule:
        usual, work = Rule(), self.cleaned_data["work"]
        points = {**usual.points, **({str(Flag.NO_WORK): work} if work else {})}
        return replace(
            usual, points=points, codes_needed=self.cleaned_data["codes_needed"], work_bits=WORK_BITS if work else 0,
            trophy_by=self.cleaned_data["trophy_by"] or usual.trophy_by,
        )  # fmt: skip


def asked(rule: Rule) -> dict[str, bool | int | str]:
    work = rule.points[Flag.NO_WORK] if rule.work_bits else 0
    return {"codes_needed": rule.codes_needed, "work": work, "trophy_by": rule.trophy_by}


@page(of=edition_of, may=is_organiser, seen="responses.set_aside_read")
def home(request: HttpRequest, edition: Edition) -> HttpResponse:
    shown = Paginator(set_aside(edition), A_PAGE).get_page(request.GET.get("page"))
    names = flag_names()
    why = [", ".join([*(names[f] for f in each.flags if f in names), each.decision_reason]) for each in shown]
    return render(request, "organiser/consultation/home.html", {
        "edition": edition,
        "totals": totals_of_edition(edition),
        "form": RuleForm(initial=asked(rule_of(edition))),
        "has_opened": has_opened(edition, timezone.localdate()),
        "published": Consultation.objects.filter(edition=edition).first(),
        "rule_text": json.dumps(rule_of(edition).to_json(), indent=2, ensure_ascii=False),
        "page_obj": shown,
        "rows": [(each, reasons.removesuffix(", ")) for each, reasons in zip(shown, why, strict=True)],
        **kits.shown(edition),
        "has_margins": PopulationMargins.objects.filter(edition=edition).exists(),
    })  # fmt: skip


@require_POST
@page(of=edition_of, may=is_organiser, writes=True)
def publish(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = RuleForm(request.POST)
    if not form.is_valid():
        raise Http404
    act = lambda: actions.publish_rule(edition, rule=form.rule(), by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, act, _("La règle est publiée avec son empreinte."))
    return redirect("organiser:consultation:home", edition.slug)


@require_POST
@page(of=edition_of, may=is_organiser, writes=True)
def take_back(request: HttpRequest, edition: Edition) -> HttpResponse:
    def act() -> None:
        chosen = list(set_aside(edition).filter(pk__in=_numbers(request)))
        if not chosen:
            raise ParvisError(refusals.NOTHING_CHOSEN)
        actions.reverse_quarantine(chosen, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now())

    attempt(request, act, _("Les réponses cochées comptent de nouveau."))
    return redirect("organiser:consultation:home", edition.slug)


def _numbers(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("response"):
        try:
            found.append(UUID(text))
        except ValueError as error:
            raise Http404 from error
    return found
