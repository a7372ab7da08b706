"""Delays as they are: the share answered by a given time (Kaplan-Meier, with answers that never came), and raw shares.

A contact that nobody answered has a delay that is only known to exceed the last moment waited for: it is censored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import special

from parvis.core.bundle import Dataset, MeasureKind, SubjectKind
from parvis.core.bundle.result_tables import DELAY_CURVES
from parvis.core.figures.proportions import wilson
from parvis.core.figures.scoring import NATION, Frames
from parvis.core.figures.scoring.columns import Figures, flag
from parvis.core.figures.tally.observations import CHANNELS, ContactFrame
from parvis.core.instruments.method import Indicator, Method
from parvis.core.vocabulary import DelayKind, DelayUnit, Reason, Status

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_KINDS, _UNITS = tuple(DelayKind), tuple(DelayUnit)


@dataclass(frozen=True)
class Curve:
    """The share answered by each time at which an answer came: share, its error and limits, who was still waiting."""

    at: Floats
    share: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    at_risk: Integers
    events: Integers


def kaplan_meier(amount: Floats, censored: Flags, confidence: float = 0.95) -> Curve:
    """The share of contacts answered by each moment, when some were never answered within what was waited for.

    Args:
        amount: delay of each contact, 0 or more, or how long it was waited for when censored.
        censored: true where no answer came.
        confidence: of the limits.

    Returns:
        One point per distinct moment at which an answer came, in order: share answered (1 - survival), Greenwood's
        standard error, limits on the log(-log) scale; empty when no answer ever came. Limits are NaN where the survival
        is 0.

    Source: Kaplan & Meier 1958; Greenwood 1926; Kalbfleisch & Prentice 2002, p. 18 for the limits.

    >>> curve = kaplan_meier(np.array([1.0, 2.0, 2.0, 4.0]), np.array([False, False, True, True]))
    >>> curve.at.tolist(), curve.share.tolist(), curve.at_risk.tolist()   # 1 - 3/4, then 1 - 3/4 × 2/3
    ([1.0, 2.0], [0.25, 0.5], [4, 3])
    """
    moments, inverse = np.unique(amount, return_inverse=True)
    events = np.bincount(inverse[~censored], minlength=len(moments)).astype(np.int64)
    gone = np.bincount(inverse, minlength=len(moments)).astype(np.int64)
    at_risk = len(amount) - np.concatenate([[0], np.cumsum(gone)[:-1]]).astype(np.int64)
    survival = np.asarray(np.cumprod(1.0 - events / at_risk), np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(at_risk > events, events / (at_risk * (at_risk - events)), np.inf))
        error = np.where(survival > 0, survival * np.sqrt(greenwood), np.nan)
        spread = special.ndtri(0.5 + confidence / 2) * np.sqrt(greenwood) / np.log(survival)
        low = 1.0 - survival ** np.exp(spread)
        high = 1.0 - survival ** np.exp(-spread)
    limits = np.stack([np.minimum(low, high), np.maximum(low, high)])
    limits[:, survival <= 0] = np.nan
    kept = events > 0
    share = 1.0 - survival
    return Curve(moments[kept], share[kept], error[kept], limits[0, kept], limits[1, kept], at_risk[kept], events[kept])


@dataclass(frozen=True)
class _Delays:
    organisation: Integers
    channel: Integers
    kind: Integers
    unit: Integers
    amount: Floats
    censored: Flags
    never: Flags  # not reached: late whatever the limit


def delay_curves(dataset: Dataset, frames: Frames, confidence: float) -> pa.Table:
    """The table `delay_curves`: one curve per organisation and for the nation, by channel, kind and unit of delay."""
    delays = _read(dataset, frames)
    names = frames.contacts.organisations
    rows: list[tuple[object, ...]] = []
    everyone = np.zeros(len(delays.amount), np.int64)
    for subject_kind, holder, words in (
        (SubjectKind.ORGANISATION, delays.organisation, names),
        (SubjectKind.NATION, everyone, [NATION]),
    ):
        for number, kept in _groups(delays, holder):
            subject, channel, kind, unit = number
            curve = kaplan_meier(delays.amount[kept], delays.censored[kept], confidence)
            keys = (subject_kind.value, words[subject], CHANNELS[channel].value, _KINDS[kind].value, _UNITS[unit].value)
            rows += [(*keys, *point, Status.PUBLISHED.value) for point in _points(curve)]
    return DELAY_CURVES.filled(rows)


def indicator_figures(dataset: Dataset, frames: Frames, method: Method) -> list[Figures]:
    """The method's raw shares, e.g. calls picked up within five rings: per organisation, category and nation.

    A contact that was not reached is late. So is a censored delay that was waited for at least that long; waited for
    less, it says nothing and is left out. Shares run from 0 to 1 with Wilson's limits; those of a category and of the
    nation pool its contacts.

    Source: Wilson 1927; method of Parvis 4.1 (an unanswered call is an outcome).
    """
    delays = _read(dataset, frames)
    groups: list[tuple[SubjectKind, list[str], Integers]] = [
        (SubjectKind.ORGANISATION, frames.contacts.organisations, np.arange(len(frames.category))),
        (SubjectKind.CATEGORY, frames.categories, frames.category),
        (SubjectKind.NATION, [NATION], np.zeros(len(frames.category), np.int64)),
    ]
    made = []
    for indicator in method.indicators:
        kept = _of(delays, indicator)
        if kept.any():
            made += [
                _indicator(indicator, kind, names, group[delays.organisation[kept]], _rows(delays, kept), method)
                for kind, names, group in groups
            ]
    return made


def _indicator(
    indicator: Indicator, kind: SubjectKind, names: list[str], holder: Integers, delays: _Delays, method: Method
) -> Figures:
    known = ~delays.censored | delays.never | (delays.amount >= indicator.at_most)
    known &= holder >= 0
    subject, inverse = np.unique(holder[known], return_inverse=True)
    n = np.bincount(inverse, minlength=len(subject)).astype(np.int64)
    timely = (~delays.censored & ~delays.never & (delays.amount <= indicator.at_most))[known]
    hits = np.bincount(inverse, timely, minlength=len(subject))
    share = hits / n
    limits = wilson(hits, n, method.scores.confidence)
    few = n < method.minimum.contacts_indicative
    error = np.sqrt(share * (1 - share) / n)
    zeros = np.zeros(len(subject), np.int64)
    return Figures(
        kind,
        MeasureKind.INDICATOR,
        names,
        [indicator.code],
        subject,
        zeros,
        zeros + CHANNELS.index(indicator.channel),
        share,
        np.where(error > 0, error, np.nan),
        np.full(len(subject), np.nan),
        n,
        flag(Reason.INDICATIVE, few) | flag(Reason.NO_VARIANCE, error <= 0),
        limits.low,
        limits.high,
        highest=1.0,
    )


def _read(dataset: Dataset, frames: Frames) -> _Delays:
    table = dataset.table("delays").sort_by([("observation", "ascending"), ("kind", "ascending")])
    contacts = frames.contacts
    found = pc.index_in(_one(table["observation"]), value_set=contacts.observations)
    row = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    ours = ~(contacts.reached | contacts.not_reached)
    kept = (row >= 0) & ~np.append(ours, False)[row]
    row = row[kept]
    kinds = [kind.value for kind in _KINDS]
    units = [unit.value for unit in _UNITS]
    given = _Delays(
        contacts.organisation[row],
        contacts.channel[row],
        np.array([kinds.index(kind) for kind in table["kind"].to_pylist()], np.int64)[kept],
        np.array([units.index(unit) for unit in table["unit"].to_pylist()], np.int64)[kept],
        np.array(table["amount"].to_pylist(), np.float64)[kept],
        np.array(table["censored"].to_pylist(), bool)[kept],
        contacts.not_reached[row],
    )
    return _with_silence(given, row, contacts)


def _with_silence(given: _Delays, row: Integers, contacts: ContactFrame) -> _Delays:
    """Contacts that were not reached and say no delay: waited for as long as anyone was, and never answered."""
    parts = [given]
    for kind in (DelayKind.PICK_UP, DelayKind.ACKNOWLEDGMENT, DelayKind.ANSWER):
        number = _KINDS.index(kind)
        for channel in range(len(CHANNELS)):
            alike = (given.kind == number) & (given.channel == channel)
            told = np.zeros(len(contacts.organisation), bool)
            told[row[alike]] = True
            silent = np.flatnonzero(contacts.not_reached & (contacts.channel == channel) & ~told)
            for unit in np.unique(given.unit[alike]):
                longest = float(given.amount[alike & (given.unit == unit)].max())
                size = len(silent)
                holders = contacts.organisation[silent]
                fixed = [np.full(size, value, np.int64) for value in (channel, number, unit)]
                silence = np.ones(size, bool)
                parts.append(_Delays(holders, fixed[0], fixed[1], fixed[2], np.full(size, longest), silence, silence))
    return _Delays(
        np.concatenate([part.organisation for part in parts]),
        np.concatenate([part.channel for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.unit for part in parts]),
        np.concatenate([part.amount for part in parts]),
        np.concatenate([part.censored for part in parts]),
        np.concatenate([part.never for part in parts]),
    )


def _one(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _groups(delays: _Delays, holder: Integers) -> Iterator[tuple[tuple[int, int, int, int], Integers]]:
    keys = np.stack([holder, delays.channel, delays.kind, delays.unit])
    distinct, inverse = np.unique(keys, axis=1, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    edges = np.flatnonzero(np.diff(inverse[order])) + 1
    for rows in np.split(order, edges) if len(order) else []:
        first, second, third, fourth = (int(part) for part in distinct[:, inverse[rows[0]]])
        yield (first, second, third, fourth), rows


def _points(curve: Curve) -> Iterator[tuple[object, ...]]:
    def plain(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    for at, share, error, low, high, at_risk, events in zip(
        curve.at, curve.share, curve.standard_error, curve.low, curve.high, curve.at_risk, curve.events, strict=True
    ):
        yield float(at), float(share), plain(error), plain(low), plain(high), int(at_risk), int(events)


def _of(delays: _Delays, indicator: Indicator) -> Flags:
    same_kind = (delays.kind == _KINDS.index(indicator.kind)) & (delays.unit == _UNITS.index(indicator.unit))
    wanted: Flags = same_kind & (delays.channel == CHANNELS.index(indicator.channel))
    return wanted


def _rows(delays: _Delays, kept: Flags) -> _Delays:
    return _Delays(
        delays.organisation[kept],
        delays.channel[kept],
        delays.kind[kept],
        delays.unit[kept],
        delays.amount[kept],
        delays.censored[kept],
        delays.never[kept],
    )
