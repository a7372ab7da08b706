"""From a table and its mapping to a Dataset of origin `imported`: everything checked, then everything made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import parvis
from parvis.core.bundle import Dataset
from parvis.core.contacts.importing import faults as told
from parvis.core.contacts.importing.columns import Coded, coded, day_of, distinct_rows
from parvis.core.contacts.importing.mapping import Mapping
from parvis.core.contacts.importing.reading import ContactsTable
from parvis.core.contacts.importing.tables import criteria_table, organisations_table, places_table
from parvis.core.vocabulary import AnswerState, Channel, Fault, Outcome, ParvisError

_CONTACT = ("organisation", "place", "channel", "observer", "slot", "scenario", "day", "half_day")
MOST_FAULTS = 50


@dataclass(frozen=True)
class Imported:
    """The dataset, and what an organiser should know of it: how much came, which criteria were left unscored."""

    dataset: Dataset
    rows: int
    observations: int
    unscaled: tuple[str, ...]
    ends_cleanly: bool


@dataclass
class _Work:
    """The columns as numbers while they are checked, and the faults found so far."""

    columns: dict[str, Coded]
    rows: int
    found: list[Fault] = field(default_factory=list)


def import_contacts(source: ContactsTable, mapping: Mapping, method_text: str) -> Imported:
    """A Dataset from a table of contacts, one row per contact and criterion.

    Args:
        source: the table, with every column that the mapping names.
        mapping: what its columns mean, and the scales of its criteria. A criterion without a scale is kept as given
            and reported, never scored.
        method_text: the method that travels with the dataset.

    Returns:
        The dataset (origin `imported`) with its counts. Contacts are numbered in the order of organisation, place,
        channel, observer, slot, scenario and day, so that the order of rows does not matter.

    Raises:
        ParvisError: with every fault, at most fifty: empty cell where one is needed, unknown channel or outcome,
            value outside its scale, unknown criterion, day that is none, contact or organisation told in two ways,
            the same criterion twice in one contact.
    """
    work = _Work(_targets(source, mapping), source.table.num_rows)
    _check_words(work)
    observation, first = _observations(work)
    answered = work.columns["criterion"].codes >= 0
    state, value = _marks(work, mapping, answered)
    _check_twice(work, observation, answered)
    _check_criteria(work, mapping)
    organisations = organisations_table(work.columns, work.found)
    if work.found:
        raise ParvisError(told.at_most(work.found, MOST_FAULTS))
    names = pa.array([f"c{number + 1:07d}" for number in range(len(first))], pa.string())
    tables = {
        "organisations": organisations,
        "places": places_table(work.columns),
        "criteria": criteria_table(work.columns, mapping),
        "observations": _observations_table(work, names, first),
        "answers": pa.table(
            {
                "observation": names.take(pa.array(observation[answered])),
                "criterion": work.columns["criterion"].text(answered),
                "state": pa.array(state),
                "value": pa.array(value, pa.float64(), mask=np.isnan(value)),
                "raw": work.columns["value"].text(answered),
            }
        ),
    }
    dataset = Dataset(_manifest(source, mapping), tables, method_text)
    unscaled = tuple(sorted(set(work.columns["criterion"].used()) - set(mapping.scales)))
    return Imported(dataset, work.rows, len(first), unscaled, source.ends_cleanly)


def _targets(source: ContactsTable, mapping: Mapping) -> dict[str, Coded]:
    size = source.table.num_rows
    columns = {}
    for target, value in mapping.constants.items():
        columns[target] = Coded(np.zeros(size, np.int64), [value])
    for target, name in mapping.columns.items():
        columns[target] = coded(source.table[name], mapping.values.get(target, {}))
    absent = Coded(np.full(size, -1, np.int64), [])
    for target in (*_CONTACT, "name", "type", "category", "population", "departement", "region"):
        columns.setdefault(target, absent)
    columns.setdefault("identifier_scheme", absent)
    columns.setdefault("identifier", absent)
    columns.setdefault("outcome", Coded(np.zeros(size, np.int64), [Outcome.REACHED.value]))
    return columns


def _check_words(work: _Work) -> None:
    reached = work.columns["outcome"].is_word(Outcome.REACHED.value)
    for target in ("organisation", "channel", "criterion", "outcome"):
        empty = work.columns[target].codes < 0
        if target == "criterion":
            empty &= reached  # a contact that was not reached may stand alone on its row
        work.found += [told.empty_cell(target, row) for row in np.flatnonzero(empty)[:MOST_FAULTS]]
    for target, allowed in (("channel", list(Channel)), ("outcome", list(Outcome)), ("half_day", ["am", "pm"])):
        column = work.columns[target]
        for word in sorted(set(column.used()) - {str(value) for value in allowed}):
            work.found.append(told.unknown_word(target, word, allowed, column.row_of(word)))
    for word in sorted(work.columns["day"].used()):
        if day_of(word) is None:
            work.found.append(told.not_a_day(word, work.columns["day"].row_of(word)))
    for word in sorted(work.columns["population"].used()):
        if not word.isdigit():
            work.found.append(told.not_whole("population", word, work.columns["population"].row_of(word)))


def _observations(work: _Work) -> tuple[np.ndarray, np.ndarray]:
    """The number of each row's contact, and a row of each contact."""
    given = "observation" in work.columns
    number, first = distinct_rows([work.columns[name] for name in (["observation"] if given else _CONTACT)])
    for target in (*_CONTACT, "outcome") if given else ("outcome",):
        codes = work.columns[target].codes
        unlike = np.flatnonzero(codes != codes[first][number])
        work.found += [told.two_ways("contact", target, row) for row in unlike[:5]]
    return number, first


