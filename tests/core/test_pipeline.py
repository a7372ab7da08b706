"""What every edition's result must keep, whatever its data, and the command that makes it."""

from __future__ import annotations

import copy
import random
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from parvis.core.bundle import Dataset, Result, write_result
from parvis.core.instruments.method import load_method, read_method
from parvis.core.pipeline import score_edition
from parvis.core.vocabulary import ParvisError
from tests.core.datasets import answer, dataset, observation, organisation, random_dataset, random_rows

Rows = dict[str, list[dict[str, Any]]]
ANY_SEED = pytest.mark.parametrize("seed", [3, 90_125])


def full_rows(seed: int, organisations: int = 12) -> Rows:
    """An edition with citizens' answers and known totals beside its contacts."""
    dice = random.Random(seed)  # noqa: S311 - a test draws no secret
    rows = random_rows(seed, organisations=organisations, contacts=8)
    rows["questions"] = [
        {"question": "satisfaction", "kind": "rating", "scale_low": 1.0, "scale_high": 5.0},
        {"question": "wait", "kind": "rating", "scale_low": 0.0, "scale_high": 10.0, "determinant": "waiting"},
        {"question": "channel_used", "kind": "choice"},
    ]
    rows["responses"] = [
        {
            "response": f"r{number:05}",
            "organisation": f"s{dice.randint(0, 2):04}",
            "qualified": dice.random() < 0.9,
            "base_weight": 1.0,
            "entry_point": dice.choice(("qr", "web")),
            "satisfaction": str(dice.randint(1, 5)),
            "wait": dice.choice((None, "0", "5", "10")),
            "channel_used": dice.choice(("phone", "visit")),
            "sex": dice.choice(("f", "f", "m")),
        }
        for number in range(300)
    ]
    rows["organisations"][0]["visits"] = 4000
    rows["margins"] = [
        {"territory": "s0000", "variable": "sex", "level": level, "total": total}
        for level, total in (("f", 520.0), ("m", 480.0))
    ]
    return rows


@cache
def scored(seed: int) -> Result:
    return score_edition(dataset(**random_rows(seed)))


def observed(result: Result) -> dict[tuple[Any, ...], dict[str, Any]]:
    keys = ("subject_kind", "subject", "source", "measure_kind", "measure", "channel")
    return {tuple(row[key] for key in keys): row for row in result.table("estimates").to_pylist()}


def diagnostics(result: Result, piece: str, measure: str) -> list[dict[str, Any]]:
    rows = result.table("diagnostics").to_pylist()
    return [row for row in rows if (row["piece"], row["measure"]) == (piece, measure)]


