"""An expert's desk: the organisations confided to them, a reading of their results by channel, signed."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.rendering.scorecard import Scorecard as Card
from parvis.web.editions.models import CHANNELS
from parvis.web.editions.rules import is_expert
from parvis.web.pages.access import page
from parvis.web.pages.loaders import scorecard_of
from parvis.web.pages.telling import attempt
from parvis.web.results.actions import sign_commentary, write_commentary
from parvis.web.results.models import Commentary, Scorecard
from parvis.web.results.queries import assigned_scorecards
from parvis.web.results.rules import is_assigned


class CommentaryForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("Canal"), choices=[("", gettext_lazy("l’ensemble")), *CHANNELS], required=False
    )
    strengths = forms.CharField(label=gettext_lazy("Points forts"), widget=forms.Textarea(attrs={"rows": 4}))
    leads = forms.CharField(label=gettext_lazy("Pistes de progrès"), widget=forms.Textarea(attrs={"rows": 4}))
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priorité"), coerce=int, widget=forms.RadioSelect,
        choices=[(1, gettext_lazy("haute")), (2, gettext_lazy("moyenne")), (3, gettext_lazy("basse"))],
    )  # fmt: skip


@page(may=is_expert)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "expert/home.html", {"scorecards": assigned_scorecards(request.user)})


@page(of=scorecard_of, may=is_assigned, writes=True, seen="scorecard.read")
def write(request: HttpRequest, scorecard: Scorecard) -> HttpResponse:
    form = CommentaryForm(request.POST or None, initial={"priority": 2})
    if request.method == "POST" and form.is_valid():
        by, at = request.user, timezone.now()
        saved = _("Le commentaire est enregistré. Signez-le pour qu’il soit remis.")
        if attempt(request, lambda: write_commentary(scorecard, **form.cleaned_data, by=by, at=at), saved, form):
            return redirect("expert:write", scorecard.pk)
    return render(request, "expert/write.html", {
        "scorecard": scorecard,
        "edition": scorecard.publication.edition,
        "card": Card.from_json(scorecard.data),
        "form": form,
        "commentaries": scorecard.commentaries.select_related("signed_by"),
    })  # fmt: skip


def _commentary(commentary: int) -> Commentary:
    found = Commentary.objects.select_related("scorecard__publication__edition")
    return get_object_or_404(found, pk=commentary)


def _may_sign(person: object, commentary: Commentary) -> bool:
    return bool(is_assigned(person, commentary.scorecard))


@page(of=_commentary, may=_may_sign, writes=True)
def sign(request: HttpRequest, commentary: Commentary) -> HttpResponse:
    if request.method == "POST":
        by, at = request.user, timezone.now()
        attempt(request, lambda: sign_commentary(commentary, by=by, at=at), _("Le commentaire est signé."))
    return redirect("expert:write", commentary.scorecard_id)
