"""A wheel built from the tree holds all that Parvis needs and runs by itself."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.repository import tree


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("parvis-*.whl"))


def test_the_wheel_holds_every_file_of_the_source(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    ours = {
        path.relative_to(tree.SOURCE.parent).as_posix() for path in tree.files() if path.is_relative_to(tree.SOURCE)
    }
    assert sorted(ours - inside) == []
    assert not [name for name in inside if name.startswith(("tests/", "bench/", "scripts/"))]


def test_the_wheel_carries_its_licence_and_credits(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.rsplit("/", 1)[-1] for name in archive.namelist() if ".dist-info/" in name}
    assert {"LICENSE", "NOTICE"} <= names


def test_the_wheel_runs_away_from_the_tree(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = "import parvis, parvis.cli; print(parvis.__file__); parvis.cli.main(['--version'], prog_name='parvis')"
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[0] == str(tmp_path / "parvis" / "__init__.py")
    assert ran.stdout.splitlines()[1].startswith("parvis, version ")
