"""A Result of our own making: invented organisations with figures that a seed decides, and one worked by hand."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from parvis.core.bundle import RESULT_TABLES, Result
from parvis.core.vocabulary import Band, Channel, Determinant, Stage

CATEGORIES = ("communes-2000", "communes-10000", "epci", "departements")
CRITERIA_PER_CHANNEL = 24


def made_result(organisations: int, seed: int = 1, *, demonstration: bool = True) -> Result:
    """Every table that slices read, for that many organisations, complete with ranks, bands, changes, participation."""
    dice = random.Random(seed)  # noqa: S311  # a look-alike, not a secret
    criteria = _criteria()
    estimates: list[dict[str, Any]] = []
    people = []
    scores: dict[str, list[tuple[float, str]]] = {code: [] for code in CATEGORIES}
    for at in range(organisations):
        code, category = f"org-{at:05d}", CATEGORIES[at % len(CATEGORIES)]
        people.append(_organisation(code, category, at, dice))
        mean = _figures(estimates, "organisation", code, criteria, dice, contacts=24)
        scores[category].append((mean, code))
    for category in CATEGORIES:
        _figures(estimates, "category", category, criteria, dice, contacts=2400)
    _figures(estimates, "nation", "nation", criteria, dice, contacts=24 * organisations)
    ranks, bands, changes = [], [], []
    for category, found in scores.items():
        for rank, (_, code) in enumerate(sorted(found, reverse=True), 1):
            ranks.append(_rank(category, code, rank, len(found)))
            z = dice.gauss(0, 1)
            bands.append(_band(category, code, "overall", z))
            changes += [_change(code, measure, dice) for measure in ("overall", "phone", "waiting")]
    changes += [_change(category, "overall", dice) | {"subject_kind": "category"} for category in CATEGORIES]
    participation = [row for person in people for row in _participation(person["organisation"], dice)]
    tables = {
        "estimates": estimates, "ranks": ranks, "bands": bands, "changes": changes, "participation": participation,
        "organisations": people, "criteria": criteria, "diagnostics": _diagnostics(people, dice),
    }  # fmt: skip
    manifest = {"edition": "2026", "demonstration": demonstration, "origin": "enrolled"}
    return Result(
        manifest, {name: pa.Table.from_pylist(rows, RESULT_TABLES[name].schema()) for name, rows in tables.items()}
    )


def estimate(
    subject_kind: str, subject: str, kind: str, measure: str, value: float | None, **more: Any
) -> dict[str, Any]:
    """One row of estimates; unnamed columns take plain values."""
    row = {
        "subject_kind": subject_kind, "subject": subject, "source": "observed", "measure_kind": kind,
        "measure": measure, "channel": None, "value": value, "standard_error": 2.0,
        "low": None if value is None else max(value - 4, 0), "high": None if value is None else min(value + 4, 100),
        "n": 24, "n_effective": 24.0, "degrees_of_freedom": 12.0,
        "status": "published" if value is not None else "not_measured", "reason": "",
    }  # fmt: skip
    return {**row, **more}


def _criteria() -> list[dict[str, Any]]:
    stages, determinants = list(Stage), list(Determinant)
    return [
        {
            "criterion": f"{channel}-{at:02d}", "channel": channel.value, "stage": stages[at % 4].value,
            "determinant": determinants[at % 8].value, "weight": 1.0 + at % 3, "critical": at % 11 == 0,
            "subjective": False, "label_fr": f"Critère {at + 1} du canal {channel.value}",
            "label_en": f"Criterion {at + 1} of channel {channel.value}", "source": "",
        }
        for channel in Channel
        for at in range(CRITERIA_PER_CHANNEL)
    ]  # fmt: skip


def _organisation(code: str, category: str, at: int, dice: random.Random) -> dict[str, Any]:
    return {
        "organisation": code, "type": "commune", "category": category, "population": 2000 + dice.randrange(90_000),
        "departement": f"{1 + at % 95:02d}", "region": "84", "name": f"Ville-Neuve-{at} (fictif)", "eligible": True,
        "comparable": True, "identifier_scheme": "other", "identifier": str(at), "channels": None,
    }  # fmt: skip


def _figures(
    rows: list[dict[str, Any]],
    subject_kind: str,
    subject: str,
    criteria: list[dict[str, Any]],
    dice: random.Random,
    contacts: int,
) -> float:
    base = dice.uniform(50, 85)

    def add(kind: str, measure: str, **more: Any) -> None:
        value = min(max(dice.gauss(base, 10), 0), 100)
        rows.append(estimate(subject_kind, subject, kind, measure, value, **more))

    rows.append(estimate(subject_kind, subject, "overall", "overall", base, n=contacts))
    add("overall", "overall", source="perceived", n=contacts * 6)
    for channel in Channel:
        add("channel", channel.value, channel=channel.value, n=contacts // 6)
    for stage in Stage:
        add("stage", stage.value, n=contacts)
    for determinant in Determinant:
        add("determinant", determinant.value, n=contacts)
        add("determinant", determinant.value, source="perceived", n=contacts * 5)
        for channel in Channel:
            add("determinant", determinant.value, channel=channel.value, n=contacts // 6)
    for one in criteria:
        add("criterion", one["criterion"], channel=one["channel"], n=contacts // 6)
    return base


def _rank(category: str, code: str, rank: int, size: int) -> dict[str, Any]:
    return {
        "category": category, "organisation": code, "rank": rank, "rank_low": max(1, rank - 3),
        "rank_high": min(size, rank + 3), "level_with_first": rank <= 4, "expected_rank": float(rank),
        "probability_first": 0.0, "status": "published",
    }  # fmt: skip


def _band(category: str, code: str, measure: str, z: float) -> dict[str, Any]:
    band = Band.BETTER if z > 1.96 else Band.WORSE if z < -1.96 else Band.EXPECTED
    return {
        "category": category, "organisation": code, "measure": measure, "z": 2 * z, "z_adjusted": z, "band": band.value
    }  # fmt: skip


def _change(code: str, measure: str, dice: random.Random) -> dict[str, Any]:
    before, difference = dice.uniform(40, 80), dice.gauss(0, 6)
    verdict = "up" if difference > 6 else "down" if difference < -6 else "stable"
    return {
        "subject_kind": "organisation", "subject": code, "measure": measure, "before": before,
        "after": before + difference, "difference": difference, "low": difference - 5, "high": difference + 5,
        "verdict": verdict,
    }  # fmt: skip


def _diagnostics(people: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    rows: list[tuple[str, str, str, float | None, str | None]] = [
        ("observers", "", "observers", 9.0, None),
        ("observers", "", "contacts", 1234.0, None),
        ("observers", "", "median_contacts", 24.0, None),
        ("observers", "", "material", 1.0, None),
        ("observers", "", "connected", 1.0, None),
        ("observers", "", "observer_share", 0.0312, None),
        ("observers", "", "p", 0.0004, None),
        ("observers", "org-00000", "adjusted_score", 61.5, None),
        ("observers", "org-00000", "adjusted_minus_raw", -1.26, None),
        ("ranking", "epci", "rankability", 0.42, "mostly_noise"),
        ("ranking", "epci", "tau2", 9.0, None),
        ("ranking", "epci", "tau", 3.1, None),
        ("ranking", "epci", "ranked", 11.0, None),
        ("disclosure", "", "hidden", 1010.0, None),
        ("disclosure", "", "hidden threshold", 7.0, None),
        ("disclosure", "", "hidden peers", 1000.0, None),
        ("observers", "", "contacts_for_error_of_5", 16.0, None),
        ("observers", "", "contacts_for_error_of_2", None, "out_of_reach"),
        ("participation", "nation", "r_indicator sex", 0.98, None),
        ("participation", "nation", "variation sex", 0.31, None),
        ("participation", "nation", "contribution sex=m", -0.52, None),
        ("participation", "nation", "contribution sex=f", 0.48, None),
        ("participation", "nation", "responses sex", 1248.0, None),
        ("participation", "nation", "population sex", 212_000.0, None),
        ("weighting", "org-00000", "kish_deff", 1.2, None),
    ]
    for person in people:
        points, code = dice.gauss(0, 5), person["organisation"]
        rows.append(("gap", code, "perceived_minus_observed", points, "no_clear_gap"))
        rows += [("gap", code, "low", points - 8, None), ("gap", code, "high", points + 8, None)]
    return [dict(zip(("piece", "subject", "measure", "value", "text"), row, strict=True)) for row in rows]


def _participation(code: str, dice: random.Random) -> list[dict[str, Any]]:
    counts = {"qr": dice.randrange(200), "link": dice.randrange(80)}
    rows = [(None, sum(counts.values())), *counts.items()]
    return [
        {
            "organisation": code, "entry_point": name, "opened": 2 * n, "started": n + n // 4, "completed": n,
            "qualified": n - n // 10, "per_1000_inhabitants": n / 50,
        }
        for name, n in rows
    ]  # fmt: skip
