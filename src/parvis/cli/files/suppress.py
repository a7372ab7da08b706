"""`parvis suppress`: a table of counts in, the same without what is too few or would give it away out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import pyarrow as pa

from parvis.cli.commands import command
from parvis.cli.files.columns import numbers, refuse_reserved, row_names
from parvis.cli.files.tables import (
    bilingual,
    language,
    naming,
    need_columns,
    read_table,
    refuse_overwriting,
    telling_faults,
    write_table,
)
from parvis.core.disclosure.system import Key
from parvis.core.disclosure.tables import ProtectedTable
from parvis.core.disclosure.tables import suppress as suppress_counts
from parvis.core.vocabulary import Fault, ParvisError, Text

_MADE = ("count", "status", "possible_low", "possible_high")


@command(
    help=bilingual(
        "Cache les petits effectifs d’un tableau et ce qui permettrait de les retrouver, puis le vérifie.",
        "Hide the small counts of a table and what would give them away, then check that nothing does.",
    )
)
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--rows", multiple=True, required=True, help=bilingual("colonne des lignes", "column of the rows"))
@click.option("--columns", multiple=True, required=True, help=bilingual("colonne des colonnes", "column of columns"))
@click.option("--count", required=True, help=bilingual("colonne des effectifs", "column of the counts"))
@click.option("--threshold", type=int, default=10, show_default=True, help=bilingual("seuil", "threshold"))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=bilingual("sortie", "output"))
@telling_faults
def suppress(
    table: Path, rows: tuple[str, ...], columns: tuple[str, ...], count: str, threshold: int, output: Path
) -> None:
    headings = [*dict.fromkeys([*rows, *columns])]
    refuse_overwriting(output, table)
    refuse_reserved(headings, _MADE, table)
    given = read_table(table, text=headings)
    need_columns(given, [*headings, count], table)
    counts = _counts(given, headings, count, table)
    with naming(table):
        protected = suppress_counts(counts, threshold)
    write_table(_written(protected, headings), output)
    click.echo(_told(protected).in_language(language()))


def _counts(given: pa.Table, headings: Sequence[str], count: str, path: Path) -> dict[Key, float]:
    row_names(given, headings, path)
    amounts = numbers(given, count, path)
    cells: dict[Key, float] = {}
    faults = []
    for row, key in enumerate(zip(*(given[name].cast(pa.string()).to_pylist() for name in headings), strict=True)):
        where = {"file": path.name, "row": str(row + 2)}
        if key in cells:
            what = Text("cette cellule est donnée deux fois.", "this cell is given twice.")
            faults.append(Fault("cell_twice", what, Text("Gardez une ligne.", "Keep one row."), where))
        if amounts[row] != amounts[row]:
            what = Text("l’effectif est vide.", "the count is empty.")
            remedy = Text("Écrivez 0 s’il n’y a personne.", "Write 0 where there is nobody.")
            faults.append(Fault("count_missing", what, remedy, {**where, "column": count}))
        cells[key] = float(amounts[row])
    if faults:
        raise ParvisError(faults)
    return cells


def _written(protected: ProtectedTable, headings: Sequence[str]) -> pa.Table:
    cells = protected.cells
    columns = {name: pa.array([cell.key[i] for cell in cells], pa.string()) for i, name in enumerate(headings)}
    counts = [None if cell.count is None else round(cell.count) for cell in cells]
    columns["count"] = pa.array(counts, pa.int64())
    columns["status"] = pa.array([cell.status.value for cell in cells], pa.string())
    columns["possible_low"] = pa.array([_finite(cell.possible_low) for cell in cells], pa.float64())
    columns["possible_high"] = pa.array([_finite(cell.possible_high) for cell in cells], pa.float64())
    return pa.table(columns)


def _finite(value: float) -> float | None:
    return None if value in (float("inf"), float("-inf")) else round(value, 6)


def _told(protected: ProtectedTable) -> Text:
    if protected.narrowest is None:
        return Text(
            "Contrôle : rien à cacher.",
            "Recovery check: nothing to hide.",
        )
    return Text(
        f"Contrôle : {protected.hidden} cellules cachées ; la plus exposée reste dans un intervalle de "
        f"{protected.narrowest:g} (au moins {protected.required:g} exigés). Aucune ne se retrouve.",
        f"Recovery check: {protected.hidden} hidden cells; the most exposed stays within a range of "
        f"{protected.narrowest:g} (at least {protected.required:g} required). None can be worked out.",
    )
