"""From rows to a frozen dataset: built once, written as a bundle, known by its fingerprint, never changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from parvis.core.bundle import Dataset, fingerprint, read_dataset, write_dataset
from parvis.core.vocabulary import ParvisError
from parvis.web.editions.actions import move
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.queries import undecided_observations
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.results import refusals
from parvis.web.results.dataset import dataset_of
from parvis.web.results.models import FrozenDataset


def freeze(edition: Edition, *, by: Person, at: datetime) -> FrozenDataset:
    """Freeze the approved observations and the consultation of an edition whose fieldwork is closed."""
    if edition.state != Edition.State.REVIEW:
        raise ParvisError(refusals.REVIEW_NOT_OPEN)
    return _freeze_rows(edition, by=by, at=at, to_move=True)


def freeze_again(edition: Edition, *, by: Person, at: datetime) -> FrozenDataset:
    """Freeze once more for a correction (an appeal was upheld, say); the earlier dataset stays."""
    if edition.state != Edition.State.PUBLISHED:
        raise ParvisError(refusals.NOTHING_TO_CORRECT)
    return _freeze_rows(edition, by=by, at=at, to_move=False)


def _freeze_rows(edition: Edition, *, by: Person, at: datetime, to_move: bool) -> FrozenDataset:
    if waiting := undecided_observations(edition).count():
        raise ParvisError(refusals.still_in_review(waiting))
    dataset = dataset_of(edition, frozen_at=at)
    if dataset.table("observations").num_rows == 0:
        raise ParvisError(refusals.NO_OBSERVATION)
    return keep_dataset(edition, dataset=dataset, by=by, at=at, to_move=to_move)


def keep_dataset(edition: Edition, *, dataset: Dataset, by: Person, at: datetime, to_move: bool) -> FrozenDataset:
    """Write a dataset under the edition's folder and record its fingerprint; the edition moves to frozen."""
    number = edition.datasets.count() + 1
    folder = f"{edition.slug}/dataset-{number}"
    (settings.DATASETS / edition.slug).mkdir(parents=True, exist_ok=True)
    written = write_dataset(dataset, settings.DATASETS / folder)
    with transaction.atomic():
        frozen = FrozenDataset.objects.create(
            edition=edition, folder=folder, sha256=fingerprint(written), frozen_at=at, frozen_by=by,
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
