"""Counter codes of a body: printed in batches, taken back when a sheet is lost, never shown again."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import actions, refusals
from parvis.web.consultation.kits import slips
from parvis.web.consultation.models import CodeBatch, EntryPoint
from parvis.web.consultation.queries import batches_of, entry_points_of
from parvis.web.consultation.questionnaire import rule_of
from parvis.web.consultation.rules import may_communicate, may_follow
from parvis.web.editions.models import Enrolment
from parvis.web.pages.access import page
from parvis.web.pages.organisation.consultation.loading import enrolment_of
from parvis.web.pages.telling import attempt, tell_faults

LEADS_SOMEWHERE = (EntryPoint.Kind.LINK, EntryPoint.Kind.QR)


class BatchForm(forms.Form):
    entry_point = forms.ModelChoiceField(
        EntryPoint.objects.none(), label=gettext_lazy("Où ces papiers seront-ils remis ?"), empty_label=None
    )
    size = forms.IntegerField(
        label=gettext_lazy("Combien de codes ?"), min_value=1, max_value=actions.MOST_AT_ONCE, initial=120,
        help_text=gettext_lazy("Dix codes sur la première page, douze sur les suivantes ; 1 200 au plus."),
    )  # fmt: skip


@page(of=enrolment_of, may=may_follow)
def home(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    return _shown(request, enrolment, _form(request, enrolment))


@require_POST
@page(of=enrolment_of, may=may_communicate, writes=True)
def print_batch(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """The sheets of a new batch, this once: Parvis keeps no code that could be printed again."""
    form = _form(request, enrolment)
    if not form.is_valid():
        return _shown(request, enrolment, form)
    try:
        content = _printed(request, enrolment, form)
    except ParvisError as error:
        tell_faults(request, error, form)
        return _shown(request, enrolment, form)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="codes-de-guichet.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@page(of=enrolment_of, may=may_communicate, writes=True)
def cancel(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    key = request.POST.get("batch", "")
    batch = get_object_or_404(
        batches_of(enrolment.edition, enrolment.organisation), pk=key if key.isdecimal() and len(key) < 19 else 0
    )
    act = lambda: actions.cancel_codes(batch, by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, act, _("La série est annulée : ses codes inutilisés ne valent plus rien."))
    return redirect("organisation:consultation:codes", enrolment.organisation_id)


def _printed(request: HttpRequest, enrolment: Enrolment, form: BatchForm) -> bytes:
    if not rule_of(enrolment.edition).codes_needed:
        raise ParvisError(refusals.CODES_NOT_NEEDED)
    point = form.cleaned_data["entry_point"]
    batch, codes = actions.print_codes(point, size=form.cleaned_data["size"], by=request.user, at=timezone.now())
    return slips(batch, codes, language=(get_language() or "fr")[:2])


def _form(request: HttpRequest, enrolment: Enrolment) -> BatchForm:
    form = BatchForm(request.POST or None)
    mine = entry_points_of(enrolment.edition, enrolment.organisation).filter(kind__in=LEADS_SOMEWHERE)
    field = form.fields["entry_point"]
    field.queryset = mine  # type: ignore[attr-defined]
    field.label_from_instance = _named  # type: ignore[attr-defined]
    return form


def _named(point: EntryPoint) -> str:
    return f"{point.get_kind_display()} – {point.place.name}" if point.place else _("partout (lien de la structure)")


def _shown(request: HttpRequest, enrolment: Enrolment, form: BatchForm) -> HttpResponse:
    batches: list[CodeBatch] = list(batches_of(enrolment.edition, enrolment.organisation))
    return render(request, "organisation/consultation/codes.html", {
        "organisation": enrolment.organisation, "edition": enrolment.edition, "form": form, "batches": batches,
        "codes_needed": rule_of(enrolment.edition).codes_needed,
        "may_communicate": may_communicate(request.user, enrolment),
    })  # fmt: skip
