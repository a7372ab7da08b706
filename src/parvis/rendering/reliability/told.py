"""What a result tells of itself, found by what it is about, and said in a language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parvis.core.bundle import MeasureKind, Result, SubjectKind
from parvis.core.vocabulary import Source, Text
from parvis.rendering import slicing, words
from parvis.rendering.charts import Table
from parvis.rendering.slicing import Figure, Words


@dataclass(frozen=True, slots=True)
class Section:
    """One question about an edition's figures: its title, the answer in words, and the table behind it."""

    code: str
    title: str
    said: str
    table: Table | None = None


class Told:
    """The diagnostics of a result, and the overall figures beside which they are read.

    What a result does not tell, since it was made before it did, is None, and a dash once said.
    """

    def __init__(self, result: Result, known: Words, language: str) -> None:
        self.result, self.known, self.language = result, known, language
        rows = slicing.rows_of(result.table("diagnostics"), ("piece", "subject", "measure", "value", "text"))
        self._rows = {(piece, subject, measure): (value, text) for piece, subject, measure, value, text in rows}
        self._names = dict(slicing.rows_of(result.table("organisations"), ("organisation", "name")))
        self._overall = {
            (row[1], row[2]): slicing.figure_of(row, known)
            for row in slicing.rows_of(result.table("estimates"), slicing.ESTIMATE_COLUMNS)
            if row[0] == SubjectKind.ORGANISATION and row[3] == MeasureKind.OVERALL
        }

    def value(self, piece: str, subject: str, measure: str) -> float | None:
        value: float | None = self._rows.get((piece, subject, measure), (None, None))[0]
        return value

    def text(self, piece: str, subject: str, measure: str) -> str | None:
        text: str | None = self._rows.get((piece, subject, measure), (None, None))[1]
        return text

    def subjects(self, piece: str, measure: str | None = None) -> list[str]:
        """Whom a piece speaks of, in order; with a measure, those that have it."""
        return sorted({key[1] for key in self._rows if key[0] == piece and measure in (None, key[2])})

    def measures(self, piece: str, prefix: str) -> dict[str, float | None]:
        """The numbers of the whole edition whose measure starts so, by what follows."""
        return {
            measure.removeprefix(prefix): value
            for (about, subject, measure), (value, _) in self._rows.items()
            if (about, subject) == (piece, "") and measure.startswith(prefix)
        }

    def figure(self, organisation: str, source: Source) -> Figure | None:
        return self._overall.get((organisation, source.value))

    def name(self, organisation: str) -> str:
        return self._names.get(organisation) or organisation

    def say(self, fr: str, en: str) -> str:
        return Text(fr, en).in_language(self.language)

    def number(self, value: float | None, decimals: int = 1) -> str:
        return words.number(value, decimals, self.language)

    def signed(self, value: float | None) -> str:
        return words.signed(value, 1, self.language)

    def percent(self, share: float | None) -> str:
        return words.percent(share, 1, self.language)

    def section(
        self, code: str, title: Text, said: str, columns: Sequence[Text], rows: Iterable[tuple[str, ...]]
    ) -> Section:
        named = title.in_language(self.language)
        heads = tuple(column.in_language(self.language) for column in columns)
        return Section(code, named, said, Table(named, heads, tuple(rows)))
