"""From rows to a frozen dataset: built once, written as a bundle, known by its fingerprint, never changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from parvis.core.bundle import Dataset, fingerprint, read_dataset, write_dataset
from parvis.core.vocabulary import ParvisError
from parvis.web.editions.actions import move
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.actions import faults_of_parcels
from parvis.web.fieldwork.queries import undecided_observations
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.results import refusals
from parvis.web.results.bundles import prepared_folder, put_in_place, settling
from parvis.web.results.dataset import dataset_of
from parvis.web.results.models import FrozenDataset


def freeze(edition: Edition, *, by: Person, at: datetime) -> FrozenDataset:
    """Freeze the approved observations and the consultation of an edition whose fieldwork is closed.

    Once it is published, freeze them once more for a correction (an appeal was upheld, say); the earlier dataset stays.
    """
    refuse_to_freeze(edition)
    dataset = dataset_of(edition, frozen_at=at)
    if dataset.table("observations").num_rows == 0:
        raise ParvisError(refusals.NO_OBSERVATION)
    return keep_dataset(edition, dataset=dataset, by=by, at=at, to_move=edition.state == Edition.State.REVIEW)


def refuse_to_freeze(edition: Edition) -> None:
    """Raise ParvisError when the edition's rows cannot be frozen as it stands."""
    if edition.state not in (Edition.State.REVIEW, Edition.State.PUBLISHED):
        raise ParvisError(refusals.REVIEW_NOT_OPEN)
    if waiting := undecided_observations(edition).count():
        raise ParvisError(refusals.still_in_review(waiting))
    if faults := faults_of_parcels(edition):
        raise ParvisError(faults)


def keep_dataset(edition: Edition, *, dataset: Dataset, by: Person, at: datetime, to_move: bool) -> FrozenDataset:
    """Write a dataset under the edition's folder and record its fingerprint; the edition moves to frozen."""
    with prepared_folder(edition) as prepared:
        written = write_dataset(dataset, prepared)
        with settling(edition):
            frozen = FrozenDataset.objects.create(
                edition=edition, sha256=fingerprint(written), frozen_at=at, frozen_by=by,
                folder=put_in_place(prepared, edition=edition, name=f"dataset-{edition.datasets.count() + 1}"),
                rows={name: table.num_rows for name, table in written.tables.items()},
            )  # fmt: skip
            journal(verb="dataset.frozen", subject=frozen, by=by, at=at, edition=edition.slug,
                    detail={"sha256": frozen.sha256})  # fmt: skip
            if to_move:
                move(edition, to=Edition.State.FROZEN, by=by, at=at)
    return frozen


def read_frozen(frozen: FrozenDataset) -> Dataset:
    """The dataset from disk; refused when it is no longer the one that was frozen."""
    dataset = read_dataset(dataset_folder(frozen))
    if fingerprint(dataset) != frozen.sha256:
        raise ParvisError(refusals.DATASET_CHANGED)
    return dataset


def dataset_folder(frozen: FrozenDataset) -> Path:
    return Path(settings.DATASETS) / frozen.folder
