"""Everything that can be wrong in a survey file before a figure is drawn from it; all faults at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from parvis.core.figures.estimation.design import Design
from parvis.core.figures.tally.columns import Kind, Profile
from parvis.core.vocabulary import Fault, ParvisError, Text

if TYPE_CHECKING:
    from parvis.core.figures.estimation.survey import Request

# beyond this many answers a column is a text or a measure, not a choice
MOST_LEVELS = 200

# beyond, squares leave the range of a double
_FARTHEST = 1e100


def check_columns(request: Request, design: Design, raked: Sequence[str], present: Sequence[str]) -> None:
    """Raise one fault per column that is asked for and absent, and per request that contradicts itself."""
    wanted = [*request.values, *request.by, *design.columns, *raked]
    if request.denominator is not None:
        wanted.append(request.denominator)
    absent = [name for name in dict.fromkeys(wanted) if name not in present]
    columns = ", ".join(present)
    faults = [
        _fault(
            "column_absent",
            name,
            f"la colonne « {name} » n’est pas dans les données.",
            f"column “{name}” is not in the data.",
            f"Colonnes présentes : {columns}.",
            f"Columns present: {columns}.",
        )
        for name in absent
    ]
    faults += _contradictions(request)
    if faults:
        raise ParvisError(faults)


def check_types(nested: Sequence[str]) -> None:
    """Raise one fault per column whose cells hold several values each."""
    faults = [
        _fault(
            "column_nested",
            name,
            f"chaque cellule de « {name} » contient plusieurs valeurs.",
            f"each cell of “{name}” holds several values.",
            "Donnez une colonne par valeur, ou une ligne par valeur.",
            "Give a column, or a row, to each value.",
        )
        for name in nested
    ]
    if faults:
        raise ParvisError(faults)


def _contradictions(request: Request) -> list[Fault]:
    from parvis.core.figures.estimation.figures import COLUMNS

    faults = [
        _fault(
            "column_reserved",
            name,
            f"« {name} » est aussi une colonne des résultats.",
            f"“{name}” is also a column of the results.",
            "Renommez la colonne de regroupement.",
            "Rename the grouping column.",
        )
        for name in request.by
        if name in COLUMNS
    ]
    wrong = (
        ((request.statistic == "ratio") != (request.denominator is not None), _RATIO_ALONE),
        (request.share and request.statistic == "ratio", _RATIO_SHARE),
        (not 0 < request.confidence < 1, _confidence(request.confidence)),
    )
    return faults + [fault for found, fault in wrong if found]


_RATIO_ALONE = Fault(
    "ratio_denominator",
    Text("un ratio et un dénominateur vont ensemble.", "a ratio and a denominator go together."),
    Text("Donnez les deux, ou aucun.", "Give both, or neither."),
)
_RATIO_SHARE = Fault(
    "ratio_share",
    Text("un ratio n’a pas de modalités.", "a ratio has no levels."),
    Text("Demandez des parts, ou un ratio.", "Ask for shares, or for a ratio."),
)


def _confidence(given: float) -> Fault:
    return Fault(
        "confidence_impossible",
        Text(f"le niveau de confiance {given:g} est impossible.", f"the confidence level {given:g} is impossible."),
        Text("Donnez un nombre entre 0 et 1, par exemple 0.95.", "Give a number between 0 and 1, such as 0.95."),
    )


def check_contents(request: Request, design: Design, raked: Sequence[str], found: Mapping[str, Profile]) -> None:
    """Raise one fault per column whose contents cannot be used: bad weights, text for a number, a stratum missing."""
    faults: list[Fault] = []
    if design.weight is not None:
        faults += _weight_faults(design.weight, found[design.weight])
    numbers = [] if request.share else list(request.values)
    if request.denominator is not None:
        numbers.append(request.denominator)
    for name in dict.fromkeys(numbers):
        faults += _number_faults(name, found[name])
    if design.population is not None:
        faults += _population_faults(design.population, found[design.population])
    for name in dict.fromkeys([*design.keys, *raked]):
        faults += _missing_faults(name, found[name])
    if faults:
        raise ParvisError(faults)


def too_many_levels(column: str, count: int) -> Fault:
    """The fault of a column with more levels than a choice has."""
    return _fault(
        "levels_too_many",
        column,
        f"« {column} » a {count} réponses différentes : ce n’est pas un choix.",
        f"“{column}” has {count} different answers: it is not a choice.",
        f"Regroupez-les en {MOST_LEVELS} au plus, ou demandez une moyenne.",
        f"Group them into {MOST_LEVELS} at most, or ask for a mean.",
    )


def _weight_faults(name: str, profile: Profile) -> list[Fault]:
    if profile.kind is not Kind.NUMBER:
        return [_not_a_number(name, profile)]
    missing, high = profile.rows - profile.answered, profile.high or 0.0
    faults = []
    if profile.low is not None and profile.low < 0:
        fr, en = "des poids sont négatifs (le plus bas : {:g}).", "some weights are negative (the lowest: {:g})."
        faults.append(_weight_fault("weight_negative", name, fr.format(profile.low), en.format(profile.low)))
    if profile.infinite:
        fr, en = "des poids sont infinis (au nombre de {}).", "some weights are infinite ({} in all)."
        faults.append(_weight_fault("weight_infinite", name, fr.format(profile.infinite), en.format(profile.infinite)))
    elif high > _FARTHEST or 0 < high < 1 / _FARTHEST:
        fr, en = (
            "des poids sont hors d’échelle (le plus grand : {:g}).",
            "weights are out of scale (highest: {:g}).",
        )
        faults.append(_weight_fault("weight_out_of_range", name, fr.format(high), en.format(high)))
    if missing:
        fr = f"des poids manquent, vides ou NaN (au nombre de {missing})."
        en = f"some weights are missing, empty or NaN ({missing} in all)."
        faults.append(_weight_fault("weight_missing", name, fr, en))
    return faults


def _weight_fault(code: str, name: str, fr: str, en: str) -> Fault:
    return _fault(
        code,
        name,
        fr,
        en,
        "Corrigez-les ; un poids 0 met une ligne de côté.",
        "Correct them; a weight of 0 sets a row aside.",
    )


def _number_faults(name: str, profile: Profile) -> list[Fault]:
    if profile.kind is Kind.TEXT:
        return [_not_a_number(name, profile)] if profile.answered else []
    if profile.infinite:
        return [
            _fault(
                "value_infinite",
                name,
                f"des valeurs sont infinies (au nombre de {profile.infinite}).",
                f"some values are infinite ({profile.infinite} in all).",
                "Corrigez-les ou videz la cellule.",
                "Correct them or empty the cell.",
            )
        ]
    if profile.reach > _FARTHEST:
        return [
            _fault(
                "value_out_of_range",
                name,
                f"des valeurs sont hors d’échelle (jusqu’à {profile.reach:g}).",
                f"some values are out of scale (as far as {profile.reach:g}).",
                "Changez d’unité, ou corrigez-les.",
                "Change their unit, or correct them.",
            )
        ]
    return []


def _not_a_number(name: str, profile: Profile) -> Fault:
    example = profile.not_numeric
    return _fault(
        "value_text",
        name,
        "du texte là où un nombre est attendu" + (f" : « {example} »." if example is not None else "."),
        "text where a number is expected" + (f": “{example}”." if example is not None else "."),
        "Corrigez ces cellules, ou demandez des parts (--share).",
        "Correct those cells, or ask for shares (--share).",
    )


def _population_faults(name: str, profile: Profile) -> list[Fault]:
    if profile.kind is not Kind.NUMBER:
        return [_not_a_number(name, profile)]
    if profile.infinite or not profile.complete or (profile.low or 0.0) <= 0:
        return [
            _fault(
                "population_missing",
                name,
                "des effectifs de population manquent, sont infinis ou ne sont pas positifs.",
                "some population sizes are missing, infinite or not positive.",
                "Donnez à chaque ligne celui de sa strate.",
                "Give every row that of its stratum.",
            )
        ]
    return []


def _missing_faults(name: str, profile: Profile) -> list[Fault]:
    missing = profile.rows - profile.answered
    if not missing:
        return []
    return [
        _fault(
            "design_missing",
            name,
            f"« {name} » a des cellules vides (au nombre de {missing}) ; une strate, une grappe ou une variable de "
            "calage ne peut manquer.",
            f"“{name}” has empty cells ({missing} in all); a stratum, a cluster or a raking variable cannot be "
            "missing.",
            "Complétez ces cellules ou retirez ces lignes.",
            "Fill those cells in or leave those rows out.",
        )
    ]


def _fault(code: str, column: str, fr: str, en: str, remedy_fr: str, remedy_en: str) -> Fault:
    return Fault(code, Text(fr, en), Text(remedy_fr, remedy_en), {"column": column})
