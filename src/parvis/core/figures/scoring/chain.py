"""The chain of the observed score: contact → place × channel → organisation × channel → organisation → category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parvis.core.figures.scoring.columns import flag, total
from parvis.core.figures.scoring.contacts import ContactScores
from parvis.core.figures.scoring.moderation import moderated, priors_by_family
from parvis.core.figures.tally.observations import CHANNELS, ContactFrame
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Reason

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Step:
    """The scores of one step of the chain, one per row; NaN where there is no score or no error."""

    score: Floats
    standard_error: Floats
    degrees: Floats
    contacts: Integers
    flags: Integers

    def rows(self, kept: Integers) -> Step:
        return Step(
            self.score[kept], self.standard_error[kept], self.degrees[kept], self.contacts[kept], self.flags[kept]
        )


@dataclass(frozen=True)
class PlaceScores:
    """Place × channel: every pair that was contacted, sorted by organisation, channel, place."""

    organisation: Integers
    channel: Integers
    place: Integers
    weight: Floats  # share of the place in its organisation × channel, NaN where it has no score
    not_reached: Integers
    our_failure: Integers
    low_coverage: Integers
    unmarked: Integers
    step: Step


@dataclass(frozen=True)
class ChannelScores:
    """Organisation × channel: every pair that was planned or contacted, sorted so."""

    organisation: Integers
    channel: Integers
    weight: Floats  # share of the channel in its organisation, NaN where it has no score
    step: Step


@dataclass(frozen=True)
class OrganisationScores:
    """One row per organisation, in the order of their identifiers; `gap` is the share of planned weight unmeasured."""

    gap: Floats
    comparable: Flags
    step: Step


def score_places(
    contacts: ContactFrame, scores: ContactScores, category: Integers, place_weight: Floats, method: Method
) -> PlaceScores:
    """Mean of the contacts of each place × channel, with a variance moderated when contacts are few or all alike.

    Args:
        contacts: the frame of contacts.
        scores: theirs; only those that count enter.
        category: of each organisation, -1 without one: the family whose spread moderates that of few contacts.
        place_weight: of each place, 0 or more.
        method: what is few, and what a prior needs.

    Returns:
        One row per place × channel that was contacted, also where no contact counts (NaN, `NO_DATA`). Scores 0-100,
        standard error s/√k with k - 1 degrees of freedom, or moderated ones (`MODELLED_SE`).

    Source: method of Parvis 4.1; Smyth 2004 for the moderated variance (see `moderation`).
    """
    number = (contacts.organisation * len(CHANNELS) + contacts.channel) * max(len(contacts.places), 1) + contacts.place
    distinct, inverse = np.unique(number, return_inverse=True)
    size = len(distinct)
    first = np.zeros(size, np.int64)
    first[inverse[::-1]] = np.arange(len(number) - 1, -1, -1)
    organisation, channel, place = contacts.organisation[first], contacts.channel[first], contacts.place[first]
    step = _contact_means(inverse, scores, size, category[organisation] * len(CHANNELS) + channel, channel, method)
    weight = _shares(organisation * len(CHANNELS) + channel, place_weight[place], ~np.isnan(step.score), equal=True)
    return PlaceScores(
        organisation,
        channel,
        place,
        weight,
        not_reached=_count(inverse, contacts.not_reached & scores.counted, size),
        our_failure=_count(inverse, ~(contacts.reached | contacts.not_reached), size),
        low_coverage=_count(inverse, scores.low_coverage, size),
        unmarked=_count(inverse, scores.unmarked, size),
        step=step,
    )


def _contact_means(
    cell: Integers, scores: ContactScores, size: int, family: Integers, wider: Integers, method: Method
) -> Step:
    index, value = cell[scores.counted], scores.score[scores.counted]
    contacts = np.bincount(index, minlength=size).astype(np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(contacts > 0, total(index, value, size) / contacts, np.nan)
        squares = total(index, (value - mean[index]) ** 2, size)
        variance = np.where(contacts > 1, squares / (contacts - 1), np.nan)
    variance = np.where(variance < 1e-12, 0.0, variance)  # rounding of equal scores is no spread
    rule = method.variance
    levels = [(np.zeros_like(wider), 1), (wider, 1), (family, rule.minimum_cells)]
    prior, worth = priors_by_family(variance, contacts, levels, rule.largest_degrees)
    own = (contacts >= rule.small_contacts) & (variance > 0)
    borrowed, degrees = moderated(variance, np.maximum(contacts, 1), prior, worth)
    # without any prior, two contacts or more still have their own spread
    fallback = ~own & np.isnan(borrowed) & (variance > 0)
    used = np.where(own | fallback, variance, borrowed)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(contacts > 0, np.sqrt(used / contacts), np.nan)
    degrees = np.where(own | fallback, contacts - 1.0, degrees)
    lent = (contacts > 0) & ~own & ~fallback & ~np.isnan(error)
    lost = (contacts > 0) & np.isnan(error)
    few = (contacts > 0) & (contacts < method.minimum.contacts_indicative)
    aside = np.bincount(cell[scores.low_coverage], minlength=size) > 0
    flags = flag(Reason.MODELLED_SE, lent) | flag(Reason.NO_VARIANCE, lost) | flag(Reason.INDICATIVE, few)
    flags |= flag(Reason.LOW_COVERAGE, aside) | flag(Reason.NO_DATA, contacts == 0)
    return Step(mean, error, np.where(np.isnan(error), np.nan, degrees), contacts, flags)


def score_channels(places: PlaceScores, planned: Flags, method: Method) -> ChannelScores:
    """Weighted mean of the places of each organisation × channel; planned pairs without any contact come as gaps.

    planned: organisations × channels, true where the edition planned contacts.

    Source: method of Parvis 4.1 (places are fixed strata); see `combine` for the error.
    """
    size = planned.size
    number = places.organisation * len(CHANNELS) + places.channel
    step = combine(number, places.weight, places.step, size)
    step = _indicative_again(step, method)
    kept = np.flatnonzero(planned.ravel() | (np.bincount(number, minlength=size) > 0))
    organisation, channel = kept // len(CHANNELS), kept % len(CHANNELS)
    step = step.rows(kept)
    declared = np.array([method.channels.get(name, 0.0) for name in CHANNELS])
    weight = _shares(organisation, declared[channel], ~np.isnan(step.score), equal=False)
    return ChannelScores(organisation, channel, weight, step)


def score_organisations(channels: ChannelScores, comparable: Flags, method: Method) -> OrganisationScores:
    """Weighted mean of the channels of each organisation; too wide a gap in what was planned ends comparability.

    Args:
        channels: of all organisations; a channel without a score leaves its weight to the others.
        comparable: which organisations the edition declares comparable.
        method: weights of channels, and the share of planned weight that may be missing.

    Returns:
        One row per organisation, in the order of `comparable`: NaN and `NO_DATA` without any score, `NOT_COMPARABLE`
        beyond the gap.

    Source: method of Parvis 4.1; see `combine` for the error.
    """
    size = len(comparable)
    step = _indicative_again(combine(channels.organisation, channels.weight, channels.step, size), method)
    declared = np.array([method.channels.get(name, 0.0) for name in CHANNELS])[channels.channel]
    planned = total(channels.organisation, declared, size)
    missing = total(channels.organisation, np.where(np.isnan(channels.step.score), declared, 0.0), size)
    gap = np.where(planned > 0, missing / np.where(planned > 0, planned, 1.0), 0.0)
    fit = comparable & (gap <= method.minimum.gap_share) & ~np.isnan(step.score)
    flags = step.flags | flag(Reason.NOT_COMPARABLE, ~fit & ~np.isnan(step.score))
    return OrganisationScores(gap, fit, Step(step.score, step.standard_error, step.degrees, step.contacts, flags))


def combine(index: Integers, weight: Floats, parts: Step, size: int) -> Step:
    """Weighted sums of independent scores under each index, with Satterthwaite's degrees of freedom.

    weight: shares that add to 1 under each index, NaN for parts without a score (left out).
    An error that is missing on one part with weight is missing on the sum.

    Source: Satterthwaite 1946: (Σ w² SE²)² / Σ (w⁴ SE⁴ / degrees).

    >>> phone, email = (np.array(pair) for pair in ([80.0, 6.0, 9.0], [20.0, 8.0, 9.0]))
    >>> parts = Step(*np.stack([phone, email], axis=1), np.array([10, 10]), np.array([0, 0]))
    >>> both = combine(np.array([0, 0]), np.array([0.5, 0.5]), parts, 1)
    >>> both.score.tolist(), both.standard_error.tolist(), both.degrees.round(2).tolist()   # √(9 + 16), 625/(9 + 28.4)
    ([50.0], [5.0], [16.69])
    """
    used = ~np.isnan(weight) & (weight > 0)
    flags = np.zeros(size, np.int64)
    # contacts that were set aside stay told, even where nothing else is left of their part
    np.bitwise_or.at(flags, index, parts.flags & _bit(Reason.LOW_COVERAGE))
    index, weight = index[used], weight[used]
    spread = weight**2 * parts.standard_error[used] ** 2
    present = np.bincount(index, minlength=size) > 0
    score = np.where(present, total(index, weight * parts.score[used], size), np.nan)
    variance = np.where(present, total(index, spread, size), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        degrees = variance**2 / total(index, spread**2 / parts.degrees[used], size)
    contacts = total(index, parts.contacts[used].astype(np.float64), size).astype(np.int64)
    np.bitwise_or.at(flags, index, parts.flags[used])
    flags = np.where(present, flags & ~_bit(Reason.NO_DATA), flags | _bit(Reason.NO_DATA))
    return Step(score, np.sqrt(variance), degrees, contacts, flags)


def average(group: Integers, parts: Step, size: int) -> tuple[Step, Integers]:
    """Unweighted mean of organisations under each group (-1: none), and how many there are.

    Participants are a census, not a sample: the error is sqrt(sum of squared errors) / number.

    Source: method of Parvis 4.1.

    >>> errors = Step(*(np.array(two) for two in ([70.0, 50.0], [3.0, 4.0], [9.0, 9.0], [5, 5], [0, 0])))
    >>> mean, number = average(np.array([0, 0]), errors, 1)
    >>> mean.score.tolist(), mean.standard_error.tolist(), number.tolist()   # √(9 + 16) / 2
    ([60.0], [2.5], [2])
    """
    members = np.flatnonzero(group >= 0)
    group, parts = group[members], parts.rows(members)
    used = ~np.isnan(parts.score)
    number = np.bincount(group[used], minlength=size).astype(np.int64)
    weight = np.full(len(group), np.nan)
    weight[used] = 1.0 / number[group[used]]
    step = combine(group, weight, parts, size)
    kept = _bit(Reason.MODELLED_SE) | _bit(Reason.NO_VARIANCE) | _bit(Reason.NO_DATA)
    return Step(step.score, step.standard_error, step.degrees, step.contacts, step.flags & kept), number


def _indicative_again(step: Step, method: Method) -> Step:
    few = (step.contacts > 0) & (step.contacts < method.minimum.contacts_indicative)
    flags = (step.flags & ~_bit(Reason.INDICATIVE)) | flag(Reason.INDICATIVE, few)
    return Step(step.score, step.standard_error, step.degrees, step.contacts, flags)


def _shares(index: Integers, weight: Floats, present: Flags, *, equal: bool) -> Floats:
    """Weights made to add to 1 under each index over the rows present; when all are 0: equal ones, or none."""
    kept = np.where(present, weight, 0.0)
    size = int(index.max(initial=-1)) + 1
    totals = total(index, kept, size)[index]
    counts = total(index, present.astype(np.float64), size)[index]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(totals > 0, kept / totals, 1.0 / counts if equal else np.nan)
    return np.where(present, share, np.nan)


def _count(index: Integers, where: Flags, size: int) -> Integers:
    return np.bincount(index[where], minlength=size).astype(np.int64)


def _bit(reason: Reason) -> int:
    return int(flag(reason, np.array([True]))[0])
