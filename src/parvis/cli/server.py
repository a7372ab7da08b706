"""The server: a demonstration in one command, the site, its worker, and Django's own commands."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from parvis.cli.commands import command
from parvis.cli.files.tables import bilingual, telling_faults

SETTINGS = "parvis.web.settings.base"


def _ready() -> None:
    """Load the framework, once, with the settings of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


def _prepare_database() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


@command(
    help=bilingual(
        "Monter une édition de démonstration et servir le site.", "Build a demonstration edition and serve the site."
    )
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=bilingual("Adresse d’écoute.", "Address to listen on.")
)
@click.option("--port", default=8000, show_default=True, help=bilingual("Port d’écoute.", "Port to listen on."))
@click.option(
    "--seed",
    default=2026,
    show_default=True,
    help=bilingual("Graine des données fictives.", "Seed of the invented data."),
)
@click.option(
    "--size", default=350, show_default=True, help=bilingual("Nombre de structures.", "Number of organisations.")
)
@click.option("--build-only", is_flag=True, help=bilingual("Monter sans servir.", "Build without serving."))
def demo(host: str, port: int, seed: int, size: int, build_only: bool) -> None:
    os.environ["PARVIS_DEMONSTRATION"] = "1"
    os.environ.setdefault("PARVIS_HOME", str(Path("var/demonstration").resolve()))
    os.environ.setdefault("PARVIS_PUBLIC_URL", f"http://{host}:{port}")
    _ready()
    _prepare_database()
    from parvis.cli.demonstration import build, logins

    build(seed=seed, organisations=size, tell=click.echo)
    click.echo(
        "\n" + bilingual("Comptes de démonstration (données fictives)", "Demonstration accounts (invented data)")
    )
    for role, email, password in logins():
        click.echo(f"  {role:<46} {email:<40} {password}")
    click.echo(f"\n  → http://{host}:{port}/\n")
    if not build_only:
        _serve(host, port, with_worker=True)


@command(help=bilingual("Servir le site.", "Serve the site."))
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=bilingual("Adresse d’écoute.", "Address to listen on.")
)
@click.option("--port", default=8000, show_default=True, help=bilingual("Port d’écoute.", "Port to listen on."))
@click.option(
    "--worker/--no-worker",
    default=True,
    show_default=True,
    help=bilingual("Lancer aussi l’ouvrier des tâches.", "Run the background worker as well."),
)
def serve(host: str, port: int, worker: bool) -> None:
    os.environ.setdefault("PARVIS_PUBLIC_URL", f"http://{host}:{port}")
    _ready()
    _prepare_database()
    _serve(host, port, with_worker=worker)


@command(
    help=bilingual(
        "Ouvrir une installation neuve : territoires, premier organisateur, première édition.",
        "Open a new installation: territories, first organiser, first edition.",
    )
)
@click.argument("email")
@click.option("--name", required=True, help=bilingual("Nom de l’organisateur.", "Name of the organiser."))
@click.option("--year", required=True, type=int, help=bilingual("Année de l’édition.", "Year of the edition."))
@telling_faults
def begin(email: str, name: str, year: int) -> None:
    _ready()
    _prepare_database()
    from django.utils import timezone

    from parvis.web.editions.actions import begin_first_edition
    from parvis.web.territory.actions import load_shipped

    at = timezone.now()
    load_shipped(at=at)
    edition = begin_first_edition(email=email, name=name, year=year, at=at)
    click.echo(f"{edition.name_fr} : {email} · /compte/login/")


@command(help=bilingual("Exécuter les tâches de fond et envoyer les courriels.", "Run background tasks and send mail."))
def worker() -> None:
    _ready()
    from parvis.web.jobs.worker import work

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    work(stop)


@command(
    help=bilingual(
        "Écrire une copie de la base dans un fichier, sans ce qui s’efface chaque jour.",
        "Write a copy of the database to a file, without what is erased each day.",
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@telling_faults
def backup(file: Path) -> None:
    _ready()
    from parvis.web.backup import write_backup

    write_backup(file)
    click.echo(f"{file} · {file.stat().st_size / 1e6:.1f} Mo")


@command(
    help=bilingual("Commandes de Django (migrate, shell…).", "Django's own commands (migrate, shell…)."),
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    _ready()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["parvis manage", *arguments])


def _serve(host: str, port: int, *, with_worker: bool) -> None:
    server = web_server(host, port)
    helper = subprocess.Popen([sys.executable, "-m", "parvis", "worker"]) if with_worker else None
    try:
        server.serve()
    finally:
        if helper is not None:
            helper.terminate()
            helper.wait()


def web_server(host: str, port: int) -> Any:
    """Granian over WSGI, not started yet. A worker that dies is replaced at once.

    The site is loaded here, before the workers part from this process: they start quickly and share its memory.
    """
    from django.db import connection
    from django.urls import get_resolver
    from granian.constants import Interfaces
    from granian.server import Server

    import_module("parvis.web.wsgi")
    get_resolver().url_patterns  # noqa: B018 (reading it loads every page)
    gc.collect()
    gc.freeze()  # what is loaded stays to the end: the collector need not walk it again and again,
    gc.set_threshold(10_000)  # nor look for circles several times a request
    atexit.register(gc.unfreeze)  # libraries complain of what was never freed
    workers, threads = workers_and_threads(connection.vendor)
    connection.close()
    return Server(
        "parvis.web.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=threads, respawn_failed_workers=True,
    )  # fmt: skip


def workers_and_threads(vendor: str) -> tuple[int, int]:
    """SQLite takes one process, PostgreSQL one per core; a few threads each, since Python runs one at a time."""
    return (1 if vendor == "sqlite" else os.cpu_count() or 1), 4
