"""A real Chromium for the tests: found on the machine, or installed once. `python -m tests.chromium` says which."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# One line per package manager; a font too, because a page without letters has no width.
INSTALLERS = {
    "apt-get": [
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ],
    "dnf": [["dnf", "install", "-y", "-q", "chromium", "dejavu-sans-fonts"]],
    "apk": [["apk", "add", "--quiet", "chromium", "font-dejavu"]],
    "pacman": [["pacman", "-S", "--noconfirm", "--quiet", "chromium", "ttf-dejavu"]],
}


class NoChromium(RuntimeError):
    """No browser could be had; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "Aucun Chromium : installez le paquet chromium de votre système, puis relancez make test. · "
            "No Chromium: install your system's chromium package, then run make test again."
        )


def found() -> Path | None:
    """The browser of the machine, else the one that Playwright downloaded before, else nothing."""
    for name in NAMES:
        if (path := shutil.which(name)) and _answers(Path(path)):
            return Path(path)
    downloaded = _downloaded()
    return downloaded if downloaded.exists() else None


def installed() -> Path:
    """A browser, installed on the way when there is none. Raises NoChromium when none can be had."""
    if path := found():
        return path
    print("→ Installation de Chromium pour les tests · Installing Chromium for the tests", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if os.geteuid() == 0:
        for manager, commands in INSTALLERS.items():
            if shutil.which(manager):
                for command in commands:
                    subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                break
    if not found():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdin=subprocess.DEVNULL)
    path = found()
    if path is None:
        raise NoChromium
    return path


def _answers(path: Path) -> bool:
    """Some systems put a stub there that only says how to install the browser."""
    return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0


def _downloaded() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


if __name__ == "__main__":
    try:
        print(installed())
    except NoChromium as missing:
        sys.exit(str(missing))
