"""What is said of a category where too few organisations compare to give each its rank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from parvis.core.bundle import Result
from parvis.core.bundle.result_tables import RESULT_TABLES
from parvis.rendering.national import CategorySlice, National, slice_national
from parvis.rendering.national_report import how_much_ranks_say, without_sets
from parvis.rendering.scorecard import Scorecard, slice_result
from tests.rendering.made_results import estimate

NAMES = {"a": "Ville A", "b": "Ville B", "c": "Ville C"}


def small(*ranks: tuple[str, int | None, bool]) -> Result:
    organisations = [
        {"organisation": code, "category": "k", "name": NAMES[code], "eligible": True, "comparable": True}
        for code, _, _ in ranks
    ]
    rows = [
        {"category": "k", "organisation": code, "rank": rank, "level_with_first": level, "status": "published"}
        for code, rank, level in ranks
    ]
    if len(rows) == 1:
        rows[0] |= {"rank_low": 1, "rank_high": 1}
    scores = [estimate("organisation", code, "overall", "overall", 80.0) for code, _, _ in ranks]
    tables: dict[str, list[dict[str, Any]]] = {"organisations": organisations, "ranks": rows, "estimates": scores}
    made = {name: pa.Table.from_pylist(tables.get(name, []), shape.schema()) for name, shape in RESULT_TABLES.items()}
    return Result({"edition": "2026"}, made)


def category(result: Result) -> CategorySlice:
    return slice_national(result, named=NAMES).categories[0]


def test_the_first_and_those_level_with_it_are_told_without_intervals() -> None:
    result = small(("a", 1, True), ("b", None, True), ("c", None, False))
    found = category(result)
    assert [(one.name, one.rank, one.ex_aequo, one.low) for one in found.laureates] == [
        ("Ville A", 1, False, None),
        ("Ville B", 1, True, None),
    ]
    assert (found.ranked, found.has_rank_sets) == (3, False)
    said = "Trop peu pour donner à chacune son rang. Meilleure note\u202f: Ville A. Rien n’en sépare\u202f: Ville B."
    assert without_sets(found) == said
    # the score of an organisation outside the podium is not public: the disclosure check counts on it
    assert [one.figure is None for one in found.laureates] == [False, True]
    national = slice_national(result, named=NAMES)
    assert National.from_json(national.to_json()) == national


def test_a_palmares_says_how_much_its_ranks_are_worth() -> None:
    ranks = small(("a", 1, True), ("b", 2, True))
    told = {"piece": "ranking", "subject": "k", "measure": "rankability", "value": 0.342, "text": "mostly_noise"}
    diagnostics = pa.Table.from_pylist([told], RESULT_TABLES["diagnostics"].schema())
    found = category(Result(ranks.manifest, {**ranks.tables, "diagnostics": diagnostics}))
    assert how_much_ranks_say(found) == "Classabilité 0,34 sur 1\u202f: la plupart des écarts de rang sont du bruit."
    assert how_much_ranks_say(replace(found, mostly_noise=False), "en").endswith("does not tell two neighbours apart.")
    assert how_much_ranks_say(category(ranks)) == ""


def test_alone_is_a_mention_not_a_rank() -> None:
    result = small(("a", 1, True))
    assert without_sets(category(result), "en") == "Alone in its category: a mention, not a rank."
    card = slice_result(result)["a"]
    assert card.rank is None
    assert card.leading is not None
    assert "mention" in card.leading.fr


def test_each_scorecard_says_where_it_stands() -> None:
    cards = slice_result(small(("a", 1, True), ("b", None, True), ("c", None, False)))
    said = {code: card.leading.en if card.leading else None for code, card in cards.items()}
    assert said == {
        "a": "First of the 3 organisations compared.",
        "b": "Level with the first of the 3 organisations compared.",
        "c": None,
    }
    assert all(Scorecard.from_json(card.to_json()) == card for card in cards.values())
