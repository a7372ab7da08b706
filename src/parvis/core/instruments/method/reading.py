"""A method file parsed and checked: every fault at once, each with its section and what to write instead."""

from __future__ import annotations

import hashlib
import math
import tomllib
from dataclasses import MISSING, fields
from functools import cache
from importlib import resources
from typing import Any, TypeVar, get_args, get_type_hints

from parvis.core.instruments.method import parts
from parvis.core.instruments.method.parts import METHOD_FORMAT, Indicator, Method, NotReached
from parvis.core.vocabulary import Channel, DelayKind, DelayUnit, Fault, ParvisError, Text

_SECTIONS: dict[str, type] = {
    "scores": parts.Scores,
    "places": parts.Places,
    "coverage": parts.Coverage,
    "minimum": parts.Minimum,
    "variance": parts.Variance,
    "observers": parts.Observers,
    "ranking": parts.Ranking,
    "bands": parts.Bands,
    "change": parts.Change,
    "disclosure": parts.Disclosure,
    "gate": parts.Gate,
    "consultation": parts.Consultation,
    "trophies": parts.Trophies,
}
_EXPLAINED = (*_SECTIONS, "channels", "criteria", "not_reached", "indicators")
_TOP = {"format", "id", "title_fr", "title_en", "indicator", *_EXPLAINED}
_REASONS = {"why_fr", "why_en"}
Code = TypeVar("Code", Channel, DelayKind, DelayUnit)


@cache
def load_method(name: str = "2026") -> tuple[Method, str]:
    """A method shipped with Parvis, and the text of its file.

    Raises ParvisError when no method has that name, with the names that exist.
    """
    folder = resources.files("parvis.methods")
    file = folder / f"{name}.toml"
    if not file.is_file():
        known = ", ".join(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))
        fault = _fault(
            "", "unknown_method", f"la méthode « {name} » est inconnue", f"method “{name}” is unknown", known
        )
        raise ParvisError(fault)
    text = file.read_text("utf-8")
    return read_method(text), text


