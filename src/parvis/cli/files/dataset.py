"""`parvis dataset`: make a dataset from any table of contacts, or check one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import click

from parvis.cli.commands import group
from parvis.cli.files.score import read_text
from parvis.cli.files.tables import bilingual, language, naming, refuse_overwriting, telling_faults, unloaded


@group(help=bilingual("Jeux de données : importer, vérifier.", "Datasets: import, check."))
def dataset() -> None:
    pass


@dataset.command(
    "import",
    help=bilingual(
        "Fait un jeu de données de toute table (structure, site, canal, observateur, jour, critère, valeur).",
        "Makes a dataset from any table (organisation, place, channel, observer, day, criterion, value).",
    ),
)
@click.argument("source", metavar="TABLE", type=click.Path(path_type=Path))
@click.option(
    "--table",
    help=bilingual(
        "table à lire, quand TABLE est une base SQLite ou DuckDB qui en a plusieurs",
        "table to read, when TABLE is an SQLite or DuckDB database with several",
    ),
)
@click.option(
    "--mapping",
    required=True,
    type=click.Path(path_type=Path),
    help=bilingual("ce que disent les colonnes, et les barèmes (TOML)", "what columns say, and scales (TOML)"),
)
@click.option(
    "--method",
    type=click.Path(path_type=Path),
    help=bilingual("méthode à joindre (celle de 2026 sinon)", "method to travel with it (else that of 2026)"),
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help=bilingual("jeu de données : un dossier, ou un .zip", "dataset: a folder, or a .zip"),
)
@telling_faults
def import_table(source: Path, table: str | None, mapping: Path, method: Path | None, output: Path) -> None:
    from parvis.core.bundle import write_dataset
    from parvis.core.contacts.importing import import_contacts, read_contacts, read_mapping
    from parvis.core.instruments.method import load_method, read_method

    refuse_overwriting(output, source, mapping, method)
    with naming(mapping):
        meaning = read_mapping(read_text(mapping))
    method_text = read_text(method) if method else load_method()[1]
    with naming(method):
        read_method(method_text)
    with unloaded(source, table) as file:
        contacts = read_contacts(file, meaning.columns.values())
    if file != source:  # what is told apart by its hash is the database that was given
        contacts = replace(contacts, name=source.name, sha256=hashlib.sha256(source.read_bytes()).hexdigest())
    imported = import_contacts(contacts, meaning, method_text)
    made = write_dataset(imported.dataset, output)
    organisations = made.table("organisations").num_rows
    french = language() == "fr"
    click.echo(
        f"{output.name} : {imported.rows} réponses, {imported.observations} contacts, {organisations} structures."
        if french
        else f"{output.name}: {imported.rows} answers, {imported.observations} contacts, {organisations} organisations."
    )
    if imported.unscaled:
        names = ", ".join(imported.unscaled)
        click.echo(f"Sans barème, rapportés tels quels : {names}." if french else f"No scale, kept as given: {names}.")
    if not imported.ends_cleanly:
        click.echo(
            "Le fichier ne finit pas par un saut de ligne : vérifiez qu’il est entier."
            if french
            else "The file does not end with a line break: check that it is whole.",
            err=True,
        )


@dataset.command(
    help=bilingual("Vérifie un jeu de données : empreintes, colonnes, valeurs, renvois.", "Checks a dataset.")
)
@click.argument("path", metavar="DATASET", type=click.Path(path_type=Path))
@telling_faults
def check(path: Path) -> None:
    from parvis.core.bundle import check_dataset, fingerprint, read_dataset
    from parvis.core.instruments.method import read_method

    given = read_dataset(path)
    check_dataset(given)
    if given.method_text:
        read_method(given.method_text)
    counts = ", ".join(f"{name} {given.table(name).num_rows}" for name in given.tables)
    click.echo(f"{path.name} : {counts}." if language() == "fr" else f"{path.name}: {counts}.")
    click.echo(f"sha256 {fingerprint(given)}")
