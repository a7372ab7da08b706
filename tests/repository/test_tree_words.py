"""The tree speaks of the project alone: no machine it was written on, no host its packages came from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repository import tree

# A letter in brackets, here and below, so that this file keeps its own rule.
PLACES = r"wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+|opt/wheel[s]"
HOSTS = r"python[h]osted|py[p]i\.org|registry\.npm[j]s|deb\.debia[n]\.org"
FORBIDDEN = re.compile(rf"(?<![\w.…])/(?:{PLACES})/[\w.]|{HOSTS}")
BINARY = {".gz", ".png", ".jpg", ".woff2", ".ttf", ".mo", ".xlsx", ".ods", ".parquet", ".pdf", ".ico", ".webp"}


def foreign_words(paths: list[Path]) -> list[str]:
    """Where a file tells of the machine or of the hosts behind it."""
    return [
        f"{tree.name_of(path)}, line {number}: {found[0]}"
        for path in paths
        if path.suffix not in BINARY
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if (found := FORBIDDEN.search(line))
    ]


def test_the_tree_speaks_of_the_project_alone() -> None:
    assert foreign_words(list(tree.files())) == []


@pytest.mark.parametrize("line", ["see /{}/main/a.py".format("work"), "https://{}.org/simple".format("pypi")])
def test_a_foreign_word_is_caught(tmp_path: Path, line: str) -> None:
    path = tmp_path / "notes.md"
    path.write_text(f"fine\n{line}\n")
    assert len(foreign_words([path])) == 1


@pytest.mark.parametrize(
    "line", ["/etc/parvis", "./{}/x".format("work"), "a/{}/b".format("work"), "https://example.org/{}/".format("home")]
)
def test_ordinary_words_pass(tmp_path: Path, line: str) -> None:
    path = tmp_path / "notes.md"
    path.write_text(line)
    assert foreign_words([path]) == []
