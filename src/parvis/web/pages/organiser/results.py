"""From closed fieldwork to delivered results: check, freeze, publish, deliver, confirm orders."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.core.vocabulary import Text
from parvis.rendering.reliability import reliability
from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.jobs.queries import last_of
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of, order_of
from parvis.web.pages.organiser.next_steps import tell_parcels
from parvis.web.pages.telling import attempt
from parvis.web.results import actions
from parvis.web.results.actions.asking import FREEZE, PUBLISH
from parvis.web.results.models import Order
from parvis.web.results.queries import (
    choice_labels,
    current_dataset,
    current_publication,
    open_orders,
    read_publication,
)


@page(of=edition_of, may=is_organiser)
def overview(request: HttpRequest, edition: Edition) -> HttpResponse:
    publication = current_publication(edition)
    return render(request, "organiser/results.html", {
        "edition": edition,
        "dataset": current_dataset(edition),
        "publication": publication,
        "publications": edition.publications.select_related("corrects", "published_by"),
        "job": last_of(edition.slug, tasks=(FREEZE, PUBLISH)),
        "undelivered": publication.scorecards.filter(delivery__isnull=True).count() if publication else 0,
    })  # fmt: skip


@page(of=edition_of, may=is_organiser, seen="reliability.read")
def worth(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What the published figures are worth, and how many contacts the next edition needs."""
    publication = current_publication(edition)
    if publication is None:
        raise Http404
    categories = {each.code: Text(each.label_fr, each.label_en) for each in edition.categories.all()}
    result, levels = read_publication(publication), choice_labels(edition)
    sections = reliability(result, categories=categories, levels=levels, language=get_language() or "fr")
    return render(request, "organiser/worth.html", {
        "edition": edition, "publication": publication, "sections": sections,
    })  # fmt: skip


@page(of=edition_of, may=is_organiser, writes=True)
def freeze_data(request: HttpRequest, edition: Edition) -> HttpResponse:
    if request.method == "POST":
        asked = _("Le gel des données est demandé : suivez-le ici.")
        if not attempt(request, lambda: actions.ask_freeze(edition, by=request.user, at=timezone.now()), asked):
            tell_parcels(request, edition)
    return redirect("organiser:results", edition.slug)


@page(of=edition_of, may=is_organiser, writes=True)
def sign(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Sign and publish; on a published edition, publish a correction with its reason."""
    if request.method == "POST":
        reason, asked = request.POST.get("reason", ""), _("Le calcul est demandé : suivez-le ici.")
        act = lambda: actions.ask_publication(edition, reason=reason, by=request.user, at=timezone.now())  # noqa: E731
        attempt(request, act, asked)
    return redirect("organiser:results", edition.slug)


@page(of=edition_of, may=is_organiser, writes=True)
def hand_over(request: HttpRequest, edition: Edition) -> HttpResponse:
    publication = current_publication(edition)
    if request.method == "POST" and publication is not None:
        attempt(
            request,
            lambda: actions.deliver(publication, by=request.user, at=timezone.now()),
            _("Les structures peuvent lire leurs résultats."),
        )
    return redirect("organiser:results", edition.slug)


@page(of=edition_of, may=is_organiser)
def orders(request: HttpRequest, edition: Edition) -> HttpResponse:
    return render(request, "organiser/orders.html", {"edition": edition, "orders": open_orders(edition)})


def _organises(person: object, order: Order) -> bool:
    return is_organiser(person, order.enrolment.edition)


@page(of=order_of, may=_organises, writes=True)
def confirm(request: HttpRequest, order: Order) -> HttpResponse:
    if request.method == "POST":
        attempt(
            request,
            lambda: actions.confirm_order(order, by=request.user, at=timezone.now()),
            _("La commande est confirmée."),
        )
    return redirect("organiser:orders", order.enrolment.edition.slug)
