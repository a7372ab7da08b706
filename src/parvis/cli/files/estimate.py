"""`parvis estimate`: figures of any survey file, with the standard errors that its design asks for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.parquet as pq

from parvis.cli.commands import command
from parvis.cli.files.tables import (
    bilingual,
    naming,
    read_table,
    refuse_overwriting,
    telling_faults,
    unloaded,
    write_table,
)
from parvis.cli.files.weighting import tell_weights, weighting_options, with_codes
from parvis.core.figures.estimation import Design, Request, Statistic, Weighting
from parvis.core.figures.estimation import estimate as estimate_survey

_STEPS = 4


@command(
    help=bilingual(
        "Estime des moyennes, des totaux, des ratios ou des parts d’un fichier d’enquête DATA (.csv, .parquet, ou base "
        ".sqlite, .duckdb), avec leur précision. Rien n’est masqué, sauf avec --gate.",
        "Estimate means, totals, ratios or shares of a survey file DATA (.csv, .parquet, or a .sqlite, .duckdb "
        "database), with their precision. Nothing is hidden, except with --gate.",
    )
)
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--table",
    help=bilingual(
        "Table à lire, quand DATA est une base SQLite ou DuckDB qui en a plusieurs.",
        "Table to read, when DATA is an SQLite or DuckDB database with several.",
    ),
)
@click.option(
    "--value",
    "values",
    multiple=True,
    required=True,
    help=bilingual("Colonne à estimer ; peut se répéter.", "Column to estimate; may repeat."),
)
@click.option(
    "--statistic",
    type=click.Choice([statistic.value for statistic in Statistic]),
    default=Statistic.MEAN.value,
    show_default=True,
    help=bilingual("Ce qui est estimé.", "What is estimated."),
)
@click.option("--denominator", help=bilingual("Colonne du dénominateur d’un ratio.", "Column under a ratio."))
@click.option(
    "--share",
    is_flag=True,
    help=bilingual(
        "Part de chaque modalité (de 1 pour une colonne 0/1).", "Share of each level (of 1 in a 0/1 column)."
    ),
)
@click.option(
    "--by",
    multiple=True,
    help=bilingual(
        "Colonne de regroupement ; plusieurs se croisent. Domaine du plan entier.",
        "Grouping column; several are crossed. A domain of the whole design.",
    ),
)
@click.option("--weight", help=bilingual("Colonne des poids.", "Column of weights."))
@click.option("--strata", help=bilingual("Colonne des strates.", "Column of strata."))
@click.option("--cluster", help=bilingual("Colonne des grappes.", "Column of clusters."))
@click.option(
    "--fpc",
    help=bilingual(
        "Colonne de l’effectif de population de la strate (en grappes s’il y en a).",
        "Column of the stratum’s population size (in clusters if there are some).",
    ),
)
@weighting_options
@click.option(
    "--gate",
    is_flag=True,
    help=bilingual("Vider les chiffres trop peu fiables.", "Blank figures that are too unreliable."),
)
@click.option(
    "--confidence",
    type=float,
    default=0.95,
    show_default=True,
    help=bilingual("Niveau de confiance.", "Confidence level."),
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help=bilingual("Fichier .csv, .parquet ou .json.", "A .csv, .parquet or .json file."),
)
@telling_faults
def estimate(
    data: Path,
    table: str | None,
    values: tuple[str, ...],
    statistic: str,
    denominator: str | None,
    share: bool,
    by: tuple[str, ...],
    weight: str | None,
    strata: str | None,
    cluster: str | None,
    fpc: str | None,
    weighting: Weighting,
    diagnostics: Path | None,
    gate: bool,
    confidence: float,
    output: Path,
) -> None:
    """Read, estimate, write."""
    request = Request(
        tuple(dict.fromkeys(values)), Statistic(statistic), denominator, share, tuple(dict.fromkeys(by)), confidence
    )
    for made in filter(None, (output, diagnostics)):
        refuse_overwriting(made, data)
    codes = [*by, *weighting.variables, *(name for name in (strata, cluster) if name)]
    kept = [*codes, *values] if share else [name for name in codes if name not in values]
    with _progress() as tell, unloaded(data, table) as file:
        design = Design(weight, strata, cluster, fpc)
        with naming(data, cells_only=True):
            survey = estimate_survey(_source(file, kept), request, design, weighting, progress=tell)
    write_table((survey.figures.gated() if gate else survey.figures).table(), output)
    tell_weights(survey, diagnostics)


def _source(path: Path, codes: list[str]) -> pa.Table | Path:
    """A Parquet file is read where it is, and never whole; a CSV file is loaded."""
    if path.suffix.lower() == ".parquet" and path.is_file():
        try:
            pq.read_schema(path)
        except (pa.ArrowInvalid, OSError):
            return read_table(path)
        return path
    return with_codes(path, codes)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A bar of the steps, for people at a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=_STEPS, label="parvis estimate", file=sys.stderr) as bar:
        yield lambda _: bar.update(1)
