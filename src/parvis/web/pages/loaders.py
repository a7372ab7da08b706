"""From an address to the thing the page is about; nothing found is a 404."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from parvis.web.editions.models import Edition, Enrolment
from parvis.web.editions.queries import visible_editions
from parvis.web.jobs.models import Job
from parvis.web.results.models import Order, Publication, Scorecard
from parvis.web.results.queries import current_publication
from parvis.web.territory.models import Organisation


def edition_of(edition: str) -> Edition:
    return get_object_or_404(Edition, slug=edition)


def visible_edition(edition: str) -> Edition:
    """An edition that the public may see."""
    return get_object_or_404(visible_editions(), slug=edition)


def publication_of(edition: str) -> Publication:
    """The publication in force of an edition that the public may see."""
    publication = current_publication(visible_edition(edition))
    if publication is None:
        raise Http404
    return publication


def organisation_of(organisation: int) -> Organisation:
    return get_object_or_404(Organisation, pk=organisation)


def enrolment_of(enrolment: int) -> Enrolment:
    found = Enrolment.objects.select_related("edition", "organisation", "category")
    return get_object_or_404(found, pk=enrolment)


def order_of(order: int) -> Order:
    found = Order.objects.select_related("enrolment__edition", "enrolment__organisation")
    return get_object_or_404(found, pk=order)


def scorecard_of(scorecard: int) -> Scorecard:
    found = Scorecard.objects.select_related("publication__edition", "organisation", "delivery")
    return get_object_or_404(found, pk=scorecard)


def job_of(job: int) -> Job:
    """Work that belongs to an edition, with that edition beside it."""
    found = get_object_or_404(Job, pk=job, arguments__has_key="edition")
    found.edition = edition_of(found.arguments["edition"])
    return found
