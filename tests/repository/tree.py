"""The tree as the house rules see it: every file of the project, none of what was made from it."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "parvis"
WEB = SOURCE / "web"
MADE = {"__pycache__", "node_modules", "build", "dist", "var"}


@cache
def files() -> tuple[Path, ...]:
    """Files that are, or are about to be, under version control (all of them when there is no git)."""
    names = listed_by_git()
    found = [ROOT / name for name in names] if names else list(ROOT.rglob("*"))
    found = [path for path in found if not hidden_or_made(path.relative_to(ROOT))]
    return tuple(sorted(path for path in found if path.is_file()))


def listed_by_git() -> list[str]:
    git = shutil.which("git")
    if git is None:
        return []
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True)
    return [name.decode() for name in listed.stdout.split(b"\0") if name]


def hidden_or_made(path: Path) -> bool:
    return any(part in MADE or (part.startswith(".") and part not in {".ci", ".gitignore"}) for part in path.parts)


def ours(*suffixes: str, under: Path = ROOT) -> list[Path]:
    """Our own files of these kinds: generated migrations and minified libraries are not."""
    return [
        path
        for path in files()
        if path.suffix in suffixes and path.is_relative_to(under) and "migrations" not in path.parts
        and ".min." not in path.name and "vendor" not in path.parts
    ]  # fmt: skip


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")
