"""What an organiser sees before deciding on a plan: precision, cost, soft goals, and what no plan of ours can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from statistics import median_low
from typing import Any

from django.db.models import Max

from parvis.core.contacts.planning import (
    DEFAULT_FEES,
    Plan,
    Shortfall,
    channel_precision,
    expected_cost,
    overall_precision,
)
from parvis.core.contacts.planning.expecting import USUAL_DEVIATION
from parvis.core.instruments.method import read_method
from parvis.web.editions.models import Edition
from parvis.web.fieldwork.observer_file import fees_of
from parvis.web.fieldwork.planning import Asked, Problem
from parvis.web.territory.models import Organisation, Place

MOST_SHOWN = 300  # demands that could not be met, told one by one; the counts hold them all
WORST_SHOWN = 10


def report_of(
    edition: Edition,
    asked: Asked,
    problem: Problem,
    made: Plan,
    *,
    rows: Sequence[list[Any]],
    cancelled: Sequence[int],
) -> dict[str, Any]:
    """The whole report, as kept with the plan. Counts hold what is done already; costs tell it apart."""
    numbers = _numbers(problem, made)
    moved = [row[7] for row in rows if row[7]]
    fees = {channel: float(amount) for channel, amount in fees_of(edition).items()}
    confidence, weights = scale_of(edition)
    goals = made.goals
    left = expected_cost(made.contacts, kilometres=goals.distance_km, fees=fees, per_kilometre=asked.per_kilometre)
    return {
        "contacts": sum(numbers.values()),
        "fixed": len(problem.fixed),
        "kept": made.kept,
        "new": len(rows) - len(moved),
        "moved": len(moved),
        "cancelled": list(cancelled),
        "newest": edition.missions.aggregate(last=Max("pk"))["last"] or 0,
        "touched": _touched(problem, {*moved, *cancelled}),
        "channels": _channels(problem, numbers, asked.deviations or {}, confidence),
        **_organisations(numbers, asked.deviations or {}, confidence, weights),
        "confidence": confidence,
        "cost_left": left,
        "cost_done": round(sum(fees.get(row.channel, 0.0) for row in problem.fixed), 2),
        "fees": fees,
        "goals": asdict(goals) | {"distance_bound_km": round(made.notes["distance_bound_km"], 1)},
        **_shortfalls(made.shortfalls),
        "left_out": problem.left_out,
        "without_scenario": _without_scenario(problem, made),
        "observers": len(problem.observers),
    }


def scale_of(edition: Edition) -> tuple[float, dict[str, float]]:
    """The confidence of the intervals that the edition's own method will give, and its weights of channels."""
    method = read_method(edition.method_text)
    return method.scores.confidence, {str(channel): weight for channel, weight in method.channels.items()}


def _numbers(problem: Problem, made: Plan) -> Counter[tuple[str, str]]:
    """Contacts of each (organisation, channel), done ones included."""
    planned = Counter((contact.organisation, contact.channel) for contact in made.contacts)
    planned.update((str(row.organisation), row.channel) for row in problem.fixed)
    return planned


def _touched(problem: Problem, keys: set[int]) -> dict[str, list[Any]]:
    """How the missions that the plan changes stand now; adoption is refused when one has changed since."""
    return {str(row.pk): [row.state, row.observer] for row in problem.movable if row.pk in keys}


def _channels(
    problem: Problem, numbers: Mapping[tuple[str, str], int], deviations: Mapping[str, float], confidence: float
) -> list[dict[str, Any]]:
    done = Counter(row.channel for row in problem.fixed)
    wanted: Counter[str] = Counter()
    for place in problem.places:
        wanted.update(dict(place.contacts))
    found = []
    for channel in (c for c in DEFAULT_FEES if wanted[c] or done[c]):
        each = sorted(n for (_, c), n in numbers.items() if c == channel)
        deviation = deviations.get(channel, USUAL_DEVIATION)
        usual = median_low(each) if each else 0
        expected = channel_precision(usual, confidence=confidence, deviation=deviation) if usual else None
        found.append({
            "channel": channel, "asked": wanted[channel] + done[channel], "planned": sum(each), "done": done[channel],
            "least": each[0] if each else 0, "usual": usual, "deviation": round(deviation, 1),
            "half_width": round(expected.half_width, 1) if expected else None,
            "half_width_t": round(expected.half_width_t, 1) if expected and expected.half_width_t else None,
        })  # fmt: skip
    return found


def _organisations(
    numbers: Mapping[tuple[str, str], int],
    deviations: Mapping[str, float],
    confidence: float,
    weights: Mapping[str, float],
) -> dict[str, Any]:
    """The organisations whose overall score will be known least well, and the one in the middle."""
    by_organisation: dict[str, dict[str, int]] = {}
    for (organisation, channel), n in numbers.items():
        by_organisation.setdefault(organisation, {})[channel] = n
    deviation = sum(deviations.values()) / len(deviations) if deviations else USUAL_DEVIATION
    widths = sorted(
        (
            (overall_precision(contacts, weights, confidence=confidence, deviation=deviation).half_width, key)
            for key, contacts in by_organisation.items()
        ),
        reverse=True,
    )
    worst = widths[:WORST_SHOWN]
    names = Organisation.objects.in_bulk([int(key) for _, key in worst])
    return {
        "overall": round(widths[len(widths) // 2][0], 1) if widths else None,
        "worst": [
            {
                "name": names[int(key)].name,
                "contacts": sum(by_organisation[key].values()),
                "half_width": round(width, 1),
            }
            for width, key in worst
            if int(key) in names
        ],
        "organisations": len(by_organisation),
    }


def _without_scenario(problem: Problem, made: Plan) -> list[str]:
    """The channels that the plan uses and for which no scenario is ready."""
    ready = {scenario.channel for scenario in problem.scenarios}
    return sorted({contact.channel for contact in made.contacts} - ready)


def _shortfalls(shortfalls: Iterable[Shortfall]) -> dict[str, Any]:
    told = sorted(shortfalls, key=lambda short: (-short.missing, short.place, short.channel))
    places = Place.objects.select_related("organisation").in_bulk([int(short.place) for short in told[:MOST_SHOWN]])
    rules: Counter[str] = Counter()
    for short in told:
        rules.update(dict.fromkeys(short.reasons, short.missing))
    return {
        "missing": sum(short.missing for short in told),
        "rules": dict(rules),
        "shortfalls": [
            {
                "place": f"{places[int(short.place)].organisation.name} – {places[int(short.place)].name}",
                "channel": short.channel, "missing": short.missing, "reasons": dict(short.reasons),
            }
            for short in told[:MOST_SHOWN]
        ],
    }  # fmt: skip
