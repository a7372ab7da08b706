"""The mapping file: which column is what, what is constant, how raw values become marks."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field
from typing import Any

from parvis.core.instruments.bands import ScoreBand, band_score, read_bands
from parvis.core.vocabulary import Channel, Determinant, Fault, ParvisError, Stage, Text

TARGETS = (
    *("organisation", "name", "type", "category", "population", "departement", "region"),
    *("identifier_scheme", "identifier", "place", "service", "channel", "observer", "slot", "scenario"),
    *("day", "half_day", "outcome", "observation", "criterion", "value"),
)
REQUIRED = ("organisation", "channel", "criterion", "value")
_SECTIONS = {"edition", "unscaled", "columns", "constants", "values", "scales", "criteria"}
_SCALE_KEYS = {"low", "high", "direction", "bands", "values"}
_CRITERION_KEYS = {"label_fr", "label_en", "stage", "determinant", "weight", "critical", "subjective", "source"}
NOT_APPLICABLE = "na"


@dataclass(frozen=True, slots=True)
class Scale:
    """How the raw value of one criterion becomes a mark between 0 and 1: two ends, bands, or a list of values."""

    low: float | None = None
    high: float | None = None
    rising: bool = True
    bands: tuple[ScoreBand, ...] = ()
    values: tuple[tuple[str, float | None], ...] = ()

    def mark(self, raw: str) -> float | None:
        """The mark of a raw value, None when it is not applicable.

        Raises ValueError when the value is not a number where one is needed, or stands outside the scale.

        >>> Scale(1.0, 5.0).mark("4"), Scale(1.0, 5.0, rising=False).mark("4")
        (0.75, 0.25)
        """
        for given, mark in self.values:
            if raw == given:
                return mark
        if self.values:
            raise ValueError(", ".join(given for given, _ in self.values))
        number = as_number(raw)
        if number is None:
            raise ValueError("0-9")
        if self.bands:
            return band_score(self.bands, number)
        if self.low is None or self.high is None or not self.low <= number <= self.high:
            raise ValueError(f"{self.low:g} – {self.high:g}")
        share = (number - self.low) / (self.high - self.low)
        return share if self.rising else 1.0 - share


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a table of contacts means. `columns` and `constants` are by target; `values` renames what a column says."""

    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    scales: dict[str, Scale] = field(default_factory=dict)
    criteria: dict[str, dict[str, Any]] = field(default_factory=dict)
    edition: str = ""
    refuse_unscaled: bool = False


