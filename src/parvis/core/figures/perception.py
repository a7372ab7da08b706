"""What citizens say of an organisation beside what was observed of it: the gap, relative to its peers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from parvis.core.bundle import MeasureKind, SubjectKind
from parvis.core.bundle.result_tables import DIAGNOSTICS
from parvis.core.figures.fair_terms import perception_gaps
from parvis.core.figures.scoring import OVERALL, Scoring
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import PODIUM, Status

PIECE = "gap"


def perception(scoring: Scoring, citizens: pa.Table, method: Method) -> pa.Table:
    """Diagnostics: by how many points citizens place each organisation above its observed quality.

    Args:
        scoring: the observed scores.
        citizens: the rows of `estimates` that come from citizens.
        method: who may be compared, and behind how many respondents a figure may show.

    Returns:
        `perceived_minus_observed` in points, with the verdict as text, then its `standard_error`, `low` and `high`, for
        each comparable organisation with both overall figures; nothing for a category in which too few have both: its
        mean could be worked out by one of them who also knows the podium.

    Source: method of Parvis 4.5 and 4.10; see `fair_terms.perception_gaps`.
    """
    return DIAGNOSTICS.filled(list(_rows(scoring, _shown(citizens, method), method)))


def _shown(citizens: pa.Table, method: Method) -> dict[str, tuple[float, float]]:
    """The overall figure of each organisation and its error, where both may be told."""
    overall = (SubjectKind.ORGANISATION, MeasureKind.OVERALL, OVERALL)
    return {
        row["subject"]: (row["value"], row["standard_error"])
        for row in citizens.to_pylist()
        if (row["subject_kind"], row["measure_kind"], row["measure"]) == overall
        and row["status"] == Status.PUBLISHED
        and row["standard_error"] is not None
        and row["n"] >= method.disclosure.respondents
    }


def _rows(
    scoring: Scoring, perceived: Mapping[str, tuple[float, float]], method: Method
) -> Iterator[tuple[object, ...]]:
    step, names = scoring.organisations.step, scoring.frames.contacts.organisations
    fewest = max(method.disclosure.organisations, method.minimum.peers) + PODIUM + 1
    for category in range(len(scoring.frames.categories)):
        fit = (scoring.frames.category == category) & scoring.organisations.comparable & (step.standard_error > 0)
        rows = [row for row in np.flatnonzero(fit).tolist() if names[row] in perceived]
        if len(rows) < fewest:
            continue
        told = [names[row] for row in rows]
        values, errors = zip(*(perceived[name] for name in told), strict=True)
        found = perception_gaps(
            told,
            step.score[rows],
            step.standard_error[rows],
            values,
            errors,
            confidence=method.scores.confidence,
        )
        for one in found:
            verdict = one.verdict.value if one.verdict else None
            yield (PIECE, one.identifier, "perceived_minus_observed", one.gap, verdict)
            for name in ("standard_error", "low", "high"):
                yield (PIECE, one.identifier, name, getattr(one, name), None)
