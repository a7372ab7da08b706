"""Estimates as they are given to ranks, bands and changes: checked once, in one way, every fault at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CheckedEstimates:
    """Distinct identifiers with their estimate, standard error and degrees of freedom; NaN is "none", df infinite."""

    identifiers: tuple[str, ...]
    estimates: Floats
    standard_errors: Floats
    degrees_of_freedom: Floats

    @property
    def comparable(self) -> NDArray[np.bool_]:
        """Where there is an estimate with a positive standard error."""
        return np.isfinite(self.estimates) & np.isfinite(self.standard_errors) & (self.standard_errors > 0)


def check_estimates(
    identifiers: Sequence[str],
    estimates: ArrayLike,
    standard_errors: ArrayLike,
    degrees_of_freedom: ArrayLike | None = None,
) -> CheckedEstimates:
    """Read estimates, or refuse them with all that is wrong.

    Args:
        identifiers: shape (p,), distinct.
        estimates, standard_errors: shape (p,), None or NaN where there is none.
        degrees_of_freedom: shape (p,), or None for normal errors everywhere; None or NaN in a row for that row.

    Returns:
        The same in order, as floats; missing degrees of freedom are infinite.

    Raises:
        ParvisError: an identifier missing or given twice, lengths that differ, an infinite estimate, an infinite or
        negative standard error, degrees of freedom of 0 or less.

    >>> check_estimates(["a", "b"], [1, None], [0.5, 0.5]).comparable.tolist()
    [True, False]
    """
    names = tuple(str(name) for name in identifiers)
    y, errors = _floats(estimates), _floats(standard_errors)
    df = np.full(len(names), np.inf) if degrees_of_freedom is None else _floats(degrees_of_freedom)
    if not len(names) == len(y) == len(errors) == len(df):
        raise ParvisError(
            Fault(
                "lengths_differ",
                Text("les colonnes n’ont pas la même longueur.", "the columns do not have the same length."),
                Text("Donnez une valeur, ou rien, par structure.", "Give one value, or none, per organisation."),
            )
        )
    faults = [_twice(name) for name, count in Counter(names).items() if count > 1]
    faults += [_missing_name(row) for row, name in enumerate(identifiers) if name is None or name == ""]
    for row in np.flatnonzero(np.isinf(y)):
        faults.append(_number(names[row], Text("son estimation est infinie.", "its estimate is infinite.")))
    for row in np.flatnonzero(np.isinf(errors) | (errors < 0)):
        what = Text("son erreur type est négative ou infinie.", "its standard error is negative or infinite.")
        faults.append(_number(names[row], what))
    for row in np.flatnonzero(df <= 0):
        what = Text("ses degrés de liberté sont nuls ou négatifs.", "its degrees of freedom are zero or negative.")
        faults.append(_number(names[row], what))
    if faults:
        raise ParvisError(faults)
    return CheckedEstimates(names, y, errors, np.where(np.isnan(df), np.inf, df))


def check_confidence(confidence: float) -> None:
    """Raise ParvisError unless a confidence level lies strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise ParvisError(
            Fault(
                "confidence_impossible",
                Text(
                    f"le niveau de confiance {confidence:g} est impossible.",
                    f"the confidence level {confidence:g} is impossible.",
                ),
                Text(
                    "Donnez un nombre entre 0 et 1, par exemple 0.95.", "Give a number between 0 and 1, such as 0.95."
                ),
            )
        )


def check_choice(word: str, choices: Sequence[str]) -> None:
    """Raise ParvisError unless a word is among the choices, naming them."""
    if word not in choices:
        listed = ", ".join(choices)
        raise ParvisError(
            Fault(
                "choice_unknown",
                Text(f"« {word} » n’est pas un choix possible.", f"“{word}” is not a possible choice."),
                Text(f"Choisissez parmi : {listed}.", f"Choose among: {listed}."),
            )
        )


def _floats(values: ArrayLike) -> Floats:
    return np.atleast_1d(np.asarray(values, np.float64))


def _twice(name: str) -> Fault:
    return Fault(
        "identifier_twice",
        Text("cet identifiant figure plusieurs fois.", "this identifier appears more than once."),
        Text("Gardez une ligne par identifiant.", "Keep one row per identifier."),
        {"key": name},
    )


def _missing_name(row: int) -> Fault:
    return Fault(
        "identifier_missing",
        Text("l’identifiant est vide.", "the identifier is empty."),
        Text("Donnez un identifiant à chaque ligne.", "Give each row an identifier."),
        {"row": str(row + 1)},
    )


def _number(name: str, what: Text) -> Fault:
    remedy = Text("Corrigez-la, ou laissez la cellule vide.", "Correct it, or leave the cell empty.")
    return Fault("number_impossible", what, remedy, {"key": name})
