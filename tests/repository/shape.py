"""How long and how named files and functions may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.repository.tree import name_of, text_of

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGEST_STORY = 60  # a test may tell a whole story
FORBIDDEN_NAMES = {"util", "utils", "common", "commons", "service", "services", "helper", "helpers", "misc", "stuff"}

# What someone sees first. A new file here has to earn its place.
ROOT_FILES = {
    ".gitattributes", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "GLOSSARY.md", "LICENSE",
    "LISEZMOI.md", "METHOD-CHANGELOG.md", "Makefile", "NOTICE", "README.md", "SECURITY.md", "pyproject.toml",
    "requirements-dev.lock", "requirements.lock",
}  # fmt: skip


def long_files(paths: list[Path]) -> dict[str, int]:
    """Lines of the files that are too long, by name."""
    lengths = {name_of(path): len(text_of(path).splitlines()) for path in paths}
    return {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def long_functions(paths: list[Path]) -> dict[str, int]:
    """Lines of the functions that are too long, docstring and decorators aside, by file::name."""
    found = {}
    for path in paths:
        for name, node in _functions(ast.parse(text_of(path))):
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
            if length > (LONGEST_STORY if "tests" in path.parts else LONGEST_FUNCTION):
                found[f"{name_of(path)}::{name}"] = length
    return found


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
            yield from _functions(node, f"{prefix}{node.name}.")
        else:
            yield from _functions(node, f"{prefix}{node.name}." if isinstance(node, ast.ClassDef) else prefix)


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def homeless_names(paths: list[Path]) -> list[str]:
    """Files and folders whose name says nothing of what they hold."""
    return sorted({path.as_posix() for path in paths for part in path.parts if part.split(".")[0] in FORBIDDEN_NAMES})