def read_method(text: str) -> Method:
    """The method of a TOML text.

    Raises ParvisError with every fault: TOML that does not parse, section or key absent, unknown key, number outside
    its bounds, unknown channel, no weight above zero, section without its reason in both languages.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        raise ParvisError(
            _fault("", "toml", f"le fichier ne se lit pas ({message})", f"the file cannot be read ({message})", "TOML")
        ) from error
    faults: list[Fault] = _top_faults(data)
    sections = {name: _section(shape, name, data.get(name), faults) for name, shape in _SECTIONS.items()}
    channels = _channels(data.get("channels"), faults)
    criteria = _criteria(data.get("criteria"), faults)
    not_reached = _not_reached(data.get("not_reached"), faults)
    indicators = _indicators(data.get("indicator", []), faults)
    why = _reasons(data, faults)
    if faults:
        raise ParvisError(faults)
    title = Text(data["title_fr"], data["title_en"])
    return Method(
        id=data["id"],
        title=title,
        channels=channels,
        criteria_weights=criteria,
        not_reached=not_reached,
        indicators=indicators,
        why=why,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        **sections,
    )


def _top_faults(data: dict[str, Any]) -> list[Fault]:
    faults = []
    if data.get("format") != METHOD_FORMAT:
        found = str(data.get("format"))
        faults.append(_fault("format", "format", f"« {found} » n’est pas lu", f"“{found}” is not read", METHOD_FORMAT))
    faults += [
        _fault(name, "absent", "ce texte manque", "this text is missing", "…")
        for name in ("id", "title_fr", "title_en")
        if not isinstance(data.get(name), str) or not data[name].strip()
    ]
    faults += [_unknown(name, _TOP) for name in sorted(set(data) - _TOP)]
    return faults


def _section(shape: type, name: str, data: Any, faults: list[Fault]) -> Any:
    if not isinstance(data, dict):
        faults.append(_absent(name))
        return None
    hints = get_type_hints(shape)
    known = {part.name for part in fields(shape)}
    faults += [_unknown(f"{name}.{key}", known) for key in sorted(set(data) - known - _REASONS)]
    values: dict[str, Any] = {}
    for part in fields(shape):
        where = f"{name}.{part.name}"
        if part.name not in data:
            if part.default is MISSING and part.default_factory is MISSING:
                faults.append(_absent(where))
            continue
        value, fault = _value(where, data[part.name], hints[part.name], parts.bounds(part))
        faults += fault
        values[part.name] = value
    try:
        return shape(**values)
    except TypeError:
        return None  # an absent key: its fault is already listed


def _value(where: str, value: Any, hint: Any, limits: tuple[float, float] | None) -> tuple[Any, list[Fault]]:
    if limits is not None:
        whole = hint is int
        if not _is_number(value) or (whole and int(value) != value) or not limits[0] <= value <= limits[1]:
            kind = ("un entier", "a whole number") if whole else ("un nombre", "a number")
            low, high = limits
            return None, [
                _fault(
                    where,
                    "out_of_bounds",
                    f"« {value} » est refusé",
                    f"“{value}” is refused",
                    f"{kind[0]} entre {low:g} et {high:g}",
                    f"{kind[1]} between {low:g} and {high:g}",
                )
            ]
        return (int(value) if whole else float(value)), []
    if hint is str:
        return (value, []) if isinstance(value, str) and value else (None, [_absent(where)])
    if float in get_args(hint):
        rightly = isinstance(value, list) and len(value) == 3 and all(_is_number(item) and item > 0 for item in value)
        if rightly and value[0] < value[1] < value[2]:
            return tuple(float(item) for item in value), []
        refused = _fault(where, "out_of_bounds", "ces seuils sont refusés", "refused", "1.645, 1.960, 3.090")
        return None, [refused]
    allowed = get_args(hint)
    if value in allowed:
        return value, []
    return None, [
        _fault(where, "unknown_choice", f"« {value} » est inconnu", f"“{value}” is unknown", ", ".join(allowed))
    ]


def _channels(data: Any, faults: list[Fault]) -> dict[Channel, float]:
    weights = _weights("channels", data, faults)
    channels = {}
    for name, weight in weights.items():
        if name in set(Channel):
            channels[Channel(name)] = weight
        else:
            faults.append(_unknown(f"channels.{name}", set(Channel)))
    if isinstance(data, dict) and not sum(channels.values()) > 0:
        fr, en = "aucun canal n’a de poids", "no channel has a weight"
        faults.append(_fault("channels", "zero_weight", fr, en, "phone = 1"))
    return channels


def _criteria(data: Any, faults: list[Fault]) -> dict[str, float]:
    if not isinstance(data, dict):
        faults.append(_absent("criteria"))
        return {}
    faults += [_unknown(f"criteria.{key}", {"weights"}) for key in sorted(set(data) - _REASONS - {"weights"})]
    return _weights("criteria.weights", data.get("weights", {}), faults)


def _weights(where: str, data: Any, faults: list[Fault]) -> dict[str, float]:
    if not isinstance(data, dict):
        faults.append(_absent(where))
        return {}
    weights = {}
    for key, value in data.items():
        if key in _REASONS:
            continue
        if not _is_number(value) or not 0 <= value <= 1000:
            fr, en = f"le poids « {value} » est refusé", f"weight “{value}” is refused"
            faults.append(
                _fault(f"{where}.{key}", "out_of_bounds", fr, en, "un nombre entre 0 et 1000", "between 0 and 1000")
            )
        else:
            weights[key] = float(value)
    return weights


def _not_reached(data: Any, faults: list[Fault]) -> NotReached:
    if not isinstance(data, dict) or "score" not in data:
        faults.append(_absent("not_reached.score"))
        return NotReached(0.0)
    faults += [_unknown(f"not_reached.{key}", {"score", "criteria"}) for key in data if key not in _NOT_REACHED_KEYS]
    score, fault = _value("not_reached.score", data["score"], float, (0, 1))
    faults += fault
    criteria: dict[str, float | None] = {}
    for code, value in data.get("criteria", {}).items():
        if value == "not_applicable":
            criteria[code] = None
            continue
        criteria[code], fault = _value(f"not_reached.criteria.{code}", value, float, (0, 1))
        faults += fault
    return NotReached(score if score is not None else 0.0, criteria)


_NOT_REACHED_KEYS = {"score", "criteria", *_REASONS}


def _indicators(data: Any, faults: list[Fault]) -> tuple[Indicator, ...]:
    if not isinstance(data, list):
        faults.append(_absent("indicator"))
        return ()
    made = []
    for position, entry in enumerate(data, start=1):
        where = f"indicator {position}"
        channel = _code(Channel, entry, "channel", where, faults)
        kind = _code(DelayKind, entry, "kind", where, faults)
        unit = _code(DelayUnit, entry, "unit", where, faults)
        limit, fault = _value(f"{where}.at_most", entry.get("at_most"), float, (0, 1e6))
        faults += fault
        texts = [entry.get(key) for key in ("code", "label_fr", "label_en")]
        if not all(isinstance(text, str) and text for text in texts):
            faults.append(_absent(f"{where}: code, label_fr, label_en"))
        elif channel and kind and unit and limit is not None:
            code, fr, en = (str(text) for text in texts)
            made.append(Indicator(code, channel, kind, unit, limit, Text(fr, en)))
    return tuple(made)


def _code(kind: type[Code], entry: dict[str, Any], key: str, where: str, faults: list[Fault]) -> Code | None:
    value = entry.get(key)
    if isinstance(value, str) and value in set(kind):
        return kind(value)
    fr, en = f"« {value} » est inconnu", f"“{value}” is unknown"
    faults.append(_fault(f"{where}.{key}", "unknown_choice", fr, en, ", ".join(kind)))
    return None


def _reasons(data: dict[str, Any], faults: list[Fault]) -> dict[str, Text]:
    why = {}
    for name in _EXPLAINED:
        section = data.get(name)
        if not isinstance(section, dict):
            if name == "indicators":
                faults.append(_absent(name))
            continue
        fr, en = section.get("why_fr"), section.get("why_en")
        if isinstance(fr, str) and isinstance(en, str) and fr.strip() and en.strip():
            why[name] = Text(fr, en)
        else:
            faults.append(
                _fault(name, "no_reason", "ce choix n’est pas justifié", "this choice has no reason", "why_fr, why_en")
            )
    return why


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _unknown(where: str, known: set[str] | set[Channel]) -> Fault:
    return _fault(where, "unknown_key", "cette clé est inconnue", "this key is unknown", ", ".join(sorted(known)))


def _absent(where: str) -> Fault:
    return _fault(where, "absent", "cette entrée manque ou se lit mal", "this entry is missing or unreadable", where)


def _fault(where: str, code: str, fr: str, en: str, remedy: str, remedy_en: str | None = None) -> Fault:
    place = {"key": where} if where else {}
    return Fault(
        f"method_{code}",
        Text(f"{fr}.", f"{en}."),
        Text(f"Attendu : {remedy}.", f"Expected: {remedy_en or remedy}."),
        place,
    )
