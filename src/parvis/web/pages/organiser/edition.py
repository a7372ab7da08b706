"""An edition seen by its organiser: where it stands and what to do next."""

from __future__ import annotations

import secrets

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions import actions
from parvis.web.editions.models import Edition
from parvis.web.editions.queries import edition_before, enrolment_counts, steps_on
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork.actions import close_fieldwork
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.organiser.next_steps import next_steps, tell_parcels
from parvis.web.pages.telling import attempt
from parvis.web.people.queries import journal_of_edition
from parvis.web.territory.queries import vintages_loaded

RESERVED = {"nouvelle", "importer", "inscription", "commande"}  # first parts of the addresses beside the editions'
ADVANCES = {
    Edition.State.DRAFT: actions.open_enrolment,
    Edition.State.ENROLMENT: actions.open_fieldwork,
    Edition.State.FIELDWORK: close_fieldwork,
}


class EditionForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("Année"), min_value=2012, max_value=2100)
    name_fr = forms.CharField(label=gettext_lazy("Nom en français"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Nom en anglais"), max_length=120)
    slug = forms.SlugField(
        label=gettext_lazy("Adresse"), help_text=gettext_lazy("Quelques lettres et chiffres, par exemple 2027.")
    )
    vintage = forms.TypedChoiceField(label=gettext_lazy("Millésime des territoires"), coerce=int)
    seed = forms.IntegerField(
        label=gettext_lazy("Graine des tirages"),
        min_value=1,
        max_value=2**62,
        help_text=gettext_lazy("Un nombre choisi une fois : tous les tirages de l’édition en découlent."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vintage"].choices = [(year, str(year)) for year in vintages_loaded()]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if Edition.objects.filter(slug=slug).exists() or slug in RESERVED:
            raise forms.ValidationError(_("Cette adresse est déjà prise. Choisissez-en une autre."))
        return slug


def suggested() -> dict[str, object]:
    """What most organisers would type: next year, its usual names, and a seed drawn by the machine."""
    year = max(Edition.objects.aggregate(last=Max("year"))["last"] or 0, timezone.localdate().year) + 1
    names = {"name_fr": f"Édition {year}", "name_en": f"Edition {year}", "slug": str(year)}
    return {"year": year, **names, "seed": secrets.randbelow(10**8) + 1}


@page(may=is_organiser, writes=True)
def create(request: HttpRequest) -> HttpResponse:
    form = EditionForm(request.POST or None, initial=suggested())
    if request.method == "POST" and form.is_valid():
        edition = actions.create_edition(
            **form.cleaned_data, method="2026", previous=edition_before(form.cleaned_data["year"]),
            demonstration=settings.DEMONSTRATION, by=request.user, at=timezone.now(),
        )  # fmt: skip
        return redirect("organiser:edition", edition.slug)
    return render(request, "organiser/create.html", {"form": form})


@page(of=edition_of, may=is_organiser)
def home(request: HttpRequest, edition: Edition) -> HttpResponse:
    return render(request, "organiser/edition.html", {
        "edition": edition,
        "steps": steps_on(edition, timezone.localdate()),
        "counts": enrolment_counts(edition),
        "next_steps": next_steps(edition),
        "can_advance": edition.state in ADVANCES,
    })  # fmt: skip


@page(of=edition_of, may=is_organiser, writes=True)
def advance(request: HttpRequest, edition: Edition) -> HttpResponse:
    if request.method == "POST" and edition.state in ADVANCES:
        act = ADVANCES[edition.state]
        done = _("L’édition passe à la suite.")
        if not attempt(request, lambda: act(edition, by=request.user, at=timezone.now()), done):
            tell_parcels(request, edition)
    return redirect("organiser:edition", edition.slug)


@page(of=edition_of, may=is_organiser)
def journal(request: HttpRequest, edition: Edition) -> HttpResponse:
    entries = Paginator(journal_of_edition(edition.slug), 50).get_page(request.GET.get("page"))
    return render(request, "organiser/journal.html", {"edition": edition, "entries": entries})
