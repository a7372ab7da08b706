"""The severity of observers in an edition: who marks harder, and what scores become once that is given back.

The rule by which a correction is material stands in the method, before results are known. Raw scores are never
replaced: corrected ones are told beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.core.bundle import Dataset
from parvis.core.bundle.result_tables import DIAGNOSTICS, OBSERVERS
from parvis.core.figures.observers.planning import contacts_by_error
from parvis.core.figures.observers.severity import Severity, severity
from parvis.core.figures.scoring import Scoring
from parvis.core.figures.scoring.chain import score_channels, score_organisations, score_places
from parvis.core.figures.tally.observations import CHANNELS
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import ParvisError

Floats = NDArray[np.float64]
Rows = list[tuple[object, ...]]
PIECE = "observers"


@dataclass(frozen=True)
class ObserverEffects:
    """The table `observers` (organiser only), and the components, the verdict and the corrected scores."""

    observers: pa.Table
    diagnostics: pa.Table


def observer_effects(dataset: Dataset, scoring: Scoring, method: Method) -> ObserverEffects:
    """Severity on contacts that reached the service and count; nothing when too few observers are known.

    When the correction is material, each organisation's score is computed again through the same chain, every reached
    contact having its observer's severity added.
    """
    observer = _observers(dataset, scoring)
    contacts = scoring.frames.contacts
    rows = np.flatnonzero(scoring.contacts.counted & contacts.reached & (observer != ""))
    names = sorted(set(observer[rows].tolist()))
    fewest = max(method.observers.minimum_observers, method.disclosure.observers)
    if len(names) < fewest:
        return ObserverEffects(OBSERVERS.empty(), DIAGNOSTICS.empty())
    try:
        found = severity(
            scoring.contacts.score[rows],
            [contacts.organisations[code] for code in contacts.organisation[rows]],
            [CHANNELS[code].value for code in contacts.channel[rows]],
            observer[rows].tolist(),
            minimum_share=method.observers.minimum_share,
            level=method.observers.level,
            minimum_observers=method.observers.minimum_observers,
        )
    except ParvisError as error:
        lost: Rows = [(PIECE, "", "not_estimated", None, " ".join(fault.code for fault in error.faults))]
        return ObserverEffects(OBSERVERS.empty(), DIAGNOSTICS.filled(lost))
    table = OBSERVERS.filled(
        [(one.identifier, one.severity, one.standard_error or None, one.observations) for one in found.observers]
    )
    met = len(set(zip(contacts.organisation[rows].tolist(), observer[rows].tolist(), strict=True)))
    told = [
        *_verdict(found, len(rows)),
        *_usual(scoring, method.disclosure.organisations),
        *_next_year(found, len(rows) / met),
        *_corrected(scoring, found, observer, method),
    ]
    return ObserverEffects(table, DIAGNOSTICS.filled(told))


def _verdict(found: Severity, contacts: int) -> Iterator[tuple[object, ...]]:
    yield (PIECE, "", "observers", float(len(found.observers)), None)
    yield (PIECE, "", "contacts", float(contacts), None)
    for name, variance in found.components.items():
        yield (PIECE, "", f"variance_{name}", variance, None)
    yield (PIECE, "", "observer_share", found.observer_share, None)
    yield (PIECE, "", "p", found.p, None)
    yield (PIECE, "", "material", float(found.material), None)
    yield (PIECE, "", "connected", float(found.connected), None)


def _usual(scoring: Scoring, fewest: int) -> Iterator[tuple[object, ...]]:
    """The median of the contacts behind an organisation's score, among those that have one.

    Everyone may read it, so that it needs as many organisations as any figure of peers.
    """
    step = scoring.organisations.step
    contacts = step.contacts[~np.isnan(step.score)]
    if len(contacts) >= fewest:
        yield (PIECE, "", "median_contacts", float(np.median(contacts)), None)


def _next_year(found: Severity, contacts_per_observer: float) -> Iterator[tuple[object, ...]]:
    """How many contacts each organisation would need for a wished error, with the observers that there are."""
    each = max(1, round(contacts_per_observer))
    known = len(found.observers)
    wished = contacts_by_error(found.components, contacts_per_observer=each, most_observers=known)
    for error, contacts in wished.items():
        text = "out_of_reach" if contacts is None else None
        yield (PIECE, "", f"contacts_for_error_of_{error:g}", None if contacts is None else float(contacts), text)


def _corrected(
    scoring: Scoring, found: Severity, observer: NDArray[np.str_], method: Method
) -> Iterator[tuple[object, ...]]:
    if not found.material:
        return
    frames, contacts = scoring.frames, scoring.contacts
    harder = {one.identifier: one.severity for one in found.observers}
    added = np.array([harder.get(name, 0.0) for name in observer.tolist()], np.float64)
    corrected = replace(contacts, score=contacts.score + np.where(frames.contacts.reached, added, 0.0))
    places = score_places(frames.contacts, corrected, frames.category, frames.place_weight, method)
    channels = score_channels(places, frames.planned, method)
    adjusted = score_organisations(channels, frames.comparable, method).step.score
    raw = scoring.organisations.step.score
    for row, name in enumerate(frames.contacts.organisations):
        if not np.isnan(adjusted[row]):
            yield (PIECE, name, "adjusted_score", float(adjusted[row]), None)
            yield (PIECE, name, "adjusted_minus_raw", float(adjusted[row] - raw[row]), None)


def _observers(dataset: Dataset, scoring: Scoring) -> NDArray[np.str_]:
    """The observer of each contact of the frame, empty where none is told."""
    table = dataset.table("observations")
    row = pc.index_in(scoring.frames.contacts.observations, value_set=table["observation"].combine_chunks())
    names = table["observer"].fill_null("").take(row)
    return np.array(names.to_pylist(), dtype=np.str_)