def files_of(result: Result, folder: Path) -> dict[str, bytes]:
    write_result(result, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def bytes_of(rows: Rows, folder: Path) -> dict[str, bytes]:
    return files_of(score_edition(dataset(**rows)), folder)


def test_rows_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    rows = full_rows(1, organisations=4)
    mixed = {name: sorted(part, key=lambda row: zlib.crc32(str(row).encode())) for name, part in reversed(rows.items())}
    assert bytes_of(rows, tmp_path / "one") == bytes_of(mixed, tmp_path / "two")


@ANY_SEED
def test_twice_the_weights_change_nothing(seed: int) -> None:
    rows = random_rows(seed)
    heavier = copy.deepcopy(rows)
    for row in heavier["criteria"]:
        row["weight"] *= 2
    for row in heavier["places"]:
        row["weight"] *= 2
    text = load_method()[1]
    for channel in ("phone", "email", "letter", "visit", "website", "social"):
        text = text.replace(f"\n{channel} = 1\n", f"\n{channel} = 2\n")
    assert scored(seed).table("estimates").equals(score_edition(dataset(text, **heavier)).table("estimates"))


@ANY_SEED
def test_raising_one_answer_lowers_no_score(seed: int) -> None:
    rows = random_rows(seed)
    low = [row for row in rows["answers"] if row["value"] is not None and row["value"] < 1]
    low[seed % len(low)]["value"] = 1.0
    after = observed(score_edition(dataset(**rows)))
    for key, row in observed(scored(seed)).items():
        if row["value"] is not None and key[3] != "indicator":
            assert after[key]["value"] >= row["value"] - 1e-9


@ANY_SEED
def test_an_empty_organisation_changes_no_other(seed: int) -> None:
    rows = random_rows(seed)
    rows["organisations"].append(organisation("zz", "c0"))
    after = observed(score_edition(dataset(**rows)))
    assert after.pop(("organisation", "zz", "observed", "overall", "overall", None))["status"] == "not_measured"
    assert after == observed(scored(seed))


@ANY_SEED
def test_scores_stay_on_their_scale_and_inside_their_limits(seed: int) -> None:
    result = score_edition(dataset(**full_rows(seed)))
    for row in observed(result).values():
        top = 1.0 if row["measure_kind"] == "indicator" or "=" in row["measure"] else 100.0
        if row["value"] is None:
            assert row["status"] != "published"
            continue
        assert -1e-9 <= row["value"] <= top + 1e-9
        assert row["standard_error"] is None or row["standard_error"] > 0
        if row["low"] is not None:
            assert 0 <= row["low"] <= row["value"] + 1e-9
            assert row["value"] - 1e-9 <= row["high"] <= top


def test_organisations_of_no_category_are_scored_and_not_ranked() -> None:
    rows = random_rows(3, organisations=5)
    for row in rows["organisations"]:
        row["category"] = None
    result = score_edition(dataset(**rows))
    found = observed(result)
    assert found["organisation", "s0000", "observed", "overall", "overall", None]["value"] is not None
    assert found["nation", "nation", "observed", "overall", "overall", None]["n"] > 0
    assert not any(key[0] == "category" for key in found)
    assert result.table("ranks").num_rows == 0


def test_ranks_need_eligible_comparable_organisations() -> None:
    rows = random_rows(3, organisations=30, contacts=9)
    rows["organisations"][0]["eligible"] = False
    rows["organisations"][2]["comparable"] = False
    ranks = {row["organisation"]: row for row in score_edition(dataset(**rows)).table("ranks").to_pylist()}
    for name in ("s0000", "s0002"):
        assert (ranks[name]["rank"], ranks[name]["status"]) == (None, "not_measured")
    ranked = [row for row in ranks.values() if row["rank"] is not None]
    assert len(ranked) >= 20
    assert all(row["rank_low"] <= row["rank"] <= row["rank_high"] for row in ranked)


def test_a_small_category_names_its_first_and_who_is_level_with_it() -> None:
    rows = random_rows(8, organisations=8, contacts=12)
    ranks = score_edition(dataset(**rows)).table("ranks").to_pylist()
    for category in ("c0", "c1"):
        mine = [row for row in ranks if row["category"] == category and row["status"] == "published"]
        assert {row["rank"] for row in mine} == {1, None}
        assert all(row["rank_low"] is None and row["level_with_first"] is not None for row in mine)


def test_bands_wait_for_ten_peers() -> None:
    assert score_edition(random_dataset(4, organisations=16, contacts=9)).table("bands").num_rows == 0
    assert score_edition(random_dataset(4, organisations=40, contacts=9)).table("bands").num_rows > 0


def test_changes_are_told_on_the_common_core_only() -> None:
    rows = random_rows(5, organisations=6, contacts=9)
    before = copy.deepcopy(rows)
    extra = dict(rows["criteria"][0], criterion="phone-new")
    rows["criteria"].append(extra)
    phones = [row["observation"] for row in rows["observations"] if row["channel"] == "phone"]
    reached = {row["observation"] for row in rows["answers"]}
    rows["answers"] += [
        {"observation": code, "criterion": "phone-new", "state": "scored", "value": 0.0, "raw": "0"}
        for code in phones
        if code in reached
    ]
    changed = score_edition(dataset(**rows), previous=dataset(**before)).table("changes").to_pylist()
    measured = [row for row in changed if row["difference"] is not None]
    assert len(measured) > 10
    assert all(abs(row["difference"]) < 1e-9 for row in measured)
    assert {row["verdict"] for row in measured} <= {"no_clear_change", "stable", "not_comparable"}


@pytest.fixture(scope="module")
def whole() -> tuple[Rows, Result]:
    """One edition with citizens' answers, and its result."""
    rows = full_rows(6)
    return rows, score_edition(dataset(**rows))


def test_citizens_figures_are_weighted_gated_and_kept_apart(whole: tuple[Rows, Result]) -> None:
    _, result = whole
    found = observed(result)
    headline = found["organisation", "s0000", "perceived", "overall", "overall", None]
    assert headline["n"] > 30
    assert 0 < headline["low"] < headline["value"] < headline["high"] < 100
    assert ("nation", "nation", "perceived", "determinant", "waiting", None) in found
    shares = [
        row["value"] for key, row in found.items() if key[1] == "s0001" and str(key[4]).startswith("channel_used=")
    ]
    assert sum(shares) == pytest.approx(1.0)
    told = {(row["subject"], row["measure"]) for row in result.table("diagnostics").to_pylist()}
    assert ("s0000", "gap_after") in told


def test_participation_counts_by_entry_point_and_per_thousand(whole: tuple[Rows, Result]) -> None:
    rows, result = whole
    qualified = sum(row["qualified"] for row in rows["responses"] if row["organisation"] == "s0000")
    table = result.table("participation").to_pylist()
    mine = next(row for row in table if row["organisation"] == "s0000" and row["entry_point"] is None)
    assert (mine["qualified"], mine["per_1000_inhabitants"]) == (qualified, float(qualified))
    assert mine["per_1000_visits"] == qualified / 4
    others = {row["per_1000_visits"] for row in table if row is not mine}
    assert others == {None}  # of its ways in one by one, and of bodies that told no visits


def test_representativity_is_told_by_territory_and_variable(whole: tuple[Rows, Result]) -> None:
    """Groups of 520 and 480 people: deviation = |difference of propensities| × √(0.52 × 0.48)."""
    rows, result = whole
    counted = [row["sex"] for row in rows["responses"] if row["qualified"] and row["organisation"] == "s0000"]
    women, men = counted.count("f") / 520, counted.count("m") / 480
    deviation = (women - men) * (0.52 * 0.48) ** 0.5
    told = ("r_indicator sex", "variation sex", "contribution sex=m")
    (nation, indicator), (_, variation), (_, contribution) = (
        sorted(diagnostics(result, "participation", name), key=lambda row: row["subject"]) for name in told
    )
    assert (indicator["subject"], indicator["value"]) == ("s0000", pytest.approx(1 - 2 * deviation))
    assert (nation["subject"], nation["value"]) == ("nation", indicator["value"])  # the only territory that is known
    (responses,) = diagnostics(result, "participation", "responses sex")
    (population,) = diagnostics(result, "participation", "population sex")
    assert (responses["value"], population["value"]) == (len(counted), 1000.0)
    assert variation["value"] == pytest.approx(deviation / (len(counted) / 1000))
    assert contribution["value"] == pytest.approx(-0.52)


def test_representativity_is_hidden_from_all_where_it_would_count_a_few_people(whole: tuple[Rows, Result]) -> None:
    """With two groups, their populations and n, the variation gives both counts: four women may not be counted."""
    rows, _ = whole
    women = [row for row in rows["responses"] if row["sex"] == "f" and row["qualified"]][4:]
    result = score_edition(dataset(**{**rows, "responses": [row for row in rows["responses"] if row not in women]}))
    by_subject = {row["subject"]: row for row in diagnostics(result, "participation", "variation sex")}
    assert (by_subject["nation"]["value"], by_subject["nation"]["text"]) == (None, "hidden_to_protect")


def test_a_dataset_without_its_own_method_takes_the_one_given() -> None:
    bare = random_dataset(1)
    bare = Dataset(bare.manifest, bare.tables, "")
    with pytest.raises(ParvisError):
        score_edition(bare)
    assert score_edition(bare, read_method(load_method()[1])).table("estimates").num_rows


def test_a_mean_of_peers_needs_five_of_them_beside_the_reader_and_the_podium() -> None:
    small = observed(score_edition(random_dataset(11, organisations=8, contacts=12)))
    mean = small["category", "c0", "observed", "overall", "overall", None]
    assert (mean["value"], mean["status"], mean["reason"].split()[-1]) == (None, "hidden_to_protect", "TOO_FEW_PEERS")
    large = observed(score_edition(random_dataset(11, organisations=30, contacts=12)))
    assert large["category", "c0", "observed", "overall", "overall", None]["status"] == "published"


def severe_edition(spread: float) -> Rows:
    """Thirty organisations of like quality, six observers who see each of them, the first one harder by `spread`."""
    rows = random_rows(1, organisations=30, contacts=0, criteria=1)
    rows["criteria"] = [row | {"critical": False, "subjective": False} for row in rows["criteria"]]
    dice = random.Random(3)  # noqa: S311 - a test draws no secret
    for number in range(30):
        for observer in range(6):
            code = f"s{number:04}-{observer}"
            value = 0.6 + dice.uniform(-0.1, 0.1) - (spread if observer == 0 else 0.0)
            rows["observations"].append(observation(code, f"s{number:04}", observer=f"w{observer}"))
            rows["answers"].append(answer(code, "phone-0", value))
    return rows


def test_a_hard_observer_is_found_and_scores_are_told_corrected_beside_raw() -> None:
    result = score_edition(dataset(**severe_edition(0.3)))
    observers = {row["observer"]: row["severity"] for row in result.table("observers").to_pylist()}
    assert observers["w0"] > 15 > 5 > max(observers[f"w{number}"] for number in range(1, 6))
    told = {(row["subject"], row["measure"]): row["value"] for row in result.table("diagnostics").to_pylist()}
    assert told["", "material"] == 1.0
    # next year: residual / contacts + observer / observers (six of them, one contact each) under the wished error
    needed = [told["", f"contacts_for_error_of_{error}"] for error in (5, 4, 3, 2)]
    variances = {name: told["", f"variance_{name}"] for name in ("observer", "residual")}
    for error, contacts in zip((5, 4, 3, 2), needed, strict=True):
        reach = [n for n in range(1, 2000) if variances["residual"] / n + variances["observer"] / min(n, 6) <= error**2]
        assert contacts == (reach[0] if reach else None)
    assert [told["", name] for name in ("observers", "contacts", "median_contacts")] == [6.0, 180.0, 6.0]
    raw = observed(result)["organisation", "s0000", "observed", "overall", "overall", None]["value"]
    assert told["s0000", "adjusted_minus_raw"] == pytest.approx(told["s0000", "adjusted_score"] - raw)
    assert abs(told["s0000", "adjusted_score"] - raw) < 5  # everyone met the same observers: little to give back


def test_the_median_of_contacts_is_of_those_that_have_a_score_and_of_enough_of_them() -> None:
    """Six contacts each, but one organisation of two and one of none: the median of 6, 6, … 2 stays 6."""
    rows = severe_edition(0.3)
    kept = {f"s0000-{observer}" for observer in range(2)} | {
        row["observation"] for row in rows["observations"] if row["organisation"] not in ("s0000", "s0001")
    }
    assert median_contacts(rows, kept) == 6.0
    four = {code for code in kept if code[:5] in ("s0000", "s0002", "s0003", "s0004")}
    assert median_contacts(rows, four) is None  # each of four would learn too much of the three others
    assert median_contacts(rows, four | {f"s0005-{at}" for at in range(3)}) == 6.0


def median_contacts(rows: Rows, kept: set[str]) -> float | None:
    part = {name: [row for row in rows[name] if row["observation"] in kept] for name in ("observations", "answers")}
    found = diagnostics(score_edition(dataset(**{**rows, **part})), "observers", "median_contacts")
    return found[0]["value"] if found else None


def test_what_is_hidden_is_counted_by_rule_and_what_was_not_measured_is_not_hidden() -> None:
    result = score_edition(random_dataset(11, organisations=8, contacts=12))
    rows = result.table("diagnostics").to_pylist()
    told = {row["measure"]: row["value"] for row in rows if row["piece"] == "disclosure"}
    hidden = [row["rule"] for row in result.table("disclosure").to_pylist() if row["status"] != "not_measured"]
    assert told.pop("hidden") == len(hidden) > 0
    assert told == {f"hidden {rule}": hidden.count(rule) for rule in hidden}
    assert result.manifest["disclosure"] == {rule: hidden.count(rule) for rule in hidden}


def test_ranks_tell_the_spread_of_true_scores_in_points() -> None:
    told = {
        row["measure"]: row["value"]
        for row in scored(90_125).table("diagnostics").to_pylist()
        if (row["piece"], row["subject"]) == ("ranking", "c0")
    }
    ranks = [row["rank"] is not None for row in scored(90_125).table("ranks").to_pylist() if row["category"] == "c0"]
    assert told["tau"] ** 2 == pytest.approx(told["tau2"])
    assert told["ranked"] >= sum(ranks) > 0


def test_like_observers_correct_nothing() -> None:
    result = score_edition(dataset(**severe_edition(0.0)))
    told = {(row["subject"], row["measure"]): row["value"] for row in result.table("diagnostics").to_pylist()}
    assert told["", "material"] == 0.0
    assert not any(measure == "adjusted_score" for _, measure in told)
