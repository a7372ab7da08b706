"""What intervals, rank sets, changes and severities keep of their promises, by simulation over a declared grid.

Usage: python -m bench.coverage [--full] [--seed 2026] [--output coverage.json] [--table couverture.md]

Promised at 95 %: mean coverage of each grid 93-97 %, no cell under 90 % for 5 contacts or 30 responses and more,
simultaneous rank sets at least 94 %, false changes at most 5 %, severity recovered.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from parvis.core.figures.change import changes
from parvis.core.figures.checked_estimates import check_estimates
from parvis.core.figures.estimation.limits import Point, kish_size, limits
from parvis.core.figures.observers.severity import severity
from parvis.core.figures.ranking import rank
from parvis.core.figures.scoring.chain import score_channels, score_organisations, score_places
from parvis.core.figures.scoring.columns import half_width
from parvis.core.figures.scoring.contacts import ContactScores, ViewScores
from parvis.core.figures.tally.observations import CHANNELS, ContactFrame
from parvis.core.instruments.method import load_method

CONFIDENCE = 0.95
PEERS = 40  # organisations of a category, whose spread moderates that of a few contacts
METHOD = load_method()[0]
WEIGHTS = {"égaux · equal": 0.0, "modérés · moderate": 0.5, "inégaux · uneven": 1.0}
Cell = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How many times each cell is drawn: organisations for scores, samples for shares, editions for the rest."""

    organisations: int
    samples: int
    editions: int
    draws: int
    plans: int


QUICK = Size(organisations=2000, samples=4000, editions=100, draws=500, plans=20)
FULL = Size(organisations=20000, samples=20000, editions=1000, draws=2000, plans=200)


def scores(dice: np.random.Generator, size: Size) -> Iterator[Cell]:
    """Organisations of unlike quality and spread: does the interval of the score hold the true score?"""
    for channels in (1, 3):
        for spread in (10, 20, 30):
            for contacts in (2, 3, 5, 8, 24):
                held, width = _scores(dice, size.organisations, channels, spread, contacts)
                yield {"contacts": contacts, "spread": spread, "channels": channels, "coverage": held, "width": width}


def _scores(
    dice: np.random.Generator, organisations: int, channels: int, spread: int, contacts: int
) -> tuple[float, float]:
    truth = dice.uniform(40, 80, (organisations, channels))
    deviation = spread * dice.uniform(0.7, 1.3, (organisations, 1))
    drawn = _bounded(dice, truth[:, :, None], np.minimum(deviation, 36)[:, :, None], contacts)
    holder = np.repeat(np.arange(organisations), channels * contacts)
    channel = np.tile(np.repeat(np.arange(channels), contacts), organisations)
    category = np.arange(organisations) // PEERS
    frame, marked = _contacts(drawn.ravel(), holder, channel, organisations)
    places = score_places(frame, marked, category, np.ones(organisations), METHOD)
    planned = np.zeros((organisations, len(CHANNELS)), bool)
    planned[:, :channels] = True
    found = score_organisations(score_channels(places, planned, METHOD), np.ones(organisations, bool), METHOD).step
    half = half_width(found.standard_error, found.degrees, CONFIDENCE)
    return float(np.mean(np.abs(found.score - truth.mean(axis=1)) <= half)), float(np.mean(half))


def _bounded(dice: np.random.Generator, mean: np.ndarray, deviation: np.ndarray, contacts: int) -> np.ndarray:
    """Scores from 0 to 100 (a beta law) with that mean and that standard deviation."""
    share = mean / 100
    precision = share * (1 - share) / (deviation / 100) ** 2 - 1
    shape = (*mean.shape[:2], contacts)
    return 100 * dice.beta(np.broadcast_to(share * precision, shape), np.broadcast_to((1 - share) * precision, shape))


def _contacts(
    values: np.ndarray, holder: np.ndarray, channel: np.ndarray, organisations: int
) -> tuple[ContactFrame, ContactScores]:
    names = [f"o{number:05}" for number in range(organisations)]
    count, ones = len(values), np.ones(len(values))
    yes, no, none = np.ones(count, bool), np.zeros(count, bool), np.zeros(0, np.int64)
    frame = ContactFrame(pa.nulls(count), names, names, holder, holder, channel, yes, no)
    empty = ViewScores(none, none, none.astype(np.float64), none.astype(np.float64))
    return frame, ContactScores(values / 100, ones, ones, values, yes, no, no, empty)


