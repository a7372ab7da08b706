"""The integrity statement of a count: what came, what counts, what was set aside and why, what helped the counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from parvis.core.figures.participation import per_thousand
from parvis.core.figures.trophy import Counted, Deciding, deciding, up_to_ceiling
from parvis.web.consultation.models import Attendance, CodeBatch, Network, Response, UnusedCode
from parvis.web.consultation.qualification import Rule
from parvis.web.consultation.queries import enrolled_bodies
from parvis.web.consultation.questionnaire import rule_of
from parvis.web.editions.models import Edition
from parvis.web.territory.models import Organisation
from parvis.web.territory.queries import facts_of_all


@dataclass(frozen=True, slots=True)
class Statement:
    """Of one body. Rates stop at the rule's ceiling and are None where nothing is known to divide by.

    reasons: flags of what is set aside, most frequent first (a response may bear several). decides: the rate by which
    the rule ranks the body for the trophy, None when it ranks it nowhere. attendance: the visits that it declared, when
    and by which count. codes_gone: printed counter codes that no longer serve: used, or cancelled.
    """

    organisation: Organisation
    received: int = 0
    qualified: int = 0
    taken_back: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    per_1000_inhabitants: float | None = None
    per_1000_visits: float | None = None
    decides: Deciding | None = None
    attendance: Attendance | None = None
    codes_printed: int = 0
    codes_gone: int = 0
    networks: int = 0

    @property
    def set_aside(self) -> int:
        return self.received - self.qualified

    @property
    def share_aside(self) -> float | None:
        return 100 * self.set_aside / self.received if self.received else None


def statements_of(edition: Edition, bodies: Sequence[Organisation] | None = None) -> list[Statement]:
    """One for each body given, else for each enrolled one, in order of name: as many queries for one as for all."""
    chosen = list(enrolled_bodies(edition).order_by("search_name", "pk")) if bodies is None else list(bodies)
    keys = [body.pk for body in chosen]
    mine = Response.objects.filter(edition=edition, organisation__in=keys)
    counts = mine.order_by().values("organisation").annotate(
        received=Count("pk"), qualified=Count("pk", filter=Q(quarantined=False)),
        back=Count("pk", filter=Q(quarantined=False, decided_at__isnull=False)),
    )  # fmt: skip
    counted = {row["organisation"]: row for row in counts}
    reasons: dict[int, Counter[str]] = {}
    for pk, flags in mine.filter(quarantined=True).order_by().values_list("organisation", "flags").iterator():
        reasons.setdefault(pk, Counter()).update(flags)
    visits = {each.organisation_id: each for each in Attendance.objects.filter(edition=edition, organisation__in=keys)}
    networks = dict(
        Network.objects.filter(edition=edition).order_by().values("organisation").annotate(n=Count("pk"))
        .values_list("organisation", "n")
    )  # fmt: skip
    facts = facts_of_all(chosen, edition.vintage)
    codes, rule = _codes(edition), rule_of(edition)
    return [
        _statement(
            body, facts[body.pk].population, counted.get(body.pk, {}), rule, visits=visits.get(body.pk),
            codes=codes.get(body.pk, (0, 0)), networks=networks.get(body.pk, 0),
            reasons=dict(reasons.get(body.pk, Counter()).most_common()),
        )
        for body in chosen
    ]  # fmt: skip


def _statement(
    body: Organisation, population: int | None, counted: Mapping[str, int], rule: Rule, *, reasons: dict[str, int],
    visits: Attendance | None, codes: tuple[int, int], networks: int,
) -> Statement:  # fmt: skip
    qualified, visited = counted.get("qualified", 0), visits.visits if visits else None
    rates = per_thousand(qualified, population), per_thousand(qualified, visited)
    return Statement(
        body, counted.get("received", 0), qualified, counted.get("back", 0), reasons,
        *(up_to_ceiling(rate, rule.trophy) for rate in rates),
        deciding(Counted(body.identifier, qualified, *rates), rule.trophy), visits, codes[0],
        codes[0] - codes[1], networks,
    )  # fmt: skip


def _codes(edition: Edition) -> dict[int, tuple[int, int]]:
    """Counter codes printed and still unused, by body."""
    printed = CodeBatch.objects.filter(entry_point__edition=edition).order_by().values("entry_point__organisation")
    unused = UnusedCode.objects.filter(batch__entry_point__edition=edition).order_by()
    left = dict(
        unused.values("batch__entry_point__organisation").annotate(n=Count("pk"))
        .values_list("batch__entry_point__organisation", "n")
    )  # fmt: skip
    rows = printed.annotate(n=Sum("size")).values_list("entry_point__organisation", "n")
    return {pk: (size, left.get(pk, 0)) for pk, size in rows}
