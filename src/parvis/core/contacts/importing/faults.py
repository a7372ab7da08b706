"""The faults of an imported table, each with its row as a spreadsheet numbers it (the header is row 1)."""

from __future__ import annotations

from collections.abc import Sequence

from parvis.core.vocabulary import Fault, Text


def at_most(faults: list[Fault], most: int) -> list[Fault]:
    """The first faults, and how many more there are."""
    if len(faults) <= most:
        return faults
    rest = len(faults) - most
    more = Fault(
        "more_faults",
        Text(f"et {rest} autre(s) faute(s).", f"and {rest} more fault(s)."),
        Text("Corrigez celles-ci, puis recommencez.", "Correct these, then try again."),
    )
    return [*faults[:most], more]


def _at(row: int, column: str) -> dict[str, str]:
    return {"row": str(row + 2), "column": column}


def empty_cell(target: str, row: int) -> Fault:
    return Fault(
        "empty_cell",
        Text("cette cellule est vide.", "this cell is empty."),
        Text("Remplissez-la, ou retirez la ligne.", "Fill it, or remove the row."),
        _at(row, target),
    )


def unknown_word(target: str, word: str, allowed: Sequence[str], row: int) -> Fault:
    words = ", ".join(str(value) for value in allowed)
    return Fault(
        "unknown_value",
        Text(f"« {word} » n’est pas connu.", f"“{word}” is not known."),
        Text(
            f"Admis : {words} ; traduisez les autres sous [values.{target}].",
            f"Allowed: {words}; translate others under [values.{target}].",
        ),
        _at(row, target),
    )


def not_a_day(word: str, row: int) -> Fault:
    return Fault(
        "not_a_day",
        Text(f"« {word} » n’est pas un jour.", f"“{word}” is not a day."),
        Text("Écrivez 2026-03-31 ou 31/03/2026.", "Write 2026-03-31 or 31/03/2026."),
        _at(row, "day"),
    )


def not_whole(target: str, word: str, row: int) -> Fault:
    return Fault(
        "not_whole",
        Text(f"« {word} » n’est pas un nombre entier.", f"“{word}” is not a whole number."),
        Text("Écrivez-le sans espace ni décimale.", "Write it without spaces or decimals."),
        _at(row, target),
    )


def two_ways(subject: str, target: str, row: int) -> Fault:
    return Fault(
        "told_in_two_ways",
        Text(f"« {target} » de {subject} est dit de deux façons.", f"“{target}” of {subject} is told in two ways."),
        Text("Gardez la bonne partout.", "Keep the right one everywhere."),
        _at(row, target),
    )


def outside_scale(code: str, raw: str, expected: str, row: int) -> Fault:
    return Fault(
        "value_outside_scale",
        Text(
            f"la valeur « {raw} » du critère « {code} » est hors de son barème ({expected}).",
            f"value “{raw}” of criterion “{code}” is outside its scale ({expected}).",
        ),
        Text(f"Corrigez la valeur, ou [scales.{code}].", f"Correct the value, or [scales.{code}]."),
        _at(row, "value"),
    )


def twice(code: str, row: int, other: int) -> Fault:
    return Fault(
        "duplicate",
        Text(
            f"le critère « {code} » est noté deux fois pour le même contact (lignes {row + 2} et {other + 2}).",
            f"criterion “{code}” is marked twice for the same contact (rows {row + 2} and {other + 2}).",
        ),
        Text(
            "Retirez l’une, ou distinguez les contacts (observation, observer, slot ou day).",
            "Remove one, or tell the contacts apart (observation, observer, slot or day).",
        ),
        _at(other, "criterion"),
    )


def unknown_criterion(code: str, known: Sequence[str]) -> Fault:
    names = ", ".join(known[:30])
    return Fault(
        "unknown_criterion",
        Text(f"le critère « {code} » n’est pas dans le fichier.", f"criterion “{code}” is not in the file."),
        Text(f"Critères présents : {names}.", f"Criteria present: {names}."),
        {"key": f"scales.{code}"},
    )


def unscaled_criterion(code: str, row: int) -> Fault:
    return Fault(
        "unknown_criterion",
        Text(f"le critère « {code} » n’a pas de barème.", f"criterion “{code}” has no scale."),
        Text(
            f'Ajoutez [scales.{code}], ou unscaled = "raw".',
            f'Add [scales.{code}], or unscaled = "raw".',
        ),
        _at(row, "criterion"),
    )


def two_channels(code: str) -> Fault:
    return Fault(
        "criterion_in_two_channels",
        Text(f"le critère « {code} » sert à deux canaux.", f"criterion “{code}” serves two channels."),
        Text("Donnez un code par canal.", "Give one code per channel."),
        {"column": "criterion"},
    )
