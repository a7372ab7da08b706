"""The rows of a result, found by what they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import pyarrow as pa

from parvis.core.bundle import MeasureKind, Result
from parvis.core.explain.wording import Row
from parvis.core.vocabulary import Source, Status, Text

EVERYTHING = "*"
OVER_ALL = "overall"
_IN_CHAIN = (MeasureKind.OVERALL.value, MeasureKind.CHANNEL.value)


class Known:
    """A result with its rows indexed once."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.estimates: dict[tuple[str, str, str], list[dict[str, Any]]] = rows_by(
            result.table("estimates"), ("subject_kind", "subject", "source")
        )
        self.chain = rows_by(result.table("chain"), ("organisation", "channel"))
        self.cells = rows_by(result.table("cells"), ("organisation", "channel"))
        self.criteria = {row["criterion"]: row for row in result.table("criteria").to_pylist()}
        self.questions = {row["question"]: row for row in result.table("questions").to_pylist()}
        self.bodies = {row["organisation"]: row for row in result.table("organisations").to_pylist()}
        self.diagnostics = {
            (row["piece"], row["subject"], row["measure"]): row for row in result.table("diagnostics").to_pylist()
        }
        observed = {subject for kind, subject, _ in self.estimates if kind == "organisation"}
        self.organisations = sorted(observed | set(self.bodies))
        self._found: dict[str, dict[Any, list[dict[str, Any]]]] = {}
        self._kinds = {subject: kind for kind, subject, _ in self.estimates if kind != "organisation"}

    def kind_of(self, subject: str) -> str | None:
        """place, category or nation; None for what has no figure."""
        return self._kinds.get(subject)

    def of_body(self, table: str, organisation: str) -> list[dict[str, Any]]:
        """The rows of a table (ranks, bands, participation) that speak of an organisation."""
        return self._by_subject(table, "organisation").get((organisation,), [])

    def of_subject(self, table: str, subject: str) -> list[dict[str, Any]]:
        """The rows of a table (changes, delay_curves) that speak of a subject, of whatever kind."""
        return self._by_subject(table, "subject").get((subject,), [])

    def _by_subject(self, table: str, key: str) -> dict[Any, list[dict[str, Any]]]:
        if table not in self._found:
            self._found[table] = rows_by(self.result.table(table), (key,))
        return self._found[table]

    @cached_property
    def ranked(self) -> Counter[str]:
        """How many organisations of each category are ranked."""
        ranks = self.result.table("ranks")
        placed = zip(ranks["category"].to_pylist(), ranks["status"].to_pylist(), strict=True)
        return Counter(category for category, status in placed if status == Status.PUBLISHED)

    @cached_property
    def _rules(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        return {
            (key[0], key[1]): rows for key, rows in rows_by(self.result.table("disclosure"), ("table", "cell")).items()
        }

    def rules(self, figure: Row | None) -> tuple[str, ...]:
        """The rules that hide a figure."""
        if figure is None:
            return ()
        pieces = (figure["source"], figure["measure_kind"], figure["measure"], figure["channel"])
        cell = f"{figure['subject_kind']}/{figure['subject']}"
        return tuple(row["rule"] for row in self._rules.get(("/".join(filter(None, pieces)), cell), []))

    def figure(
        self, kind: str, subject: str, source: Source, measure_kind: str, measure: str, channel: str | None = None
    ) -> Row | None:
        wanted = (measure_kind, measure, channel)
        rows = self.estimates.get((kind, subject, source.value), [])
        return next((row for row in rows if (row["measure_kind"], row["measure"], row["channel"]) == wanted), None)

    def channels(self, subject: str, channel: str) -> list[str]:
        """The channels by which a subject was contacted, or the one asked for when it was."""
        rows = [row for key, rows in self.estimates.items() if key[1:] == (subject, Source.OBSERVED) for row in rows]
        told = {row["channel"] for row in rows if row["measure_kind"] == MeasureKind.CHANNEL}
        told |= {one for name, one in self.chain if name == subject}
        return sorted(one for one in told if channel in (EVERYTHING, one))

    def marked(self, organisation: str, channel: str, criterion: str) -> list[str]:
        codes = [row["criterion"] for row in self.cells.get((organisation, channel), [])]
        return [code for code in codes if criterion in (EVERYTHING, code)]

    def measures(self, subjects: Sequence[str], source: Source, channel: str | None) -> list[str]:
        """Every measure that a subject has beside its scores, for who asked for one that is not there."""
        return sorted({
            row["measure"]
            for (_, subject, from_whom), rows in self.estimates.items()
            if subject in subjects and from_whom == source
            for row in rows
            if row["measure_kind"] not in _IN_CHAIN and channel in (None, row["channel"])
        })  # fmt: skip

    @cached_property
    def territories(self) -> set[str]:
        """Whose population is known: organisations, départements, regions, or one for everybody."""
        return {subject for piece, subject, _ in self.diagnostics if piece in ("weighting", "participation")}

    def diagnosed(self, piece: str, subject: str) -> dict[str, float | None]:
        """The numbers that a piece of the diagnostics tells of a subject, by measure, in the order of the result."""
        told = ((key[2], row["value"]) for key, row in self.diagnostics.items() if key[:2] == (piece, subject))
        return dict(told)

    def told(self, piece: str, subject: str, measure: str) -> float | None:
        """A number of the diagnostics."""
        row = self.diagnostics.get((piece, subject, measure))
        value: float | None = row["value"] if row else None
        return value

    def criterion_label(self, code: str) -> Text:
        row = self.criteria.get(code, {})
        return Text(row.get("label_fr") or code, row.get("label_en") or row.get("label_fr") or code)


def rows_by(table: pa.Table, keys: tuple[str, ...]) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return found
