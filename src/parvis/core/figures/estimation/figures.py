"""Figures in columns: an estimate, all that allows it to be trusted, and whether it may be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.vocabulary import Estimate, Status

Floats = NDArray[np.float64]

COLUMNS = (
    "value",
    "level",
    "n",
    "n_effective",
    "estimate",
    "standard_error",
    "low",
    "high",
    "degrees_of_freedom",
    "status",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """One row per domain and item, domains in the natural order of their keys; NaN in an array is "no figure".

    `design_effect` is the variance over that of a simple random sample with replacement of the same n.
    """

    keys: pa.Table
    value: tuple[str, ...]
    level: tuple[str | None, ...]
    n: Floats
    n_effective: Floats
    estimate: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    degrees_of_freedom: Floats
    design_effect: Floats
    status: tuple[Status, ...]
    reason: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.value)

    def gated(self) -> Figures:
        """The same, with nothing but n, status and reason left where the status is not `published`."""
        kept = np.array([status is Status.PUBLISHED for status in self.status], bool)

        def blank(values: Floats) -> Floats:
            return np.where(kept, values, np.nan)

        return replace(
            self,
            n_effective=blank(self.n_effective),
            estimate=blank(self.estimate),
            standard_error=blank(self.standard_error),
            low=blank(self.low),
            high=blank(self.high),
            degrees_of_freedom=blank(self.degrees_of_freedom),
            design_effect=blank(self.design_effect),
        )

    def __iter__(self) -> Iterator[Estimate]:
        """Each row as an `Estimate`; the value is left out unless published."""
        for at, status in enumerate(self.status):
            shown = status is Status.PUBLISHED
            yield Estimate(
                value=_some(self.estimate[at]) if shown else None,
                standard_error=_some(self.standard_error[at]) if shown else None,
                low=_some(self.low[at]) if shown else None,
                high=_some(self.high[at]) if shown else None,
                n=int(self.n[at]),
                n_effective=_some(self.n_effective[at]),
                degrees_of_freedom=_some(self.degrees_of_freedom[at]),
                status=status,
                reason=self.reason[at],
            )

    def table(self) -> pa.Table:
        """The keys, then `COLUMNS`; missing figures are nulls."""
        columns = {name: self.keys[name] for name in self.keys.column_names}
        columns |= {
            "value": pa.array(self.value, pa.string()),
            "level": pa.array(self.level, pa.string()),
            "n": pa.array(self.n.astype(np.int64)),
        }
        for name in COLUMNS[3:9]:
            columns[name] = pa.array(getattr(self, name), pa.float64(), from_pandas=True)
        columns["status"] = pa.array([status.value for status in self.status], pa.string())
        columns["reason"] = pa.array(self.reason, pa.string())
        return pa.table(columns)


def _some(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)
