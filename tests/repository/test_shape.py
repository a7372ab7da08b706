"""Small files, small functions, telling names, a bare root."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repository import exceptions, shape, tree

CODE = tree.ours(".py", ".js")
PYTHON = tree.ours(".py")


def test_files_are_short() -> None:
    assert without(shape.long_files(CODE), exceptions.LONG_FILES) == {}


def test_functions_are_short() -> None:
    assert without(shape.long_functions(PYTHON), exceptions.LONG_FUNCTIONS) == {}


def test_every_exception_still_serves() -> None:
    too_long = {**shape.long_files(CODE), **shape.long_functions(PYTHON)}
    assert {*exceptions.LONG_FILES, *exceptions.LONG_FUNCTIONS} - set(too_long) == set()


def test_names_say_what_files_hold() -> None:
    assert shape.homeless_names([path.relative_to(tree.ROOT) for path in tree.files()]) == []


def test_the_root_is_bare() -> None:
    at_the_root = {path.name for path in tree.files() if path.parent == tree.ROOT}
    assert at_the_root - shape.ROOT_FILES == set()


def test_tests_of_the_same_name_do_not_hide_each_other() -> None:
    folders = {path.parent for path in tree.ours(".py", under=tree.ROOT / "tests") if path.name.startswith("test_")}
    assert sorted(tree.name_of(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


LATER = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X]|raise NotImplemente[d]|mark\.ski[p]|pytest\.ski[p]|xfai[l])")


def test_nothing_is_left_for_later() -> None:
    left = [f"{tree.name_of(path)}: {found[0]}" for path in CODE if (found := LATER.search(tree.text_of(path)))]
    assert left == []


def without(found: dict[str, int], excepted: dict[str, str]) -> dict[str, int]:
    return {name: size for name, size in found.items() if name not in excepted}


# --- the rules catch a deliberate breach


def test_a_long_file_is_caught(tmp_path: Path) -> None:
    long, short = tmp_path / "long.py", tmp_path / "short.py"
    long.write_text("x = 1\n" * 401)
    short.write_text("x = 1\n" * 400)
    assert shape.long_files([long, short]) == {"long.py": 401}


def test_a_long_function_is_caught_and_its_docstring_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    body = "    x = 1\n" * 39
    docstring = '    """One.\n' + "    more\n" * 60 + '    """\n'
    path.write_text(f"class A:\n  def long(self):\n{body}    x = 2\n\ndef good():\n{docstring}{body}")
    assert shape.long_functions([path]) == {"a.py::A.long": 41}


@pytest.mark.parametrize("name", ["src/utils.py", "src/common/a.py", "src/web/services.py", "tests/helpers/b.py"])
def test_a_homeless_name_is_caught(name: str) -> None:
    assert shape.homeless_names([Path(name)]) == [name]
