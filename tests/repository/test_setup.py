"""The installation says what is missing, in two languages, and does nothing when all is there."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import setup
from tests import postgresql
from tests.repository import tree


def test_an_old_python_can_read_the_script_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ast.parse(tree.text_of(tree.ROOT / "scripts" / "setup.py"), feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(setup.Missing, match=r"(?s)demande Python 3\.11.*Python 3\.9.*needs Python 3\.11"):
        setup.check_python()


def test_a_machine_without_python_is_told() -> None:
    ran = subprocess.run(["make", "setup", "PYTHON="], cwd=tree.ROOT, capture_output=True, text=True)
    assert ran.returncode != 0
    assert "Python 3.11 introuvable" in ran.stderr
    assert "Python 3.11 not found" in ran.stderr


def test_a_step_that_fails_says_what_to_look_at() -> None:
    with pytest.raises(setup.Missing, match=r"(?s)demande le réseau.*needs the network"):
        setup.call([sys.executable, "-c", "raise SystemExit(1)"])


def test_the_lock_holds_a_uv_for_machines_that_have_none() -> None:
    lock = tree.text_of(tree.ROOT / "requirements-dev.lock")
    assert "\nuv==" in lock
    assert "--hash=sha256:" in lock.split("\nuv==", 1)[1].split("==", 1)[0]


@pytest.mark.parametrize(
    ("stamped", "wanted", "expected"),
    [("run", "run", True), ("dev", "run", True), ("dev", "dev", True), ("run", "dev", False), (None, "run", False)],
)
def test_what_is_installed_is_not_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stamped: str | None, wanted: str, expected: bool
) -> None:
    monkeypatch.setattr(setup, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(setup, "STAMP", tmp_path / "stamp.json")
    if stamped:
        setup.STAMP.write_text(json.dumps({stamped: setup.fingerprint(stamped)}))
    assert setup.installed(wanted) is expected


def test_a_changed_lock_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n")
    monkeypatch.setitem(setup.LOCKS, "run", lock)
    before = setup.fingerprint("run")
    lock.write_text("a==2\n")
    assert setup.fingerprint("run") != before


def test_the_database_that_is_given_is_the_one_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARVIS_DATABASE_URL", "postgresql://somewhere/parvis")
    with postgresql.running() as url:
        assert url == "postgresql://somewhere/parvis"


def test_every_lock_is_hashed_and_names_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = tree.text_of(tree.ROOT / name).splitlines()
        pins = [at for at, line in enumerate(lines) if line and not line.startswith((" ", "#", "-"))]
        assert len(pins) > 50
        assert all(lines[at + 1].strip().startswith("--hash=") for at in pins)
        assert not [line for line in lines if "://" in line]


def test_ci_runs_what_a_newcomer_types() -> None:
    script = tree.ROOT / ".ci" / "run"
    commands = [line for line in tree.text_of(script).splitlines() if line.startswith("make ")]
    assert commands == ["make check", "make test"]
    assert os.access(script, os.X_OK)
    assert "make test" in tree.text_of(tree.ROOT / "README.md")
