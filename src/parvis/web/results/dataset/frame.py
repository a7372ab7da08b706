"""Who is measured and on what: organisations, their places, the criteria of the grids."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from django.db.models import QuerySet

from parvis.core.bundle import DATASET_TABLES
from parvis.core.instruments.form import Grid
from parvis.web.consultation.queries import visits_of
from parvis.web.editions.models import Edition, EnrolledPlace, Enrolment, Instrument
from parvis.web.results.dataset.keys import organisation_key, place_key
from parvis.web.territory.queries import facts_of_all


def frame_tables(edition: Edition, instruments: Mapping[str, Instrument]) -> dict[str, pa.Table]:
    return {
        "organisations": _organisations(edition),
        "places": _places(edition),
        "criteria": _criteria(instruments),
    }


def _organisations(edition: Edition) -> pa.Table:
    enrolments = list(_accepted(edition).select_related("organisation", "category", "edition").order_by("organisation"))
    facts = facts_of_all([enrolment.organisation for enrolment in enrolments], edition.vintage)
    visits = visits_of(edition)
    rows = [
        {
            "organisation": organisation_key(enrolment.organisation_id),
            "type": enrolment.organisation.kind,
            "category": enrolment.category.code if enrolment.category else None,
            "population": facts[enrolment.organisation_id].population,
            "departement": enrolment.organisation.departement or None,
            "region": enrolment.organisation.region or None,
            "name": enrolment.organisation.name,
            "eligible": _is_eligible(enrolment),
            "comparable": enrolment.category is not None,
            "identifier_scheme": enrolment.organisation.scheme,
            "identifier": enrolment.organisation.identifier,
            "channels": " ".join(enrolment.channels),
            "visits": visits.get(enrolment.organisation_id),
        }
        for enrolment in enrolments
    ]
    return pa.Table.from_pylist(rows, schema=DATASET_TABLES["organisations"].schema())


def _is_eligible(enrolment: Enrolment) -> bool:
    """For a trophy: staff were informed and the organisation agreed to be named. Ranks need no more than that."""
    return bool(enrolment.staff_informed_on and enrolment.consent_named)


def _places(edition: Edition) -> pa.Table:
    enrolled = EnrolledPlace.objects.filter(enrolment__in=_accepted(edition)).select_related("place")
    rows = [
        {
            "place": place_key(each.place_id),
            "organisation": organisation_key(each.place.organisation_id),
            "kind": each.place.kind,
            "service": None,
            "weight": each.weight,
        }
        for each in enrolled.order_by("place")
    ]
    return pa.Table.from_pylist(rows, schema=DATASET_TABLES["places"].schema())


def _criteria(instruments: Mapping[str, Instrument]) -> pa.Table:
    grids = [Grid.from_json(each.compiled) for channel, each in instruments.items() if channel != Instrument.CITIZEN]
    rows = [
        {
            "criterion": criterion.code,
            "channel": criterion.channel,
            "stage": criterion.stage,
            "determinant": criterion.determinant,
            "weight": criterion.weight,
            "critical": criterion.critical,
            "subjective": criterion.subjective,
            "label_fr": criterion.label.fr,
            "label_en": criterion.label.en,
            "source": criterion.source,
        }
        for grid in grids
        for criterion in grid.criteria
    ]
    return pa.Table.from_pylist(rows, schema=DATASET_TABLES["criteria"].schema())


def _accepted(edition: Edition) -> QuerySet[Enrolment]:
    return edition.enrolments.filter(state=Enrolment.State.ACCEPTED)
