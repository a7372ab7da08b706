"""Becoming a mystery citizen: what it is, apply, sign the code of conduct."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.vocabulary import Channel
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.observer_file import fees_of
from parvis.web.fieldwork.queries import observer_of
from parvis.web.fieldwork.rules import is_observer
from parvis.web.fieldwork.training import code_of_conduct
from parvis.web.pages.access import page
from parvis.web.pages.observer.loaders import running_edition
from parvis.web.pages.telling import attempt
from parvis.web.people.models import Person


class ApplyForm(forms.Form):
    departement = forms.CharField(
        label=gettext_lazy("Dans quel département habitez-vous ?"),
        help_text=gettext_lazy("Son numéro, par exemple 25."),
        max_length=3,
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Combien de missions par mois, au plus ?"), min_value=1, max_value=100, initial=10
    )
    motivation = forms.CharField(
        label=gettext_lazy("Pourquoi cela vous tente-t-il ?"),
        help_text=gettext_lazy("Une ou deux phrases, si vous voulez."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        required=False,
    )
    adult = forms.BooleanField(
        label=gettext_lazy("J’ai plus de 18 ans et je ne travaille pas pour l’organisateur du baromètre.")
    )


class SignForm(forms.Form):
    agreed = forms.BooleanField(label=gettext_lazy("J’ai lu la charte et je la respecterai."))


def has_account(person: Person) -> bool:
    return person.is_authenticated


@page()
def recruitment(request: HttpRequest) -> HttpResponse:
    """What a mystery citizen does, is owed and promises; for anyone."""
    recruiting = (Edition.State.ENROLMENT, Edition.State.FIELDWORK)
    edition = Edition.objects.filter(state__in=recruiting).order_by("-year").first()
    fees = fees_of(edition) if edition else {}
    return render(request, "observer/recruitment.html", {
        "fees": [(channel, fees[channel]) for channel in Channel if fees.get(channel)],
        "conduct": code_of_conduct(),
        "mine": request.user.is_authenticated and is_observer(request.user),
    })  # fmt: skip


@page(may=has_account, writes=True)
def apply(request: HttpRequest) -> HttpResponse:
    if observer_of(request.user):
        return redirect("observer:missions")
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = {name: value for name, value in form.cleaned_data.items() if name != "adult"}
        done = attempt(
            request,
            lambda: actions.register_observer(
                observer=actions.NewObserver(request.user, **told), by=request.user, at=timezone.now()
            ),
            _("Votre candidature est enregistrée. La réponse vient par courriel."),
            form,
        )
        if done:
            return redirect("observer:missions")
    return render(request, "observer/apply.html", {"form": form})


def may_sign(person: Person, edition: Edition) -> bool:
    return edition is not None and is_observer(person)


@page(of=running_edition, may=may_sign, writes=True)
def code(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = SignForm(request.POST or None)
    observer = request.user.observer
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            lambda: actions.sign_code(observer, edition=edition, by=request.user, at=timezone.now()),
            _("Merci. Votre signature est enregistrée."),
        )
        return redirect("observer:missions")
    signatures = observer.signatures.filter(edition=edition)
    return render(request, "observer/code.html", {
        "edition": edition, "form": form, "conduct": code_of_conduct(),
        "signed": signatures.filter(version=actions.CODE_VERSION).first(),
        "earlier": signatures.exclude(version=actions.CODE_VERSION).order_by("-signed_at").first(),
    })  # fmt: skip
