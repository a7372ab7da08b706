"""What observers say of themselves: where they must never go, when they are away, whether they pause or leave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Observer
from parvis.web.fieldwork.observer_file import absences_to_come, is_active
from parvis.web.fieldwork.rules import is_observer
from parvis.web.pages.access import page
from parvis.web.pages.telling import attempt
from parvis.web.territory.models import Organisation, Place

OWN_CHOICES = {
    Observer.Status.PAUSED: gettext_lazy("Je fais une pause"),
    Observer.Status.LEFT: gettext_lazy("J’arrête"),
    Observer.Status.CERTIFIED: gettext_lazy("Je reprends"),
    Observer.Status.TRAINING: gettext_lazy("Je reprends la formation"),
}


class ConflictForm(forms.Form):
    """A place, and whether the tie bars it alone or the whole organisation."""

    where = forms.ChoiceField(label=gettext_lazy("Avec quel site ?"))
    reach = forms.ChoiceField(
        label=gettext_lazy("Ce lien vous écarte :"),
        widget=forms.RadioSelect,
        choices=[
            ("place", gettext_lazy("de ce site seulement")),
            ("organisation", gettext_lazy("de toute la structure, quel que soit le site")),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi ?"),
        help_text=gettext_lazy("Vous y travaillez, un proche y travaille, vous y êtes élu…"),
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enrolled = Organisation.objects.filter(enrolments__edition__state__in=["enrolment", "fieldwork"]).distinct()
        self.places: dict[str, Place] = {}
        choices: list[Any] = [("", _("Choisissez"))]
        for each in enrolled.prefetch_related("places__organisation").order_by("name"):
            places = {str(place.pk): place for place in each.places.all()}
            self.places |= places
            rows = [(key, place.name) for key, place in places.items()]
            choices += [(key, each.name) for key in places] if len(rows) == 1 else [(each.name, rows)]
        self.fields["where"].choices = choices

    def chosen(self) -> dict[str, Any]:
        """The organisation, and the place when it alone is barred."""
        place = self.places[self.cleaned_data["where"]]
        whole = self.cleaned_data["reach"] == "organisation"
        return {"organisation": place.organisation, "place": None if whole else place}


class AbsenceForm(forms.Form):
    starts_on = forms.DateField(label=gettext_lazy("Du"), widget=forms.DateInput)
    ends_on = forms.DateField(label=gettext_lazy("Au"), widget=forms.DateInput)
    half_day = forms.ChoiceField(
        label=gettext_lazy("À quel moment ?"),
        widget=forms.RadioSelect,
        choices=[
            ("", gettext_lazy("Toute la journée")),
            ("am", gettext_lazy("Le matin")),
            ("pm", gettext_lazy("L’après-midi")),
        ],
        required=False,
    )


class StatusForm(forms.Form):
    to = forms.ChoiceField(label=gettext_lazy("Que souhaitez-vous ?"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Une raison, si vous voulez"), max_length=200, required=False)

    def __init__(self, *args: Any, possible: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(to, OWN_CHOICES[Observer.Status(to)]) for to in possible]


@page(may=is_observer, writes=True)
def profile(request: HttpRequest) -> HttpResponse:
    observer = request.user.observer
    posted = {name: request.POST if name in request.POST else None for name in ("conflict", "absence", "status")}
    forms_of = {
        "conflict": ConflictForm(posted["conflict"]),
        "absence": AbsenceForm(posted["absence"]),
        "status": StatusForm(posted["status"], possible=actions.next_statuses(observer, own=True)),
    }
    act = {"conflict": _declare, "absence": _be_away, "status": _change}
    for name, form in forms_of.items():
        if form.is_bound and form.is_valid() and act[name](request, observer, form):
            return redirect("observer:profile")
    if "cancel" in request.POST:
        absence = get_object_or_404(observer.absences, pk=request.POST["cancel"])
        attempt(request, lambda: actions.cancel_absence(absence, by=request.user, at=timezone.now()),
                _("C’est noté : vous êtes de nouveau disponible."))  # fmt: skip
        return redirect("observer:profile")
    return render(request, "observer/profile.html", {
        "observer": observer, "is_active": is_active(observer), "forms": forms_of,
        "conflicts": observer.conflicts.select_related("organisation", "place"),
        "absences": absences_to_come(observer, timezone.localdate()),
    })  # fmt: skip


def _declare(request: HttpRequest, observer: Observer, form: ConflictForm) -> bool:
    asked = {**form.chosen(), "reason": form.cleaned_data["reason"], "by": request.user, "at": timezone.now()}
    said = _("C’est noté : vous n’irez jamais dans cette structure.")
    return attempt(request, lambda: actions.declare_conflict(observer, **asked), said, form)


def _be_away(request: HttpRequest, observer: Observer, form: AbsenceForm) -> bool:
    asked = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
    said = _("C’est noté : aucune mission ne vous sera prévue à ce moment-là.")
    return attempt(request, lambda: actions.declare_absence(observer, **asked), said, form)


def _change(request: HttpRequest, observer: Observer, form: StatusForm) -> bool:
    asked = {**form.cleaned_data, "by": request.user, "at": timezone.now(), "own": True}
    said = _("C’est noté. Les missions déjà acceptées restent à faire ou à rendre.")
    return attempt(request, lambda: actions.change_status(observer, **asked), said, form)
