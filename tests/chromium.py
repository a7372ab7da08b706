"""A real Chromium for the tests: found on the machine, or installed once. `python -m tests.chromium` says which."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The shell is the same browser without its windows: pages open in a tenth of the time.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# By package manager: the browser, a font (a page without letters has no width), and what Playwright's driver links to.
_APT = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "fonts-dejavu-core", "libatomic1"]
INSTALLERS = {
    "apt-get": [["apt-get", "update", "-qq"], [*_APT, SHELL]],
    "dnf": [["dnf", "install", "-y", "-q", "chromium", "dejavu-sans-fonts", "libatomic"]],
    "pacman": [["pacman", "-S", "--noconfirm", "--quiet", "chromium", "ttf-dejavu"]],
}
WHOLE = {"apt-get": [[*_APT, "chromium"]]}  # where the shell is not packaged


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
    return _downloaded() if driver_works() else None


def driver_works() -> bool:
    """Playwright's own program starts (a bare machine may lack a library that it links to)."""
    return subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True).returncode == 0


def installed() -> Path:
    """A browser, installed on the way when there is none. Raises NoChromium when none can be had."""
    path = found()
    if path and driver_works():
        return path
    print("→ Installation de Chromium pour les tests · Installing Chromium for the tests", flush=True)
    _install_with_the_system(INSTALLERS)
    if not found():
        _install_with_the_system(WHOLE)
    if not found():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdin=subprocess.DEVNULL)
    path = found()
    if path is None or not driver_works():
        raise NoChromium
    return path


def _install_with_the_system(installers: dict[str, list[list[str]]]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    manager = next((name for name in installers if shutil.which(name)), None)
    if manager and os.geteuid() == 0:
        for command in installers[manager]:
            subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _answers(path: Path) -> bool:
    """Some systems put a stub there that only says how to install the browser."""
    return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0


def _downloaded() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


if __name__ == "__main__":
    try:
        print(installed())
    except NoChromium as missing:
        sys.exit(str(missing))
