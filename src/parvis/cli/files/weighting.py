"""The options of `parvis estimate` that say what weights become, and what is told of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc

from parvis.cli.files.tables import bilingual, language, need_columns, read_table, write_table
from parvis.core.bundle.result_tables import DIAGNOSTICS
from parvis.core.figures.estimation import Survey, Weighting
from parvis.core.figures.weighting import Missing, diagnostic_rows, read_margin
from parvis.core.vocabulary import Fault, ParvisError, Text

_FILE = click.Path(path_type=Path)
_OPTIONS = (
    click.option(
        "--rake",
        multiple=True,
        type=_FILE,
        help=bilingual(
            "Fichier de marges : colonnes des variables puis « total » ; peut se répéter.",
            "Margins file: columns of the variables, then “total”; may repeat.",
        ),
    ),
    click.option(
        "--collapse",
        multiple=True,
        type=_FILE,
        help=bilingual(
            "Fichier de regroupement des modalités absentes : variable, level, into.",
            "File of what missing levels are merged into: variable, level, into.",
        ),
    ),
    click.option(
        "--rescale",
        is_flag=True,
        help=bilingual(
            "Ramener toutes les marges au total de la première.", "Bring all margins to the total of the first."
        ),
    ),
    click.option(
        "--missing",
        type=click.Choice([choice.value for choice in Missing]),
        default=Missing.REFUSE.value,
        show_default=True,
        help=bilingual(
            "Variable de calage vide : refuser, ou répartir comme les lignes semblables.",
            "Raking variable left blank: refuse, or spread as rows alike.",
        ),
    ),
    click.option(
        "--trim",
        metavar="LOW,HIGH",
        help=bilingual(
            "Bornes des poids, en multiples de leur médiane.", "Bounds of weights, in multiples of their median."
        ),
    ),
    click.option(
        "--factor-bounds",
        metavar="LOW,HIGH",
        help=bilingual(
            "Caler sans que le facteur quitte ces multiples de sa moyenne (méthode logit).",
            "Calibrate without the factor leaving these multiples of its mean (logit method).",
        ),
    ),
    click.option(
        "--diagnostics",
        type=_FILE,
        help=bilingual(
            "Fichier des diagnostics de poids, par territoire.", "File of the diagnostics of weights, by territory."
        ),
    ),
)


def weighting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command receives `weighting` and `diagnostics`, the path or None."""

    @functools.wraps(command)
    def wrapped(
        *args: Any,
        rake: tuple[Path, ...],
        collapse: tuple[Path, ...],
        rescale: bool,
        missing: str,
        trim: str | None,
        factor_bounds: str | None,
        diagnostics: Path | None,
        **kwargs: Any,
    ) -> Any:
        weighting = Weighting(
            margins=tuple(read_margin(with_codes(path, None), path.name) for path in rake),
            bounds=_bounds("--trim", trim) if trim else None,
            ladder=_ladder(collapse),
            rescale=rescale,
            missing=Missing(missing),
            factor_bounds=_bounds("--factor-bounds", factor_bounds) if factor_bounds else None,
            diagnose=diagnostics is not None,
        )
        return command(*args, weighting=weighting, diagnostics=diagnostics, **kwargs)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def with_codes(path: Path, codes: list[str] | None) -> pa.Table:
    """A table whose codes keep their zeros: département 01 is not 1. `codes` None means every column but `total`."""
    table = read_table(path)
    names = [name for name in table.column_names if name != "total"] if codes is None else codes
    whole = [name for name in table.column_names if name in names and pa.types.is_integer(table[name].type)]
    if not whole or path.suffix.lower() == ".parquet":
        return table
    written = read_table(path, text=whole)
    for name in whole:
        if pc.any(pc.match_substring_regex(written[name], r"^\s*0[0-9]")).as_py():
            table = table.set_column(table.column_names.index(name), name, written[name])
    return table


def _bounds(option: str, text: str) -> tuple[float, float]:
    parts = text.replace(";", ",").split(",")
    try:
        low, high = (float(part) for part in parts)
    except ValueError as error:
        raise ParvisError(
            Fault(
                "trim_bounds",
                Text(f"{option} « {text} » ne se lit pas.", f"{option} “{text}” cannot be read."),
                Text(
                    "Donnez deux multiples, par exemple 0.2,5.",
                    "Give two multiples, such as 0.2,5.",
                ),
            )
        ) from error
    return low, high


def _ladder(paths: tuple[Path, ...]) -> dict[str, dict[str, str]]:
    ladder: dict[str, dict[str, str]] = {}
    for path in paths:
        table = read_table(path, text=["variable", "level", "into"])
        need_columns(table, ["variable", "level", "into"], path)
        for row in table.to_pylist():
            if row["variable"] and row["level"] and row["into"]:
                ladder.setdefault(row["variable"], {})[row["level"]] = row["into"]
    return ladder


def tell_weights(survey: Survey, diagnostics: Path | None) -> None:
    """Say in one line each what raking and trimming did; write the diagnostics where they were asked for."""
    said: list[Text] = []
    raking, trimming = survey.raking, survey.trimming
    if raking is not None:
        gaps = f"{raking.gap_before:.2g} → {raking.gap_after:.2g}"
        said.append(
            Text(
                f"Calage : {raking.sweeps} passes, écart relatif {gaps}.",
                f"Raking: {raking.sweeps} sweeps, relative gap {gaps}.",
            )
        )
        said += [
            Text(f"Regroupé : {variable}, {level} → {into}.", f"Merged: {variable}, {level} → {into}.")
            for variable, level, into in raking.merged
        ]
    if trimming is not None:
        said.append(
            Text(
                f"Bornage : {trimming.trimmed} lignes ramenées, écart restant {trimming.gap_left:.2g}.",
                f"Trimming: {trimming.trimmed} rows brought in, gap left {trimming.gap_left:.2g}.",
            )
        )
    for line in said:
        click.echo(line.in_language(language()), err=True)
    if diagnostics is not None:
        rows = diagnostic_rows(survey.diagnostics)
        if raking is not None:
            rows += [("weighting", variable, f"merged {level}", None, into) for variable, level, into in raking.merged]
        write_table(DIAGNOSTICS.filled(rows), diagnostics)
