"""Slices of a result: to each its own figures, peers' means only where published, names only by consent."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from parvis.core.bundle import RESULT_TABLES, Result
from parvis.core.vocabulary import Status, Text
from parvis.rendering.gaps import Gap
from parvis.rendering.national import National, slice_national
from parvis.rendering.scorecard import Scorecard, slice_result
from tests.rendering.made_results import estimate, made_result


def result(**tables: list[dict[str, Any]]) -> Result:
    made = {name: pa.Table.from_pylist(rows, RESULT_TABLES[name].schema()) for name, rows in tables.items()}
    return Result({"edition": "2026"}, made)


def person(code: str, category: str = "communes", name: str | None = None) -> dict[str, Any]:
    return {
        "organisation": code,
        "category": category,
        "name": name or code.upper(),
        "eligible": True,
        "comparable": True,
    }


def criterion(code: str, **more: Any) -> dict[str, Any]:
    row = {
        "criterion": code,
        "channel": "phone",
        "weight": 1.0,
        "critical": False,
        "subjective": False,
        "label_fr": code,
    }
    return {**row, **more}


def test_each_organisation_gets_its_own_figures_and_its_category_mean() -> None:
    made = result(
        organisations=[person("a"), person("b", "epci")],
        estimates=[
            estimate("organisation", "a", "overall", "overall", 70.0),
            estimate("organisation", "b", "overall", "overall", 50.0),
            estimate("category", "communes", "overall", "overall", 66.0),
            estimate("category", "epci", "overall", "overall", None, status="too_few"),
        ],
    )
    cards = slice_result(made)
    assert (cards["a"].observed.value, cards["a"].observed.peers) == (70.0, 66.0)
    assert (cards["b"].observed.value, cards["b"].observed.peers) == (50.0, None)


def test_a_value_that_is_not_published_never_gets_through() -> None:
    leak = estimate("organisation", "a", "channel", "phone", 12.3, channel="phone", status="hidden_to_protect")
    card = slice_result(result(organisations=[person("a")], estimates=[leak]))["a"]
    assert card.channels[0].status is Status.HIDDEN_TO_PROTECT
    assert (card.channels[0].value, card.channels[0].low, card.channels[0].high) == (None, None, None)
    assert "12.3" not in json.dumps(card.to_json())


def test_the_expected_range_follows_from_the_two_z() -> None:
    # y = 70, s = 2, z = 2.5 → target = 70 - 2.5 × 2 = 65; z_adjusted = 1.25 → spread = 5/1.25 = 4; 65 ± 1.645 × 4
    made = result(
        organisations=[person("a")],
        estimates=[estimate("organisation", "a", "overall", "overall", 70.0, standard_error=2.0)],
        bands=[
            {
                "category": "communes", "organisation": "a", "measure": "overall",
                "z": 2.5, "z_adjusted": 1.25, "band": "expected",
            }
        ],
    )  # fmt: skip
    observed = slice_result(made)["a"].observed
    assert observed.expected_low == pytest.approx(58.42)
    assert observed.expected_high == pytest.approx(71.58)
    assert observed.band == "expected"


def test_strengths_and_leads_follow_their_rule() -> None:
    marks = {  # value, contacts, weight, critical
        "high": (95, 4, 1, False), "higher_few": (100, 2, 1, False), "good_heavy": (90, 4, 3, False),
        "good": (90, 4, 1, False), "weak_light": (20, 4, 1, False), "weak_heavy": (50, 4, 3, False),
        "weak_critical": (59, 4, 1, True), "unscored": (10, 4, 0, False), "middle": (70, 4, 5, False),
    }  # fmt: skip
    made = result(
        organisations=[person("a")],
        criteria=[criterion(code, weight=float(w), critical=c) for code, (_, _, w, c) in marks.items()],
        estimates=[
            estimate("organisation", "a", "criterion", code, float(value), n=n, channel="phone")
            for code, (value, n, _, _) in marks.items()
        ],
    )
    card = slice_result(made)["a"]
    assert card.strengths == ("high", "good_heavy", "good")
    # critical first, then what is missing times weight: 50 × 3 = 150 before 80 × 1
    assert card.leads == ("weak_critical", "weak_heavy", "weak_light")


def test_units_are_told_apart() -> None:
    made = result(
        organisations=[person("a")],
        criteria=[criterion("raw_rings", weight=0.0, label_fr="Sonneries")],
        estimates=[
            estimate("organisation", "a", "indicator", "raw_rings", 3.2),
            estimate("organisation", "a", "indicator", "within_5_rings", 0.8, low=0.5, high=0.95),
            estimate("organisation", "a", "question", "why=papers", 0.4, source="perceived", low=0.3, high=0.5),
        ],
    )
    raw, within = slice_result(made)["a"].indicators
    assert raw.said() == "3,2 (entre 0,0 et 7,2\u202f; 24\u00a0contacts)"
    assert within.said() == "80,0\u202f% (entre 50,0\u202f% et 95,0\u202f%\u202f; 24\u00a0contacts)"
    assert slice_result(made)["a"].questions[0].unit == "share"


def test_a_choice_is_told_in_its_own_words() -> None:
    share = estimate("organisation", "a", "question", "why=papers", 0.4, source="perceived", low=0.3, high=0.5)
    asked = {"question": "why", "kind": "choice", "label_fr": "Pourquoi ?", "label_en": "Why?"}
    made = result(organisations=[person("a")], estimates=[share], questions=[asked])
    levels = {("why", "papers"): Text("Des papiers", "Papers")}
    assert slice_result(made, levels=levels)["a"].questions[0].named("", "fr") == "Pourquoi ? – Des papiers"
    assert slice_result(made)["a"].questions[0].named("", "en") == "Why? – papers"


def test_scorecards_and_national_survive_json() -> None:
    made = made_result(12)
    for card in slice_result(made).values():
        assert Scorecard.from_json(json.loads(json.dumps(card.to_json()))) == card
    national = slice_national(made, named={"org-00000": "Ville (fictif)"})
    assert National.from_json(json.loads(json.dumps(national.to_json()))) == national


def test_the_gap_is_told_beside_both_scores_and_hidden_with_either() -> None:
    cards = slice_result(made_result(12)).values()
    told = replace(next(iter(cards)), gap=Gap(-23.8, -36.7, -10.8, "perceived_lower"))
    assert told.observed is not None
    assert told.perceived is not None
    counts = f"{told.observed.n}\u00a0contacts, {told.perceived.n}\u00a0responses"
    assert "23.8 points lower than what was observed" in told.beside_score("en")[0]
    assert f"between −36.7 and −10.8 ({counts})" in told.beside_score("en")[0]
    unclear = replace(told, gap=Gap(15.7, 1.7, 29.7, "no_clear_gap"))
    assert (len(told.beside_score(brief=True)), unclear.beside_score(brief=True)) == (1, [])
    assert (
        "viennent du hasard" in unclear.beside_score("fr")[0]
    )  # its own interval leaves zero out, its family does not
    hidden = replace(told.perceived, value=None, status=Status.HIDDEN_TO_PROTECT)
    corrected = replace(told, perceived=hidden, corrected=62.5)
    (said,) = corrected.beside_score("en")
    assert "62.5 instead of" in said
    assert replace(corrected, observed=hidden).beside_score() == []


def test_rows_may_stand_in_any_order() -> None:
    made = made_result(8)
    turned = {name: table.take(list(range(table.num_rows))[::-1]) for name, table in made.tables.items()}
    assert slice_result(Result(made.manifest, turned)) == slice_result(made)


def test_only_laureates_who_agreed_are_named() -> None:
    made = made_result(40)
    named = {"org-00000": "Ville-Neuve-0 (fictif)"}
    text = json.dumps(slice_national(made, named=named).to_json(), ensure_ascii=False)
    assert text.count("Ville-Neuve") <= 1
    assert "org-" not in text


def test_extremes_of_a_small_category_are_kept_back() -> None:
    people = [person(f"o{at}") for at in range(4)]
    rows = [estimate("organisation", f"o{at}", "overall", "overall", 50.0 + at) for at in range(4)]
    few = slice_national(result(organisations=people, estimates=rows)).categories[0]
    assert (few.lowest, few.highest) == (None, None)
    people.append(person("o4"))
    rows.append(estimate("organisation", "o4", "overall", "overall", 90.0))
    enough = slice_national(result(organisations=people, estimates=rows)).categories[0]
    assert (enough.lowest, enough.highest) == (50.0, 90.0)
