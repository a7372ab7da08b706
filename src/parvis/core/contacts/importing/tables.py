"""The tables of an imported dataset that are told once per organisation, place or criterion."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from parvis.core.bundle.dataset_tables import PlaceKind
from parvis.core.contacts.importing import faults as told
from parvis.core.contacts.importing.columns import Coded, distinct_rows
from parvis.core.contacts.importing.mapping import Mapping
from parvis.core.vocabulary import Fault

_FACTS = ("name", "type", "category", "population", "departement", "region", "identifier_scheme", "identifier")
IMPORTED_SOURCE = "import"


def organisations_table(columns: dict[str, Coded], found: list[Fault]) -> pa.Table:
    """One row per organisation; a fact told in two ways is a fault."""
    organisation = columns["organisation"]
    codes = np.unique(organisation.codes[organisation.codes >= 0])
    made: dict[str, list[str | None]] = {target: [] for target in _FACTS}
    for target in _FACTS:
        fact = columns[target]
        value: dict[int, int] = {}
        both = (organisation.codes >= 0) & (fact.codes >= 0)
        pairs = np.unique(np.stack([organisation.codes[both], fact.codes[both]]), axis=1)
        for holder, word in pairs.T:
            if value.setdefault(int(holder), int(word)) != word:
                row = int(np.flatnonzero(both & (organisation.codes == holder) & (fact.codes == word))[0])
                found.append(told.two_ways(organisation.words[holder], target, row))
        made[target] = [fact.words[value[int(code)]] if int(code) in value else None for code in codes]
    names = [organisation.words[code] for code in codes]
    population = [int(text) if text and text.isdigit() else None for text in made.pop("population")]
    labels = [name or code for name, code in zip(made.pop("name"), names, strict=True)]
    return pa.table(
        {
            "organisation": pa.array(names, pa.string()),
            "name": pa.array(labels, pa.string()),
            "population": pa.array(population, pa.int64()),
            "eligible": pa.array([True] * len(names)),
            "comparable": pa.array([True] * len(names)),
            **{target: pa.array(values, pa.string()) for target, values in made.items()},
        }
    )


def places_table(columns: dict[str, Coded]) -> pa.Table:
    """One row per organisation and place; without a place column, the organisation is its own place."""
    organisation, place, service = columns["organisation"], columns["place"], columns.get("service")
    _, first = distinct_rows([organisation, place])
    holders, places = organisation.text(first).to_pylist(), place.text(first).to_pylist()
    names = [f"{holder} / {where}" if where else holder for holder, where in zip(holders, places, strict=True)]
    return pa.table(
        {
            "place": pa.array(names, pa.string()),
            "organisation": pa.array(holders, pa.string()),
            "kind": pa.array([PlaceKind.MAIN.value] * len(first)),
            "service": service.text(first) if service else pa.array(places, pa.string()),
            "weight": pa.array([1.0] * len(first)),
        }
    )


def criteria_table(columns: dict[str, Coded], mapping: Mapping) -> pa.Table:
    """One row per criterion of the table; without a scale its weight is 0: reported, never scored."""
    criterion, channel = columns["criterion"], columns["channel"]
    _, first = distinct_rows([criterion])
    first = first[criterion.codes[first] >= 0]
    rows = []
    for code, where in zip(criterion.text(first).to_pylist(), channel.text(first).to_pylist(), strict=True):
        told_of = mapping.criteria.get(code, {})
        label = told_of.get("label_fr") or told_of.get("label_en") or code
        rows.append(
            {
                "criterion": code,
                "channel": where,
                "stage": told_of.get("stage"),
                "determinant": told_of.get("determinant"),
                "weight": float(told_of.get("weight", 1)) if code in mapping.scales else 0.0,
                "critical": bool(told_of.get("critical", False)),
                "subjective": bool(told_of.get("subjective", False)),
                "label_fr": label,
                "label_en": told_of.get("label_en") or label,
                "source": told_of.get("source") or IMPORTED_SOURCE,
            }
        )
    return pa.Table.from_pylist(rows)
