"""A file of population figures, read whole and checked whole: territory, variable, level, total.

Parvis ships no census. Without this file nothing is weighted and nothing is said of whom the respondents look like.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from parvis.core.instruments.form import Form, Measure
from parvis.core.vocabulary import Fault, ParvisError, Text

COLUMNS = ("territory", "variable", "level", "total")
_NAMES = {"territoire": "territory", "modalité": "level", "modalite": "level", "effectif": "total"}
SAME_TOTAL = 0.01  # variables of one territory may differ by what a source rounds or leaves out
MOST_BYTES = 2_000_000
Row = tuple[str, str, str, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a file may speak of.

    levels: of each profile question; territories: départements and identifiers of enrolled bodies, and `everyone`.
    """

    levels: Mapping[str, Collection[str]]
    territories: Collection[str]
    regions: Mapping[str, str] = field(default_factory=dict)  # of the départements where a body is enrolled
    everyone: str = "FR"


def profile_levels(form: Form) -> dict[str, tuple[str, ...]]:
    """The levels of each profile question with choices."""
    asked = [question for question in form.questions if question.measure is Measure.PROFILE and question.choices]
    return {question.name: tuple(choice.name for choice in question.choices) for question in asked}


def read_margins(content: bytes, ground: Ground) -> list[Row]:
    """The rows of a file, in its order. Raises ParvisError with every fault and its line."""
    faults: list[Fault] = []
    read = [_row(number, line, ground, faults) for number, line in _lines(content)]
    rows = [row for row in read if row is not None]
    faults += _together(rows, ground)
    if not read:
        faults.append(_fault("margins_empty", "le fichier ne contient aucune ligne.", "the file has no row."))
    if faults:
        raise ParvisError(faults)
    return rows


def template(ground: Ground) -> str:
    """A file to fill: every territory and every level, the totals left empty."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for territory in sorted(ground.territories):
        for variable, levels in ground.levels.items():
            writer.writerows([territory, variable, level, ""] for level in levels)
    return "\ufeff" + out.getvalue()


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        told = ("ce fichier n’est pas du texte UTF-8.", "this file is not UTF-8 text.")
        raise ParvisError(_fault("margins_unreadable", *told)) from error
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(";,\t", key=head.count))
    names = {name: _column(name) for name in reader.fieldnames or []}
    if missing := ", ".join(name for name in COLUMNS if name not in names.values()):
        told = (f"il manque des colonnes : {missing}.", f"columns are missing: {missing}.")
        raise ParvisError(_fault("margins_columns", *told))
    for number, line in enumerate(reader, 2):
        told_here = {names[name]: (value or "").strip() for name, value in line.items() if name in names}
        if any(told_here.values()):
            yield number, told_here


def _column(name: str) -> str:
    plain = (name or "").strip().lower()
    return _NAMES.get(plain, plain)


def _row(number: int, line: Mapping[str, str], ground: Ground, faults: list[Fault]) -> Row | None:
    """A row, None when something is wrong with it. A level left empty in the template is left out by its total."""
    territory, variable, level, written = (line[name] for name in COLUMNS)
    before = len(faults)
    if territory != ground.everyone and territory not in ground.territories:
        told = f"« {territory} » n’est ni un département, ni une structure inscrite, ni {ground.everyone}."
        also = f"“{territory}” is neither a département, nor an enrolled body, nor {ground.everyone}."
        faults.append(_fault("margins_territory", told, also, number))
    if variable not in ground.levels:
        told, also = f"« {variable} » n’est pas une question de profil.", f"“{variable}” is no profile question."
        faults.append(_fault("margins_variable", told, also, number))
    elif level not in ground.levels[variable]:
        told, also = f"« {level} » n’est pas une réponse à {variable}.", f"“{level}” is no answer to {variable}."
        faults.append(_fault("margins_level", told, also, number))
    total = _number(written)
    if total is None:
        told, also = f"« {written} » n’est pas un effectif positif.", f"“{written}” is not a positive count."
        faults.append(_fault("margins_total", told, also, number))
    return (territory, variable, level, total) if total is not None and len(faults) == before else None


def _number(written: str) -> float | None:
    """A count as people write it; an infinite, negative or zero one is none."""
    plain = "".join(written.split()).replace(",", ".")
    try:
        found = float(plain)
    except ValueError:
        return None
    return found if 0 < found < 1e12 else None


def _together(rows: list[Row], ground: Ground) -> list[Fault]:
    """What no row alone can tell: a level given twice, totals of one territory that describe two populations."""
    faults, seen = [], set()
    totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for territory, variable, level, total in rows:
        if (territory, variable, level) in seen:
            which = f"{territory}, {variable}, {level}"
            faults.append(_fault("margins_twice", f"{which} est donné deux fois.", f"{which} is given twice."))
        seen.add((territory, variable, level))
        totals[territory][variable] += total
    for territory, by_variable in totals.items():
        least, most = min(by_variable.values()), max(by_variable.values())
        if most - least > SAME_TOTAL * most:
            told = f"{territory} : les variables n’ont pas le même total (de {least:.0f} à {most:.0f})."
            also = f"{territory}: the variables have different totals (from {least:.0f} to {most:.0f})."
            faults.append(_fault("margins_disagree", told, also))
    for territory, region in ground.regions.items():
        # some codes are those of a département and of a region: its figures must not serve the whole region
        if region in totals and territory not in totals and region != territory:
            told = f"le code {region} est aussi celui de la région du département {territory}, qui manque."
            also = f"code {region} is also that of the region of département {territory}, which is missing."
            faults.append(_fault("margins_region", told, also))
    if ground.everyone in totals and len(totals) > 1:
        told = f"{ground.everyone} ne va pas avec d’autres territoires."
        faults.append(_fault("margins_everyone", told, f"{ground.everyone} does not go with other territories."))
    return faults


_REMEDIES = {
    "margins_unreadable": ("Enregistrez-le en CSV UTF-8.", "Save it as CSV UTF-8."),
    "margins_columns": ("Partez du modèle à télécharger.", "Start from the template to download."),
    "margins_empty": ("Remplissez le modèle à télécharger.", "Fill the template to download."),
    "margins_territory": (
        "Écrivez un code de département, l’identifiant d’une structure inscrite, ou FR seul.",
        "Write a département code, the identifier of an enrolled body, or FR alone.",
    ),
    "margins_variable": ("Prenez celles du modèle.", "Take those of the template."),
    "margins_level": ("Prenez les codes du modèle.", "Take the codes of the template."),
    "margins_total": ("Écrivez un nombre, ou retirez la ligne.", "Write a number, or remove the row."),
    "margins_twice": ("Gardez une seule ligne.", "Keep a single row."),
    "margins_disagree": ("Prenez une seule source, d’une seule année.", "Take a single source, of a single year."),
    "margins_region": ("Ajoutez ce département.", "Add that département."),
    "margins_everyone": ("Retirez FR, ou les autres.", "Remove FR, or the others."),
}


def _fault(code: str, fr: str, en: str, line: int | None = None) -> Fault:
    return Fault(code, Text(fr, en), Text(*_REMEDIES[code]), {} if line is None else {"row": str(line)})
