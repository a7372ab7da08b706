"""Publications: what the public, a laureate's rival, a reader who knows its own, and last year's can find."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from parvis.core.disclosure import estimates as estimates_module
from parvis.core.disclosure.complementary import Leak
from parvis.core.disclosure.estimates import DisclosureRules, protect_estimates
from parvis.core.disclosure.peers import peer_figure_allowed, peers_left
from parvis.core.disclosure.publication import EarlierPublication, Figure, protect
from parvis.core.disclosure.system import Equation
from parvis.core.vocabulary import ParvisError, Status


def mean_of(parts: list[Figure], name: str = "mean", **options) -> tuple[Figure, Equation]:
    value = float(np.mean([part.value for part in parts]))
    people = sum(part.respondents or 0 for part in parts)
    figure = Figure((parts[0].key[0], name), value, people, **options)
    return figure, Equation.mean_of(figure.key, {part.key: 1.0 for part in parts})


def hidden(shown) -> set[str]:
    return {decision.cell for decision in shown.decisions}


def test_the_primary_rules_and_nothing_measured() -> None:
    shown = protect(
        [
            Figure(("t", "few"), 50.0, 9),
            Figure(("t", "enough"), 50.0, 10),
            Figure(("t", "alike"), 100.0, 30, answers=(30, 0)),
            Figure(("t", "one giant"), 100.0, contributions=(90, 5, 5)),
            Figure(("t", "two giants"), 100.0, contributions=(50, 47, 3)),
            Figure(("t", "nobody"), None, 0),
        ]
    )
    assert {key[1]: status for key, status in shown.statuses.items()} == {
        "few": Status.TOO_FEW,
        "enough": Status.PUBLISHED,
        "alike": Status.HIDDEN_TO_PROTECT,
        "one giant": Status.HIDDEN_TO_PROTECT,
        "two giants": Status.HIDDEN_TO_PROTECT,
        "nobody": Status.NOT_MEASURED,
    }
    assert [decision.rule for decision in shown.decisions] == ["homogeneity", "threshold", "dominance", "prior"]


def test_a_mean_never_gives_its_one_hidden_part_away() -> None:
    parts = [Figure(("q", name), value, n) for name, value, n in [("a", 40.0, 3), ("b", 60.0, 50), ("c", 80.0, 70)]]
    mean, equation = mean_of(parts, cost=0.1)
    assert hidden(protect([*parts, mean], [equation])) == {"a", "mean"}
    mean, equation = mean_of(parts, cost=99.0)
    assert len(hidden(protect([*parts, mean], [equation]))) == 2
    assert "a" in hidden(protect([*parts, mean], [equation]))


def test_what_cannot_be_protected_does_not_leave() -> None:
    parts = [Figure(("q", name), value, n, cost=np.inf) for name, value, n in [("a", 40.0, 3), ("b", 60.0, 50)]]
    mean, equation = mean_of(parts, cost=np.inf)
    with pytest.raises(Leak) as refused:
        protect([*parts, mean], [equation])
    assert refused.value.faults[0].where == {"key": "q / a"}


def test_an_earlier_publication_is_remembered() -> None:
    parts = [Figure(("q", name), value, n) for name, value, n in [("a", 40.0, 3), ("b", 60.0, 50), ("c", 80.0, 70)]]
    # last time the sum of a and b was out under another name: hiding b with a is no longer enough, c does not help
    earlier = EarlierPublication({("old", "ab"): 100.0}, [Equation.sum_of(("old", "ab"), [("q", "a"), ("q", "b")])])
    assert hidden(protect(parts, [], earlier=[earlier])) == {"a", "b"}
    fixed = [Figure(part.key, part.value, part.respondents, cost=np.inf) for part in parts]
    with pytest.raises(Leak):
        protect(fixed, [], earlier=[earlier])


def test_a_reader_who_knows_its_own_figure_learns_no_rival() -> None:
    parts = [Figure(("s", name), value, private=True, cost=np.inf) for name, value in [("a", 55.0), ("b", 65.0)]]
    mean, equation = mean_of(parts)
    assert hidden(protect([*parts, mean], [equation])) == set()
    shown = protect([*parts, mean], [equation], readers={"a": [("s", "a")], "b": [("s", "b")]})
    assert hidden(shown) == {"mean"}
    assert shown.statuses[("s", "a")] == Status.PUBLISHED


def test_a_mean_at_the_very_top_tells_too_much() -> None:
    parts = [Figure(("s", str(i)), 99.99, private=True, cost=np.inf, width=1.0) for i in range(6)]
    mean, equation = mean_of(parts)
    assert hidden(protect([*parts, mean], [equation])) == {"mean"}


def test_values_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ParvisError) as refused:
        protect([Figure(("t", "a"), 1.0), Figure(("t", "t"), 2.0)], [Equation.sum_of(("t", "t"), [("t", "a")])])
    assert refused.value.faults[0].code == "sum_wrong"


def test_five_peers_are_left_without_the_reader_and_the_named() -> None:
    assert peers_left([]) == 0
    assert peer_figure_allowed("abcdefg", "g")
    assert not peer_figure_allowed("abcdefg", "fg")


def estimates(rows: list[tuple]) -> pa.Table:
    names = ["subject_kind", "subject", "source", "measure_kind", "measure", "value", "n", "status"]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    table = pa.table({name: list(column) for name, column in columns.items()})
    for name in ("standard_error", "low", "high", "n_effective", "degrees_of_freedom"):
        table = table.append_column(name, pa.array([1.0] * len(rows)))
    table = table.append_column("channel", pa.array([None] * len(rows), pa.string()))
    return table.append_column("reason", pa.array([""] * len(rows)))


def observed(kind: str, subject: str, value: float, n: int = 9) -> tuple:
    return (kind, subject, "observed", "overall", "overall", value, n, "published")


def test_small_categories_keep_their_mean_and_the_nation_does_not_give_it_away() -> None:
    sizes = {"big": 8, "middle": 7, "small": 3}
    rows, categories = [], {}
    for category, size in sizes.items():
        values = np.linspace(40, 80, size) + size
        names = [f"{category}{i}" for i in range(size)]
        categories |= dict.fromkeys(names, category)
        rows += [observed("organisation", name, float(value)) for name, value in zip(names, values, strict=True)]
        rows.append(observed("category", category, float(values.mean()), size))
    everyone = [row[5] for row in rows if row[0] == "organisation"]
    rows.append(observed("nation", "nation", float(np.mean(everyone)), 18))
    result = protect_estimates(estimates(rows), categories)
    status = dict(zip(result.estimates["subject"].to_pylist(), result.estimates["status"].to_pylist(), strict=True))
    assert status["small"] == "hidden_to_protect"
    assert status["small0"] == "published"
    # with big, middle and the nation out, the sum of three is known: each still lies in a wide range
    assert result.narrowest >= 1.0
    values = dict(zip(result.estimates["subject"].to_pylist(), result.estimates["value"].to_pylist(), strict=True))
    assert values["small"] is None
    table = result.disclosure.to_pylist()
    assert {
        "table": "observed/overall/overall",
        "cell": "category/small",
        "rule": "peers",
        "status": "hidden_to_protect",
    } in table


def test_few_respondents_are_hidden_with_another_organisation() -> None:
    rows = [
        ("organisation", name, "perceived", "question", "q1", value, n, "published")
        for name, value, n in [("a", 0.4, 4), ("b", 0.6, 60), ("c", 0.8, 70)]
    ]
    rows.append(("category", "towns", "perceived", "question", "q1", 0.6, 134, "published"))
    result = protect_estimates(estimates(rows), dict.fromkeys("abc", "towns"), DisclosureRules())
    status = dict(zip(result.estimates["subject"].to_pylist(), result.estimates["status"].to_pylist(), strict=True))
    assert status["a"] == "too_few"
    assert sorted(status.values()).count("hidden_to_protect") == 1
    low = result.estimates.filter(pa.array([s != "published" for s in status.values()]))
    for name in ("value", "standard_error", "low", "high", "n_effective"):
        assert low[name].null_count == 2


def invented(dice: np.random.Generator) -> tuple[list[tuple], dict[str, str]]:
    """Perceived and observed measures of thirty bodies in three categories, few answers here and there."""
    names = [f"o{rank:02}" for rank in range(30)]
    categories = {name: f"k{rank % 3}" for rank, name in enumerate(names) if rank}
    rows: list[tuple] = []
    for measure, source in enumerate(["observed", "perceived", "perceived"]):
        common = (source, "question", f"q{measure}")
        values = {name: round(float(dice.random()) * 100, 3) for name in names if dice.random() > 0.1}
        people = {name: int(dice.choice([4, 12, 60, 300], p=[0.05, 0.15, 0.4, 0.4])) for name in names}
        rows += [("organisation", name, *common, value, people[name], "published") for name, value in values.items()]
        for kind, subject, own in [
            *(("category", f"k{k}", [name for name in values if categories.get(name) == f"k{k}"]) for k in range(3)),
            ("nation", "nation", list(values)),
        ]:
            n = sum(people[name] for name in own)
            rows.append((kind, subject, *common, float(np.mean([values[name] for name in own])), n, "published"))
    dice.shuffle(rows)
    return rows, categories


def one_by_one(rows: list[tuple], categories: dict[str, str], named: set[str]) -> set[tuple[str, str, str]]:
    """The decisions taken on the same figures by the general door, each figure and each mean spelled out."""
    figures, equations = [], []
    for kind, subject, source, _, measure, value, n, _ in rows:
        key = (f"{source}/question/{measure}", f"{kind}/{subject}")
        if kind == "organisation":
            private = {"private": subject not in named, "cost": np.inf} if source == "observed" else {"respondents": n}
            figures.append(Figure(key, value, **private))
            continue
        own = [row for row in rows if row[0] == "organisation" and row[2:5] == (source, "question", measure)]
        own = [row for row in own if kind == "nation" or categories.get(row[1]) == subject]
        told = {"cost": 20.0 if kind == "category" else 400.0, "width": 0.0, "highest": np.inf}
        if source == "perceived":
            alone = any(0 < n - row[6] < (5 if kind == "nation" else 10) for row in own)
            told |= {
                "respondents": n,
                "contributions": [row[6] for row in own],
                "threshold": 5 if kind == "nation" else 10,
            }
            told |= {"hidden": alone, "rule": "complement" if alone else ""}
        elif not peer_figure_allowed([row[1] for row in own], named):
            told |= {"hidden": True, "rule": "peers"}
        figures.append(Figure(key, value, **told))
        equations.append(Equation.mean_of(key, {(key[0], f"organisation/{row[1]}"): 1.0 for row in own}))
    return {(one.table, one.cell, one.rule) for one in protect(figures, equations).decisions}


@pytest.mark.parametrize("seed", range(4))
def test_estimates_by_column_are_decided_as_figures_one_by_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, categories = invented(np.random.default_rng(seed))
    named = {"o01", "o05"}
    whole = protect_estimates(estimates(rows), categories, named=named)
    decided = {(row["table"], row["cell"], row["rule"]) for row in whole.disclosure.to_pylist()}
    assert decided == one_by_one(rows, categories, named) != set()
    monkeypatch.setattr(estimates_module, "_BATCH", 1)
    apart = protect_estimates(estimates(rows), categories, named=named)
    assert (apart.estimates, apart.disclosure) == (whole.estimates, whole.disclosure)
