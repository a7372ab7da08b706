"""`parvis change`: the estimates of two editions in, what may be said of their difference out."""

from __future__ import annotations

from pathlib import Path

import click
import pyarrow as pa

from parvis.cli.commands import command
from parvis.cli.files.columns import read_estimates, refuse_reserved
from parvis.cli.files.tables import bilingual, refuse_overwriting, telling_faults, write_table
from parvis.core.figures.change import changes
from parvis.core.figures.families import FAMILIES

_NUMBERS = ("difference", "standard_error", "low", "high", "p", "p_adjusted", "minimum_detectable")
_WORDS = ("verdict", "status", "reason")


@command(
    help=bilingual(
        "Compare deux éditions, structure par structure : en hausse, en baisse, stable, ou pas d’évolution nette.",
        "Compare two editions, organisation by organisation: up, down, stable, or no clear change.",
    )
)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--id", "ids", multiple=True, required=True, help=bilingual("colonne de l’identifiant", "key column"))
@click.option("--estimate", required=True, help=bilingual("colonne de l’estimation", "column of the estimate"))
@click.option("--standard-error", required=True, help=bilingual("colonne de l’erreur type", "column of its error"))
@click.option("--degrees-of-freedom", help=bilingual("colonne des degrés de liberté", "column of degrees of freedom"))
@click.option("--family", type=click.Choice(FAMILIES), default="bh", show_default=True)
@click.option(
    "--margin",
    type=float,
    default=2.0,
    show_default=True,
    help=bilingual("écart au-dessous duquel on parle de stabilité", "difference under which one says stable"),
)
@click.option("--confidence", type=float, default=0.95, show_default=True, help=bilingual("confiance", "confidence"))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=bilingual("sortie", "output"))
@telling_faults
def change(
    before: Path,
    after: Path,
    ids: tuple[str, ...],
    estimate: str,
    standard_error: str,
    degrees_of_freedom: str | None,
    family: str,
    margin: float,
    confidence: float,
    output: Path,
) -> None:
    refuse_overwriting(output, before, after)
    refuse_reserved(ids, [*_NUMBERS, *_WORDS], before)
    _, first = read_estimates(before, ids, estimate, standard_error, degrees_of_freedom)
    _, second = read_estimates(after, ids, estimate, standard_error, degrees_of_freedom)
    rows = changes(first.checked(), second.checked(), family=family, margin=margin, confidence=confidence)
    known = set(first.names)
    added = [row for row, name in enumerate(second.names) if name not in known]
    columns = dict(zip(ids, _keys(first.keys, second.keys.take(pa.array(added, pa.int64()))), strict=True))
    for name in _NUMBERS:
        columns[name] = pa.array([getattr(row, name) for row in rows], pa.float64())
    for name in _WORDS:
        columns[name] = pa.array([getattr(row, name) for row in rows], pa.string())
    write_table(pa.table(columns), output)


def _keys(first: pa.Table, second: pa.Table) -> list[pa.ChunkedArray]:
    """Both files' keys, one above the other, as text where the two files disagree on their type."""
    columns = []
    for name in first.column_names:
        above, below = first[name], second[name]
        if above.type != below.type:
            above, below = above.cast(pa.string()), below.cast(pa.string())
        columns.append(pa.chunked_array([*above.chunks, *below.chunks], above.type))
    return columns
