"""`parvis explain`: the steps behind a figure, in words."""

from __future__ import annotations

from pathlib import Path

import click

from parvis.cli.commands import command
from parvis.cli.files.tables import bilingual, language, telling_faults


@command(
    help=bilingual(
        "Dit comment un chiffre est calculé. WHAT : STRUCTURE, STRUCTURE/CANAL ou STRUCTURE/CANAL/CRITÈRE (* : tous), "
        "aussi un site, une catégorie, nation, et perceived, participation, overall ou observers à la place du canal.",
        "Tells how a figure was computed. WHAT: ORGANISATION, ORGANISATION/CHANNEL or ORGANISATION/CHANNEL/CRITERION "
        "(* for all), also a place, category or nation, and perceived, participation, overall or observers as channel.",
    )
)
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("what")
@telling_faults
def explain(result: Path, what: str) -> None:
    from parvis.core.bundle import read_result
    from parvis.core.explain import explain as steps_of

    spoken = language()
    for position, figure in enumerate(steps_of(read_result(result), what)):
        if position:
            click.echo()
        click.echo(figure.title)
        for number, step in enumerate(figure.steps, start=1):
            click.echo(f"  {number}. {step.in_language(spoken)}")
