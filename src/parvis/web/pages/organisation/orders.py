"""Ordering the analysis or the audit: a quote in PDF, accepted by the lead, confirmed by the organiser."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.rendering.quote import Quote, quote_pdf
from parvis.web.editions.models import LEVELS, Enrolment
from parvis.web.pages.access import page
from parvis.web.pages.loaders import enrolment_of, order_of
from parvis.web.pages.telling import attempt
from parvis.web.results.actions import accept_order, cancel_order, quote_order
from parvis.web.results.models import Order
from parvis.web.territory.rules import is_lead


class LevelForm(forms.Form):
    level = forms.ChoiceField(choices=LEVELS[1:])


def _leads(person: object, subject: Enrolment | Order) -> bool:
    enrolment = subject if isinstance(subject, Enrolment) else subject.enrolment
    return bool(is_lead(person, enrolment.organisation))


@page(of=enrolment_of, may=_leads, writes=True)
def order(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    form = LevelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        level, by, at = form.cleaned_data["level"], request.user, timezone.now()
        attempt(request, lambda: quote_order(enrolment, level=level, by=by, at=at), _("Le devis est prêt."))
    return redirect("organisation:enrolment", enrolment.pk)


@page(of=order_of, may=_leads, writes=True)
def accept(request: HttpRequest, order: Order) -> HttpResponse:
    if request.method == "POST":
        name, by, at = request.POST.get("name", "")[:150], request.user, timezone.now()
        done = _("Le devis est accepté. L’organisateur le confirmera.")
        attempt(request, lambda: accept_order(order, name=name, on=timezone.localdate(), by=by, at=at), done)
    return redirect("organisation:enrolment", order.enrolment_id)


@page(of=order_of, may=_leads, writes=True)
def cancel(request: HttpRequest, order: Order) -> HttpResponse:
    if request.method == "POST":
        act = lambda: cancel_order(order, by=request.user, at=timezone.now())  # noqa: E731
        attempt(request, act, _("Le devis est annulé."))
    return redirect("organisation:enrolment", order.enrolment_id)


@page(of=order_of, may=_leads)
def quote_file(request: HttpRequest, order: Order) -> HttpResponse:
    quote = Quote(
        number=order.number, edition=order.enrolment.edition.name, organisation=order.enrolment.organisation.name,
        level=str(order.get_level_display()), content=order.content, amount=order.amount,
        vat_percent=order.vat_percent, quoted_on=timezone.localdate(order.quoted_at),
        demonstration=order.enrolment.edition.demonstration,
    )  # fmt: skip
    response = HttpResponse(quote_pdf(quote, language=get_language() or "fr"), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{order.number}.pdf"'
    return response
