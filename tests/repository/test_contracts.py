"""The layers hold, and the contracts that hold them are awake."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository import tree

BREACHES = {
    "core meets the framework": ("core/figures/breach.py", "import django"),
    "core meets the framework by a detour": ("core/figures/breach.py", "import parvis.web.settings.environment"),
    "rendering meets the web": ("rendering/breach.py", "import parvis.web.urls"),
    "a command on files meets the framework": ("cli/files/breach.py", "import django.db"),
    "instruments look up to figures": ("core/instruments/breach.py", "import parvis.core.figures"),
    "a data app looks to its right": ("web/people/breach.py", "import parvis.web.results.models"),
}


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=folder, env={"PYTHONPATH": str(folder / "src"), "PATH": ""}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(tree.ROOT / "pyproject.toml", folder)
    shutil.copytree(tree.SOURCE, folder / "src" / "parvis", ignore=shutil.ignore_patterns("__pycache__", "static"))
    return folder


def test_the_layers_hold(copy: Path) -> None:
    outcome = check(copy)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_caught(copy: Path, breach: str) -> None:
    name, statement = BREACHES[breach]
    path = copy / "src" / "parvis" / name
    path.write_text(f"{statement}\n")
    try:
        outcome = check(copy)
    finally:
        path.unlink()
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "BROKEN" in outcome.stdout
