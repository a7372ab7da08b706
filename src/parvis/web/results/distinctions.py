"""Trophies, read from the ranks of a result: the three first of each category, ties included."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from parvis.core.bundle import MeasureKind, Result, SubjectKind
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import PODIUM, Source, Status
from parvis.web.editions.models import Enrolment
from parvis.web.results.models import Distinction, Publication


@dataclass(frozen=True, slots=True)
class Won:
    """What the ranks give: (organisation key, kind, rank), and whom it goes to."""

    prizes: tuple[tuple[str, str, int | None], ...]
    enrolments: Mapping[str, Enrolment]

    @property
    def laureates(self) -> set[str]:
        return {key for key, _, _ in self.prizes}

    def rows(self, publication: Publication) -> list[Distinction]:
        return [
            Distinction(
                publication=publication, category=self.enrolments[key].category,
                organisation=self.enrolments[key].organisation, kind=kind, rank=rank,
                named=bool(self.enrolments[key].consent_named),
            )
            for key, kind, rank in self.prizes
        ]  # fmt: skip


def distinctions_of(
    result: Result, method: Method, enrolments: Mapping[str, Enrolment], *, ceiling_per_1000: float = math.inf
) -> Won:
    """The palmarès of a result.

    A category where a single organisation was compared gives a mention, not a rank; a small one, where only the first
    has a rank, still gives it the trophy. The consultation's own trophy goes to the organisation with most qualified
    responses for 1,000 inhabitants, up to the ceiling of the published rule: beyond it more responses, honest or not,
    win nothing. Both need the contacts or responses that the method asks for.
    """
    by_category: dict[str, list[tuple[str, int | None]]] = {}
    for row in result.table("ranks").to_pylist():
        if row["status"] == Status.PUBLISHED and row["organisation"] in enrolments:
            by_category.setdefault(row["category"], []).append((row["organisation"], row["rank"]))
    seen = _contacts(result)
    prizes: list[tuple[str, str, int | None]] = []
    for _, compared in sorted(by_category.items()):
        if len(compared) == 1:
            prizes.append((compared[0][0], Distinction.Kind.MENTION, None))
            continue
        ranked = sorted((rank, key) for key, rank in compared if rank is not None and rank <= PODIUM)
        enough = [(rank, key) for rank, key in ranked if seen.get(key, 0) >= method.trophies.minimum_contacts]
        prizes += [(key, Distinction.Kind.TROPHY, rank) for rank, key in enough]
    prizes += _consultation_trophy(result, method, enrolments, ceiling_per_1000)
    return Won(tuple(prizes), enrolments)


def _contacts(result: Result) -> dict[str, int]:
    """How many contacts stand behind each organisation's overall score."""
    rows = result.table("estimates").to_pylist()
    wanted = (SubjectKind.ORGANISATION, Source.OBSERVED, MeasureKind.OVERALL)
    return {
        row["subject"]: row["n"] or 0
        for row in rows
        if (row["subject_kind"], row["source"], row["measure_kind"]) == wanted
    }


def _consultation_trophy(
    result: Result, method: Method, enrolments: Mapping[str, Enrolment], ceiling_per_1000: float
) -> list[tuple[str, str, int | None]]:
    totals = [row for row in result.table("participation").to_pylist() if row["entry_point"] is None]
    minimum = method.trophies.minimum_responses
    rates = [
        (min(row["per_1000_inhabitants"], ceiling_per_1000), row["organisation"])
        for row in totals
        if row["organisation"] in enrolments
        and row["per_1000_inhabitants"] is not None
        and (row["qualified"] or 0) >= minimum
    ]
    if not rates:
        return []
    best = max(rate for rate, _ in rates)
    return [(key, Distinction.Kind.CONSULTATION, 1) for rate, key in sorted(rates) if rate == best]
