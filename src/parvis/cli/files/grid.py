"""`parvis grid`: check an XLSForm, read it in plain words, make the XForm for phones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from parvis.cli.commands import group
from parvis.cli.files.tables import bilingual, language, telling_faults
from parvis.core.instruments.bands import ScoreBand
from parvis.core.instruments.form import Choice, Grid, Page, Question, QuestionKind, Questionnaire
from parvis.core.instruments.grid import read_form, to_xform
from parvis.core.vocabulary import Criterion, Determinant, Stage

FILE = click.argument("file", type=click.Path(path_type=Path))
_STAGES = {
    Stage.ACCESS: ("Accès", "Access"),
    Stage.ORIENTATION: ("Information et orientation", "Information and orientation"),
    Stage.HANDLING: ("Traitement de la demande", "Handling of the request"),
    Stage.COMPLAINTS: ("Réclamations", "Complaints"),
}
_DETERMINANTS = {
    Determinant.ACCESSIBILITY: ("Accessibilité", "Accessibility"),
    Determinant.RESPONSIVENESS: ("Réactivité", "Responsiveness"),
    Determinant.COURTESY: ("Courtoisie", "Courtesy"),
    Determinant.PERSONALISATION: ("Personnalisation", "Personalisation"),
    Determinant.WAITING: ("Gestion de l’attente", "Waiting"),
    Determinant.ANSWER_QUALITY: ("Qualité de la réponse", "Answer quality"),
    Determinant.TRANSFER: ("Transfert", "Transfer"),
    Determinant.COMPLAINT_HANDLING: ("Gestion des réclamations", "Complaint handling"),
}


@group(
    help=bilingual(
        "Vérifier, lire et convertir une grille ou un questionnaire (XLSForm).",
        "Check, read and convert a grid or a questionnaire (XLSForm).",
    )
)
def grid() -> None:
    """The commands on forms."""


@grid.command(
    help=bilingual(
        "Dire toutes les fautes d’un fichier (feuille, ligne, remède), sinon le résumer.",
        "Tell every fault of a file (sheet, row, remedy), else sum it up.",
    )
)
@FILE
@telling_faults
def check(file: Path) -> None:
    form = read_form(file)
    click.echo("\n".join(_summary(form, language())))


@grid.command(
    help=bilingual("Écrire des formulaires en clair (Markdown).", "Write forms in plain words (Markdown)."),
)
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--language", "spoken", default="fr", help=bilingual("langue du formulaire", "language of the form"))
@telling_faults
def show(files: tuple[Path, ...], spoken: str) -> None:
    click.echo("\n\n".join("\n".join(_markdown(read_form(file), spoken)) for file in files))


@grid.command(
    help=bilingual(
        "Faire le XForm pour téléphones (ODK Collect), sans les notes.",
        "Make the XForm for phones (ODK Collect), without the scores.",
    )
)
@FILE
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help=bilingual("fichier .xml", ".xml file")
)
@telling_faults
def xform(file: Path, output: Path) -> None:
    output.write_text(to_xform(file), "utf-8")
    click.echo(str(output))


def _say(spoken: str, fr: str, en: str) -> str:
    return en if spoken.startswith("en") else fr


def _summary(form: Grid | Questionnaire, spoken: str) -> Iterator[str]:
    questions = sum(question.kind.is_asked for question in form.questions)
    pages = len(form.pages)
    yield _say(
        spoken,
        f"{form.title(spoken)} ({form.code}, version {form.version or '–'}) : {questions} questions, {pages} pages, "
        f"langues {', '.join(form.languages)}.",
        f"{form.title(spoken)} ({form.code}, version {form.version or '–'}): {questions} questions, {pages} pages, "
        f"languages {', '.join(form.languages)}.",
    )
    if isinstance(form, Grid):
        weights = sum(criterion.weight for criterion in form.criteria)
        yield _say(
            spoken,
            f"Canal {form.channel} : {len(form.criteria)} critères, somme des poids {weights:g}.",
            f"Channel {form.channel}: {len(form.criteria)} criteria, sum of weights {weights:g}.",
        )
        yield from _table(form.criteria, spoken)
    if form.ignored_columns:
        columns = ", ".join(form.ignored_columns)
        yield _say(spoken, f"Colonnes non lues : {columns}.", f"Columns not read: {columns}.")
    yield _say(spoken, "Aucune faute.", "No fault.")


def _table(criteria: tuple[Criterion, ...], spoken: str) -> Iterator[str]:
    """Number of criteria by determinant and stage."""
    counts = Counter((criterion.determinant, criterion.stage) for criterion in criteria)
    stages = [_say(spoken, *_STAGES[stage]) for stage in Stage]
    yield f"| {_say(spoken, 'Déterminant', 'Determinant')} | {' | '.join(stages)} | Total |"
    yield "|---|" + "---:|" * (len(stages) + 1)
    for determinant in Determinant:
        cells = [counts[determinant, stage] for stage in Stage]
        yield f"| {_say(spoken, *_DETERMINANTS[determinant])} | {' | '.join(map(str, cells))} | {sum(cells)} |"


def _markdown(form: Grid | Questionnaire, spoken: str) -> Iterator[str]:
    yield f"# {form.title(spoken)}"
    yield ""
    yield f"`{form.code}` · version {form.version or '–'}"
    if isinstance(form, Grid):
        yield ""
        yield from _table(form.criteria, spoken)
    for page in form.pages:
        yield ""
        yield f"## {page.label(spoken) or page.name}"
        yield from _page(form, page, spoken)


def _page(form: Grid | Questionnaire, page: Page, spoken: str) -> Iterator[str]:
    for question in page.questions:
        if question.kind is QuestionKind.RECORDED:
            continue
        yield ""
        label = question.label(spoken) or question.name
        code = f"**{question.criterion}** " if question.criterion else ""
        yield f"- {code}{label}"
        for line in _details(form, question, spoken):
            yield f"  - {line}"


def _details(form: Grid | Questionnaire, question: Question, spoken: str) -> Iterator[str]:
    if question.hint(spoken):
        yield f"*{question.hint(spoken)}*"
    if question.choices:
        yield " · ".join(_choice(choice, spoken) for choice in question.choices)
    if question.bands:
        yield " ; ".join(_band(band, spoken) for band in question.bands)
    if question.criterion and isinstance(form, Grid):
        criterion = form.criterion(question.criterion)
        marks = [_say(spoken, *_DETERMINANTS[criterion.determinant])]
        marks.append(_say(spoken, f"poids {criterion.weight:g}", f"weight {criterion.weight:g}"))
        marks += [_say(spoken, "critique", "critical")] * criterion.critical
        marks += [_say(spoken, "subjectif", "subjective")] * criterion.subjective
        yield ", ".join(marks)
        yield f"Source{_say(spoken, chr(0x202F), '')}: {criterion.source}"


def _choice(choice: Choice, spoken: str) -> str:
    if choice.score is None:
        return choice.label(spoken)
    return f"{choice.label(spoken)} ({_worth(choice.score, spoken)})"


def _band(band: ScoreBand, spoken: str) -> str:
    worth = _say(spoken, "sans objet", "does not apply") if band.score is None else _worth(band.score, spoken)
    condition = _say(spoken, "sinon", "else") if band.limit is None else f"{_sign(band)} {_worth(band.limit, spoken)}"
    return f"{condition} → {worth}"


def _sign(band: ScoreBand) -> str:
    return {"<=": "≤", ">=": "≥"}.get(band.comparison, band.comparison)


def _worth(worth: float, spoken: str) -> str:
    return _say(spoken, f"{worth:g}".replace(".", ","), f"{worth:g}")
