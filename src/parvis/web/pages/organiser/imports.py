"""An edition made of data that an organiser already has: a table, and a mapping that says what its columns mean."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePath

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.bundle import Dataset
from parvis.core.contacts.importing import import_contacts, read_contacts, read_mapping
from parvis.core.instruments.method import load_method
from parvis.web.editions.actions import create_edition
from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.organiser.edition import EditionForm, suggested
from parvis.web.pages.telling import attempt
from parvis.web.people.models import Person
from parvis.web.results.actions import import_edition

MOST_BYTES = 200 * 1024 * 1024
METHOD = "2026"


class ImportForm(EditionForm):
    table = forms.FileField(
        label=gettext_lazy("Table des contacts"),
        help_text=gettext_lazy("CSV (UTF-8), Parquet ou classeur : une ligne par contact et par critère."),
    )
    mapping = forms.FileField(
        label=gettext_lazy("Correspondance des colonnes"),
        help_text=gettext_lazy("Un fichier TOML : colonnes, constantes, barèmes."),
    )

    named = forms.BooleanField(
        label=gettext_lazy("Les structures ont accepté d’être nommées si elles sont lauréates"), required=False
    )

    def clean_table(self) -> UploadedFile:
        table: UploadedFile = self.cleaned_data["table"]
        if table.size > MOST_BYTES:
            raise forms.ValidationError(_("Ce fichier dépasse 200 Mo. Découpez-le, ou utilisez la ligne de commande."))
        return table

    @property
    def edition_fields(self) -> dict[str, object]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("table", "mapping", "named")}


@page(may=is_organiser, writes=True)
def import_table(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None, initial={"seed": suggested()["seed"]})
    if request.method == "POST" and form.is_valid():
        done = _("Les données sont importées et figées. Vérifiez-les, puis publiez.")
        if attempt(request, lambda: _import(form, by=request.user), done, form):
            return redirect("organiser:results", form.cleaned_data["slug"])
    return render(request, "organiser/import.html", {"form": form})


@transaction.atomic
def _import(form: ImportForm, *, by: Person) -> None:
    """The edition and its data together, or nothing."""
    at, given = timezone.now(), form.cleaned_data
    dataset = _dataset(given["table"], given["mapping"])
    edition = create_edition(**form.edition_fields, method=METHOD, origin=Edition.Origin.IMPORTED, by=by, at=at)  # type: ignore[arg-type]
    import_edition(edition, dataset=dataset, consent_named=given["named"], by=by, at=at)


def _dataset(table: UploadedFile, mapping: UploadedFile) -> Dataset:
    meaning = read_mapping(mapping.read().decode("utf-8", errors="replace"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PurePath(table.name or "table.csv").name
        with path.open("wb") as stream:
            for chunk in table.chunks():
                stream.write(chunk)
        source = read_contacts(path, meaning.columns.values())
        return import_contacts(source, meaning, load_method(METHOD)[1]).dataset
