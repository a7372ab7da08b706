"""Many figures at once, as columns of numbers, until they become rows of the table of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import special

from parvis.core.bundle import MeasureKind, SubjectKind
from parvis.core.figures.tally.observations import CHANNELS
from parvis.core.vocabulary import Reason, Source, Status

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FLAGS = tuple(Reason)
NO_CHANNEL = -1


def flag(reason: Reason, where: NDArray[np.bool_]) -> Integers:
    """A column of flags that says `reason` on the rows where it holds; columns of flags add up with `|`."""
    return where.astype(np.int64) << FLAGS.index(reason)


@dataclass(frozen=True)
class Figures:
    """Figures of one kind, one per row; NaN where there is none. `subject` and `measure` point into their names."""

    subject_kind: SubjectKind
    measure_kind: MeasureKind
    subjects: Sequence[str]
    measures: Sequence[str]
    subject: Integers
    measure: Integers
    channel: Integers  # index of CHANNELS, or NO_CHANNEL
    value: Floats
    standard_error: Floats
    degrees_of_freedom: Floats
    n: Integers
    flags: Integers
    low: Floats | None = None  # given where the interval is not Student's
    high: Floats | None = None
    source: Source = Source.OBSERVED
    lowest: float = 0.0
    highest: float = 100.0
    n_effective: Floats | None = None

    def __len__(self) -> int:
        return len(self.value)


def total(index: Integers, parts: Floats, size: int) -> Floats:
    """The sum of `parts` under each index, 0 to `size` - 1, added in the order given."""
    return np.asarray(np.bincount(index, parts, minlength=size), dtype=np.float64)


def half_width(standard_error: Floats, degrees_of_freedom: Floats, confidence: float) -> Floats:
    """Student's half-width; NaN without a standard error or without degrees of freedom.

    Source: Student 1908.

    >>> half_width(np.array([2.0, 2.0]), np.array([4.0, np.nan]), 0.95).round(3).tolist()   # 2.776 × 2
    [5.553, nan]
    """
    distinct, inverse = np.unique(np.nan_to_num(degrees_of_freedom, nan=0.0), return_inverse=True)
    with np.errstate(invalid="ignore"):
        quantile = np.where(distinct > 0, special.stdtrit(np.maximum(distinct, 1e-3), 0.5 + confidence / 2), np.nan)
    return np.asarray(standard_error * quantile[inverse])


def estimates_table(figures: Figures, confidence: float) -> pa.Table:
    """The rows of `estimates` for these figures: limits within the scale, null where there is no figure."""
    half = half_width(figures.standard_error, figures.degrees_of_freedom, confidence)
    low = (
        figures.value - half
        if figures.low is None
        else np.where(np.isnan(figures.low), figures.value - half, figures.low)
    )
    high = (
        figures.value + half
        if figures.high is None
        else np.where(np.isnan(figures.high), figures.value + half, figures.high)
    )
    absent = np.isnan(figures.value)
    flags = figures.flags | flag(Reason.NO_DATA, absent & (figures.flags == 0))
    size = len(figures)
    return pa.table(
        {
            "subject_kind": _constant(figures.subject_kind.value, size),
            "subject": named(figures.subjects, figures.subject),
            "source": _constant(figures.source.value, size),
            "measure_kind": _constant(figures.measure_kind.value, size),
            "measure": named(figures.measures, figures.measure),
            "channel": named([channel.value for channel in CHANNELS], figures.channel),
            "value": numbers(figures.value),
            "standard_error": numbers(figures.standard_error),
            "low": numbers(np.clip(low, figures.lowest, figures.highest)),
            "high": numbers(np.clip(high, figures.lowest, figures.highest)),
            "n": pa.array(figures.n, pa.int64()),
            "n_effective": numbers(figures.n_effective if figures.n_effective is not None else np.full(size, np.nan)),
            "degrees_of_freedom": numbers(figures.degrees_of_freedom),
            "status": named([Status.PUBLISHED.value, Status.NOT_MEASURED.value], absent.astype(np.int64)),
            "reason": _reasons(flags),
        }
    )


def _reasons(flags: Integers) -> pa.Array:
    distinct, inverse = np.unique(flags, return_inverse=True)
    words = [" ".join(reason.value for bit, reason in enumerate(FLAGS) if mask >> bit & 1) for mask in distinct]
    return named(words, inverse.astype(np.int64))


def _constant(word: str, size: int) -> pa.Array:
    return named([word], np.zeros(size, np.int64))


def named(names: Sequence[str], codes: Integers) -> pa.Array:
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names), pa.string())).cast(pa.string())


def numbers(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), mask=~np.isfinite(values))
