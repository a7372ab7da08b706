"""An edition made of data that come from elsewhere: no fieldwork of ours, and every page says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction

from parvis.core.bundle import Dataset
from parvis.core.vocabulary import Channel, ParvisError
from parvis.web.editions.actions import begin_enrolments
from parvis.web.editions.models import Edition, EnrolledPlace, Enrolment
from parvis.web.editions.refusals import WRONG_PASSAGE
from parvis.web.people.models import Person
from parvis.web.results.actions.freezing import keep_dataset
from parvis.web.results.dataset import organisation_key, place_key
from parvis.web.results.models import FrozenDataset
from parvis.web.territory.actions import NewPlace, add_places, create_other_organisation
from parvis.web.territory.models import Organisation, Place


@transaction.atomic
def import_edition(
    edition: Edition, *, dataset: Dataset, consent_named: bool, by: Person, at: datetime
) -> FrozenDataset:
    """Take an imported dataset as the frozen data of an edition in preparation.

    Organisations and places are created as they are named; enrolments carry the origin "imported" and skip the guards
    of enrolment. Raises ParvisError when the edition is not one of imported data, still in preparation.
    """
    if edition.origin != Edition.Origin.IMPORTED or edition.state != Edition.State.DRAFT:
        raise ParvisError(WRONG_PASSAGE)
    organisations = _organisations(edition, dataset, by=by, at=at)
    places = _places(edition, dataset, organisations, by=by, at=at)
    enrolments = begin_enrolments(
        edition, organisations=list(organisations.values()), by=by, at=at, origin=Enrolment.Origin.IMPORTED
    )
    _accept(enrolments, places, consent_named=consent_named, by=by, at=at)
    return keep_dataset(
        edition, dataset=_rekeyed(edition, dataset, organisations, places, at), by=by, at=at, to_move=True
    )


def _organisations(edition: Edition, dataset: Dataset, *, by: Person, at: datetime) -> dict[str, Organisation]:
    return {
        row["organisation"]: _organisation(edition, row, by=by, at=at)
        for row in dataset.table("organisations").to_pylist()
    }


def _organisation(edition: Edition, row: Mapping[str, Any], *, by: Person, at: datetime) -> Organisation:
    """The body of a row, found by its identifier when an earlier import brought it."""
    scheme = row["identifier_scheme"] or Organisation.Scheme.OTHER
    identifier = row["identifier"] or f"{edition.slug}:{row['organisation']}"
    known = Organisation.objects.filter(scheme=scheme, identifier=identifier).first()
    return known or create_other_organisation(
        name=row["name"] or row["organisation"], scheme=scheme, identifier=identifier, sector="other",
        population=row["population"], at=at, by=by,
    )  # fmt: skip


def _places(
    edition: Edition, dataset: Dataset, organisations: Mapping[str, Organisation], *, by: Person, at: datetime
) -> dict[str, Place]:
    """The places as named; codes are the import's own, since long names may begin alike."""
    rows = dataset.table("places").to_pylist()
    wanted = [
        NewPlace(
            organisation=organisations[row["organisation"]], kind=row["kind"], code=f"{edition.slug}-{number}"[-40:],
            name=(row["service"] or row["place"])[:160],
        )
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
    return {row["place"]: place for row, place in zip(rows, add_places(places=wanted, at=at, by=by), strict=True)}


def _accept(
    enrolments: list[Enrolment], places: Mapping[str, Place], *, consent_named: bool, by: Person, at: datetime
) -> None:
    for enrolment in enrolments:
        enrolment.state, enrolment.consent_named = Enrolment.State.ACCEPTED, consent_named
        enrolment.submitted_at = enrolment.decided_at = at
        enrolment.submitted_by = enrolment.decided_by = by
    fields = ["state", "consent_named", "submitted_at", "submitted_by", "decided_at", "decided_by"]
    Enrolment.objects.bulk_update(enrolments, fields, batch_size=500)
    by_organisation = {enrolment.organisation_id: enrolment for enrolment in enrolments}
    EnrolledPlace.objects.bulk_create(
        EnrolledPlace(enrolment=by_organisation[place.organisation_id], place=place) for place in places.values()
    )


def _rekeyed(
    edition: Edition,
    dataset: Dataset,
    organisations: Mapping[str, Organisation],
    places: Mapping[str, Place],
    at: datetime,
) -> Dataset:
    """The same rows under the site's own keys, so that its pages and `parvis score` speak of the same bodies."""
    keys = {
        "organisation": {old: organisation_key(new.pk) for old, new in organisations.items()},
        "place": {old: place_key(new.pk) for old, new in places.items()},
    }
    tables = {name: _translated(table, keys) for name, table in dataset.tables.items()}
    manifest: dict[str, Any] = {
        **dataset.manifest,
        "edition": edition.slug,
        "origin": "imported",
        "seed": edition.seed,
        "frozen_at": at.isoformat(),
        "method": {"id": edition.method},
        "demonstration": edition.demonstration,
        "channels": [str(channel) for channel in Channel],
    }
    return replace(dataset, manifest=manifest, tables=tables, method_text=edition.method_text, files={})


def _translated(table: Any, keys: Mapping[str, Mapping[str, str]]) -> Any:
    for column, words in keys.items():
        if column in table.column_names:
            translated = pa.array([words.get(word, word) for word in table[column].to_pylist()], pa.string())
            table = table.set_column(table.column_names.index(column), column, translated)
    return table
