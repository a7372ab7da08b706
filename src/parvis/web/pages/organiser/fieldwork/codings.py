"""Blind double coding: what is to be coded again, from the evidence alone, and how well both codings agree."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.codings import has_seen_marks, marked_questions
from parvis.web.fieldwork.board import reliability_of
from parvis.web.fieldwork.models import DoubleCoding, Observation
from parvis.web.fieldwork.queries import codings_of
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.organiser.fieldwork.loaders import may_see, observation_of
from parvis.web.pages.telling import attempt

UNSEEN = "-"


class MarksForm(forms.Form):
    """The criteria of a grid; one that the evidence does not show is left out."""

    def __init__(self, *args: object, observation: Observation, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "fr"
        for question in marked_questions(observation):
            choices = [(choice.name, choice.label(language)) for choice in question.choices]
            self.fields[question.name] = forms.ChoiceField(
                label=question.label(language), widget=forms.RadioSelect, initial=UNSEEN,
                choices=[*choices, (UNSEEN, gettext_lazy("Les pièces ne le montrent pas"))],
            )  # fmt: skip

    def marks(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value != UNSEEN}


def coding_of(edition: str, coding: int) -> DoubleCoding:
    found = DoubleCoding.objects.select_related(
        "observation__edition", "observation__instrument", "observation__scenario", "observation__observer"
    )
    return get_object_or_404(found, observation__edition__slug=edition, pk=coding)


@page(of=edition_of, may=is_organiser)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    shown = {"edition": edition, "codings": codings_of(edition), "reliability": reliability_of(edition)}
    return render(request, "organiser/fieldwork/codings.html", shown)


@require_POST
@page(of=edition_of, may=is_organiser, writes=True)
def draw(request: HttpRequest, edition: Edition) -> HttpResponse:
    act = lambda: actions.draw_double_codings(edition, by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, act, _("Le tirage est fait : les observations à coder une seconde fois sont dans la liste."))
    return redirect("organiser:fieldwork:codings", edition.slug)


@require_POST
@page(of=observation_of, may=may_see, writes=True)
def ask(request: HttpRequest, observation: Observation) -> HttpResponse:
    act = lambda: actions.ask_double_coding(observation, by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, act, _("Un second codage est demandé à l’équipe."))
    return redirect("organiser:fieldwork:observation", observation.edition.slug, observation.uuid)


@page(of=coding_of, may=lambda person, coding: is_organiser(person, coding.observation.edition), writes=True)
def coding(request: HttpRequest, coding: DoubleCoding) -> HttpResponse:
    observation = coding.observation
    form = MarksForm(request.POST or None, observation=observation)
    if request.method == "POST" and form.is_valid():
        marks = form.marks()
        act = lambda: actions.code_again(coding, answers=marks, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("Votre codage est gardé. Merci."), form):
            return redirect("organiser:fieldwork:codings", observation.edition.slug)
    return render(request, "organiser/fieldwork/coding.html", {
        "edition": observation.edition, "coding": coding, "observation": observation, "form": form,
        "evidence": observation.evidence.all(), "events": observation.events.all(),
        "seen": has_seen_marks(request.user, observation),
    })  # fmt: skip
