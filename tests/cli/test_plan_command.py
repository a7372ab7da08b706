"""`parvis plan` on small tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from parvis.cli import main

PLACES = """place,organisation,departement,latitude,longitude,channels
mairie,Besançon,25,47.24,6.02,phone visit website
annexe,Besançon,25,47.25,6.00,phone website
"""
OBSERVERS = """observer,channels,capacity,latitude,longitude,conflicts
CM-1,phone visit,4,47.2,6.0,
CM-2,phone visit website,4,47.3,6.1,
CM-3,phone,1,,,Besançon
"""


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARVIS_LANGUAGE", "en")
    (tmp_path / "places.csv").write_text(PLACES, "utf-8")
    (tmp_path / "observers.csv").write_text(OBSERVERS, "utf-8")
    return tmp_path


def run(folder: Path, *more: str) -> tuple[int, str]:
    arguments = ["plan", str(folder / "places.csv"), str(folder / "observers.csv"), "--from", "2026-03-02",
                 "--to", "2026-03-27", "--contacts", "phone=2", "-o", str(folder / "plan.csv"), *more]  # fmt: skip
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def test_missions_are_written_and_the_rest_is_explained(tables: Path) -> None:
    code, told = run(tables)
    assert code == 0
    lines = (tables / "plan.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("place,organisation,channel,observer")
    assert [line.split(",")[0] for line in lines if ",phone," in line] == ["annexe", "annexe"]
    assert sum(",visit," in line for line in lines) == 2
    assert sum(",website," in line for line in lines) == 0
    assert "expected precision per place" in told
    assert "By channel: email ± 12.4, phone ± 27.7, letter ± 22.6," in told  # 1.96 × 20 ÷ √10, √2, √3
    assert "mairie, phone: 2 missing (1 in conflict of interest, 2 already in this place)." in told
    assert "mairie, website: 1 missing (2 not certified, 1 already in this place)." in told


def test_the_same_seed_writes_the_same_bytes(tables: Path) -> None:
    run(tables, "--seed", "4")
    first = (tables / "plan.csv").read_bytes()
    run(tables, "--seed", "4")
    assert (tables / "plan.csv").read_bytes() == first


def test_each_goal_is_told_with_its_weight(tables: Path) -> None:
    """CM-1 lives 5 km from the town hall and CM-2 far away, who is sent only where distance does not count."""
    places, people = tables / "places.csv", tables / "observers.csv"
    places.write_text("place,organisation,latitude,longitude,channels\nmairie,Besançon,47.24,6.02,visit\n", "utf-8")
    people.write_text(people.read_text("utf-8").replace("47.3,6.1", "50.3,6.1"), "utf-8")
    sent = set()
    for seed in range(6):
        _, said = run(tables, "--contacts", "visit=1", "--weight", "distance=0", "--seed", str(seed))
        assert " km (weight 0); busiest day: 1.0 times the mean day (weight 1); scenario variety" in said
        sent.add((tables / "plan.csv").read_text("utf-8").splitlines()[1].split(",")[3])
    assert sent == {"CM-1", "CM-2"}
    _, said = run(tables, "--contacts", "visit=1", "--weight", "connection=0.5")
    assert "Visits: 5 km (weight 1)" in said
    assert "new to the person: 100 % (weight 0.5)" in said
    code, said = run(tables, "--weight", "beauty=1")
    assert (code, "“beauty=1” cannot be read" in said) == (2, True)


def test_an_earlier_plan_is_kept(tables: Path) -> None:
    run(tables)
    before = (tables / "plan.csv").read_bytes()
    (tables / "kept.csv").write_bytes(before)
    run(tables, "--seed", "9", "--keep", str(tables / "kept.csv"))
    assert (tables / "plan.csv").read_bytes() == before


def test_hours_absences_forbidden_lines_and_fees_are_read_from_the_tables(tables: Path) -> None:
    """The town hall answers on Tuesday mornings, CM-2 is away every morning, the annexe must not be called."""
    places, people = tables / "places.csv", tables / "observers.csv"
    told = ["open,forbidden,closed", "tue-am,,2026-03-02/2026-03-08", ",phone,"]
    lines = places.read_text("utf-8").splitlines()
    places.write_text("\n".join(f"{line},{more}" for line, more in zip(lines, told, strict=True)), "utf-8")
    lines = people.read_text("utf-8").splitlines()
    told = ["away,barred", ",", "2026-03-02/2026-03-27/am,", ",mairie"]
    people.write_text("\n".join(f"{line},{more}" for line, more in zip(lines, told, strict=True)), "utf-8")
    _, said = run(tables, "--fees", "visit=30.5", "--confidence", "0.8")
    assert "annexe, phone: 2 missing (2 on a line that must not be used)." in said
    assert "mairie, visit: 1 missing (1 away)" in said
    # 1.2816 × 20 ÷ 6 × √(1/10 + 1/2 + 1/3 + 1/2 + 1 + 1/2); 30.5 and 14.1 km there and back at 0.35
    assert "expected precision per place: ± 7.3 points; cost: 40 €" in said
    rows = [line.split(",") for line in (tables / "plan.csv").read_text("utf-8").splitlines()[1:]]
    calls = [row for row in rows if row[2] in ("phone", "visit")]
    assert {(row[3], row[7]) for row in calls} == {("CM-1", "am")}  # the only one there on mornings
    assert {row[5] for row in calls} <= {"2026-03-10", "2026-03-17", "2026-03-24"}
    people.write_text(people.read_text("utf-8").replace("/am", "/noon"), "utf-8")
    assert run(tables) == (2, run(tables)[1])
    assert "“2026-03-02/2026-03-27/noon” cannot be read" in run(tables)[1]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("observers.csv", "capacity", "room", "column “capacity” is not in the file"),
        ("places.csv", "mairie,", ",", "this cell is empty"),
        ("observers.csv", "visit,4", "visit,many", "not made of numbers"),
        ("places.csv", "annexe", "mairie", "given twice"),
    ],
)
def test_bad_tables_are_refused_with_words(tables: Path, file: str, old: str, new: str, told: str) -> None:
    path = tables / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    code, output = run(tables)
    assert code == 2
    assert told in output
    assert "Traceback" not in output
    assert not (tables / "plan.csv").exists()