def shares(dice: np.random.Generator, size: Size) -> Iterator[Cell]:
    """Weighted shares: does Wilson on the effective size hold the true share? Weights tell nothing of the answer."""
    for kind, uneven in WEIGHTS.items():
        for share in (0.03, 0.1, 0.3, 0.5, 0.9):
            for n in (30, 50, 100, 400):
                weights = np.exp(dice.normal(0, uneven, (size.samples, n)))
                answers = dice.random((size.samples, n)) < share
                low, high = _share_limits(weights, answers)
                held = float(np.mean((low <= share) & (share <= high)))
                yield {"responses": n, "share": share, "weights": kind, "coverage": held, "width": _half(low, high)}


def _share_limits(weights: np.ndarray, answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    samples, n = weights.shape
    w, w2 = weights.sum(axis=1), (weights**2).sum(axis=1)
    mean = (weights * answers).sum(axis=1) / w
    residuals = ((weights * (answers - mean[:, None])) ** 2).sum(axis=1)
    error = np.sqrt(n / (n - 1) * residuals) / w
    size = np.full(samples, float(n))
    point = Point(
        mean, error, size, kish_size(w, w2, size), mean * (1 - mean), size - 1, np.ones(samples, bool), clustered=False
    )
    found = limits(point, CONFIDENCE)
    return found.low, found.high


def _half(low: np.ndarray, high: np.ndarray) -> float:
    return float(np.mean(high - low) / 2)


def ranks(dice: np.random.Generator, size: Size) -> Iterator[Cell]:
    """All true ranks at once inside their sets, and the true first among those level with the first."""
    for peers in (10, 30):
        for apart in (0.0, 1.0, 3.0):
            held = first = 0
            for edition in range(size.editions):
                truth = dice.normal(60, 4 * apart, peers) if apart else np.full(peers, 60.0)
                score, error, degrees = _measured(dice, truth)
                names = [str(number) for number in range(peers)]
                units = rank(names, score, error, degrees, seed=edition, replicates=size.draws).units
                better = (truth[:, None] > truth).sum(axis=0)
                worse = (truth[:, None] < truth).sum(axis=0)
                low, high = (np.array([getattr(unit, end) for unit in units]) for end in ("rank_low", "rank_high"))
                held += bool(np.all((low <= 1 + better) & (high >= peers - worse)))
                first += bool(units[int(np.argmax(truth))].level_with_first)
            rates = {"coverage": held / size.editions, "first_kept": first / size.editions}
            yield {"organisations": peers, "tau_over_error": apart, **rates}


def _measured(dice: np.random.Generator, truth: np.ndarray, degrees: float = 12.0) -> tuple[np.ndarray, ...]:
    """Estimates with an error of about 4 points, known through a dozen degrees of freedom as scores are."""
    true_error = dice.uniform(3, 5, len(truth))
    known = true_error * np.sqrt(dice.chisquare(degrees, len(truth)) / degrees)
    return truth + true_error * dice.normal(size=len(truth)), known, np.full(len(truth), degrees)


def false_changes(dice: np.random.Generator, size: Size) -> Iterator[Cell]:
    """Editions in which nothing moved, or a third did: how often is a change told that is none?"""
    for peers in (10, 100):
        for moved in (0.0, 1 / 3):
            wrong = []
            for _ in range(10 * size.editions):
                before = dice.normal(60, 8, peers)
                shift = np.where(np.arange(peers) < round(moved * peers), 20.0, 0.0)
                names = [str(number) for number in range(peers)]
                pair = [check_estimates(names, *_measured(dice, truth)) for truth in (before, before + shift)]
                told = np.array([change.verdict in ("up", "down") for change in changes(*pair)])
                wrong.append(float((told & (shift == 0)).sum() / max(told.sum(), 1)))
            yield {"organisations": peers, "moved": round(moved, 2), "false_rate": float(np.mean(wrong))}


def severities(dice: np.random.Generator, size: Size) -> Iterator[Cell]:
    """Observers who mark harder or softer: is their severity found, within its error, and none where there is none?"""
    organisations, observers, each = 40, 15, 6
    for spread in (0.0, 3.0, 8.0):
        plans: list[tuple[np.ndarray, np.ndarray, np.ndarray, bool]] = []
        for _ in range(size.plans):
            harder = dice.normal(0, spread, observers) if spread else np.zeros(observers)
            quality = dice.normal(60, 8, organisations)
            holder = np.repeat(np.arange(organisations), each)
            # six contacts by six observers out of fifteen, drawn anew for each organisation
            observer = np.concatenate([dice.permutation(observers)[:each] for _ in range(organisations)])
            marks = quality[holder] - harder[observer] + dice.normal(0, 15, len(holder))
            names = ([f"s{code}" for code in holder], ["phone"] * len(holder), [f"w{code:02}" for code in observer])
            found = severity(marks, names[0], names[1], names[2], interaction=False)
            told = np.array([one.severity for one in found.observers])
            error = np.array([one.standard_error for one in found.observers])
            plans.append((told, error, harder, found.material))
        corrected = float(np.mean([plan[3] for plan in plans]))
        yield {"severity_deviation": spread, "corrected": corrected, **_recovered([p for p in plans if p[3]])}


def _recovered(plans: list[tuple[np.ndarray, np.ndarray, np.ndarray, bool]]) -> Cell:
    """Over the plans where a correction would be published: true severity per point told, and errors that hold it."""
    if len(plans) < 5:
        return {"slope": None, "correlation": None, "coverage": None}
    told, error, harder = (np.concatenate([plan[at] for plan in plans]) for at in range(3))
    return {
        "slope": float((told * harder).sum() / (told**2).sum()),
        "correlation": float(np.corrcoef(told, harder)[0, 1]),
        "coverage": float(np.mean(np.abs(told - harder) <= 1.96 * error)),
    }


PIECES: dict[str, Callable[[np.random.Generator, Size], Iterator[Cell]]] = {
    "scores": scores,
    "shares": shares,
    "ranks": ranks,
    "false_changes": false_changes,
    "severities": severities,
}


def measure(size: Size, seed: int) -> dict[str, list[Cell]]:
    """Every piece on its own stream of draws, so that adding one changes no other."""
    streams = np.random.default_rng(seed).spawn(len(PIECES))
    return {name: list(piece(dice, size)) for (name, piece), dice in zip(PIECES.items(), streams, strict=True)}


def verdicts(found: dict[str, list[Cell]]) -> list[tuple[str, str, bool]]:
    """What was promised, what was measured, and whether it is kept."""
    steady = [cell for cell in found["scores"] if cell["contacts"] >= 5]
    rows = []
    for name, cells in (("scores, k ≥ 5", steady), ("shares, n ≥ 30", found["shares"])):
        mean, least = float(np.mean([c["coverage"] for c in cells])), min(cells, key=lambda c: c["coverage"])
        rows.append((f"{name}: mean coverage 93–97 %", _percent(mean), 0.93 <= mean <= 0.97))
        rows.append((f"{name}: no cell under 90 %", _percent(least["coverage"]), least["coverage"] >= 0.90))
    sets = min(cell["coverage"] for cell in found["ranks"])
    rows.append(("simultaneous rank sets ≥ 94 %", _percent(sets), sets >= 0.94))
    kept = min(cell["first_kept"] for cell in found["ranks"])
    rows.append(("true first level with the first ≥ 94 %", _percent(kept), kept >= 0.94))
    false = max(cell["false_rate"] for cell in found["false_changes"])
    rows.append(("false changes ≤ 5 %", _percent(false), false <= 0.05))
    none, *some = found["severities"]
    rows.append(("no severity, corrected ≤ 5 %", _percent(none["corrected"]), none["corrected"] <= 0.05))
    slope = [cell["slope"] for cell in some if cell["slope"] is not None]
    rows.append(("severity recovered, slope 0.9–1.1", f"{slope[-1]:.2f}", 0.9 <= slope[-1] <= 1.1))
    return rows


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def table(cells: list[Cell]) -> str:
    """A table in Markdown, one row per cell."""
    names = list(cells[0])
    lines = [" | ".join(names), " | ".join("---" for _ in names)]
    lines += [" | ".join(_shown(name, cell[name]) for name in names) for cell in cells]
    return "\n".join(f"| {line} |" for line in lines)


def _shown(name: str, value: object) -> str:
    if isinstance(value, float) and name in ("coverage", "first_kept", "false_rate", "corrected"):
        return _percent(value)
    return "–" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    found = measure(FULL if asked.full else QUICK, asked.seed)
    kept = verdicts(found)
    promises = "\n".join(f"| {what} | {value} | {'✓' if good else '✗'} |" for what, value, good in kept)
    said = f"| promise | measured | kept |\n| --- | --- | --- |\n{promises}\n"
    said += "".join(f"\n## {name}\n\n{table(cells)}\n" for name, cells in found.items())
    sys.stdout.write(said)
    if asked.output:
        asked.output.write_text(json.dumps({"seed": asked.seed, **found}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if asked.table:
        asked.table.write_text(said, "utf-8")
    sys.exit(0 if all(good for _, _, good in kept) else 1)


if __name__ == "__main__":
    main()
