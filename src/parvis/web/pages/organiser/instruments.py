"""Grids and questionnaire of an edition, and when a silence is one: upload, see every fault, preview, freeze."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.instruments.form import form_from_json
from parvis.core.vocabulary import Channel
from parvis.web.editions.actions import freeze_instruments, put_in_force, put_shipped_instruments, set_silence
from parvis.web.editions.models import CHANNELS, Edition, Instrument
from parvis.web.editions.rules import is_organiser
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt

MOST_BYTES = 5 * 1024 * 1024


class InstrumentForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Fichier XLSForm"),
        help_text=gettext_lazy("Un classeur .xlsx. S’il a des défauts, chacun est montré avec sa feuille et sa ligne."),
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("Ce fichier dépasse 5 Mo. Retirez-en les images et réessayez."))
        return file


class SilenceForm(forms.Form):
    """Working days by channel, where an answer is awaited for days."""

    def __init__(self, *args: object, edition: Edition, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        names = dict(CHANNELS)
        for channel, days in edition.silences:
            label = str(names[Channel(channel)]).capitalize()
            self.fields[channel] = forms.IntegerField(label=label, min_value=1, max_value=90, initial=days)


@page(of=edition_of, may=is_organiser, writes=True)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = InstrumentForm(files=request.FILES) if request.FILES else InstrumentForm()
    silence = SilenceForm(request.POST if "silence" in request.POST else None, edition=edition)
    by, at = request.user, timezone.now()
    if silence.is_valid():
        act = lambda: set_silence(edition, days=silence.cleaned_data, by=by, at=at)  # noqa: E731
        if attempt(request, act, _("La limite est enregistrée."), silence):
            return redirect("organiser:instruments", edition.slug)
    if request.method == "POST" and "shipped" in request.POST:
        attempt(
            request,
            lambda: put_shipped_instruments(edition, vintage="2026", by=by, at=at),
            _("Les grilles de Parvis sont en place."),
        )
        return redirect("organiser:instruments", edition.slug)
    if request.method == "POST" and form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        done = attempt(
            request,
            lambda: put_in_force(edition, file_name=file.name, content=file.read(), by=by, at=at),
            _("L’instrument est en place."),
            form,
        )
        if done:
            return redirect("organiser:instruments", edition.slug)
    instruments = edition.instruments.order_by("channel", "-version").select_related("uploaded_by").defer("source")
    context = {"edition": edition, "form": form, "silence": silence, "instruments": instruments}
    return render(request, "organiser/instruments.html", context)


@page(of=edition_of, may=is_organiser, writes=True)
def freeze(request: HttpRequest, edition: Edition) -> HttpResponse:
    if request.method == "POST":
        attempt(
            request,
            lambda: freeze_instruments(edition, by=request.user, at=timezone.now()),
            _("Grilles, questionnaire et méthode sont figés."),
        )
    return redirect("organiser:instruments", edition.slug)


def _instrument(edition: str, channel: str) -> Instrument:
    found = Instrument.objects.filter(edition__slug=edition, channel=channel).select_related("edition")
    instrument = found.order_by("-version").first()
    if instrument is None:
        raise Http404
    return instrument


def _organises(person: object, instrument: Instrument) -> bool:
    return is_organiser(person, instrument.edition)


@page(of=_instrument, may=_organises)
def preview(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    form = form_from_json(instrument.compiled)
    context = {"edition": instrument.edition, "instrument": instrument, "form": form}
    return render(request, "organiser/instrument.html", context)
