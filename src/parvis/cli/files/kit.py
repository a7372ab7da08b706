"""`parvis kit`: the communication kit of a consultation, as a folder or a ZIP."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from parvis.cli.commands import command
from parvis.cli.files.tables import bilingual, telling_faults
from parvis.cli.files.tables import language as spoken
from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.rendering.kit import Entry, Kit, make_kit, zipped_kit

_DAY = click.DateTime(["%Y-%m-%d"])


@command(
    help=bilingual(
        "Affiches, dépliant, bannières, images, textes et codes QR d’une consultation.",
        "Posters, flyer, banners, pictures, texts and QR codes of a consultation.",
    )
)
@click.option("--name", required=True, help=bilingual("Nom de la structure.", "Name of the organisation."))
@click.option("--url", required=True, help=bilingual("Adresse du questionnaire.", "Address of the questionnaire."))
@click.option("--edition", default="", help=bilingual("Édition, par exemple 2026.", "Edition, for example 2026."))
@click.option(
    "--logo", type=click.Path(path_type=Path, dir_okay=False), default=None,
    help=bilingual("Logo PNG ou JPEG.", "PNG or JPEG logo."),
)  # fmt: skip
@click.option("--accent", default=None, help=bilingual("Couleur, par exemple #16324F.", "Colour, for example #16324F."))
@click.option(
    "--entry", "entries", multiple=True, metavar="NOM=URL",
    help=bilingual("Site compté à part, toutes ses pièces (répétable).", "Place counted apart (repeatable)."),
)  # fmt: skip
@click.option(
    "--kiosk", "kiosks", multiple=True, metavar="NOM=URL",
    help=bilingual("Borne d’un site (répétable).", "Kiosk of a place (repeatable)."),
)  # fmt: skip
@click.option(
    "--opens", type=_DAY, default=None, help=bilingual("Premier jour (AAAA-MM-JJ).", "First day (YYYY-MM-DD).")
)
@click.option(
    "--closes", type=_DAY, default=None, help=bilingual("Dernier jour (AAAA-MM-JJ).", "Last day (YYYY-MM-DD).")
)
@click.option("--results", type=_DAY, default=None, help=bilingual("Jour des résultats.", "Day of the results."))
@click.option(
    "--banner", default="",
    help=bilingual("Adresse des bannières, comptée à part.", "Address of the banners, counted apart."),
)  # fmt: skip
@click.option(
    "--frame", default="",
    help=bilingual("Adresse du formulaire à intégrer.", "Address of the form to embed."),
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(["fr", "en"]), default=None,
    help=bilingual("Langue du kit.", "Language of the kit."),
)  # fmt: skip
@click.option("--demonstration", is_flag=True, help=bilingual("Marquer chaque pièce.", "Mark every piece."))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    help=bilingual("Dossier ou fichier .zip à écrire.", "Folder or .zip file to write."),
)  # fmt: skip
@telling_faults
def kit(
    name: str, url: str, edition: str, logo: Path | None, accent: str | None, entries: tuple[str, ...],
    kiosks: tuple[str, ...], opens: dt.datetime | None, closes: dt.datetime | None, results: dt.datetime | None,
    banner: str, frame: str, language: str | None, demonstration: bool, output: Path,
) -> None:  # fmt: skip
    """Write the kit."""
    given = Kit(
        name=name, url=url, edition=edition, language=language or spoken(), accent=accent,
        logo=_read(logo) if logo else None, opens_on=opens.date() if opens else None,
        closes_on=closes.date() if closes else None, results_on=results.date() if results else None,
        banner_url=banner, frame_url=frame, demonstration=demonstration,
        entries=_entries(entries, kiosks),
    )  # fmt: skip
    try:
        if output.suffix.lower() == ".zip":
            output.write_bytes(zipped_kit(given))
        else:
            for path, content in make_kit(given).items():
                (output / path).parent.mkdir(parents=True, exist_ok=True)
                (output / path).write_bytes(content)
    except OSError as error:
        raise ParvisError(_cannot(output, "être écrit", "be written")) from error
    click.echo(str(output))


def _entries(given: tuple[str, ...], kiosks: tuple[str, ...]) -> tuple[Entry, ...]:
    """Each place in the order given; a kiosk goes with the place of the same name, or stands alone."""
    found = [Entry(*_named(one)) for one in given]
    for label, address in map(_named, kiosks):
        at = next((at for at, entry in enumerate(found) if (entry.label, entry.kiosk_url) == (label, "")), None)
        if at is None:
            found.append(Entry(label, "", address))
        else:
            found[at] = Entry(label, found[at].url, address)
    return tuple(found)


def _named(given: str) -> tuple[str, str]:
    label, equals, url = given.partition("=")
    if not (label.strip() and equals and url.strip()):
        raise ParvisError(
            Fault(
                "entry_unreadable",
                Text(f"le point d’entrée « {given} » ne se lit pas.", f"the entry point “{given}” cannot be read."),
                Text("Écrivez-le ainsi\u00a0: Accueil=https://…", "Write it like this: Desk=https://…"),
            )
        )
    return label.strip(), url.strip()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ParvisError(_cannot(path, "être lu", "be read")) from error


def _cannot(path: Path, fr: str, en: str) -> Fault:
    return Fault(
        "file_unusable",
        Text(f"ce fichier ne peut pas {fr}.", f"this file cannot {en}."),
        Text("Vérifiez le chemin et vos droits.", "Check the path and your rights."),
        {"file": path.name},
    )
