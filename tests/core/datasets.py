"""Small datasets made by hand or by seed, for every test that scores."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from parvis.core.bundle import DATASET_TABLES, Dataset
from parvis.core.instruments.method import load_method

MANIFEST = {"edition": "essai", "frozen_at": "2026-11-01T00:00:00Z", "seed": 7, "method": {"id": "2026"}}


def table(name: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows as a table of the dataset; columns that a row does not give are null, extra ones are kept."""
    schema = DATASET_TABLES[name].schema()
    extras = sorted({key for row in rows for key in row} - set(schema.names))
    arrays = {field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in schema}
    return pa.table(arrays | {key: pa.array([row.get(key) for row in rows]) for key in extras})


def dataset(method_text: str | None = None, **tables: Sequence[dict[str, Any]]) -> Dataset:
    """A dataset from rows by table; the shipped method unless another text is given."""
    made = {name: table(name, rows) for name, rows in tables.items()}
    return Dataset(dict(MANIFEST), made, load_method()[1] if method_text is None else method_text)


def organisation(code: str, category: str | None = "communes", **more: Any) -> dict[str, Any]:
    return {"organisation": code, "category": category, "eligible": True, "comparable": True, **more}


def place(code: str, organisation: str, **more: Any) -> dict[str, Any]:
    return {"place": code, "organisation": organisation, "kind": "main", **more}


def criterion(code: str, channel: str = "phone", weight: float = 1.0, **more: Any) -> dict[str, Any]:
    plain = {"stage": "access", "determinant": "courtesy", "critical": False, "subjective": False}
    return {"criterion": code, "channel": channel, "weight": weight, **plain, **more}


def observation(code: str, organisation: str, channel: str = "phone", **more: Any) -> dict[str, Any]:
    plain = {"place": organisation + "-1", "outcome": "reached", "day": dt.date(2026, 3, 2), "observer": "o1"}
    return {"observation": code, "organisation": organisation, "channel": channel, **plain, **more}


def answer(observation: str, criterion: str, value: float | None, state: str | None = None) -> dict[str, Any]:
    state = state or ("not_applicable" if value is None else "scored")
    raw = None if value is None else str(value)
    return {"observation": observation, "criterion": criterion, "state": state, "value": value, "raw": raw}


STAGES = ("access", "orientation", "handling", "complaints")
DETERMINANTS = ("accessibility", "courtesy", "waiting")
CHANNELS = ("phone", "email", "visit")


def random_rows(
    seed: int, organisations: int = 6, contacts: int = 4, criteria: int = 5
) -> dict[str, list[dict[str, Any]]]:
    """The rows of an edition with all its accidents: silence, failures of ours, gaps in the grid, second codings."""
    dice = random.Random(seed)  # noqa: S311 - a test draws no secret
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("criteria", "organisations", "places")}
    rows |= {"observations": [], "answers": [], "delays": []}
    for channel in CHANNELS:
        rows["criteria"] += [
            criterion(
                f"{channel}-{number}",
                channel,
                dice.choice((0.5, 1.0, 2.0, 3.0)),
                stage=dice.choice(STAGES),
                determinant=dice.choice(DETERMINANTS),
                critical=dice.random() < 0.1,
                subjective=dice.random() < 0.1,
            )
            for number in range(criteria)
        ]
    for number in range(organisations):
        name = f"s{number:04}"
        rows["organisations"].append(organisation(name, f"c{number % 2}", population=1000 * (number + 1)))
        rows["places"] += [place(f"{name}-{index}", name, weight=dice.choice((1.0, 2.0))) for index in (1, 2)]
        for channel in CHANNELS:
            for turn in range(dice.randint(0, contacts)):
                _contact(dice, rows, f"{name}-{channel}-{turn}", name, channel)
    return rows


def _contact(dice: random.Random, rows: dict[str, list[dict[str, Any]]], code: str, name: str, channel: str) -> None:
    outcome = dice.choices(("reached", "not_reached", "our_failure"), (8, 2, 1))[0]
    where = f"{name}-{dice.choice((1, 1, 2))}"
    observer = f"o{dice.randint(1, 6)}"
    rows["observations"].append(observation(code, name, channel, place=where, outcome=outcome, observer=observer))
    if channel == "phone" and outcome != "our_failure":
        silent = outcome == "not_reached"
        amount = 10.0 if silent else float(dice.randint(1, 9))
        rows["delays"].append(
            {"observation": code, "kind": "pick_up", "amount": amount, "unit": "rings", "censored": silent}
        )
    if outcome != "reached":
        return
    for item in rows["criteria"]:
        if item["channel"] == channel:
            value = dice.choice((0.0, 0.5, 1.0, 1.0, 1.0, None))
            rows["answers"].append(answer(code, item["criterion"], value))


def random_dataset(seed: int, **sizes: int) -> Dataset:
    """A dataset of `random_rows`."""
    return dataset(**random_rows(seed, **sizes))
