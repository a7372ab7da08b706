"""Known totals, and all that can be wrong with them before a single sweep is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]
Levels = tuple[str, ...]
Ladder = Mapping[str, Mapping[str, str]]

# margins of one population may differ by a rounding of their source, never by more
SAME_TOTAL = 1e-6


@dataclass(frozen=True, slots=True)
class Margin:
    """The known total of every level of one variable, or of every crossed level of several."""

    name: str
    variables: tuple[str, ...]
    levels: tuple[Levels, ...]
    totals: Floats

    def by(self, variables: Sequence[str]) -> dict[Levels, float]:
        """Totals summed to fewer variables."""
        at = [self.variables.index(variable) for variable in variables]
        summed: dict[Levels, float] = {}
        for level, total in zip(self.levels, self.totals, strict=True):
            key = tuple(level[place] for place in at)
            summed[key] = summed.get(key, 0.0) + float(total)
        return summed


def read_margin(table: pa.Table, name: str) -> Margin:
    """A margin from a table: the columns of its variables, then `total`.

    Args:
        table: one row per level.
        name: how faults call it, usually the file's name.

    Returns:
        A `Margin`, levels as texts (1, 1.0 and "1" are the same level).

    Raises:
        ParvisError: no `total`, no variable, a level empty or given twice, a total that is not a positive number.

    >>> read_margin(pa.table({"sex": ["f", "m"], "total": [52, 48]}), "sex.csv").levels
    (('f',), ('m',))
    """
    variables = tuple(column for column in table.column_names if column != "total")
    if "total" not in table.column_names or not variables:
        raise ParvisError(_shape_fault(name))
    levels = tuple(zip(*(texts_of(table[variable]) for variable in variables), strict=True))
    faults: list[Fault] = []
    totals = _totals(table["total"], name, faults)
    if any("" in level for level in levels):
        faults.append(
            _fault(
                "margin_level_empty",
                name,
                "une modalité est vide.",
                "a level is empty.",
                "Nommez-la ou retirez la ligne.",
                "Name it or remove the row.",
            )
        )
    twice = sorted({level for level in levels if levels.count(level) > 1})
    faults += [
        _fault(
            "margin_level_twice",
            name,
            f"la modalité « {shown(level)} » est donnée deux fois.",
            f"the level “{shown(level)}” is given twice.",
            "Gardez une seule ligne.",
            "Keep a single row.",
        )
        for level in twice
    ]
    if faults:
        raise ParvisError(faults)
    return Margin(name, variables, levels, totals)


def texts_of(column: pa.ChunkedArray | pa.Array) -> list[str]:
    """Levels as texts, so that a level means the same whatever the type of the file it comes from; null is empty."""
    return ["" if value is None else _text(value) for value in column.to_pylist()]


def shown(level: Levels) -> str:
    """A level as people read it."""
    return " × ".join(level)


def check_totals(margins: Sequence[Margin], *, rescale: bool = False) -> list[Margin]:
    """Refuse margins that do not describe one population, or bring them to the first one's total.

    Args:
        margins: two margins are compared on the variables that they share, or on their whole.
        rescale: instead of refusing, multiply every margin to the total of the first.

    Returns:
        The margins, rescaled if asked.

    Raises:
        ParvisError: one fault per pair that disagrees by more than 1e-6, with the level where they do.

    Source: method of Parvis 4.4; R survey accepts these silently, and the last margin wins.
    """
    if rescale and margins:
        lead = float(margins[0].totals.sum())
        margins = [replace(margin, totals=margin.totals * (lead / margin.totals.sum())) for margin in margins]
    faults = []
    for first, second in combinations(margins, 2):
        shared = [variable for variable in first.variables if variable in second.variables]
        ours, theirs = first.by(shared), second.by(shared)
        for level in sorted(ours.keys() | theirs.keys()):
            one, other = ours.get(level, 0.0), theirs.get(level, 0.0)
            if abs(one - other) > SAME_TOTAL * max(abs(one), abs(other)):
                faults.append(_disagreement(first, second, level, one, other))
    if faults:
        raise ParvisError(faults)
    return list(margins)


def collapse_levels(
    margins: Sequence[Margin], cells: Mapping[str, list[str]], present: NDArray[np.bool_], ladder: Ladder
) -> tuple[list[Margin], dict[str, list[str]], list[tuple[str, str, str]]]:
    """Merge levels along a declared ladder until every level with a total is in the sample, and the other way round.

    Args:
        margins: known totals.
        cells: for each variable, its level in each cell.
        present: whether each cell holds weight.
        ladder: for each variable, the level that each level may be merged into.

    Returns:
        Margins and cells with merged levels, and what was merged as (variable, level, into).

    Raises:
        ParvisError: a level is missing on one side and its ladder says nothing; every such level is named.
    """
    margins = list(margins)
    merged: list[tuple[str, str, str]] = []
    cells = {variable: list(levels) for variable, levels in cells.items()}
    while True:
        faults = missing_levels(margins, cells, present)
        moves = [move for fault in faults if (move := _step(fault, ladder)) is not None]
        if not faults:
            return margins, cells, merged
        if not moves:
            raise ParvisError([_missing_fault(*fault) for fault in faults])
        variable, level, into = moves[0]
        merged.append((variable, level, into))
        cells[variable] = [into if value == level else value for value in cells[variable]]
        margins = [_merged(margin, variable, level, into) for margin in margins]


def missing_levels(
    margins: Sequence[Margin], cells: Mapping[str, list[str]], present: NDArray[np.bool_]
) -> list[tuple[Margin, Levels, bool]]:
    """Levels of a margin with a total and no row in the sample (True), or in the sample without a total (False)."""
    found = []
    for margin in margins:
        columns = (cells[variable] for variable in margin.variables)
        sampled = {level for level, kept in zip(zip(*columns, strict=True), present, strict=True) if kept}
        targets = {level for level, total in zip(margin.levels, margin.totals, strict=True) if total > 0}
        found += [(margin, level, True) for level in sorted(targets - sampled)]
        found += [(margin, level, False) for level in sorted(sampled - targets)]
    return found


def _step(fault: tuple[Margin, Levels, bool], ladder: Ladder) -> tuple[str, str, str] | None:
    margin, levels, _ = fault
    for variable, level in zip(margin.variables, levels, strict=True):
        into = ladder.get(variable, {}).get(level)
        if into is not None and into != level:
            return variable, level, into
    return None


def _merged(margin: Margin, variable: str, level: str, into: str) -> Margin:
    if variable not in margin.variables:
        return margin
    at = margin.variables.index(variable)
    renamed = [
        tuple(into if place == at and value == level else value for place, value in enumerate(key))
        for key in margin.levels
    ]
    summed: dict[Levels, float] = {}
    for key, total in zip(renamed, margin.totals, strict=True):
        summed[key] = summed.get(key, 0.0) + float(total)
    return replace(margin, levels=tuple(summed), totals=np.array(list(summed.values())))


def _totals(column: pa.ChunkedArray, name: str, faults: list[Fault]) -> Floats:
    try:
        totals = np.asarray(column.cast(pa.float64()).fill_null(np.nan).to_numpy(), np.float64)
    except pa.ArrowException:  # text, dates or lists: no total in them, told below
        totals = np.full(len(column), np.nan)
    if not np.isfinite(totals).all() or (totals < 0).any() or totals.sum() <= 0:
        faults.append(
            _fault(
                "margin_total",
                name,
                "la colonne « total » doit contenir des nombres finis, positifs ou nuls, et non tous nuls.",
                "the column “total” must hold finite numbers of zero or more, not all zero.",
                "Corrigez les totaux.",
                "Correct the totals.",
            )
        )
    return totals


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _disagreement(first: Margin, second: Margin, level: Levels, one: float, other: float) -> Fault:
    where = f" ({shown(level)})" if level else ""
    return _fault(
        "margins_disagree",
        f"{first.name}, {second.name}",
        f"ces marges n’ont pas le même total{where} : {one:.10g} et {other:.10g}.",
        f"these margins do not share one total{where}: {one:.10g} and {other:.10g}.",
        "Corrigez l’une des deux, ou ramenez-les au même total.",
        "Correct one of them, or bring them to one total.",
    )


def _missing_fault(margin: Margin, level: Levels, in_sample: bool) -> Fault:
    variable, named = " × ".join(margin.variables), shown(level) or "∅"
    if in_sample:
        return _fault(
            "level_missing_in_sample",
            margin.name,
            f"la modalité « {named} » de « {variable} » a un total mais aucune réponse.",
            f"the level “{named}” of “{variable}” has a total but no row in the sample.",
            "Regroupez-la avec une autre, dans les marges et dans les données.",
            "Merge it with another one, in the margins and in the data.",
        )
    return _fault(
        "level_missing_in_margins",
        margin.name,
        f"la modalité « {named} » de « {variable} » est dans les données mais n’a pas de total positif.",
        f"the level “{named}” of “{variable}” is in the data but has no positive total.",
        "Ajoutez son total, regroupez-la, ou retirez ces lignes.",
        "Add its total, merge it, or leave those rows out.",
    )


def _shape_fault(name: str) -> Fault:
    return _fault(
        "margin_shape",
        name,
        "une marge a les colonnes de ses variables, puis « total ».",
        "a margin has the columns of its variables, then “total”.",
        "Renommez la colonne des totaux, ou ajoutez celle de la variable.",
        "Rename the column of totals, or add that of the variable.",
    )


def _fault(code: str, name: str, fr: str, en: str, remedy_fr: str, remedy_en: str) -> Fault:
    return Fault(code, Text(fr, en), Text(remedy_fr, remedy_en), {"file": name})


def shared_variables(margins: Sequence[Margin]) -> list[str]:
    """The variables that every one of several margins crosses with others: in general the territory."""
    if len(margins) < 2:
        return []
    shared = [name for name in margins[0].variables if all(name in margin.variables for margin in margins[1:])]
    return shared if all(len(margin.variables) > len(shared) for margin in margins) else []
