"""Who receives what, read from the ranks of a result."""

from __future__ import annotations

from typing import Any, cast

import pyarrow as pa
import pytest

from parvis.core.bundle import Result
from parvis.core.bundle.result_tables import RESULT_TABLES
from parvis.core.figures.trophy import Deciding, Rate
from parvis.core.instruments.method import load_method
from parvis.web.consultation.qualification import UNSAID, Rule
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
        for key, kind, rank in distinctions_of(Result({}, tables), load_method()[0], enrolments, rule=Rule()).prizes
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


def test_the_consultation_s_trophy_follows_the_published_rule_and_keeps_what_decided() -> None:
    """120 and 500 for 1,000 inhabitants are both 100 under the ceiling; of two hospitals, 8 for 1,000 visits wins."""
    rows = [
        {"organisation": key, "qualified": 900, "started": 950, "completed": 900, "per_1000_inhabitants": lived,
         "per_1000_visits": visited}
        for key, lived, visited in [
            ("a", 120.0, 9.0), ("b", 500.0, None), ("c", 90.0, None), ("h", None, 8.0), ("i", None, 7.0),
        ]
    ]  # fmt: skip
    tables = {
        "estimates": RESULT_TABLES["estimates"].empty(),
        "ranks": RESULT_TABLES["ranks"].empty(),
        "participation": pa.Table.from_pylist(rows, RESULT_TABLES["participation"].schema()),
    }
    enrolments = cast("dict[str, Enrolment]", dict.fromkeys(row["organisation"] for row in rows))
    result, method = Result({}, tables), load_method()[0]
    won = distinctions_of(result, method, enrolments, rule=Rule())
    assert [key for key, *_ in won.prizes] == ["a", "b", "h"]
    assert won.counts["h"] == (950, 900, Deciding(Rate.VISITS, 8.0))
    as_before = distinctions_of(result, method, enrolments, rule=Rule(ceiling_per_1000=1000, **UNSAID))
    assert [key for key, *_ in as_before.prizes] == ["b"]
