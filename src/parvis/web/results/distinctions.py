"""Trophies, read from the ranks of a result: the three first of each category, ties included."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from parvis.core.bundle import MeasureKind, Result, SubjectKind
from parvis.core.figures.trophy import Counted, Deciding, winners
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import PODIUM, Source, Status
from parvis.web.consultation.qualification import Rule
from parvis.web.editions.models import Enrolment
from parvis.web.results.models import Distinction, Publication


@dataclass(frozen=True, slots=True)
class Won:
    """What the ranks give: (organisation key, kind, rank), whom it goes to, and what the consultation's trophy counts.

    counts: of each laureate of the consultation, its responses (received, qualified) and the rate that decided.
    """

    prizes: tuple[tuple[str, str, int | None], ...]
    enrolments: Mapping[str, Enrolment]
    counts: Mapping[str, tuple[int | None, int, Deciding]] = field(default_factory=dict)

    @property
    def laureates(self) -> set[str]:
        return {key for key, _, _ in self.prizes}

    def rows(self, publication: Publication) -> list[Distinction]:
        return [self._row(publication, key, kind, rank) for key, kind, rank in self.prizes]

    def _row(self, publication: Publication, key: str, kind: str, rank: int | None) -> Distinction:
        enrolment = self.enrolments[key]
        row = Distinction(
            publication=publication, category=enrolment.category, organisation=enrolment.organisation, kind=kind,
            rank=rank, named=bool(enrolment.consent_named),
        )  # fmt: skip
        if kind == Distinction.Kind.CONSULTATION:
            row.received, row.qualified, decided = self.counts[key]
            row.rate_of, row.rate = decided.of.value, decided.value
        return row


def distinctions_of(result: Result, method: Method, enrolments: Mapping[str, Enrolment], *, rule: Rule) -> Won:
    """The palmarès of a result.

    A category where a single organisation was compared gives a mention, not a rank; a small one, where only the first
    has a rank, still gives it the trophy. The consultation's own trophy goes to the organisation with most qualified
    responses for what the published rule divides them by, inhabitants or visits, up to its ceiling: beyond it more
    responses, honest or not, win nothing. Both need the contacts or responses that the method asks for.
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
    received = consultation_counts(result, enrolments)
    won = winners(received, rule.trophy, least_responses=method.trophies.minimum_responses)
    prizes += [(count.organisation, Distinction.Kind.CONSULTATION, 1) for count, _ in won]
    counts = {count.organisation: (received[count], count.qualified, decided) for count, decided in won}
    return Won(tuple(prizes), enrolments, counts)


def _contacts(result: Result) -> dict[str, int]:
    """How many contacts stand behind each organisation's overall score."""
    rows = result.table("estimates").to_pylist()
    wanted = (SubjectKind.ORGANISATION, Source.OBSERVED, MeasureKind.OVERALL)
    return {
        row["subject"]: row["n"] or 0
        for row in rows
        if (row["subject_kind"], row["source"], row["measure_kind"]) == wanted
    }


def consultation_counts(result: Result, bodies: Container[str]) -> dict[Counted, int | None]:
    """What each of these bodies counts over all its ways in, and how many responses it received in all."""
    return {
        Counted(row["organisation"], row["qualified"] or 0, row["per_1000_inhabitants"], row.get("per_1000_visits")):
            row["started"]
        for row in result.table("participation").to_pylist()
        if row["entry_point"] is None and row["organisation"] in bodies
    }  # fmt: skip
