"""Contesting a criterion of one's results, and telling of a contact that staff recognised.

Nothing here says who observed, nor when: an appeal is about a criterion, never about a contact.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.rendering.scorecard import Scorecard as Card
from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.editions.queries import enrolments_of
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.appeals import is_open
from parvis.web.fieldwork.models import Report
from parvis.web.fieldwork.queries import appeal_period
from parvis.web.pages.access import page
from parvis.web.pages.loaders import organisation_of, scorecard_of
from parvis.web.pages.telling import attempt
from parvis.web.people.models import Person
from parvis.web.results.models import Scorecard
from parvis.web.territory.models import Organisation
from parvis.web.territory.rules import is_member


class AppealForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi contestez-vous ce résultat ?"), widget=forms.Textarea(attrs={"rows": 5}),
        max_length=3000, help_text=gettext_lazy("Des faits, sans nommer vos agents."),
    )  # fmt: skip
    proof = forms.FileField(
        label=gettext_lazy("Une pièce qui le montre"), required=False,
        help_text=gettext_lazy("PDF, image, courriel, texte ; 10 Mo au plus. Cachez les noms."),
    )  # fmt: skip


class SpottedForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Par quel canal ?"), widget=forms.RadioSelect)
    happened_on = forms.DateField(label=gettext_lazy("Quel jour ?"), widget=forms.DateInput)
    text = forms.CharField(
        label=gettext_lazy("Qu’est-ce qui vous le fait penser ?"), widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000, help_text=gettext_lazy("Ne nommez ni l’agent ni la personne."),
    )  # fmt: skip

    def __init__(self, *args: object, edition: Edition, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [choice for choice in CHANNELS if choice[0] in edition.channels]


def may_contest(person: Person, scorecard: Scorecard) -> bool:
    """The organisation's own people, once its results are delivered."""
    return hasattr(scorecard, "delivery") and is_member(person, scorecard.organisation)


def criterion_of(scorecard: int, channel: str, criterion: str) -> Scorecard:
    """A scorecard, with the one criterion of it that the page is about."""
    found = scorecard_of(scorecard)
    wanted = [
        each for each in Card.from_json(found.data).criteria if (each.figure.channel, each.code) == (channel, criterion)
    ]
    if not wanted:
        raise Http404
    found.wanted = wanted[0]
    return found


@page(of=scorecard_of, may=may_contest)
def listing(request: HttpRequest, scorecard: Scorecard) -> HttpResponse:
    edition = scorecard.publication.edition
    filed = {
        (each.channel, each.criterion): each for each in edition.appeals.filter(organisation=scorecard.organisation)
    }
    criteria = Card.from_json(scorecard.data).criteria
    rows = [
        (each, filed.get((str(each.figure.channel), each.code))) for each in criteria if each.figure.value is not None
    ]
    return render(request, "organisation/appeals.html", {
        "organisation": scorecard.organisation, "edition": edition, "scorecard": scorecard,
        "channels": [(channel, list(each)) for channel, each in groupby(rows, key=lambda row: row[0].figure.channel)],
        "appeals": [(each, appeal) for each, appeal in rows if appeal], **_deadline(edition),
    })  # fmt: skip


def _deadline(edition: Edition) -> dict[str, Any]:
    dates = appeal_period(edition)
    return {"dates": dates, "open": dates is None or is_open(dates, timezone.localdate())}


@page(of=criterion_of, may=may_contest, writes=True)
def appeal(request: HttpRequest, scorecard: Scorecard) -> HttpResponse:
    edition, wanted = scorecard.publication.edition, scorecard.wanted
    form = AppealForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.appeal(  # noqa: E731
            edition, organisation=scorecard.organisation, channel=str(wanted.figure.channel), criterion=wanted.code,
            **form.cleaned_data, by=request.user, at=timezone.now(),
        )  # fmt: skip
        if attempt(request, act, _("Votre contestation est partie. La réponse viendra ici et par courriel."), form):
            return redirect("organisation:appeals", scorecard.pk)
    return render(request, "organisation/appeal.html", {
        "organisation": scorecard.organisation, "edition": edition, "scorecard": scorecard, "wanted": wanted,
        "form": form, **_deadline(edition),
    })  # fmt: skip


@page(of=organisation_of, may=is_member, writes=True)
def spotted(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The answer is the same whether such a contact exists or not."""
    running = [Edition.State.FIELDWORK, Edition.State.REVIEW]
    current = enrolments_of(organisation).filter(edition__state__in=running).first()
    form = SpottedForm(request.POST or None, edition=current.edition) if current else None
    if form is not None and request.method == "POST" and form.is_valid():
        act = lambda: actions.report(  # noqa: E731
            current.edition, kind=Report.Kind.SPOTTED, organisation=organisation, **form.cleaned_data,
            by=request.user, at=timezone.now(),
        )  # fmt: skip
        if attempt(request, act, _("Merci. L’organisateur est prévenu ; rien d’autre ne change pour vous."), form):
            return redirect("organisation:home", organisation.pk)
    return render(request, "organisation/appeal_spotted.html", {
        "organisation": organisation, "edition": current.edition if current else None, "form": form,
    })  # fmt: skip
