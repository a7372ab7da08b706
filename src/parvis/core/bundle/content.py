"""What the rows of a dataset must keep between them: allowed values, references, and no value without its state."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from parvis.core.bundle.dataset_tables import DATASET_TABLES
from parvis.core.bundle.kinds import Dataset
from parvis.core.vocabulary import AnswerState, Channel, Fault, ParvisError, Text

_REFERENCES = (
    ("places", "organisation", "organisations", "organisation"),
    ("observations", "organisation", "organisations", "organisation"),
    ("observations", "place", "places", "place"),
    ("observations", "double_of", "observations", "observation"),
    ("answers", "criterion", "criteria", "criterion"),
    ("answers", "observation", "observations", "observation"),
    ("delays", "observation", "observations", "observation"),
    ("responses", "organisation", "organisations", "organisation"),
)


def check_dataset(dataset: Dataset) -> None:
    """Refuse a dataset whose rows contradict each other.

    Raises ParvisError with every fault: value outside the list of its column, reference to nothing, value outside
    0-1, value without the state `scored` or the reverse, negative weight, place of another organisation.
    """
    faults = [
        *(fault for name in DATASET_TABLES for fault in _values_faults(name, dataset.table(name))),
        *(fault for reference in _REFERENCES for fault in _reference_faults(dataset, *reference)),
        *_answer_faults(dataset.table("answers")),
        *_number_faults(dataset),
        *_place_faults(dataset),
        *_channel_faults(dataset.table("organisations")),
    ]
    if faults:
        raise ParvisError(faults)


def _values_faults(name: str, table: pa.Table) -> list[Fault]:
    faults = []
    for column in DATASET_TABLES[name].columns:
        if column.values is None or column.name not in table.column_names:
            continue
        found = pc.unique(table[column.name]).drop_null().to_pylist()
        faults += [
            Fault(
                "unknown_value",
                Text(f"la valeur « {value} » n’est pas admise.", f"value “{value}” is not allowed."),
                Text(f"Valeurs admises : {', '.join(column.values)}.", f"Allowed: {', '.join(column.values)}."),
                {"table": name, "column": column.name},
            )
            for value in sorted(found)
            if value not in column.values
        ]
    return faults


def _reference_faults(dataset: Dataset, table: str, column: str, other: str, key: str) -> list[Fault]:
    found = pc.unique(dataset.table(table)[column]).drop_null()
    known = dataset.table(other)[key]
    lost = found.filter(pc.invert(pc.is_in(found, value_set=pa.array(known.combine_chunks()).cast(pa.string()))))
    names = sorted(lost.to_pylist())
    return [
        Fault(
            "unknown_reference",
            Text(f"« {name} » n’existe pas dans la table « {other} ».", f"“{name}” does not exist in table “{other}”."),
            Text("Corrigez l’identifiant, ou ajoutez la ligne.", "Correct the identifier, or add the row."),
            {"table": table, "column": column, "key": name},
        )
        for name in names[:20]
    ]


def _answer_faults(answers: pa.Table) -> list[Fault]:
    value, scored = answers["value"], pc.equal(answers["state"], AnswerState.SCORED.value)
    outside = pc.fill_null(pc.or_(pc.less(value, 0.0), pc.greater(value, 1.0)), False)
    unlike = pc.not_equal(scored, pc.is_valid(value))
    return _row_fault(
        answers,
        outside,
        "value_outside",
        Text("la valeur n’est pas entre 0 et 1", "the value is not between 0 and 1"),
        Text("Vérifiez le barème.", "Check the scale."),
    ) + _row_fault(
        answers,
        unlike,
        "value_state",
        Text(
            "une valeur va avec l’état « scored » et lui seul",
            "a value goes with the state “scored” and with it alone",
        ),
        Text("Videz la valeur, ou corrigez l’état.", "Empty the value, or correct the state."),
    )


def _row_fault(table: pa.Table, wrong: pa.ChunkedArray, code: str, what: Text, remedy: Text) -> list[Fault]:
    count = pc.sum(wrong).as_py() or 0
    if not count:
        return []
    first = table.slice(pc.index(wrong, True).as_py(), 1).to_pylist()[0]
    key = f"{first['observation']} / {first['criterion']}"
    sentence = Text(f"{what.fr} ({count} ligne(s)).", f"{what.en} ({count} row(s)).")
    return [Fault(code, sentence, remedy, {"table": "answers", "column": "value", "key": key})]


def _number_faults(dataset: Dataset) -> list[Fault]:
    faults = []
    for table, column in (
        ("criteria", "weight"),
        ("places", "weight"),
        ("responses", "base_weight"),
        ("margins", "total"),
        ("delays", "amount"),
    ):
        array = dataset.table(table)[column]
        wrong = pc.fill_null(pc.or_(pc.less(array, 0.0), pc.invert(pc.is_finite(array))), False)
        if count := pc.sum(wrong).as_py():
            faults.append(
                Fault(
                    "negative_number",
                    Text(f"{count} nombre(s) négatif(s) ou infini(s).", f"{count} negative or infinite number(s)."),
                    Text("Une quantité est positive ou nulle.", "A quantity is positive or zero."),
                    {"table": table, "column": column},
                )
            )
    return faults


def _place_faults(dataset: Dataset) -> list[Fault]:
    owner = dict(
        zip(
            dataset.table("places")["place"].to_pylist(),
            dataset.table("places")["organisation"].to_pylist(),
            strict=True,
        )
    )
    pairs = dataset.table("observations").group_by(["organisation", "place"]).aggregate([]).to_pylist()
    return [
        Fault(
            "place_of_another",
            Text(
                f"ce site n’est pas de la structure « {pair['organisation']} ».",
                f"this place is not of organisation “{pair['organisation']}”.",
            ),
            Text("Corrigez l’un des deux.", "Correct one of the two."),
            {"table": "observations", "column": "place", "key": pair["place"]},
        )
        for pair in pairs
        if owner.get(pair["place"], pair["organisation"]) != pair["organisation"]
    ]


def _channel_faults(organisations: pa.Table) -> list[Fault]:
    if "channels" not in organisations.column_names:
        return []
    words = {word for text in organisations["channels"].to_pylist() if text for word in text.split()}
    return [
        Fault(
            "unknown_value",
            Text(f"le canal « {word} » n’est pas connu.", f"channel “{word}” is not known."),
            Text(f"Canaux : {', '.join(Channel)}.", f"Channels: {', '.join(Channel)}."),
            {"table": "organisations", "column": "channels"},
        )
        for word in sorted(words - {channel.value for channel in Channel})
    ]
