"""What citizens said: one row for each kept response, one column for each question, codes as given."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from parvis.web.editions.models import Edition, Instrument


def consultation_tables(edition: Edition, instruments: Mapping[str, Instrument]) -> dict[str, pa.Table]:
    return {}
