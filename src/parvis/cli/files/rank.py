"""`parvis rank`: estimates in, ranks with their uncertainty out."""

from __future__ import annotations

from pathlib import Path

import click
import pyarrow as pa

from parvis.cli.commands import command
from parvis.cli.files.columns import groups, read_estimates, refuse_reserved
from parvis.cli.files.tables import bilingual, language, refuse_overwriting, telling_faults, write_table
from parvis.core.figures.draws import seed_for
from parvis.core.figures.ranking import METHODS, RankedUnit
from parvis.core.figures.ranking import rank as rank_organisations
from parvis.core.vocabulary import Text

_SCHEMA = pa.schema(
    [
        ("rank", pa.int64()),
        ("rank_low", pa.int64()),
        ("rank_high", pa.int64()),
        ("level_with_first", pa.bool_()),
        ("expected_rank", pa.float64()),
        ("status", pa.string()),
        ("reason", pa.string()),
    ]
)


@command(
    help=bilingual(
        "Classe des structures, avec pour chacune les rangs qui ne peuvent être écartés.",
        "Rank organisations, each with the ranks that cannot be ruled out.",
    )
)
@click.argument("estimates", type=click.Path(path_type=Path))
@click.option("--id", "ids", multiple=True, required=True, help=bilingual("colonne de l’identifiant", "key column"))
@click.option("--estimate", required=True, help=bilingual("colonne de l’estimation", "column of the estimate"))
@click.option("--standard-error", required=True, help=bilingual("colonne de l’erreur type", "column of its error"))
@click.option("--degrees-of-freedom", help=bilingual("colonne des degrés de liberté", "column of degrees of freedom"))
@click.option("--by", multiple=True, help=bilingual("classer à part selon cette colonne", "rank apart by this column"))
@click.option("--confidence", type=float, default=0.95, show_default=True, help=bilingual("confiance", "confidence"))
@click.option("--method", type=click.Choice(METHODS), default="bootstrap", show_default=True)
@click.option(
    "--simultaneous/--marginal",
    default=True,
    help=bilingual("tous les rangs à la fois, ou chacun le sien", "all ranks at once, or each its own"),
)
@click.option("--seed", type=int, default=0, show_default=True, help=bilingual("graine des tirages", "seed of draws"))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=bilingual("sortie", "output"))
@telling_faults
def rank(
    estimates: Path,
    ids: tuple[str, ...],
    estimate: str,
    standard_error: str,
    degrees_of_freedom: str | None,
    by: tuple[str, ...],
    confidence: float,
    method: str,
    simultaneous: bool,
    seed: int,
    output: Path,
) -> None:
    refuse_overwriting(output, estimates)
    refuse_reserved([*by, *ids], _SCHEMA.names, estimates)
    table, rows = read_estimates(estimates, ids, estimate, standard_error, degrees_of_freedom, by)
    ranked: dict[int, RankedUnit] = {}
    lines = []
    for group, members in groups(table, by):
        given = rows.checked(members)
        ranking = rank_organisations(
            given.identifiers,
            given.estimates,
            given.standard_errors,
            given.degrees_of_freedom,
            confidence=confidence,
            method=method,
            simultaneous=simultaneous,
            seed=seed_for(seed, group, estimate),
        )
        ranked.update(zip(members, ranking.units, strict=True))
        lines.append(_told(group, ranking.rankability))
    units = [ranked[row] for row in range(table.num_rows)]
    columns = [pa.array([getattr(unit, field.name) for unit in units], field.type) for field in _SCHEMA]
    keys = table.select([*dict.fromkeys([*by, *ids])])
    write_table(pa.table([*keys.columns, *columns], names=[*keys.column_names, *_SCHEMA.names]), output)
    for line in lines:
        click.echo(line.in_language(language()))


def _told(group: str, rankability: float | None) -> Text:
    start = f"{group} : " if group else ""
    if rankability is None:
        return Text(f"{start}moins de deux structures à classer", f"{start}fewer than two organisations to rank")
    noise = rankability < 0.5
    return Text(
        f"{start}rankability {rankability:.3f}" + (" — la plupart des écarts ne sont que du bruit" if noise else ""),
        f"{start}rankability {rankability:.3f}" + (" — most differences are noise" if noise else ""),
    )
