"""`parvis report`: an organisation's report, or the national one, from a result."""

from __future__ import annotations

from pathlib import Path

import click

from parvis.cli.commands import command
from parvis.cli.files.tables import bilingual, telling_faults
from parvis.cli.files.tables import language as spoken
from parvis.core.bundle import Dataset, Result, read_dataset, read_result
from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.rendering.national import slice_national
from parvis.rendering.national_report import national_report
from parvis.rendering.organisation_report import complete, one_page
from parvis.rendering.scorecard import Scorecard, slice_result


@command(
    help=bilingual(
        "Le rapport PDF d’une structure (ou national, sans ORGANISATION) à partir d’un résultat.",
        "The PDF report of an organisation (or the national one, without ORGANISATION) from a result.",
    )
)
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("organisation", required=False)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help=bilingual("Fichier PDF à écrire.", "PDF file to write."),
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(["fr", "en"]), default=None,
    help=bilingual("Langue du rapport.", "Language of the report."),
)  # fmt: skip
@click.option(
    "--complete", "whole", is_flag=True,
    help=bilingual("Toutes les pages, et non la première seule.", "Every page, not the first alone."),
)  # fmt: skip
@click.option(
    "--dataset", "dataset_path", type=click.Path(path_type=Path), default=None,
    help=bilingual(
        "Jeu de données, pour les noms et libellés que le résultat n’a pas.",
        "Dataset, for names and labels that the result lacks.",
    ),
)  # fmt: skip
@telling_faults
def report(
    result: Path, organisation: str | None, output: Path, language: str | None, whole: bool, dataset_path: Path | None
) -> None:
    """Write one PDF."""
    tongue = language or spoken()
    figures = read_result(result)
    dataset = read_dataset(dataset_path) if dataset_path else None
    if organisation is None:
        content = national_report(slice_national(figures, dataset), language=tongue)
    else:
        card = _card(figures, dataset, organisation)
        content = complete(card, language=tongue) if whole else one_page(card, language=tongue)
    try:
        output.write_bytes(content)
    except OSError as error:
        raise ParvisError(_unwritable(output)) from error
    click.echo(str(output))


def _card(result: Result, dataset: Dataset | None, wanted: str) -> Scorecard:
    """The scorecard of a code, or of a name when one organisation alone bears it."""
    cards = slice_result(result, dataset)
    if wanted in cards:
        return cards[wanted]
    bearers = [card for card in cards.values() if card.name.casefold() == wanted.casefold()]
    if len(bearers) == 1:
        return bearers[0]
    known = ", ".join(list(cards)[:5])
    raise ParvisError(
        Fault(
            "organisation_unknown",
            Text(f"« {wanted} » n’est pas dans ce résultat.", f"“{wanted}” is not in this result."),
            Text(f"Donnez un code, par exemple\u00a0: {known}.", f"Give a code, for example: {known}."),
        )
    )


def _unwritable(path: Path) -> Fault:
    return Fault(
        "file_unwritable",
        Text("ce fichier ne peut pas être écrit.", "this file cannot be written."),
        Text("Vérifiez le dossier et vos droits.", "Check the folder and your rights."),
        {"file": path.name},
    )
