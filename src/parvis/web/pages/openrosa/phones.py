"""The observer's phones: a settings code to scan with ODK Collect, shown once; each key revoked at any time."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.instruments.openrosa import collect_settings
from parvis.core.vocabulary import ParvisError
from parvis.rendering.kit.qr import qr_svg
from parvis.web.fieldwork import openrosa
from parvis.web.fieldwork.models import PhoneKey
from parvis.web.fieldwork.rules import is_observer
from parvis.web.pages.access import page
from parvis.web.pages.telling import attempt, tell_faults
from parvis.web.people.models import Person


class PhoneForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("Quel téléphone ?"),
        help_text=gettext_lazy("Un nom pour le reconnaître, par exemple « mon téléphone bleu »."),
        max_length=60,
    )


def key_by_number(key: int) -> PhoneKey:
    return get_object_or_404(PhoneKey.objects.select_related("observer"), pk=key)


def is_own_key(person: Person, key: PhoneKey) -> bool:
    return key.observer.person_id == person.pk


@page(may=is_observer, writes=True)
def phones(request: HttpRequest) -> HttpResponse:
    """The list of phones; a new key is shown in the answer to the form that asks for it, and nowhere else."""
    observer = request.user.observer
    form, code = PhoneForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = openrosa.new_key(observer, **form.cleaned_data, by=request.user, at=timezone.now())
        except ParvisError as error:
            tell_faults(request, error, form)
        else:
            code, form = _code(key, secret), PhoneForm()
    shown = {"form": form, "code": code, "keys": observer.phone_keys.all()}
    response = render(request, "observer/phones.html", shown)
    response["Cache-Control"] = "no-store"
    return response


def _code(key: PhoneKey, secret: str) -> dict[str, object]:
    address = f"{settings.PUBLIC_URL.rstrip('/')}/odk/{secret}"
    text = collect_settings(address, project=_("Parvis – %(phone)s") % {"phone": key.label})
    drawing = mark_safe(qr_svg(text, title=_("Code de réglage pour ODK Collect")))  # noqa: S308 - drawn by us
    return {"key": key, "address": address, "drawing": drawing}


@page(of=key_by_number, may=is_own_key, writes=True)
def revoke(request: HttpRequest, key: PhoneKey) -> HttpResponse:
    if request.method == "POST":
        attempt(
            request,
            lambda: openrosa.revoke_key(key, by=request.user, at=timezone.now()),
            _("La clé est révoquée. Ce qui a été envoyé reste."),
        )
    return redirect("openrosa:phones")
