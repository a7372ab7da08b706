"""The scoring columns of a grid: what makes a question a criterion, and what each answer is worth."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from parvis.core.instruments.bands import ScoreBand, read_bands
from parvis.core.instruments.form import Choice, Measure, QuestionKind, in_language
from parvis.core.instruments.grid.workbook import Row
from parvis.core.vocabulary import Channel, Criterion, DelayKind, Determinant, Fault, ParvisError, Stage, Text

_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")
_YES = {"yes": True, "true": True, "true()": True, "oui": True, "": False, "no": False, "false": False, "non": False}
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Scoring:
    """What the scoring columns of one row say."""

    code: str = ""
    weight: float = 1.0
    source: str = ""
    stage: Stage | None = None
    determinant: Determinant | None = None
    critical: bool = False
    subjective: bool = False
    bands: tuple[ScoreBand, ...] = ()
    delay: DelayKind | None = None
    measure: Measure | None = None
    faults: list[Fault] = field(default_factory=list)

    def criterion(self, channel: Channel, words: dict[str, str]) -> Criterion:
        """The criterion, once the row is known to be without fault."""
        if self.stage is None or self.determinant is None:
            raise ValueError("a row with faults has no criterion")
        label = Text(in_language(words, "fr"), in_language(words, "en"))
        return Criterion(
            *(self.code, channel, self.stage, self.determinant, self.weight, label, self.source),
            critical=self.critical,
            subjective=self.subjective,
        )


def read_scoring(row: Row) -> Scoring:
    """The scoring columns of a survey row; every fault in them is listed in `faults`."""
    faults: list[Fault] = []
    code = row["criterion"]
    bands: tuple[ScoreBand, ...] = ()
    if row["score_bands"]:
        try:
            bands = read_bands(row["score_bands"])
        except ParvisError as error:
            faults.extend(row.fault(fault.code, fault.what, fault.remedy, "score_bands") for fault in error.faults)
    scoring = Scoring(
        code=code,
        weight=_weight(row, faults),
        source=row["source"],
        stage=_word(row, "stage", Stage, faults),
        determinant=_word(row, "determinant", Determinant, faults),
        critical=_flag(row, "critical", faults),
        subjective=_flag(row, "subjective", faults),
        bands=bands,
        delay=_word(row, "delay", DelayKind, faults),
        measure=_word(row, "measure", Measure, faults),
        faults=faults,
    )
    if code:
        faults.extend(_criterion_faults(row, scoring))
    elif row["stage"] or row["weight"] or row["critical"] or row["subjective"]:
        faults.append(
            row.fault(
                "criterion_absent",
                Text("cette ligne est notée mais n’a pas de code de critère.", "this row is scored but has no code."),
                Text("Donnez-lui un code stable, par exemple PHO-01.", "Give it a stable code, such as PHO-01."),
                "criterion",
            )
        )
    return scoring


def kind_faults(
    row: Row, scoring: Scoring, kind: QuestionKind, choices: Sequence[Choice], or_other: bool
) -> list[Fault]:
    """Can a question of this kind bear a criterion, and is each of its answers worth something?"""
    if not scoring.code:
        return []
    if kind.is_number:
        if row["score_bands"]:
            return []
        what = Text("ce nombre n’a pas de tranches de notes.", "this number has no score bands.")
        remedy = Text("Écrivez par exemple « <=5:1; <=8:0.5; else:0 ».", "Write for example “<=5:1; <=8:0.5; else:0”.")
        return [row.fault("score_bands", what, remedy, "score_bands")]
    if kind is not QuestionKind.CHOICE or or_other:
        what = Text(
            "ce type de question ne peut pas porter un critère.", "this type of question cannot be a criterion."
        )
        remedy = Text(
            "Un critère est un select_one (sans or_other), un nombre ou un calcul.",
            "A criterion is a select_one (without or_other), a number or a calculation.",
        )
        return [row.fault("criterion_kind", what, remedy, "type")]
    if any(choice.score is not None for choice in choices):
        return []
    what = Text("aucun de ses choix ne rapporte de note.", "none of its choices earns a score.")
    remedy = Text("Remplissez la colonne score de la feuille choices.", "Fill the score column of sheet choices.")
    return [row.fault("score_absent", what, remedy, "type")]


def choice_score(row: Row, *, needed: bool, faults: list[Fault]) -> tuple[float | None, bool]:
    """The score of a choice (0–1 or None) and whether it means *not applicable*; `needed` on a criterion's list."""
    cell = row["score"].lower().replace(",", ".")
    if cell == "na":
        return None, True
    if not cell:
        if needed:
            what = Text("ce choix d’un critère n’a pas de note.", "this choice of a criterion has no score.")
            faults.append(row.fault("score_absent", what, _SCORE_REMEDY, "score"))
        return None, False
    try:
        score = float(cell)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        what = Text(f"« {row['score']} » n’est pas une note.", f"“{row['score']}” is not a score.")
        faults.append(row.fault("score_range", what, _SCORE_REMEDY, "score"))
        return None, False
    return score, False


