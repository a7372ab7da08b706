"""The only place where rows leave the database for the core: one bulk read per table, in a stable order.

`frame` says who is measured and on what, `fieldwork` what observers brought back, `consultation` what citizens said.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

import parvis
from parvis.core.bundle import Dataset
from parvis.web.editions.actions.instruments import current_instruments
from parvis.web.editions.models import Edition
from parvis.web.results.dataset.consultation import consultation_tables
from parvis.web.results.dataset.fieldwork import fieldwork_tables
from parvis.web.results.dataset.frame import frame_tables
from parvis.web.results.dataset.keys import organisation_key, place_key

__all__ = ["dataset_of", "organisation_key", "place_key"]


def dataset_of(edition: Edition, *, frozen_at: datetime) -> Dataset:
    """Everything the method needs of an edition, as it stands: approved observations and kept responses."""
    instruments = current_instruments(edition)
    manifest: dict[str, Any] = {
        "edition": edition.slug,
        "frozen_at": frozen_at.isoformat(),
        "seed": edition.seed,
        "software": {"name": "parvis", "version": parvis.__version__},
        "method": {"id": edition.method},
        "vintage": edition.vintage,
        "instruments": [
            {"id": each.file_name, "version": each.version, "channel": channel, "sha256": each.sha256}
            for channel, each in sorted(instruments.items())
        ],
        "demonstration": edition.demonstration,
        "origin": "enrolled" if edition.origin == Edition.Origin.FIELDWORK else "imported",
    }
    tables = {
        **frame_tables(edition, instruments),
        **fieldwork_tables(edition),
        **consultation_tables(edition, instruments),
    }
    elsewhere = tables.pop("elsewhere")  # bodies that citizens told about and that are not enrolled, pooled
    tables["organisations"] = pa.concat_tables([tables["organisations"], elsewhere])
    return Dataset(manifest, tables, edition.method_text)
