"""Population figures: deposited by the organiser, checked, taken away; a template to fill."""

from __future__ import annotations

from collections import defaultdict

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.web.consultation import actions
from parvis.web.consultation.margins import MOST_BYTES, template
from parvis.web.consultation.models import PopulationMargins
from parvis.web.consultation.queries import template_ground
from parvis.web.consultation.questionnaire import questionnaire_of
from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt


class MarginsForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Fichier des effectifs"),
        help_text=gettext_lazy("CSV : territory, variable, level, total. Partez du modèle ci-dessus."),
    )
    source = forms.CharField(
        label=gettext_lazy("D’où viennent ces chiffres ?"), max_length=300,
        help_text=gettext_lazy("Par exemple : Insee, recensement de la population 2022, exploitation principale."),
    )  # fmt: skip

    def clean_file(self) -> bytes:
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("Ce fichier dépasse 2 Mo."))
        return bytes(given.read())


@page(of=edition_of, may=is_organiser, writes=True)
def home(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = MarginsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.put_margins(  # noqa: E731
            edition, content=form.cleaned_data["file"], source=form.cleaned_data["source"], by=request.user,
            at=timezone.now(),
        )  # fmt: skip
        if attempt(request, act, _("Les marges sont en place."), form):
            return redirect("organiser:consultation:margins", edition.slug)
    put = PopulationMargins.objects.filter(edition=edition).select_related("put_by").first()
    return render(request, "organiser/consultation/margins.html", {
        "edition": edition, "form": form, "put": put, "rows": _told(edition, put) if put else [],
        "settled": edition.state in actions.SETTLED,
    })  # fmt: skip


@require_POST
@page(of=edition_of, may=is_organiser, writes=True)
def remove(request: HttpRequest, edition: Edition) -> HttpResponse:
    act = lambda: actions.remove_margins(edition, by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, act, _("Les marges sont retirées : rien ne sera redressé."))
    return redirect("organiser:consultation:margins", edition.slug)


@page(of=edition_of, may=is_organiser)
def to_fill(_request: HttpRequest, edition: Edition) -> HttpResponse:
    """The template: the départements of enrolled bodies, every level of the profile, totals to write."""
    response = HttpResponse(template(template_ground(edition)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="marges-{edition.slug}.csv"'
    return response


def _told(edition: Edition, put: PopulationMargins) -> list[tuple[str, list[tuple[str, int]], float]]:
    """Of each territory in force: its questions, each with how many levels it has, and its population."""
    _pk, form = questionnaire_of(edition)
    labels = {question.name: question.label(get_language() or "fr") for question in form.questions}
    counts: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for territory, variable, _level, total in put.rows:
        counts[territory][variable].append(total)
    return [
        (place, [(labels.get(name, name), len(totals)) for name, totals in found.items()],
         max(sum(totals) for totals in found.values()))
        for place, found in sorted(counts.items())
    ]  # fmt: skip
