"""The file of an enrolment: four short tasks in any order, each saved at once, then sent."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.vocabulary import Level
from parvis.web.editions.actions import record_staff_information, submit_enrolment, write_perimeter, write_wishes
from parvis.web.editions.actions.enrolment import missing_before_submission
from parvis.web.editions.models import CHANNELS, LEVELS, CalendarDate, Enrolment
from parvis.web.editions.queries import period
from parvis.web.pages.access import page
from parvis.web.pages.loaders import enrolment_of
from parvis.web.pages.telling import attempt
from parvis.web.results.queries import prices_left
from parvis.web.territory.models import Place
from parvis.web.territory.rules import is_lead, is_member

MOST_PROOF_BYTES = 10 * 1024 * 1024


class PerimeterForm(forms.Form):
    places = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Quels sites sont mesurés ?"), queryset=Place.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un site.")},
    )  # fmt: skip
    absent_channels = forms.MultipleChoiceField(
        label=gettext_lazy("Quels canaux n’existent pas chez vous ?"), choices=CHANNELS, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Un canal qui n’existe pas ne compte pas. Ce n’est pas un zéro."),
    )  # fmt: skip

    def __init__(self, *args: object, enrolment: Enrolment, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].queryset = enrolment.organisation.places.filter(is_active=True)
        self.fields["places"].label_from_instance = lambda place: place.name


class WishesForm(forms.Form):
    level = forms.ChoiceField(
        label=gettext_lazy("Que voulez-vous recevoir ?"), choices=LEVELS, widget=forms.RadioSelect,
        help_text=gettext_lazy("Les résultats bruts sont gratuits. L’analyse et l’audit font l’objet d’un devis."),
    )  # fmt: skip
    consent_named = forms.TypedChoiceField(
        label=gettext_lazy("Si vous êtes lauréats, acceptez-vous d’être nommés ?"),
        choices=[("yes", gettext_lazy("Oui")), ("no", gettext_lazy("Non"))],
        coerce=lambda said: said == "yes", widget=forms.RadioSelect,
        help_text=gettext_lazy("Sans votre accord, personne ne connaîtra votre rang."),
    )  # fmt: skip


class StaffForm(forms.Form):
    informed_on = forms.DateField(
        label=gettext_lazy("Quel jour vos agents ont-ils été informés ?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    proof = forms.FileField(
        label=gettext_lazy("Preuve (note, compte rendu, copie d’écran)"), required=False,
        help_text=gettext_lazy("PDF, image ou texte, 10 Mo au plus."),
    )  # fmt: skip

    def clean_proof(self) -> object:
        proof = self.cleaned_data.get("proof")
        if proof and proof.size > MOST_PROOF_BYTES:
            raise forms.ValidationError(_("Ce fichier dépasse 10 Mo. Donnez-en une version plus légère."))
        return proof


def _leads(person: object, enrolment: Enrolment) -> bool:
    return bool(is_lead(person, enrolment.organisation))


def _belongs(person: object, enrolment: Enrolment) -> bool:
    return bool(is_member(person, enrolment.organisation))


@page(of=enrolment_of, may=_belongs, writes=True)
def tasks(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """What is done, what is missing, the deadline; sending needs the lead and a complete file."""
    if request.method == "POST" and _leads(request.user, enrolment):
        sent = _("L’inscription est envoyée. L’organisateur vous répondra par courriel.")
        attempt(request, lambda: submit_enrolment(enrolment, by=request.user, at=timezone.now()), sent)
        return redirect("organisation:enrolment", enrolment.pk)
    return render(request, "organisation/enrolment.html", {
        "enrolment": enrolment,
        "organisation": enrolment.organisation,
        "edition": enrolment.edition,
        "deadline": period(enrolment.edition, CalendarDate.Kind.ENROLMENT),
        "places": enrolment.places.select_related("place"),
        "missing": missing_before_submission(enrolment, on=timezone.localdate()),
        "is_lead": _leads(request.user, enrolment),
        "orders": enrolment.orders.all(),
        "prices": prices_left(enrolment),
    })  # fmt: skip


@page(of=enrolment_of, may=_leads, writes=True)
def perimeter(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    now = {
        "places": list(enrolment.places.values_list("place", flat=True)),
        "absent_channels": enrolment.absent_channels,
    }
    form = PerimeterForm(request.POST or None, initial=now, enrolment=enrolment)
    if request.method == "POST" and form.is_valid():
        given = {"places": list(form.cleaned_data["places"]), "absent_channels": form.cleaned_data["absent_channels"]}
        act = lambda: write_perimeter(enrolment, **given, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("Le périmètre est enregistré."), form):
            return redirect("organisation:enrolment", enrolment.pk)
    return _task(request, enrolment, form, _("Que mesure-t-on chez vous ?"))


@page(of=enrolment_of, may=_leads, writes=True)
def wishes(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    said = {True: "yes", False: "no"}.get(enrolment.consent_named)
    form = WishesForm(request.POST or None, initial={"level": enrolment.level or Level.RAW, "consent_named": said})
    if request.method == "POST" and form.is_valid():
        act = lambda: write_wishes(enrolment, **form.cleaned_data, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("Vos souhaits sont enregistrés."), form):
            return redirect("organisation:enrolment", enrolment.pk)
    return _task(request, enrolment, form, _("Que voulez-vous recevoir ?"))


@page(of=enrolment_of, may=_leads, writes=True)
def staff(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    form = StaffForm(request.POST or None, request.FILES or None, initial={"informed_on": enrolment.staff_informed_on})
    if request.method == "POST" and form.is_valid():
        given = {"informed_on": form.cleaned_data["informed_on"], "proof": form.cleaned_data["proof"] or None}
        act = lambda: record_staff_information(enrolment, **given, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("L’information des agents est enregistrée."), form):
            return redirect("organisation:enrolment", enrolment.pk)
    return _task(request, enrolment, form, _("Vos agents savent-ils qu’ils seront testés ?"), notice=True)


def _task(
    request: HttpRequest, enrolment: Enrolment, form: forms.Form, question: str, *, notice: bool = False
) -> HttpResponse:
    return render(request, "organisation/task.html", {
        "enrolment": enrolment,
        "organisation": enrolment.organisation,
        "edition": enrolment.edition,
        "form": form,
        "question": question,
        "notice": notice,
    })  # fmt: skip
