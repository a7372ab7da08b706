"""Columns of text as numbers and words, so that millions of rows are checked once per distinct word."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Coded:
    """One column: the number of each row's word, -1 where the cell is empty, and the words in order."""

    codes: Integers
    words: list[str]

    def used(self) -> list[str]:
        return [self.words[code] for code in np.unique(self.codes) if code >= 0]

    def is_word(self, word: str) -> NDArray[np.bool_]:
        return np.equal(self.codes, self.words.index(word) if word in self.words else -2)

    def row_of(self, word: str) -> int:
        """The first row that says the word."""
        return int(np.flatnonzero(self.is_word(word))[0])

    def text(self, rows: NDArray[np.bool_] | Integers) -> pa.Array:
        codes = self.codes[rows]
        words = pa.array(self.words, pa.string())
        return words.take(pa.array(codes, mask=codes < 0)) if self.words else pa.nulls(len(codes), pa.string())


def coded(column: pa.ChunkedArray, renamed: dict[str, str]) -> Coded:
    """A column as numbers and sorted words; spaces around words are dropped, `renamed` ones replaced."""
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
    encoded = trimmed.combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    given = [renamed.get(word, word) for word in encoded.dictionary.to_pylist()]
    words = sorted({word for word in given if word})
    number = {word: position for position, word in enumerate(words)}
    positions = np.array([number.get(word, -1) for word in given] + [-1], np.int64)
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Coded(positions[indices], words)


def distinct_rows(columns: list[Coded]) -> tuple[Integers, Integers]:
    """The number of each row's combination of words, in their order, and the first row of each combination."""
    key = np.zeros(len(columns[0].codes), np.int64)
    for column in columns:
        key = np.unique(key * (len(column.words) + 1) + column.codes + 1, return_inverse=True)[1].astype(np.int64)
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    return number.astype(np.int64), first.astype(np.int64)


def day_of(text: str) -> dt.date | None:
    """A day written 2026-03-31 or 31/03/2026, None for anything else.

    >>> day_of("31/03/2026"), day_of("31.3")
    (datetime.date(2026, 3, 31), None)
    """
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text[:10], shape).date()  # noqa: DTZ007 - a day has no hour
        except ValueError:
            continue
    return None
