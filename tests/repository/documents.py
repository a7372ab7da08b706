"""What the papers say, as the rules read it: commands, settings, words."""

from __future__ import annotations

import re
from pathlib import Path

from tests.repository import tree

COMMANDS = tree.ROOT / "docs" / "guides" / "commands.md"
SETTINGS = tree.ROOT / "docs" / "guides" / "settings.md"
GLOSSARY = tree.ROOT / "GLOSSARY.md"
_SETTING = re.compile(r"\bPARVIS_[A-Z][A-Z_]*[A-Z]\b")
_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)


def undocumented(commands: list[str], *papers: str) -> list[str]:
    """The commands that no paper shows as someone would type them."""
    return [name for name in commands if not any(re.search(rf"{re.escape(name)}(?![\w-])", paper) for paper in papers)]


def settings_in(text: str) -> set[str]:
    return set(_SETTING.findall(text))


def settings_read(under: Path = tree.SOURCE) -> set[str]:
    """The variables that the code names."""
    return {name for path in tree.ours(".py", under=under) for name in settings_in(tree.text_of(path))}


def make_targets(makefile: str) -> list[str]:
    return re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)


def glossary_words(paper: str) -> list[str]:
    """The code words of the glossary: what stands in backquotes in the first column of its tables."""
    return [word for row in re.findall(r"^\| ([^|]+)\|", paper, re.MULTILINE) for word in re.findall(r"`(\w+)`", row)]


def class_names(under: Path = tree.SOURCE) -> set[str]:
    return {name for path in tree.ours(".py", under=under) for name in _CLASS.findall(tree.text_of(path))}


def broken_links(paper: Path) -> list[str]:
    """The files that a paper points at and that are not there."""
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", tree.text_of(paper))
    return [target for target in targets if "://" not in target and not present(paper.parent / target)]


def present(target: Path) -> bool:
    """A file, or a folder with something in it: an empty folder does not travel."""
    return target.is_file() or (target.is_dir() and any(target.iterdir()))
