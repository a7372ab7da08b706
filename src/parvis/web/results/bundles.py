"""Bundles on disk: prepared beside, then put in place with the row that tells of them, so that none is half there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction

from parvis.web.editions.models import Edition

PREPARED = "bundle"


@contextmanager
def prepared_folder(edition: Edition) -> Iterator[Path]:
    """A folder that nobody reads, in which a bundle can be written; gone at the end unless put in place."""
    home = Path(settings.DATASETS) / edition.slug
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".prepared-") as place:
        yield Path(place) / PREPARED


@contextmanager
def settling(edition: Edition) -> Iterator[None]:
    """A transaction that holds the edition: two people who freeze or publish at once do so one after the other."""
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=edition.pk)
        yield


def put_in_place(prepared: Path, *, edition: Edition, name: str) -> str:
    """Move a prepared bundle to its folder, relative to settings.DATASETS, while the edition is held.

    A folder of that name that no row tells of was left by a stop between the move and the commit: it is replaced.
    """
    folder = f"{edition.slug}/{name}"
    target = Path(settings.DATASETS) / folder
    shutil.rmtree(target, ignore_errors=True)
    prepared.rename(target)
    return folder
