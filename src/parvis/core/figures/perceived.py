"""Perceived quality: what citizens who chose to answer said, weighted to known totals, never averaged with scores.

Ratings run from 0 to 100, choices are shares of each level. Precision holds under the weighting model: volunteers are
not a sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.core.bundle import Dataset, MeasureKind, SubjectKind
from parvis.core.bundle.dataset_tables import QuestionKind
from parvis.core.bundle.result_tables import DIAGNOSTICS, ESTIMATES
from parvis.core.figures.calibrated import calibrated_weights
from parvis.core.figures.estimation import Design, Request, View, estimate_views
from parvis.core.figures.likeness import likeness
from parvis.core.figures.scoring import NATION, OVERALL
from parvis.core.figures.tally.engine import Engine, opened
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Source

Floats = NDArray[np.float64]
MOST_LEVELS = 50
_WEIGHT = "parvis_weight"
_SUBJECTS = (
    (SubjectKind.ORGANISATION, "organisation"),
    (SubjectKind.CATEGORY, "parvis_category"),
    (SubjectKind.NATION, "parvis_nation"),
)


@dataclass(frozen=True)
class Perceived:
    """Rows of `estimates` from citizens' answers, and what the weights did."""

    estimates: pa.Table
    diagnostics: pa.Table


@dataclass(frozen=True)
class _Measure:
    kind: MeasureKind
    name: str
    column: str
    share: bool


def perceived(dataset: Dataset, method: Method) -> Perceived:
    """Figures of every rating and choice question, of each determinant and of the headline question.

    Only qualified responses count. Weights are raked to the dataset's margins, territory by territory, and trimmed;
    figures take them as fixed, which is slightly conservative. A figure that fails the reliability gate keeps its n and
    loses its value.

    Source: method of Parvis 4.3, 4.4 and 4.12; see `estimation` and `weighting`.
    """
    responses = dataset.table("responses")
    responses = responses.filter(responses["qualified"]).sort_by("response")  # sums of floats follow this order
    if not responses.num_rows:
        return Perceived(ESTIMATES.empty(), DIAGNOSTICS.empty())
    weights, told = calibrated_weights(dataset, responses, method)
    table, measures = _columns(dataset, responses, weights, method)
    rows: list[tuple[object, ...]] = []
    with opened() as engine:
        for share in (False, True):
            asked = [measure for measure in measures if measure.share is share]
            if asked:
                rows += _rows(engine, table, asked, share, method)
    told += likeness(dataset, responses, method.disclosure.respondents_national)
    return Perceived(ESTIMATES.filled(rows), DIAGNOSTICS.filled(told))


def _columns(dataset: Dataset, responses: pa.Table, weights: Floats, method: Method) -> tuple[pa.Table, list[_Measure]]:
    organisations = dataset.table("organisations")
    category = dict(zip(organisations["organisation"].to_pylist(), organisations["category"].to_pylist(), strict=True))
    holders = responses["organisation"].to_pylist()
    columns = {
        "organisation": responses["organisation"],
        "parvis_category": pa.array([category.get(name) for name in holders], pa.string()),
        "parvis_nation": pa.array([NATION] * len(holders)),
        _WEIGHT: pa.array(weights),
    }
    measures: list[_Measure] = []
    by_determinant: dict[str, list[Floats]] = {}
    for question in dataset.table("questions").sort_by("question").to_pylist():
        name = question["question"]
        if name not in responses.column_names:
            continue
        if question["kind"] == QuestionKind.RATING:
            rating = _rescaled(responses[name], question["scale_low"], question["scale_high"])
            columns[f"rating {name}"] = pa.array(rating, pa.float64(), mask=np.isnan(rating))
            measures.append(_Measure(MeasureKind.QUESTION, name, f"rating {name}", False))
            if name == method.consultation.headline:
                measures.append(_Measure(MeasureKind.OVERALL, OVERALL, f"rating {name}", False))
            if question["determinant"]:
                by_determinant.setdefault(question["determinant"], []).append(rating)
        elif question["kind"] == QuestionKind.CHOICE:
            words = responses[name].cast(pa.string())
            if len(pc.unique(words)) <= MOST_LEVELS and words.null_count < len(words):
                columns[f"choice {name}"] = words
                measures.append(_Measure(MeasureKind.QUESTION, name, f"choice {name}", True))
    for determinant, ratings in sorted(by_determinant.items()):
        mean = _mean_of_answered(np.stack(ratings))
        columns[f"determinant {determinant}"] = pa.array(mean, pa.float64(), mask=np.isnan(mean))
        measures.append(_Measure(MeasureKind.DETERMINANT, determinant, f"determinant {determinant}", False))
    return pa.table(columns), measures


def _rows(
    engine: Engine, table: pa.Table, asked: list[_Measure], share: bool, method: Method
) -> Iterator[tuple[object, ...]]:
    """Figures of organisations, categories and the nation, in one scan."""
    values = tuple(dict.fromkeys(measure.column for measure in asked))
    request = Request(values, share=share, confidence=method.scores.confidence, scaled=not share, gate=method.gate)
    views = [View((by,)) for _, by in _SUBJECTS]
    surveys = estimate_views(table, request, views, Design(weight=_WEIGHT), engine=engine)
    for (kind, by), survey in zip(_SUBJECTS, surveys, strict=True):
        yield from _told(survey.figures.gated().table().to_pylist(), asked, kind, by, share)


def _told(
    found: list[dict[str, Any]], asked: list[_Measure], kind: SubjectKind, by: str, share: bool
) -> Iterator[tuple[object, ...]]:
    top = 1.0 if share else 100.0
    for row in found:
        for measure in asked:
            if measure.column != row["value"] or row[by] is None:  # a body that is in no category
                continue
            name = f"{measure.name}={row['level']}" if share else measure.name
            yield (
                kind.value,
                row[by],
                Source.PERCEIVED.value,
                measure.kind.value,
                name,
                None,
                row["estimate"],
                row["standard_error"],
                _within(row["low"], top),
                _within(row["high"], top),
                row["n"],
                row["n_effective"],
                row["degrees_of_freedom"],
                row["status"],
                row["reason"],
            )


def _rescaled(column: pa.ChunkedArray, low: float | None, high: float | None) -> Floats:
    """Codes on their scale as 0-100; NaN for what is not a number of the scale."""
    numbers = np.array([_number(code) for code in column.to_pylist()], np.float64)
    if low is None or high is None or not low < high:
        return np.full(len(numbers), np.nan)
    return np.where((numbers >= low) & (numbers <= high), 100 * (numbers - low) / (high - low), np.nan)


def _number(code: object) -> float:
    try:
        return float(str(code)) if code is not None else float("nan")
    except ValueError:
        return float("nan")


def _mean_of_answered(ratings: Floats) -> Floats:
    present = ~np.isnan(ratings)
    count = present.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(count > 0, np.where(present, ratings, 0.0).sum(axis=0) / count, np.nan))


def _within(value: float | None, top: float) -> float | None:
    return None if value is None else min(max(value, 0.0), top)
