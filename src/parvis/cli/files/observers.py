"""`parvis agreement` and `parvis severity`: what observers' marks are worth."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from parvis.cli.commands import command
from parvis.cli.files.columns import numbers, row_names
from parvis.cli.files.tables import (
    bilingual,
    language,
    naming,
    need_columns,
    read_table,
    refuse_overwriting,
    telling_faults,
)
from parvis.core.figures.observers.agreement import LEVELS
from parvis.core.figures.observers.agreement import agreement as measure_agreement
from parvis.core.figures.observers.planning import precision_by_contacts
from parvis.core.figures.observers.severity import Severity
from parvis.core.figures.observers.severity import severity as measure_severity
from parvis.core.vocabulary import Fault, ParvisError, Text

_NOTHING = 1e-100


@command(
    help=bilingual(
        "Mesure l’accord d’observateurs sur les mêmes unités (alpha de Krippendorff).",
        "Measure how far observers agree on the same units (Krippendorff’s alpha).",
    )
)
@click.argument("ratings", type=click.Path(path_type=Path))
@click.option("--unit", required=True, help=bilingual("colonne de ce qui est coté", "column of what is rated"))
@click.option("--rater", required=True, help=bilingual("colonne de l’observateur", "column of the rater"))
@click.option("--value", required=True, help=bilingual("colonne de la cote", "column of the rating"))
@click.option("--level", type=click.Choice(LEVELS), default="nominal", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help=bilingual("graine des tirages", "seed of draws"))
@click.option("--confidence", type=float, default=0.95, show_default=True, help=bilingual("confiance", "confidence"))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=bilingual("sortie", "output"))
@telling_faults
def agreement(
    ratings: Path, unit: str, rater: str, value: str, level: str, seed: int, confidence: float, output: Path
) -> None:
    refuse_overwriting(output, ratings)
    text = [unit, rater, *([value] if level == "nominal" else [])]
    table = read_table(ratings, text=text)
    need_columns(table, [*dict.fromkeys([unit, rater, value])], ratings)
    units, raters = row_names(table, [unit], ratings), row_names(table, [rater], ratings)
    if level == "nominal":
        values: list[object] = table[value].to_pylist()
    else:
        values = [None if number != number else number for number in numbers(table, value, ratings).tolist()]
    with naming(ratings):
        found = measure_agreement(units, raters, values, level=level, confidence=confidence, seed=seed)
    _write(
        {
            "alpha": found.alpha,
            "low": found.low,
            "high": found.high,
            "percent_agreement": found.percent_agreement,
            "units": found.units,
            "raters": found.raters,
            "status": found.status.value,
            "reason": found.reason,
        },
        output,
    )


@command(
    help=bilingual(
        "Sépare ce que valent les structures de la sévérité de leurs observateurs (modèle mixte, REML).",
        "Separate what organisations are worth from how hard their observers mark (mixed model, REML).",
    )
)
@click.argument("scores", type=click.Path(path_type=Path))
@click.option("--organisation", required=True, help=bilingual("colonne de la structure", "column of organisations"))
@click.option("--observer", required=True, help=bilingual("colonne de l’observateur", "column of the observer"))
@click.option("--channel", required=True, help=bilingual("colonne du canal", "column of the channel"))
@click.option("--score", required=True, help=bilingual("colonne du score", "column of the score"))
@click.option("--interaction", is_flag=True, help=bilingual("ajouter structure × canal", "add organisation × channel"))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=bilingual("sortie", "output"))
@telling_faults
def severity(
    scores: Path, organisation: str, observer: str, channel: str, score: str, interaction: bool, output: Path
) -> None:
    refuse_overwriting(output, scores)
    table = read_table(scores, text=[organisation, observer, channel])
    need_columns(table, [*dict.fromkeys([organisation, observer, channel, score])], scores)
    keys = [row_names(table, [name], scores) for name in (organisation, channel, observer)]
    marks = numbers(table, score, scores)
    with naming(scores):
        found = measure_severity(marks, *keys, interaction=interaction)
    met = len(set(zip(keys[0], keys[2], strict=True)))
    _write(_told(found, max(1, round(len(keys[0]) / met))), output)
    if not found.connected:
        click.echo(
            Text(
                "Les observateurs forment plusieurs groupes sans structure commune : ne comparez pas leur sévérité "
                "d’un groupe à l’autre.",
                "Observers fall into several groups that share no organisation: do not compare severity across them.",
            ).in_language(language()),
            err=True,
        )


def _told(found: Severity, contacts_per_observer: int) -> dict[str, Any]:
    expected = precision_by_contacts(
        found.components, contacts_per_observer=contacts_per_observer, most_observers=len(found.observers)
    )
    return {
        "components": found.components,
        "observers": [
            {
                "id": one.identifier,
                "severity": one.severity,
                "standard_error": _error(one.standard_error),
                "part": one.part,
            }
            for one in found.observers
        ],
        "organisations": [
            {
                "id": one.identifier,
                "raw": one.raw,
                "adjusted": one.adjusted,
                "standard_error": _error(one.standard_error),
                "part": one.part,
            }
            for one in found.organisations
        ],
        "connected": found.connected,
        "observer_share": found.observer_share,
        "p": found.p,
        "material": found.material,
        "next_year": [
            {"contacts": contacts, "observers": observers, **asdict(precision)}
            for contacts, (observers, precision) in expected.items()
        ],
    }


def _error(standard_error: float) -> float | None:
    """An error of 0 is none: contacts that are all the same tell no error, observers all alike no severity."""
    return standard_error if standard_error > _NOTHING else None


def _write(content: dict[str, Any], output: Path) -> None:
    if output.suffix.lower() != ".json":
        raise ParvisError(
            Fault(
                "file_kind",
                Text(
                    f"l’extension « {output.suffix} » ne convient pas.",
                    f"the extension “{output.suffix}” does not suit.",
                ),
                Text("Choisissez .json.", "Choose .json."),
                {"file": output.name},
            )
        )
    output.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
