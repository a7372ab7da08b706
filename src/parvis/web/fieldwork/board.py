"""The live board: where the fieldwork stands. Counted at once in a small edition, by the worker in a large one."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum

from parvis.core.figures.observers.agreement import agreement
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import Appeal, BoardSnapshot, Flag, Mission, Observation, TrapItem
from parvis.web.fieldwork.queries import is_late
from parvis.web.territory.models import Kind, Territory

LIVE_UP_TO = 5_000  # missions that are counted while someone waits
FRESH = timedelta(minutes=10)  # an older snapshot says that no worker runs: counts are taken at once
SHOWN = 10  # observers on the board
HEAVIEST = 5  # organisations whose burden is told
COUNTS = ("planned", "in_hand", "done", "in_review", "approved")
State = Observation.State
DONE = Q(state=Mission.State.DONE)
SETTLED = Q(observation__state__in=[State.APPROVED, State.EXCLUDED])


def board_of(edition: Edition, *, now: datetime, today: date) -> dict[str, Any]:
    """The figures of the board, with `counted` when they come from a snapshot."""
    snapshot = snapshot_of(edition, now=now)
    if snapshot is not None:
        return {**snapshot.figures, "counted": snapshot.counted}
    return figures_of(edition, today)


def snapshot_of(edition: Edition, *, now: datetime) -> BoardSnapshot | None:
    """The counts that the worker took of a large edition, unless they are old."""
    return BoardSnapshot.objects.filter(edition=edition, counted__gt=now - FRESH, figures__large=True).first()


def take_snapshots(*, at: datetime, today: date) -> int:
    """Count the boards of the large editions under way. Returns how many."""
    taken = 0
    for edition in Edition.objects.filter(state__in=[Edition.State.FIELDWORK, Edition.State.REVIEW]):
        if edition.missions.count() > LIVE_UP_TO:
            figures = figures_of(edition, today)
            BoardSnapshot.objects.update_or_create(edition=edition, defaults={"counted": at, "figures": figures})
            taken += 1
    return taken


def figures_of(edition: Edition, today: date) -> dict[str, Any]:
    """Everything counted in the database; as many queries whatever the number of missions."""
    channels = _progress(edition, "channel")
    total = [sum(row[1][at] for row in channels) for at in range(len(COUNTS))]
    states = dict(_own(edition).values_list("state").annotate(n=Count("pk")))
    return {
        "channels": channels,
        "regions": _named(edition, _progress(edition, "place__organisation__region")),
        "observers": _observers(edition, today),
        "coverage": _coverage(edition),
        "total": dict(zip(COUNTS, total, strict=True)),
        "large": total[0] > LIVE_UP_TO,
        "late": edition.missions.filter(is_late(today)).count(),
        "to_review": sum(states.get(state, 0) for state in (State.RECEIVED, State.IN_REVIEW)),
        "to_revise": states.get(State.TO_REVISE, 0),
        "open_cases": states.get(State.OPEN, 0),
        "troubles": edition.reports.filter(settled_at__isnull=True).count(),
        "appeals": edition.appeals.filter(state=Appeal.State.OPEN).count(),
        "reliability": reliability_of(edition),
        "scenarios": _scenarios(edition),
        "burden": _burden(edition),
    }


def scenario_uses(edition: Edition, *, now: datetime) -> dict[str, list[int]]:
    """How often each scenario is planned, and in how many organisations, by its key; from the snapshot if there is."""
    snapshot = snapshot_of(edition, now=now)
    return snapshot.figures["scenarios"] if snapshot is not None else _scenarios(edition)


def _scenarios(edition: Edition) -> dict[str, list[int]]:
    live = edition.missions.exclude(state=Mission.State.CANCELLED).filter(scenario__isnull=False).order_by()
    rows = live.values_list("scenario").annotate(uses=Count("pk"), bodies=Count("enrolment", distinct=True))
    return {str(scenario): [uses, bodies] for scenario, uses, bodies in rows}


def _burden(edition: Edition) -> list[dict[str, Any]]:
    """The organisations whose staff are asked the most time: name, contacts, minutes."""
    live = edition.missions.exclude(state=Mission.State.CANCELLED).filter(scenario__isnull=False).order_by()
    rows = live.values(name=F("enrolment__organisation__name")).annotate(
        contacts=Count("pk"), minutes=Sum("scenario__burden_minutes")
    )
    return list(rows.order_by("-minutes", "name")[:HEAVIEST])


def _own(edition: Edition) -> Any:
    """Observations, second codings aside."""
    return edition.observations.filter(double_of__isnull=True).order_by()


def _progress(edition: Edition, by: str) -> list[tuple[str, list[int]]]:
    """(name, planned in all, in hand, done, in review, approved), by channel or another field of the mission."""
    rows = (
        edition.missions.exclude(state=Mission.State.CANCELLED)
        .order_by(by)
        .values(by)
        .annotate(
            planned=Count("pk"),
            in_hand=Count("pk", filter=Q(state=Mission.State.ACCEPTED)),
            done=Count("pk", filter=DONE),
            in_review=Count("pk", filter=DONE & ~SETTLED),
            approved=Count("pk", filter=Q(observation__state=State.APPROVED)),
        )
    )
    return [(row[by] or "", [row[name] for name in COUNTS]) for row in rows]


def _named(edition: Edition, rows: list[tuple[str, list[int]]]) -> list[tuple[str, list[int]]]:
    """Regions by their names, in alphabetical order."""
    units = Territory.objects.filter(vintage=edition.vintage, kind=Kind.REGION, code__in=[code for code, _ in rows])
    names = dict(units.values_list("code", "name"))
    return sorted((names.get(code, code), counts) for code, counts in rows)


def _observers(edition: Edition, today: date) -> dict[str, Any]:
    """Those who are late first, then those who hold most; and how many have missions."""
    held = edition.missions.exclude(state=Mission.State.CANCELLED).filter(observer__isnull=False).order_by()
    rows = held.values("observer", pseudonym=F("observer__pseudonym")).annotate(
        planned=Count("pk"),
        in_hand=Count("pk", filter=Q(state=Mission.State.ACCEPTED)),
        done=Count("pk", filter=DONE),
        in_review=Count("pk", filter=DONE & ~SETTLED),
        approved=Count("pk", filter=Q(observation__state=State.APPROVED)),
        late=Count("pk", filter=is_late(today)),
    )
    first = rows.order_by("-late", "-in_hand", "pseudonym")[:SHOWN]
    return {"rows": list(first), "count": held.values("observer").distinct().count()}


def _coverage(edition: Edition) -> list[tuple[int, str, int]]:
    """Observations by day of the week (Monday is 0) and half-day."""
    counts: Counter[tuple[int, str]] = Counter()
    for day, half, n in _own(edition).values_list("happened_on", "half_day").annotate(n=Count("pk")):
        counts[day.weekday(), half] += n
    return [(day, half, n) for (day, half), n in sorted(counts.items())]


def reliability_of(edition: Edition) -> dict[str, Any]:
    """What is known so far of how far marks can be trusted: second codings, and facts known beforehand."""
    doubles = edition.observations.filter(coding__isnull=False).order_by("pk")
    units, raters, values = [], [], []
    for pk, again, first in doubles.values_list("pk", "answers", "double_of__answers").iterator(chunk_size=2000):
        for question in sorted(set(again) & set(first)):
            units += [f"{pk}:{question}"] * 2
            raters += ["first", "second"]
            values += [str(first[question]), str(again[question])]
    found = agreement(units, raters, values, draws=0)
    checked = TrapItem.objects.filter(edition=edition).exists()
    missed = Flag.objects.filter(observation__edition=edition, kind="trap_missed") if checked else None
    return {
        "codings": edition.observations.filter(double_coding__isnull=False, double_coding__double__isnull=True).count(),
        "coded": doubles.count(),
        "marks": len(units) // 2,
        "percent": found.percent_agreement,
        "alpha": found.alpha,
        "missed": missed.count() if missed is not None else None,
    }