def _marks(work: _Work, mapping: Mapping, answered: np.ndarray) -> tuple[list[str], np.ndarray]:
    """State and mark of each answered row: each distinct (criterion, value) is marked once."""
    criterion, value = work.columns["criterion"], work.columns["value"]
    width = len(value.words) + 1
    pairs = criterion.codes[answered] * width + value.codes[answered] + 1
    distinct, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
    rows = np.flatnonzero(answered)[first]
    states, marks = [], np.full(len(distinct), np.nan)
    for position, pair in enumerate(distinct):
        code = criterion.words[pair // width]
        raw = value.words[pair % width - 1] if pair % width else None
        scale = mapping.scales.get(code)
        if raw is None or scale is None:
            states.append(AnswerState.MISSING.value)
            continue
        try:
            mark = scale.mark(raw)
        except ValueError as error:
            work.found.append(told.outside_scale(code, raw, str(error), int(rows[position])))
            mark = None
        states.append(AnswerState.NOT_APPLICABLE.value if mark is None else AnswerState.SCORED.value)
        marks[position] = np.nan if mark is None else mark
    return [states[position] for position in inverse], marks[inverse]


def _check_twice(work: _Work, observation: np.ndarray, answered: np.ndarray) -> None:
    criterion = work.columns["criterion"]
    keys = observation[answered] * (len(criterion.words) + 1) + criterion.codes[answered]
    order = np.argsort(keys, kind="stable")
    again = order[1:][keys[order][1:] == keys[order][:-1]]
    before = order[:-1][keys[order][1:] == keys[order][:-1]]
    rows = np.flatnonzero(answered)
    for one, other in list(zip(rows[before], rows[again], strict=True))[:MOST_FAULTS]:
        work.found.append(told.twice(criterion.words[criterion.codes[one]], int(one), int(other)))


def _check_criteria(work: _Work, mapping: Mapping) -> None:
    criterion, channel = work.columns["criterion"], work.columns["channel"]
    used = set(criterion.used())
    for code in sorted((set(mapping.scales) | set(mapping.criteria)) - used):
        work.found.append(told.unknown_criterion(code, sorted(used)))
    if mapping.refuse_unscaled:
        lost = sorted(used - set(mapping.scales))
        work.found += [told.unscaled_criterion(code, criterion.row_of(code)) for code in lost]
    both = (criterion.codes >= 0) & (channel.codes >= 0)
    pairs = np.unique(criterion.codes[both] * (len(channel.words) + 1) + channel.codes[both])
    holders, counts = np.unique(pairs // (len(channel.words) + 1), return_counts=True)
    for code in holders[counts > 1]:
        work.found.append(told.two_channels(criterion.words[code]))


def _observations_table(work: _Work, names: pa.Array, first: np.ndarray) -> pa.Table:
    def of(target: str) -> pa.Array:
        return work.columns[target].text(first)

    organisation, place = of("organisation"), of("place")
    slot, scenario = of("slot"), of("scenario")
    return pa.table(
        {
            "observation": names,
            "organisation": organisation,
            "place": pc.coalesce(pc.binary_join_element_wise(organisation, place, " / "), organisation),
            "channel": of("channel"),
            "observer": of("observer"),
            "scenario": pc.coalesce(scenario, slot),
            "day": pa.array([day_of(text) if text else None for text in of("day").to_pylist()], pa.date32()),
            "half_day": of("half_day"),
            "outcome": of("outcome"),
            "double_of": pa.nulls(len(first), pa.string()),
            "slot": slot,
        }
    )


def _manifest(source: ContactsTable, mapping: Mapping) -> dict[str, object]:
    return {
        "edition": mapping.edition or source.name,
        "frozen_at": None,
        "seed": int(hashlib.sha256(source.sha256.encode()).hexdigest()[:8], 16),
        "software": {"name": "parvis", "version": parvis.__version__},
        "method": {},
        "instruments": [],
        "vintage": None,
        "demonstration": False,
        "origin": "imported",
        "source": {"name": source.name, "sha256": source.sha256, "rows": source.table.num_rows},
    }
