"""Who receives what, read from the ranks of a result."""

from __future__ import annotations

from typing import Any, cast

import pyarrow as pa
import pytest

from parvis.core.bundle import Result
from parvis.core.bundle.result_tables import RESULT_TABLES
from parvis.core.instruments.method import load_method
from parvis.web.editions.models import Enrolment
from parvis.web.results.distinctions import distinctions_of


def ranked(organisation: str, rank: int | None, level: bool | None, status: str = "published") -> dict[str, Any]:
    return {
        "category": "c", "organisation": organisation, "rank": rank, "level_with_first": level, "status": status,
    }  # fmt: skip


def behind(organisation: str, contacts: int) -> dict[str, Any]:
    return {
        "subject_kind": "organisation", "subject": organisation, "source": "observed", "measure_kind": "overall",
        "measure": "overall", "n": contacts, "status": "published", "reason": "",
    }  # fmt: skip


def prizes(*rows: dict[str, Any], contacts: int = 24) -> list[tuple[str, str, int | None]]:
    estimates = [behind(row["organisation"], contacts) for row in rows]
    tables = {
        "estimates": pa.Table.from_pylist(estimates, RESULT_TABLES["estimates"].schema()),
        "ranks": pa.Table.from_pylist(list(rows), RESULT_TABLES["ranks"].schema()),
        "participation": RESULT_TABLES["participation"].empty(),
    }
    enrolments = cast("dict[str, Enrolment]", {row["organisation"]: None for row in rows})
    return [
        (key, str(kind), rank)
        for key, kind, rank in distinctions_of(Result({}, tables), load_method()[0], enrolments).prizes
    ]


def test_a_small_category_still_gives_its_trophy() -> None:
    assert prizes(ranked("a", 1, True), ranked("b", None, True), ranked("c", None, False)) == [("a", "trophy", 1)]


def test_two_first_alike_share_it() -> None:
    found = prizes(ranked("a", 1, True), ranked("b", 1, True), ranked("c", None, False))
    assert found == [("a", "trophy", 1), ("b", "trophy", 1)]


def test_alone_is_a_mention() -> None:
    assert prizes(ranked("a", 1, True), ranked("b", None, None, "not_measured")) == [("a", "mention", None)]


@pytest.mark.parametrize("places", [10, 30])
def test_the_podium_is_three(places: int) -> None:
    rows = [ranked(f"o{at:02}", at, at < 5) for at in range(1, places + 1)]
    assert prizes(*rows) == [("o01", "trophy", 1), ("o02", "trophy", 2), ("o03", "trophy", 3)]


def test_a_rank_with_too_few_contacts_wins_no_trophy() -> None:
    rows = [ranked("a", 1, True), ranked("b", None, False)]
    assert prizes(*rows, contacts=19) == []
    assert prizes(*rows, contacts=20) == [("a", "trophy", 1)]


def test_beyond_the_ceiling_more_responses_win_nothing() -> None:
    """120 and 500 for 1,000 are both 100 under a ceiling of 100: they share the trophy; 90 does not."""
    rates = {"a": 120.0, "b": 500.0, "c": 90.0}
    rows = [
        {"organisation": key, "qualified": 900, "per_1000_inhabitants": rate, "started": 900, "completed": 900}
        for key, rate in rates.items()
    ]
    tables = {
        "estimates": RESULT_TABLES["estimates"].empty(),
        "ranks": RESULT_TABLES["ranks"].empty(),
        "participation": pa.Table.from_pylist(rows, RESULT_TABLES["participation"].schema()),
    }
    enrolments = cast("dict[str, Enrolment]", dict.fromkeys(rates))
    method = load_method()[0]
    free, held = (
        [key for key, *_ in distinctions_of(Result({}, tables), method, enrolments, **limit).prizes]
        for limit in ({}, {"ceiling_per_1000": 100.0})
    )
    assert (free, held) == (["b"], ["a", "b"])
