"""What observers brought back: one row for each contact, one for each criterion of it, one for each delay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from parvis.core.bundle import DATASET_TABLES
from parvis.core.instruments.answers import score_answers
from parvis.core.instruments.form import Grid, Question
from parvis.core.vocabulary import DelayKind, DelayUnit, Outcome
from parvis.web.editions.models import Edition, Instrument
from parvis.web.fieldwork.queries import observations_for_dataset
from parvis.web.results.dataset.keys import organisation_key, place_key

UNITS = {
    DelayKind.PICK_UP: DelayUnit.RINGS,
    DelayKind.WAITING: DelayUnit.MINUTES,
    DelayKind.ACKNOWLEDGMENT: DelayUnit.WORKING_DAYS,
    DelayKind.ANSWER: DelayUnit.WORKING_DAYS,
}


def fieldwork_tables(edition: Edition) -> dict[str, pa.Table]:
    columns = observations_for_dataset(edition)
    grids = _grids(edition)
    answers = _Columns("answers")
    delays = _Columns("delays")
    for key, instrument, given, outcome in zip(
        columns["observation"], columns["instrument_id"], columns["answers"], columns["outcome"], strict=True
    ):
        if outcome != Outcome.REACHED:
            continue  # the method says what a contact that was not reached earns
        grid = grids[instrument]
        for criterion, mark in score_answers(grid, given).items():
            answers.add(str(key), criterion, str(mark.state), mark.value, mark.raw)
        for delay in _delays(grid, given):
            delays.add(str(key), *delay)
    return {"observations": _observations(columns), "answers": answers.table(), "delays": delays.table()}


def _grids(edition: Edition) -> dict[int, Grid]:
    """Every grid version that an observation of this edition may have been filled with."""
    found = edition.instruments.exclude(channel=Instrument.CITIZEN).defer("source")
    return {each.pk: Grid.from_json(each.compiled) for each in found}


def _observations(columns: Mapping[str, list[Any]]) -> pa.Table:
    return pa.table(
        {
            "observation": [str(key) for key in columns["observation"]],
            "organisation": [organisation_key(pk) for pk in columns["organisation_id"]],
            "place": [place_key(pk) for pk in columns["place_id"]],
            "channel": columns["channel"],
            "observer": columns["observer"],
            "scenario": columns["scenario"],
            "day": columns["happened_on"],
            "half_day": columns["half_day"],
            "outcome": columns["outcome"],
            "double_of": [str(key) if key else None for key in columns["double_of"]],
        },
        schema=DATASET_TABLES["observations"].schema(),
    )


def _delays(grid: Grid, given: Mapping[str, Any]) -> Iterator[tuple[str, float, str, bool]]:
    """The delays that the observer counted: rings, minutes, working days."""
    for question in _delay_questions(grid):
        if (amount := given.get(question.name)) not in (None, "") and question.delay is not None:
            yield str(question.delay), float(amount), str(UNITS[question.delay]), False


def _delay_questions(grid: Grid) -> Iterator[Question]:
    return (question for question in grid.questions if question.delay is not None)


class _Columns:
    """Rows gathered column by column, which Arrow takes without a dictionary for each."""

    def __init__(self, table: str) -> None:
        self.schema = DATASET_TABLES[table].schema()
        self.columns: list[list[Any]] = [[] for _ in self.schema.names]

    def add(self, *values: Any) -> None:
        for column, value in zip(self.columns, values, strict=True):
            column.append(value)

    def table(self) -> pa.Table:
        return pa.table(dict(zip(self.schema.names, self.columns, strict=True)), schema=self.schema)
