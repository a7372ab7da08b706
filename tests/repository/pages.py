"""Templates and static files as the rules read them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.repository import tree

_HOST = re.compile(r"""(?:https?:|wss?:|["'(=\s])//((?:[a-z0-9-]+\.)+[a-z]{2,})""", re.IGNORECASE)
# What makes a browser fetch something, as opposed to a link that a person may follow.
_FETCHED = re.compile(
    r"""(?:<(?:script|img|iframe|source|video|audio|embed|object|link|use)\b[^>]*?\b(?:src|href|srcset|data)\s*=\s*["']?"""
    r"""|url\(\s*["']?|@import\s+["']?|\b(?:fetch|import|importScripts)\(\s*["'`])(?:https?:)?//""",
    re.IGNORECASE,
)
_SERVED = (".html", ".txt", ".css", ".js", ".svg", ".json", ".webmanifest", ".typ", ".xml")


def served(under: Path = tree.SOURCE) -> list[Path]:
    """The templates and static files that reach a browser, a reader of PDF or a phone."""
    return [path for path in tree.files() if path.suffix in _SERVED and path.is_relative_to(under) and _is_page(path)]


def _is_page(path: Path) -> bool:
    return bool({"templates", "static"} & set(path.parts)) and not path.name.upper().startswith(("LICEN", "OFL"))


def hosts(text: str) -> set[str]:
    return {host.lower() for host in _HOST.findall(text)}


def fetches_from_outside(text: str) -> bool:
    return _FETCHED.search(text) is not None


def templates(under: Path = tree.SOURCE) -> dict[str, Path]:
    """Every template by the name that code calls it."""
    found = {}
    for path in tree.files():
        if path.is_relative_to(under) and "templates" in path.parts:
            at = len(path.parts) - 1 - path.parts[::-1].index("templates")
            found["/".join(path.parts[at + 1 :])] = path
    return found


def unused(names: set[str], sources: dict[Path, str], of: dict[str, Path]) -> list[str]:
    """The templates that no code and no other template names (letters and papers are named without their suffix)."""
    return sorted(
        name for name in names if not any(_names(text, name) for path, text in sources.items() if path != of.get(name))
    )


def _names(text: str, template: str) -> bool:
    bare = template.removesuffix(".txt").removesuffix(".typ")
    return template in text or (bare != template and f'"{bare}"' in text)
