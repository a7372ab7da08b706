"""Reads on datasets, publications and scorecards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from parvis.core.bundle import Result, read_result
from parvis.web.editions.models import Edition
from parvis.web.people.models import Person
from parvis.web.results.models import Distinction, ExpertAssignment, FrozenDataset, Order, Publication, Scorecard
from parvis.web.territory.models import Organisation


def current_publication(edition: Edition) -> Publication | None:
    """The publication in force: the latest one, which no other corrects."""
    return edition.publications.filter(corrected_by__isnull=True).order_by("-number").first()


def current_dataset(edition: Edition) -> FrozenDataset | None:
    return edition.datasets.order_by("-frozen_at").first()


def published_editions() -> QuerySet[Edition]:
    """Editions with a publication, the newest first."""
    return Edition.objects.filter(publications__isnull=False).distinct().order_by("-year")


def delivered_scorecard(organisation: Organisation, edition: Edition) -> Scorecard | None:
    """The organisation's scorecard in the publication in force, once delivered; None before."""
    return (
        Scorecard.objects.filter(
            organisation=organisation,
            publication__edition=edition,
            publication__corrected_by__isnull=True,
            delivery__isnull=False,
        )
        .select_related("publication__edition", "organisation", "delivery")
        .first()
    )


def delivered_scorecards(organisation: Organisation) -> QuerySet[Scorecard]:
    """All editions in which this organisation has been delivered results, the newest first."""
    return (
        Scorecard.objects.filter(
            organisation=organisation, publication__corrected_by__isnull=True, delivery__isnull=False
        )
        .select_related("publication__edition", "delivery")
        .order_by("-publication__edition__year")
    )


def assigned_scorecards(expert: Person) -> QuerySet[Scorecard]:
    """The scorecards that an expert may read: those of the organisations confided to them."""
    pairs = ExpertAssignment.objects.filter(expert=expert).values_list("enrolment__edition", "enrolment__organisation")
    wanted = Q(pk__in=[])
    for edition, organisation in pairs:
        wanted |= Q(publication__edition=edition, organisation=organisation)
    return (
        Scorecard.objects.filter(wanted, publication__corrected_by__isnull=True)
        .select_related("publication__edition", "organisation")
        .order_by("organisation__name")
    )


def public_distinctions(publication: Publication) -> QuerySet[Distinction]:
    """The palmarès: only laureates who agreed are named, the page counts the others."""
    return publication.distinctions.select_related("organisation", "category").order_by(
        "category__position", "kind", "rank", "organisation__name"
    )


def open_orders(edition: Edition) -> QuerySet[Order]:
    return (
        Order.objects.filter(enrolment__edition=edition)
        .select_related("enrolment__organisation")
        .order_by("state", "-quoted_at")
    )


def palmares_rows(publication: Publication) -> list[dict[str, Any]]:
    """The palmarès as open data: only laureates who agreed to be named."""
    return [
        {
            "category": each.category.label_fr if each.category else "",
            "rank": each.rank,
            "organisation": each.organisation.name,
            "kind": each.kind,
        }
        for each in public_distinctions(publication)
        if each.named
    ]


def read_publication(publication: Publication) -> Result:
    """The result bundle that a publication signed."""
    return read_result(Path(settings.DATASETS) / publication.folder)
