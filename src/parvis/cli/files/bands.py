"""`parvis bands`: estimates in, place in the range expected among peers out."""

from __future__ import annotations

from pathlib import Path

import click
import pyarrow as pa

from parvis.cli.commands import command
from parvis.cli.files.columns import groups, read_estimates, refuse_reserved
from parvis.cli.files.tables import bilingual, refuse_overwriting, telling_faults, write_table
from parvis.core.figures.benchmarking import BandedUnit
from parvis.core.figures.benchmarking import bands as band_organisations

_TYPES = {"z": pa.float64(), "z_adjusted": pa.float64(), "band": pa.string()}


@command(
    help=bilingual(
        "Situe chaque structure dans l’étendue attendue parmi ses pairs (sept bandes, dix structures au moins).",
        "Place each organisation against the range expected among its peers (seven bands, ten organisations at least).",
    )
)
@click.argument("estimates", type=click.Path(path_type=Path))
@click.option("--id", "ids", multiple=True, required=True, help=bilingual("colonne de l’identifiant", "key column"))
@click.option("--estimate", required=True, help=bilingual("colonne de l’estimation", "column of the estimate"))
@click.option("--standard-error", required=True, help=bilingual("colonne de l’erreur type", "column of its error"))
@click.option("--degrees-of-freedom", help=bilingual("colonne des degrés de liberté", "column of degrees of freedom"))
@click.option("--by", multiple=True, help=bilingual("comparer à part selon", "compare apart by"))
@click.option("--target", type=float, help=bilingual("cible (sinon la moyenne)", "target (the mean otherwise)"))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=bilingual("sortie", "output"))
@telling_faults
def bands(
    estimates: Path,
    ids: tuple[str, ...],
    estimate: str,
    standard_error: str,
    degrees_of_freedom: str | None,
    by: tuple[str, ...],
    target: float | None,
    output: Path,
) -> None:
    refuse_overwriting(output, estimates)
    refuse_reserved([*by, *ids], [*_TYPES, "phi", "tau2", "status", "reason"], estimates)
    table, rows = read_estimates(estimates, ids, estimate, standard_error, degrees_of_freedom, by)
    placed: dict[int, tuple[BandedUnit, float | None, float | None]] = {}
    for _, members in groups(table, by):
        given = rows.checked(members)
        banding = band_organisations(
            given.identifiers, given.estimates, given.standard_errors, given.degrees_of_freedom, target=target
        )
        for row, unit in zip(members, banding.units, strict=True):
            placed[row] = (unit, banding.phi, banding.tau2)
    found = [placed[row] for row in range(table.num_rows)]
    columns = {name: pa.array([getattr(unit, name) for unit, _, _ in found], kind) for name, kind in _TYPES.items()}
    columns["phi"] = pa.array([phi for _, phi, _ in found], pa.float64())
    columns["tau2"] = pa.array([tau2 for _, _, tau2 in found], pa.float64())
    columns["status"] = pa.array([unit.status for unit, _, _ in found], pa.string())
    columns["reason"] = pa.array([unit.reason for unit, _, _ in found], pa.string())
    keys = table.select([*dict.fromkeys([*by, *ids])])
    write_table(pa.table([*keys.columns, *columns.values()], names=[*keys.column_names, *columns]), output)