_SCORE_REMEDY = Text(
    "Donnez un nombre de 0 à 1, ou « na » si le critère est alors sans objet.",
    "Give a number from 0 to 1, or “na” where the criterion does not then apply.",
)


def _criterion_faults(row: Row, scoring: Scoring) -> list[Fault]:
    faults = []
    if not _CODE.match(scoring.code):
        what = Text(f"« {scoring.code} » n’est pas un code.", f"“{scoring.code}” is not a code.")
        remedy = Text("Une lettre, puis lettres, chiffres, _ ou -.", "A letter, then letters, digits, _ or -.")
        faults.append(row.fault("criterion_code", what, remedy, "criterion"))
    for column, fr, en in (
        ("stage", "étape du parcours", "stage of the journey"),
        ("determinant", "déterminant", "determinant"),
        ("source", "source publique", "public source"),
    ):
        if not row[column]:
            what = Text(f"ce critère n’a pas de {fr}.", f"this criterion has no {en}.")
            faults.append(row.fault(f"{column}_absent", what, _REMEDIES[column], column))
    return faults


_REMEDIES = {
    "stage": Text(f"Choisissez parmi {', '.join(Stage)}.", f"Choose among {', '.join(Stage)}."),
    "determinant": Text(f"Choisissez parmi {', '.join(Determinant)}.", f"Choose among {', '.join(Determinant)}."),
    "source": Text("Dites quel texte public justifie ce critère.", "Tell which public text justifies this criterion."),
    "delay": Text(f"Choisissez parmi {', '.join(DelayKind)}.", f"Choose among {', '.join(DelayKind)}."),
    "measure": Text(f"Choisissez parmi {', '.join(Measure)}.", f"Choose among {', '.join(Measure)}."),
}


def _word(row: Row, column: str, words: Callable[[str], Word], faults: list[Fault]) -> Word | None:
    cell = row[column]
    if not cell:
        return None
    try:
        return words(cell.lower())
    except ValueError:
        what = Text(f"« {cell} » est inconnu dans {column}.", f"“{cell}” is unknown in {column}.")
        faults.append(row.fault(f"{column}_unknown", what, _REMEDIES[column], column))
        return None


def _weight(row: Row, faults: list[Fault]) -> float:
    cell = row["weight"].replace(",", ".")
    if not cell:
        return 1.0
    try:
        weight = float(cell)
    except ValueError:
        weight = 0.0
    if not 0 < weight <= 1000:
        what = Text(f"le poids « {cell} » n’est pas un nombre positif.", f"weight “{cell}” is not a positive number.")
        remedy = Text("Donnez un nombre, 1 par défaut.", "Give a number, 1 by default.")
        faults.append(row.fault("weight_range", what, remedy, "weight"))
        return 1.0
    return weight


def _flag(row: Row, column: str, faults: list[Fault]) -> bool:
    cell = row[column].lower()
    if cell not in _YES:
        what = Text(f"« {row[column]} » n’est ni oui ni non.", f"“{row[column]}” is neither yes nor no.")
        faults.append(row.fault(f"{column}_unknown", what, Text("Écrivez yes ou no.", "Write yes or no."), column))
    return _YES.get(cell, False)
