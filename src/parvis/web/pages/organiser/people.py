"""Who organises, who advises, who judges in an edition."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.actions import give_seat
from parvis.web.editions.models import Edition, Enrolment, Seat
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt
from parvis.web.people.actions import register_person
from parvis.web.people.models import Person
from parvis.web.results.actions import assign_expert
from parvis.web.results.queries import assignments_of


class SeatForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Adresse électronique"))
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("Rôle"), choices=Seat.Role, widget=forms.RadioSelect)


class AssignmentForm(forms.Form):
    expert = forms.ModelChoiceField(label=gettext_lazy("Expert"), queryset=Person.objects.none())
    enrolment = forms.ModelChoiceField(label=gettext_lazy("Structure"), queryset=Enrolment.objects.none())

    def __init__(self, *args: object, edition: Edition, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].queryset = Person.objects.filter(
            pk__in=edition.seats.filter(role=Seat.Role.EXPERT).values("person")
        )
        accepted = edition.enrolments.filter(state=Enrolment.State.ACCEPTED).select_related("organisation")
        self.fields["enrolment"].queryset = accepted.order_by("organisation__name")
        self.fields["enrolment"].label_from_instance = lambda enrolment: enrolment.organisation.name


@page(of=edition_of, may=is_organiser, writes=True)
def seats(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _seat(edition, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("Le rôle est donné."))
        return redirect("organiser:people", edition.slug)
    return _people(request, edition, form, AssignmentForm(edition=edition))


@page(of=edition_of, may=is_organiser, writes=True)
def assign(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Confide an organisation's results to an expert."""
    form = AssignmentForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        expert, enrolment = form.cleaned_data["expert"], form.cleaned_data["enrolment"]
        act = lambda: assign_expert(enrolment, expert=expert, by=request.user, at=timezone.now())  # noqa: E731
        if attempt(request, act, _("La structure est confiée à cet expert."), form):
            return redirect("organiser:people", edition.slug)
    return _people(request, edition, SeatForm(), form)


@transaction.atomic
def _seat(edition: Edition, *, email: str, name: str, role: str, by: Person, at: datetime) -> None:
    person = register_person(email=email, name=name, by=by, at=at)
    give_seat(edition, person=person, role=role, by=by, at=at)


def _people(request: HttpRequest, edition: Edition, form: SeatForm, assignment: AssignmentForm) -> HttpResponse:
    return render(request, "organiser/people.html", {
        "edition": edition,
        "form": form,
        "assignment": assignment,
        "seats": edition.seats.select_related("person").order_by("role", "person__email"),
        "assignments": assignments_of(edition),
    })  # fmt: skip
