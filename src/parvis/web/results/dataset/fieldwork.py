"""What observers brought back: one row for each contact, one for each criterion of it, one for each delay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from parvis.core.bundle import DATASET_TABLES
from parvis.core.contacts.delays import Event, EventKind, contact_delays, fill_delays
from parvis.core.instruments.answers import score_answers
from parvis.core.instruments.form import Grid
from parvis.core.vocabulary import Outcome
from parvis.web.editions.models import Edition, Instrument
from parvis.web.fieldwork.queries import observations_for_dataset
from parvis.web.results.dataset.keys import organisation_key, place_key


def fieldwork_tables(edition: Edition) -> dict[str, pa.Table]:
    columns = observations_for_dataset(edition)
    grids = _grids(edition)
    until = _last_day(columns)
    answers, delays = _Columns("answers"), _Columns("delays")
    for contact in _contacts(columns):
        events = _events(contact)
        where = {"departement": contact["departement"], "until": until}
        grid = grids[contact["instrument_id"]]
        for delay in contact_delays(grid, contact["answers"], events, **where):
            delays.add(str(contact["observation"]), str(delay.kind), delay.amount, str(delay.unit), delay.censored)
        if contact["outcome"] != Outcome.REACHED:
            continue  # the method says what a contact that was not reached earns
        filled = fill_delays(grid, contact["answers"], events, **where) if events else contact["answers"]
        for criterion, mark in score_answers(grid, filled).items():
            answers.add(str(contact["observation"]), criterion, str(mark.state), mark.value, mark.raw)
    return {"observations": _observations(columns), "answers": answers.table(), "delays": delays.table()}


def _contacts(columns: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    return (dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))


def _events(contact: Mapping[str, Any]) -> list[Event]:
    return [Event(EventKind(kind), on) for kind, on in contact["events"]]


def _last_day(columns: Mapping[str, list[Any]]) -> date:
    """The last day that the data know of: what has not come by then has not come yet."""
    days = [*columns["happened_on"], *(on for events in columns["events"] for _, on in events)]
    return max(days, default=date.min)


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
