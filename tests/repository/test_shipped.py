"""The instruments of 2026 are there, and those in use do not change."""

from __future__ import annotations

from parvis.core.vocabulary import Channel
from tests.repository import shipped, tree


def test_the_method_of_2026_ships() -> None:
    assert "methods/2026.toml" in shipped.instruments()


def test_every_channel_has_a_grid_and_citizens_a_questionnaire() -> None:
    names = [name for name in shipped.instruments() if name.startswith("grids/2026/")]
    expected = [*Channel, "questionnaire"]
    assert [word for word in expected if not any(word in name for name in names)] == []


def test_instruments_in_use_do_not_change() -> None:
    assert shipped.changed(shipped.instruments(), shipped.written_down()) == []


def test_every_instrument_is_written_down() -> None:
    assert sorted(set(shipped.instruments()) - set(shipped.written_down())) == [], "python -m tests.repository.shipped"


def test_a_changed_and_a_lost_instrument_are_caught() -> None:
    kept = {"methods/2026.toml": "a", "grids/phone.xlsx": "b", "grids/visit.xlsx": "c"}
    assert shipped.changed({"methods/2026.toml": "z", "grids/visit.xlsx": "c"}, kept) == [
        "grids/phone.xlsx",
        "methods/2026.toml",
    ]


def test_a_hash_is_that_of_the_bytes() -> None:
    assert tree.SOURCE.name == "parvis"
    assert all(len(digest) == 64 for digest in shipped.instruments().values())
