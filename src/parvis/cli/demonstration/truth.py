"""What is true of the invented bodies and people: the pipeline never sees it, tests ask whether it was recovered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parvis.core.vocabulary import Channel, Stage

# Logits near the channel means published for past editions: phone well ahead, letters behind.
CHANNEL = {
    Channel.PHONE: 1.15,
    Channel.VISIT: 0.85,
    Channel.WEBSITE: 0.95,
    Channel.SOCIAL: 0.75,
    Channel.EMAIL: 0.55,
    Channel.LETTER: 0.15,
}
# Early stages score higher, complaints lower, as every published edition says.
STAGE = {Stage.ACCESS: 0.35, Stage.ORIENTATION: 0.25, Stage.HANDLING: 0.0, Stage.COMPLAINTS: -0.7}
NOT_REACHED = {
    Channel.PHONE: 0.06,
    Channel.EMAIL: 0.14,
    Channel.LETTER: 0.20,
    Channel.VISIT: 0.02,
    Channel.WEBSITE: 0.0,
    Channel.SOCIAL: 0.12,
}
OUR_FAILURE = 0.01
BODY_SPREAD, CHANNEL_SPREAD, CONTACT_SPREAD, SEVERITY_SPREAD, CRITERION_SPREAD = 0.55, 0.30, 0.45, 0.30, 0.6
GROWTH = 0.12  # logit gained on average between the two editions


@dataclass(frozen=True)
class Truth:
    """quality[i, c]: logit of body i on channel c; severity[o]: points of logit that observer o takes away."""

    quality: np.ndarray
    severity: np.ndarray
    difficulty: Mapping[str, float]

    def later(self, draws: np.random.Generator) -> Truth:
        """The same bodies an edition later: most gain a little, some lose."""
        moved = draws.normal(GROWTH, 0.25, size=(len(self.quality), 1))
        return Truth(self.quality + moved, self.severity, self.difficulty)


def draw_truth(draws: np.random.Generator, *, bodies: int, observers: int, criteria: Mapping[str, Stage]) -> Truth:
    """Draw it once: bodies, observers, and how hard each criterion is."""
    channels = np.array([CHANNEL[channel] for channel in Channel])
    body = draws.normal(0, BODY_SPREAD, size=(bodies, 1))
    quality = channels + body + draws.normal(0, CHANNEL_SPREAD, size=(bodies, len(channels)))
    shifts = draws.normal(0, CRITERION_SPREAD, size=len(criteria))
    difficulty = {
        code: float(STAGE[stage] + shift) for (code, stage), shift in zip(criteria.items(), shifts, strict=True)
    }
    return Truth(quality, draws.normal(0, SEVERITY_SPREAD, size=observers), difficulty)


def keep_truth(path: Path, *, organisations: list[str], truths: Mapping[str, Truth], observers: list[str]) -> None:
    """Write what was true beside the database, by organisation key and pseudonym."""
    content: dict[str, Any] = {
        "channels": [str(channel) for channel in Channel],
        "quality": {
            edition: dict(zip(organisations, np.round(truth.quality, 6).tolist(), strict=True))
            for edition, truth in truths.items()
        },
        "severity": dict(zip(observers, np.round(next(iter(truths.values())).severity, 6).tolist(), strict=True)),
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def chances(logits: np.ndarray) -> np.ndarray:
    """Logistic: from logits to chances.

    >>> chances(np.array([0.0])).tolist()
    [0.5]
    """
    result: np.ndarray = 1 / (1 + np.exp(-logits))
    return result
