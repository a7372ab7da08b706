"""A response acknowledged is a response kept, even when the server is killed as it answers (`make soak` does 200)."""

from __future__ import annotations

from pathlib import Path

from bench._intake import prepared
from bench._intake_kill import killed


def test_a_server_killed_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    found = killed(prepared(tmp_path, "", 900), 4, seed=3)
    assert (found.kills, found.workers) == (4, 1)
    assert found.acknowledged > 10
    assert (found.lost, found.doubled) == (0, 0)
    assert found.kept >= found.acknowledged
