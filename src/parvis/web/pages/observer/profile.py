"""Becoming a mystery citizen: apply, sign the code of conduct, declare conflicts of interest."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import Edition
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.queries import observer_of
from parvis.web.fieldwork.rules import is_observer
from parvis.web.pages.access import page
from parvis.web.pages.observer.loaders import running_edition
from parvis.web.pages.telling import attempt
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation


class ApplyForm(forms.Form):
    departement = forms.CharField(
        label=gettext_lazy("Dans quel département habitez-vous ?"),
        help_text=gettext_lazy("Son numéro, par exemple 25."),
        max_length=3,
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Combien de missions par mois, au plus ?"), min_value=1, max_value=100, initial=10
    )


class ConflictForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Avec quelle structure ?"), queryset=Organisation.objects.none(), empty_label=None
    )
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi ?"),
        help_text=gettext_lazy("Vous y travaillez, un proche y travaille, vous y êtes élu…"),
        max_length=200,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        enrolled = Organisation.objects.filter(enrolments__edition__state__in=["enrolment", "fieldwork"]).distinct()
        self.fields["organisation"].queryset = enrolled


class SignForm(forms.Form):
    agreed = forms.BooleanField(label=gettext_lazy("J’ai lu la charte et je la respecterai."))


def has_account(person: Person) -> bool:
    return person.is_authenticated


@page(may=has_account, writes=True)
def apply(request: HttpRequest) -> HttpResponse:
    if observer_of(request.user):
        return redirect("observer:missions")
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = actions.NewObserver(request.user, **form.cleaned_data)
        done = attempt(
            request,
            lambda: actions.register_observer(observer=new, by=request.user, at=timezone.now()),
            _("Votre candidature est enregistrée. La formation vient ensuite."),
            form,
        )
        if done:
            return redirect("observer:missions")
    return render(request, "observer/apply.html", {"form": form})


@page(may=is_observer, writes=True)
def profile(request: HttpRequest) -> HttpResponse:
    observer = request.user.observer
    form = ConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: actions.declare_conflict(observer, **form.cleaned_data, by=request.user, at=timezone.now()),
            _("C’est noté : vous n’irez jamais dans cette structure."),
            form,
        )
        if done:
            return redirect("observer:profile")
    conflicts = observer.conflicts.select_related("organisation")
    return render(request, "observer/profile.html", {"observer": observer, "conflicts": conflicts, "form": form})


def may_sign(person: Person, edition: Edition) -> bool:
    return edition is not None and is_observer(person)


@page(of=running_edition, may=may_sign, writes=True)
def code(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        observer = request.user.observer
        attempt(
            request,
            lambda: actions.sign_code(observer, edition=edition, by=request.user, at=timezone.now()),
            _("Merci. Votre signature est enregistrée."),
        )
        return redirect("observer:missions")
    signed = request.user.observer.signatures.filter(edition=edition, version=actions.CODE_VERSION).first()
    return render(request, "observer/code.html", {"edition": edition, "form": form, "signed": signed})
