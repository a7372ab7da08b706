"""The scan of mystery contacts: answers → sums per contact and view, then sums per cell and criterion.

Values and weights enter as whole millionths and are summed exactly: neither the order of rows, nor the engine, nor its
threads can change a figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.core.bundle import Dataset
from parvis.core.figures.tally.engine import Engine
from parvis.core.vocabulary import AnswerState, Channel, Determinant, Fault, Outcome, ParvisError, Stage, Text

MILLION = 1_000_000
CHANNELS = tuple(Channel)
STAGES = tuple(Stage)
DETERMINANTS = tuple(Determinant)

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CriteriaFrame:
    """The criteria as numbers, in the order of their codes: weights in millionths, -1 for a stage that is not given."""

    codes: list[str]
    channel: Integers
    stage: Integers
    determinant: Integers
    weight: Integers
    ranked: Flags  # enters scores: neither critical, nor subjective, nor without weight

    @property
    def view(self) -> Integers:
        """One number per (stage, determinant), from which both side views are summed."""
        return (self.stage + 1) * (len(DETERMINANTS) + 1) + self.determinant + 1


@dataclass(frozen=True)
class ContactFrame:
    """The contacts as numbers, in the order of their identifiers; a second coding of a contact is left out."""

    observations: pa.Array
    organisations: list[str]
    places: list[str]
    organisation: Integers
    place: Integers
    channel: Integers
    reached: Flags
    not_reached: Flags

    @property
    def cell(self) -> Integers:
        """One number per organisation × channel."""
        return self.organisation * len(CHANNELS) + self.channel


@dataclass(frozen=True)
class ViewSums:
    """Per contact and view: weight × value (millionths of millionths) and weight (millionths) of what was marked."""

    contact: Integers
    view: Integers
    numerator: Integers
    denominator: Integers


@dataclass(frozen=True)
class CriterionSums:
    """Per cell and criterion: marks, their sum and their sum of squares (millionths, millionths squared)."""

    cell: Integers
    criterion: Integers
    marked: Integers
    total: Integers
    squares: Integers


def criteria_frame(dataset: Dataset, weights: dict[str, float]) -> CriteriaFrame:
    """The criteria of a dataset as numbers; `weights` replaces the weight of those it names."""
    table = dataset.table("criteria").sort_by("criterion")
    codes = table["criterion"].to_pylist()
    given = [weights.get(code, weight) for code, weight in zip(codes, table["weight"].to_pylist(), strict=True)]
    weight = np.rint(np.array(given, dtype=np.float64) * MILLION).astype(np.int64)
    apart = np.array(table["critical"].to_pylist(), bool) | np.array(table["subjective"].to_pylist(), bool)
    return CriteriaFrame(
        codes,
        _codes(table["channel"], CHANNELS),
        _codes(table["stage"], STAGES),
        _codes(table["determinant"], DETERMINANTS),
        weight,
        ~apart & (weight > 0),
    )


def contact_frame(dataset: Dataset) -> ContactFrame:
    """The contacts of a dataset as numbers, in the order of their identifiers."""
    table = dataset.table("observations")
    table = table.filter(pc.is_null(table["double_of"])).sort_by("observation")
    organisations = sorted(dataset.table("organisations")["organisation"].to_pylist())
    places = sorted(dataset.table("places")["place"].to_pylist())
    outcome = table["outcome"]
    return ContactFrame(
        _one(table["observation"]),
        organisations,
        places,
        _codes(table["organisation"], organisations),
        _codes(table["place"], places),
        _codes(table["channel"], CHANNELS),
        pc.equal(outcome, Outcome.REACHED.value).to_numpy(),
        pc.equal(outcome, Outcome.NOT_REACHED.value).to_numpy(),
    )


def sum_views(engine: Engine, dataset: Dataset, contacts: ContactFrame, criteria: CriteriaFrame) -> ViewSums:
    """Per reached contact and view, the sums over ranked criteria that were marked, sorted by contact then view."""
    tables = _tables(engine, dataset, contacts, criteria, contacts.reached, criteria.ranked)
    columns = _sorted_columns(engine.collect(_by_view(*tables)), "contact", "view")
    return ViewSums(columns["contact"], columns["view"], columns["numerator"], columns["denominator"])


def sum_criteria(
    engine: Engine, dataset: Dataset, contacts: ContactFrame, criteria: CriteriaFrame, counted: Flags
) -> CriterionSums:
    """Per cell and criterion, the marks of the contacts that count, sorted by cell then criterion.

    Raises ParvisError when a contact answers a criterion of another channel's grid.
    """
    tables = _tables(engine, dataset, contacts, criteria, contacts.reached & counted, criteria.weight > 0)
    columns = _sorted_columns(engine.collect(_by_criterion(*tables)), "cell", "criterion")
    stray = criteria.channel[columns["criterion"]] != columns["cell"] % len(CHANNELS)
    if stray.any():
        raise ParvisError(
            [_stray_criterion(criteria.codes[index]) for index in np.unique(columns["criterion"][stray])[:20]]
        )
    return CriterionSums(columns["cell"], columns["criterion"], columns["marked"], columns["total"], columns["squares"])


@lru_cache(maxsize=64)
def _by_view(answers: Any, contact: Any, criterion: Any) -> Any:
    """Of tables of the same columns, the same question: it is made once."""
    joined = _joined(answers, contact, criterion)
    return joined.group_by(["contact", "view"]).aggregate(
        numerator=(joined.weight * joined.mark).sum().cast("int64"), denominator=joined.weight.sum().cast("int64")
    )


@lru_cache(maxsize=64)
def _by_criterion(answers: Any, contact: Any, criterion: Any) -> Any:
    joined = _joined(answers, contact, criterion)
    return joined.group_by(["cell", "criterion"]).aggregate(
        marked=joined.count(),
        total=joined.mark.sum().cast("int64"),
        squares=(joined.mark * joined.mark).sum().cast("int64"),
    )


def _joined(answers: Any, contact: Any, criterion: Any) -> Any:
    answers = answers.to_expr()
    marked = answers.filter(answers.state == AnswerState.SCORED.value)
    marked = marked.select(
        "observation", code=marked.criterion, mark=(marked.value * float(MILLION)).round().cast("int64")
    )
    return marked.join(criterion.to_expr(), "code").join(contact.to_expr(), "observation")


def _tables(
    engine: Engine, dataset: Dataset, contacts: ContactFrame, criteria: CriteriaFrame, kept: Flags, wanted: Flags
) -> tuple[Any, Any, Any]:
    """Answers, the contacts that are kept and the criteria that are wanted."""
    answers = engine.table(dataset.files["answers"] if "answers" in dataset.files else dataset.table("answers"))
    rows = np.flatnonzero(kept)
    contact = engine.table(
        pa.table(
            {
                "observation": contacts.observations.take(pa.array(rows)),
                "contact": rows.astype(np.int32),
                "cell": contacts.cell[rows].astype(np.int32),
            }
        )
    )
    which = np.flatnonzero(wanted)
    criterion = engine.table(
        pa.table(
            {
                "code": pa.array([criteria.codes[index] for index in which], pa.string()),
                "criterion": which.astype(np.int32),
                "view": criteria.view[which].astype(np.int32),
                "weight": criteria.weight[which],
            }
        )
    )
    return answers.op(), contact.op(), criterion.op()


def _sorted_columns(table: pa.Table, first: str, second: str) -> dict[str, Integers]:
    columns = {name: _one(table[name]).to_numpy(zero_copy_only=False).astype(np.int64) for name in table.column_names}
    order = np.lexsort((columns[second], columns[first]))
    return {name: column[order] for name, column in columns.items()}


def _codes(column: pa.ChunkedArray, values: Any) -> Integers:
    found = pc.index_in(_one(column), value_set=pa.array([str(value) for value in values], pa.string()))
    codes: Integers = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _one(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _stray_criterion(code: str) -> Fault:
    return Fault(
        "criterion_of_another_channel",
        Text(
            f"le critère « {code} » est noté dans un contact d’un autre canal.",
            f"criterion “{code}” is marked in a contact of another channel.",
        ),
        Text("Corrigez le canal du critère ou du contact.", "Correct the channel of the criterion or of the contact."),
        {"table": "answers", "column": "criterion", "key": code},
    )
