"""Install Parvis in `.venv`: `setup.py run` for what it needs to work, `setup.py dev` for the tests as well.

Standard library only, and readable by an old Python, so that it can say what is missing.
Done twice it does nothing the second time, even without a network: a stamp in `.venv` keeps what was installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "parvis-setup.json"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
OLDEST_PYTHON = (3, 11)
OLDEST_UV = (0, 5)  # the first that checks the hashes of build constraints


class Missing(Exception):
    """Something the machine lacks: said in French, in English, and with the way out in both."""

    def __init__(self, french: str, english: str) -> None:
        super().__init__(f"\n✗ {french}\n✗ {english}\n")


def main(arguments: list[str]) -> int:
    wanted = arguments[0] if arguments else "run"
    try:
        check_python()
        if installed(wanted):
            return 0
        make_environment()
        install(wanted)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = "{}.{}".format(*sys.version_info)
        raise Missing(
            f"Parvis demande Python 3.11 ou plus récent ; celui-ci est un Python {found}. "
            "Installez-en un, ou indiquez-le : make PYTHON=/chemin/vers/python3.11 …",
            f"Parvis needs Python 3.11 or newer; this is Python {found}. "
            "Install one, or point at it: make PYTHON=/path/to/python3.11 …",
        )


def fingerprint(wanted: str) -> str:
    """What decides whether an installation is still the right one: the lock, our own metadata, Python and the place."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[tool.", 1)[0]
    digest = hashlib.sha256(LOCKS[wanted].read_bytes())
    digest.update(f"{project}\0{ROOT}\0{sys.version_info[:2]}".encode())
    return digest.hexdigest()


def stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def installed(wanted: str) -> bool:
    """True when a former installation covers this one (the tests' packages include those that run)."""
    kept = stamps()
    covers = {"run": ("run", "dev"), "dev": ("dev",)}[wanted]
    return works(PYTHON) and any(kept.get(name) == fingerprint(name) for name in covers)


def works(python: Path) -> bool:
    return python.exists() and subprocess.run([str(python), "-c", ""], capture_output=True).returncode == 0


def make_environment() -> None:
    kept = stamps()
    if ENVIRONMENT.exists() and (not works(PYTHON) or kept.get("place", str(ROOT)) != str(ROOT)):
        tell("L'ancien .venv ne marche plus : il est refait.", "The former .venv no longer works: made again.")
        shutil.rmtree(ENVIRONMENT)
    if not ENVIRONMENT.exists():
        tell("Création de .venv", "Making .venv")
        uv = uv_of_the_machine()
        if uv:
            call([uv, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)])
        else:
            make_environment_with_python()


def make_environment_with_python() -> None:
    if not can_make_environments():
        package = "python{}.{}-venv".format(*sys.version_info)
        if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
            tell(f"Installation de {package} (apt)", f"Installing {package} (apt)")
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
            for command in (["apt-get", "update", "-qq"], install):
                subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if not can_make_environments():
            raise Missing(
                f"Il manque à Python son module venv (ensurepip). Debian, Ubuntu : sudo apt install {package}. "
                "Ou installez uv, qui s'en passe.",
                f"Python lacks its venv module (ensurepip). Debian, Ubuntu: sudo apt install {package}. "
                "Or install uv, which does without.",
            )
    call([sys.executable, "-m", "venv", str(ENVIRONMENT)])


def can_make_environments() -> bool:
    question = [sys.executable, "-c", "import venv, ensurepip"]
    return subprocess.run(question, capture_output=True).returncode == 0


def install(wanted: str) -> None:
    uv = uv_of_the_machine() or uv_of_the_environment()
    names = {"run": ("ce qui fait marcher", "what runs it"), "dev": ("avec les tests", "with the tests")}[wanted]
    tell(f"Installation de Parvis ({names[0]}), une minute environ", f"Installing Parvis ({names[1]}), about a minute")
    into = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    call([*into, "--require-hashes", "--no-build", "-r", str(LOCKS[wanted])])
    call([*into, "--no-deps", "--build-constraint", str(LOCKS["dev"]), "--editable", str(ROOT)])
    STAMP.write_text(json.dumps({**stamps(), wanted: fingerprint(wanted), "place": str(ROOT)}), encoding="utf-8")
    tell("Installé : .venv/bin/parvis", "Installed: .venv/bin/parvis")


def uv_of_the_machine() -> str | None:
    found = shutil.which("uv")
    return found if found and recent(found) else None


def recent(uv: str) -> bool:
    answer = subprocess.run([uv, "--version"], capture_output=True, text=True)
    number = re.search(r"(\d+)\.(\d+)", answer.stdout)
    return answer.returncode == 0 and number is not None and (int(number[1]), int(number[2])) >= OLDEST_UV


def uv_of_the_environment() -> str:
    """The uv of `.venv`, put there by pip at the version and hashes of our own lock."""
    uv = ENVIRONMENT / "bin" / "uv"
    if not uv.exists():
        lock = LOCKS["dev"].read_text(encoding="utf-8")
        pinned = re.search(r"^uv==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
        if pinned is None:
            raise Missing("requirements-dev.lock ne nomme pas uv.", "requirements-dev.lock does not name uv.")
        with tempfile.TemporaryDirectory() as folder:
            alone = Path(folder) / "uv.lock"
            alone.write_text(pinned[0], encoding="utf-8")
            call([str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(alone)])
    return str(uv)


def call(command: list[str]) -> None:
    """Run a step of the installation; its own words stay on the screen, ours say what to look at."""
    settings = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(ENVIRONMENT)}
    settings.setdefault("UV_SYSTEM_CERTS", "1")  # trust what the machine trusts, a public body's own proxy included
    if subprocess.run(command, env=settings, stdin=subprocess.DEVNULL).returncode != 0:
        raise Missing(
            "L'installation s'est arrêtée (message ci-dessus). La première demande le réseau : un accès au dépôt de "
            "paquets Python, direct ou par les réglages habituels de pip et de uv, et 2 Go de disque. "
            "Relancez ensuite la même commande.",
            "The installation stopped (message above). The first one needs the network: the Python package index, "
            "directly or through the usual settings of pip and uv, and 2 GB of disk. Then run the same command again.",
        )


def tell(french: str, english: str) -> None:
    print(f"→ {french} · {english}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
