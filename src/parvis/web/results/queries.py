"""Reads on datasets, publications and scorecards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from parvis.core.bundle import Result, read_result
from parvis.core.figures.trophy import rankings
from parvis.core.instruments.form import form_from_json
from parvis.core.vocabulary import Text
from parvis.web.consultation.questionnaire import rule_of
from parvis.web.editions.models import Edition, Enrolment, Instrument, Price, Seat
from parvis.web.people.models import Person
from parvis.web.results.dataset.keys import organisation_key, pk_of
from parvis.web.results.distinctions import consultation_counts
from parvis.web.results.models import (
    Commentary,
    Distinction,
    ExpertAssignment,
    FrozenDataset,
    Order,
    Publication,
    Scorecard,
)
from parvis.web.territory.models import Organisation


def current_publication(edition: Edition) -> Publication | None:
    """The publication in force: the latest one, which no other corrects."""
    return edition.publications.filter(corrected_by__isnull=True).order_by("-number").first()


def current_dataset(edition: Edition) -> FrozenDataset | None:
    return edition.datasets.order_by("-frozen_at", "-pk").first()


def published_editions() -> QuerySet[Edition]:
    """Editions with a publication, the newest first."""
    return Edition.objects.filter(publications__isnull=False).distinct().order_by("-year")


def delivered_scorecard(organisation: Organisation, edition: Edition) -> Scorecard | None:
    """The organisation's scorecard of an edition, the last one it was delivered; None before."""
    return delivered_scorecards(organisation).filter(publication__edition=edition).first()


def delivered_scorecards(organisation: Organisation) -> QuerySet[Scorecard]:
    """For each edition the last scorecard that this organisation was delivered, the newest edition first.

    A correction that is not delivered yet does not hide what was delivered before it.
    """
    delivered = Scorecard.objects.filter(organisation=organisation, delivery__isnull=False)
    newer = delivered.filter(
        publication__edition=OuterRef("publication__edition"), publication__number__gt=OuterRef("publication__number")
    )
    return (
        delivered.exclude(Exists(newer))
        .select_related("publication__edition", "organisation", "delivery")
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


def assignments_of(edition: Edition) -> QuerySet[ExpertAssignment]:
    """Which organisation of an edition is confided to which expert."""
    found = ExpertAssignment.objects.filter(enrolment__edition=edition)
    return found.select_related("expert", "enrolment__organisation").order_by(
        "expert__email", "enrolment__organisation__name"
    )


def public_distinctions(publication: Publication) -> QuerySet[Distinction]:
    """The palmarès: only laureates who agreed are named, the page counts the others."""
    return publication.distinctions.select_related("organisation", "category").order_by(
        "category__position", "kind", "rank", "organisation__name"
    )


def prices_left(enrolment: Enrolment) -> QuerySet[Price]:
    """The levels that this organisation may still ask a quote for."""
    asked = enrolment.orders.exclude(state=Order.State.CANCELLED).values("level")
    return enrolment.edition.prices.exclude(level__in=asked)


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


def choice_labels(edition: Edition) -> dict[tuple[str, str], Text]:
    """What each choice of the citizens' questionnaire says, by question and code."""
    citizen = edition.instruments.filter(channel=Instrument.CITIZEN).order_by("-version").first()
    questions = form_from_json(citizen.compiled).questions if citizen is not None else ()
    return {
        (question.name, choice.name): Text(choice.label("fr"), choice.label("en"))
        for question in questions
        for choice in question.choices
    }


def signed_commentaries(scorecard: Scorecard) -> QuerySet[Commentary]:
    return scorecard.commentaries.filter(signed_at__isnull=False).order_by("priority", "channel")


def published_editions_of_jury(person: Person) -> QuerySet[Edition]:
    return published_editions().filter(seats__person=person, seats__role=Seat.Role.JURY)


def jury_rows(publication: Publication) -> list[dict[str, Any]]:
    """Every rank of a publication with the name of its organisation, category by category, the best first."""
    names = _names(publication)
    rows = read_publication(publication).table("ranks").to_pylist()
    labels = {each.code: each.label for each in publication.edition.categories.all()}
    return [
        {**row, "name": names.get(pk_of(row["organisation"]), ""), "category_label": labels.get(row["category"], "")}
        for row in sorted(rows, key=lambda row: (row["category"], row["rank"] or 10**6, row["organisation"]))
    ]


def jury_consultation(publication: Publication) -> list[dict[str, Any]]:
    """What each counts for the trophy of the consultation: ranking by ranking, the best first, then the others."""
    names = {organisation_key(pk): name for pk, name in _names(publication).items()}
    won = publication.distinctions.filter(kind=Distinction.Kind.CONSULTATION).values_list("organisation", flat=True)
    laureates, rule = {organisation_key(pk) for pk in won}, rule_of(publication.edition)
    received = consultation_counts(read_publication(publication), names)
    by_name = sorted(received, key=lambda count: names[count.organisation])
    ranked = {count: decided for entered in rankings(by_name, rule.trophy).values() for count, decided in entered}
    return [
        {
            "name": names[count.organisation], "received": received[count], "qualified": count.qualified,
            "won": count.organisation in laureates, "decides": ranked.get(count),
        }
        for count in (*ranked, *(each for each in by_name if each not in ranked))
    ]  # fmt: skip


def _names(publication: Publication) -> dict[int, str]:
    """The names of its organisations; their scorecards, which are large, stay where they are."""
    return dict(publication.scorecards.values_list("organisation_id", "organisation__name"))