def as_number(raw: str) -> float | None:
    """A finite number written with a point or a comma, else None.

    >>> as_number("3,5"), as_number("n/a"), as_number("nan")
    (3.5, None, None)
    """
    try:
        number = float(raw.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_mapping(text: str) -> Mapping:
    """The mapping of a TOML text.

    Raises ParvisError with every fault: TOML that does not parse, unknown section, target or key, a needed target
    that is neither a column nor a constant, a scale that cannot be used.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParvisError(_fault("toml", "", f"({error})", "ce fichier ne se lit pas", "unreadable file")) from error
    faults = [_unknown(name, _SECTIONS) for name in sorted(set(data) - _SECTIONS)]
    columns = _texts(data, "columns", faults)
    constants = _texts(data, "constants", faults)
    values = {key: _renamed(part, key, faults) for key, part in _tables(data, "values", faults).items()}
    for section, given in (("columns", columns), ("constants", constants), ("values", values)):
        faults += [_unknown(f"{section}.{name}", set(TARGETS)) for name in sorted(set(given) - set(TARGETS))]
    faults += [_missing(name) for name in REQUIRED if name not in columns and name not in constants]
    scales = {code: _scale(code, part, faults) for code, part in _tables(data, "scales", faults).items()}
    criteria = _tables(data, "criteria", faults)
    for code, part in criteria.items():
        faults += _criterion_faults(code, part)
    unscaled = data.get("unscaled", "raw")
    if unscaled not in ("raw", "refuse"):
        faults.append(_fault("mapping_choice", "unscaled", "raw, refuse", "valeur inconnue", "unknown value"))
    if faults:
        raise ParvisError(faults)
    return Mapping(columns, constants, values, scales, criteria, str(data.get("edition", "")), unscaled == "refuse")


def _texts(data: dict[str, Any], name: str, faults: list[Fault]) -> dict[str, str]:
    part = data.get(name, {})
    if not isinstance(part, dict):
        faults.append(_fault("mapping_section", name, f"[{name}]", "une section est attendue", "a section is expected"))
        return {}
    for key, value in part.items():
        if isinstance(value, dict | list) or value == "":
            faults.append(_fault("mapping_text", f"{name}.{key}", "…", "un texte est attendu", "a text is expected"))
    return {key: str(value) for key, value in part.items() if not isinstance(value, dict | list)}


def _tables(data: dict[str, Any], name: str, faults: list[Fault]) -> dict[str, dict[str, Any]]:
    part = data.get(name, {})
    if not isinstance(part, dict) or not all(isinstance(value, dict) for value in part.values()):
        where = f"[{name}.…]"
        faults.append(_fault("mapping_section", name, where, "des sections sont attendues", "sections are expected"))
        return {}
    return part


def _renamed(part: dict[str, Any], target: str, faults: list[Fault]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in part.values()):
        where = f"values.{target}"
        faults.append(_fault("mapping_text", where, '"…" = "…"', "des textes sont attendus", "texts are expected"))
    return {str(key): str(value) for key, value in part.items()}


def _scale(code: str, part: dict[str, Any], faults: list[Fault]) -> Scale:
    where = f"scales.{code}"
    faults += [_unknown(f"{where}.{key}", _SCALE_KEYS) for key in sorted(set(part) - _SCALE_KEYS)]
    if "bands" in part:
        try:
            return Scale(bands=read_bands(str(part["bands"])))
        except ParvisError as error:
            faults += [Fault(fault.code, fault.what, fault.remedy, {"key": where}) for fault in error.faults]
            return Scale()
    if "values" in part:
        return Scale(values=_value_marks(part["values"], where, faults))
    low, high, direction = part.get("low"), part.get("high"), part.get("direction", "up")
    fits = _is_number(low) and _is_number(high) and low < high and direction in ("up", "down")  # type: ignore[operator]
    if not fits:
        expected = 'low < high, direction = "up" | "down"'
        faults.append(_fault("mapping_scale", where, expected, "barème refusé", "scale refused"))
        return Scale()
    return Scale(float(low), float(high), direction == "up")  # type: ignore[arg-type]


def _value_marks(part: Any, where: str, faults: list[Fault]) -> tuple[tuple[str, float | None], ...]:
    marks: list[tuple[str, float | None]] = []
    given_marks: dict[str, Any] = part if isinstance(part, dict) else {"": None}
    for given, mark in given_marks.items():
        if mark == NOT_APPLICABLE:
            marks.append((str(given), None))
        elif isinstance(mark, int | float) and _is_number(mark) and 0 <= mark <= 1:
            marks.append((str(given), float(mark)))
        else:
            expected = 'yes = 1, no = 0, other = "na"'
            faults.append(_fault("mapping_scale", where, expected, "note refusée", "mark refused"))
    return tuple(marks)


def _criterion_faults(code: str, part: dict[str, Any]) -> list[Fault]:
    where = f"criteria.{code}"
    faults = [_unknown(f"{where}.{key}", _CRITERION_KEYS) for key in sorted(set(part) - _CRITERION_KEYS)]
    for key, kind in (("stage", Stage), ("determinant", Determinant), ("channel", Channel)):
        if key in part and part[key] not in list(kind):
            faults.append(_unknown(f"{where}.{key} = {part[key]}", set(kind)))
    if not _is_number(part.get("weight", 1)) or not 0 <= part.get("weight", 1) <= 1000:
        faults.append(_fault("mapping_weight", where, "0 – 1000", "poids refusé", "weight refused"))
    return faults


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _unknown(where: str, known: set[Any]) -> Fault:
    names = ", ".join(sorted(str(name) for name in known))
    return _fault("mapping_unknown", where, names, "ce mot n’est pas connu", "this word is not known")


def _missing(target: str) -> Fault:
    return Fault(
        "mapping_missing",
        Text(f"rien ne dit où trouver « {target} ».", f"nothing says where to find “{target}”."),
        Text(
            f'Ajoutez {target} = "…" sous [columns], ou une valeur sous [constants].',
            f'Add {target} = "…" under [columns], or a value under [constants].',
        ),
        {"key": f"columns.{target}"},
    )


def _fault(code: str, where: str, expected: str, fr: str, en: str) -> Fault:
    place = {"key": where} if where else {}
    return Fault(code, Text(f"{fr}.", f"{en}."), Text(f"Attendu : {expected}.", f"Expected: {expected}."), place)
