"""The published instruments and their hashes: `python -m tests.repository.shipped` writes down the new ones.

A method or a grid that has served is never edited: a change is a new file, and a line in METHOD-CHANGELOG.md.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.repository import tree

LIST = Path(__file__).with_name("shipped.sha256")
FOLDERS = {"methods": ("*.toml",), "grids": ("*.xlsx", "*.ods")}


def instruments(under: Path = tree.SOURCE) -> dict[str, str]:
    """Hash of every method and grid that ships, by name."""
    return {
        path.relative_to(under).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder, patterns in FOLDERS.items()
        for pattern in patterns
        for path in sorted((under / folder).rglob(pattern))
    }


def written_down(listed: Path = LIST) -> dict[str, str]:
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def changed(found: dict[str, str], kept: dict[str, str]) -> list[str]:
    """The instruments that were altered or removed after they were written down."""
    return sorted(name for name, digest in kept.items() if found.get(name) != digest)


if __name__ == "__main__":
    kept = written_down()
    if altered := changed(instruments(), kept):
        raise SystemExit(f"in use, cannot change: {', '.join(altered)}")
    rows = sorted({**instruments(), **kept}.items())
    LIST.write_text("".join(f"{digest}  {name}\n" for name, digest in rows), encoding="utf-8")
