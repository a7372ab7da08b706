"""The kits of all bodies at once, in the language chosen."""

from __future__ import annotations

import tempfile
import zipfile
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.web.consultation.kits import LANGUAGES, kit_language, kits_made
from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.jobs.actions import ask_job
from parvis.web.jobs.models import Job
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt
from parvis.web.territory.models import Organisation

ALL_KITS = "parvis.web.consultation.tasks.make_all_kits"


class KitsForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Dans quelle langue ?"), choices=list(LANGUAGES.items()), widget=forms.RadioSelect
    )


def shown(edition: Edition) -> dict[str, Any]:
    """What the page of the consultation tells about kits: the work under way, and those that are ready."""
    ready = [(code, name, len(kits_made(edition, code))) for code, name in LANGUAGES.items()]
    return {
        "job": Job.objects.filter(task=ALL_KITS, arguments__edition=edition.slug).first(),
        "kits_form": KitsForm(initial={"language": kit_language(get_language() or "")}),
        "kits_ready": [each for each in ready if each[2]],
    }


@require_POST
@page(of=edition_of, may=is_organiser, writes=True)
def make(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Ask for every kit; the page shows how far the work is."""
    form = KitsForm(request.POST)
    if not form.is_valid():
        raise Http404
    language = form.cleaned_data["language"]
    label = _("Kits de communication en %(language)s") % {"language": LANGUAGES[language]}
    act = lambda: ask_job(  # noqa: E731
        task=ALL_KITS, label=label, arguments={"edition": edition.slug, "language": language}, by=request.user,
        at=timezone.now(),
    )  # fmt: skip
    attempt(request, act, _("Les kits se préparent ; revenez dans quelques minutes."))
    return redirect("organiser:consultation:home", edition.slug)


@page(of=edition_of, may=is_organiser)
def archive(request: HttpRequest, edition: Edition) -> FileResponse:
    """Every kit that is made in a language, in one archive, each under the name of its body."""
    language = kit_language(request.GET.get("langue") or get_language() or "")
    kits = kits_made(edition, language)
    if not kits:
        raise Http404
    names = dict(Organisation.objects.filter(pk__in=kits).values_list("pk", "name"))
    together = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    with zipfile.ZipFile(together, "w", zipfile.ZIP_STORED) as written:
        for pk, path in kits.items():  # two bodies may share a name
            written.write(path, f"kit-{slugify(names.get(pk, ''))[:60]}-{pk}-{language}.zip")
    together.seek(0)
    return FileResponse(together, as_attachment=True, filename=f"kits-{edition.slug}-{language}.zip")
