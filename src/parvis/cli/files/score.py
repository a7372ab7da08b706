"""`parvis score`: a dataset in, a result out, the same bytes as the site."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from parvis.cli.commands import command
from parvis.cli.files.tables import bilingual, language, naming, refuse_overwriting, telling_faults


@command(
    help=bilingual(
        "Calcule tous les résultats d’un jeu de données : notes, intervalles, rangs, plages, évolutions.",
        "Computes every result of a dataset: scores, intervals, ranks, bands, changes.",
    )
)
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option(
    "--method",
    type=click.Path(path_type=Path),
    help=bilingual("méthode à la place de celle du jeu de données", "method instead of the dataset's own"),
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help=bilingual("jeu de données de l’édition précédente", "dataset of the edition before"),
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help=bilingual("résultat : un dossier, ou un .zip", "result: a folder, or a .zip"),
)
@telling_faults
def score(dataset: Path, method: Path | None, previous: Path | None, output: Path) -> None:
    from parvis.core.bundle import read_dataset, write_result
    from parvis.core.instruments.method import read_method
    from parvis.core.pipeline import STEPS, score_edition

    refuse_overwriting(output, dataset, previous, method)
    given = read_dataset(dataset)
    with naming(method):
        chosen = read_method(read_text(method)) if method else None
    before = read_dataset(previous) if previous else None
    with progress("parvis score", len(STEPS)) as tell:
        result = score_edition(given, chosen, before, progress=tell)
    written = write_result(result, output)
    rows = written.table("estimates").num_rows
    organisations = written.table("organisations").num_rows
    said = {
        "fr": f"{output.name} : {rows} chiffres, {organisations} structures.",
        "en": f"{output.name}: {rows} figures, {organisations} organisations.",
    }
    click.echo(said[language()])


@contextmanager
def progress(label: str, steps: int) -> Iterator[Callable[[str], None]]:
    """A bar that moves as each step begins, for people at a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=steps, label=label, file=sys.stderr) as bar:
        yield lambda _: bar.update(1)


def read_text(path: Path) -> str:
    """The text of a small UTF-8 file. Raises ParvisError when it is absent, too large or not text."""
    from parvis.core.vocabulary import Fault, ParvisError, Text

    try:
        if path.stat().st_size > 1 << 20:
            raise OSError("too large")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParvisError(
            Fault(
                "file_unreadable",
                Text("ce fichier texte ne se lit pas.", "this text file cannot be read."),
                Text("Donnez un fichier TOML en UTF-8 (1 Mo au plus).", "Give a TOML file in UTF-8 (1 MB at most)."),
                {"file": path.name},
            )
        ) from error
