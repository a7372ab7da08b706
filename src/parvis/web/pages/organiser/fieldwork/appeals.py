"""Appeals seen by the organiser: the queue, the contacts concerned, a decision in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.core.instruments.form import Grid
from parvis.rendering import words
from parvis.web.editions.models import Edition, Instrument
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.models import Appeal, Observation
from parvis.web.fieldwork.queries import appeals_of, contested_observations
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.organiser.fieldwork.loaders import may_see
from parvis.web.pages.telling import attempt

UPHELD, REJECTED = "upheld", "rejected"


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("Votre décision"),
        widget=forms.RadioSelect,
        choices=[(UPHELD, gettext_lazy("Accepter la contestation")), (REJECTED, gettext_lazy("La rejeter"))],
    )
    reopen = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Les observations à relire, si vous l’acceptez"), queryset=Observation.objects.none(),
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    outcome = forms.CharField(
        label=gettext_lazy("Votre réponse à la structure"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000,
        help_text=gettext_lazy("Elle la lit. N’y dites ni qui a observé, ni quel jour, ni à quelle heure."),
    )  # fmt: skip

    def __init__(self, *args: object, appeal: Appeal, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reopen"].queryset = contested_observations(appeal)
        self.fields["reopen"].label_from_instance = lambda each: line_of(each, appeal.criterion)


def line_of(observation: Observation, criterion: str) -> str:
    """An observation in one line: its place, its day, and what it answered to the contested criterion."""
    said = answer_of(grid_of(observation.instrument), observation.answers, criterion) or _("sans réponse")
    return f"{observation.place.name}, {words.day(observation.happened_on, get_language() or 'fr')} – {said}"


def answer_of(grid: Grid, answers: dict[str, Any], criterion: str) -> str:
    language = get_language() or "fr"
    for question in grid.questions:
        if question.criterion == criterion and answers.get(question.name) is not None:
            value = answers[question.name]
            return next((c.label(language) for c in question.choices if c.name == value), str(value))
    return ""


def criterion_labels(edition: Edition) -> dict[tuple[str, str], str]:
    """The words of each (channel, criterion) in the grids in force."""
    language = get_language() or "fr"
    grids = edition.instruments.exclude(channel=Instrument.CITIZEN).defer("source").order_by("version")
    return {
        (grid.channel, each.code): each.label.in_language(language) for grid in grids for each in grid_of(grid).criteria
    }


def appeal_of(edition: str, appeal: int) -> Appeal:
    found = Appeal.objects.select_related("edition", "organisation", "filed_by", "decided_by")
    return get_object_or_404(found, edition__slug=edition, pk=appeal)


@page(of=edition_of, may=is_organiser)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    labels, appeals = criterion_labels(edition), list(appeals_of(edition))
    for each in appeals:
        each.label = labels.get((each.channel, each.criterion), each.criterion)
    return render(request, "organiser/fieldwork/appeals.html", {"edition": edition, "appeals": appeals})


@page(of=appeal_of, may=may_see, writes=True, seen="appeal.read")
def appeal(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    form = DecisionForm(request.POST or None, appeal=appeal)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        act = lambda: actions.decide_appeal(  # noqa: E731
            appeal, uphold=given["decision"] == UPHELD, outcome=given["outcome"], reopen=list(given["reopen"]),
            by=request.user, at=timezone.now(),
        )  # fmt: skip
        if attempt(request, act, _("La réponse est envoyée à la structure."), form):
            return redirect("organiser:fieldwork:appeal", appeal.edition.slug, appeal.pk)
    return render(request, "organiser/fieldwork/appeal.html", {
        "edition": appeal.edition, "appeal": appeal, "form": form,
        "criterion": criterion_labels(appeal.edition).get((appeal.channel, appeal.criterion), appeal.criterion),
        "reopened": appeal.reopened.select_related("place"),
    })  # fmt: skip


@page(of=appeal_of, may=may_see, seen="appeal.proof_seen")
def proof(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    return proof_file(appeal)


def proof_file(appeal: Appeal) -> HttpResponse:
    """The proof as it was sent; never opened inside our pages."""
    try:
        content = appeal.proof.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    name = appeal.proof.name.rsplit("/", 1)[-1]
    return FileResponse(content, as_attachment=True, filename=name, headers={"Cache-Control": "private"})
