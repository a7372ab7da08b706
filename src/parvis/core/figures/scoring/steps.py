"""The steps behind the scores as tables of the organiser's bundle, from which `explain` and an auditor read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from parvis.core.figures.scoring import Scoring
from parvis.core.figures.scoring.columns import named, numbers
from parvis.core.figures.tally.observations import CHANNELS
from parvis.core.vocabulary import Outcome, Reason

_CHANNEL_NAMES = [channel.value for channel in CHANNELS]
_OUTCOMES = [Outcome.REACHED.value, Outcome.NOT_REACHED.value, Outcome.OUR_FAILURE.value]
_REASONS = ["", Reason.LOW_COVERAGE.value, Reason.NO_DATA.value]


def step_tables(scoring: Scoring) -> dict[str, pa.Table]:
    """`contacts`, `chain` and `cells` of the organiser's bundle."""
    return {"contacts": _contacts(scoring), "chain": _chain(scoring), "cells": _cells(scoring)}


def _contacts(scoring: Scoring) -> pa.Table:
    frame, scores = scoring.frames.contacts, scoring.contacts
    outcome = np.where(frame.reached, 0, np.where(frame.not_reached, 1, 2))
    return pa.table(
        {
            "observation": frame.observations,
            "organisation": named(frame.organisations, frame.organisation),
            "place": named(frame.places, frame.place),
            "channel": named(_CHANNEL_NAMES, frame.channel),
            "outcome": named(_OUTCOMES, outcome),
            "score": numbers(scores.score),
            "applicable_weight": numbers(scores.denominator),
            "grid_weight": numbers(scores.grid_weight),
            "counted": pa.array(scores.counted),
            "reason": named(_REASONS, np.where(scores.low_coverage, 1, np.where(scores.unmarked, 2, 0))),
        }
    )


def _chain(scoring: Scoring) -> pa.Table:
    frame, places, channels = scoring.frames.contacts, scoring.places, scoring.channels
    lookup = channels.organisation * len(CHANNELS) + channels.channel
    row = np.searchsorted(lookup, places.organisation * len(CHANNELS) + places.channel)
    return pa.table(
        {
            "organisation": named(frame.organisations, places.organisation),
            "channel": named(_CHANNEL_NAMES, places.channel),
            "place": named(frame.places, places.place),
            "place_weight": numbers(places.weight),
            "channel_weight": numbers(channels.weight[row]),
            "score": numbers(places.step.score),
            "standard_error": numbers(places.step.standard_error),
            "degrees_of_freedom": numbers(places.step.degrees),
            "contacts": pa.array(places.step.contacts),
            "not_reached": pa.array(places.not_reached),
            "our_failure": pa.array(places.our_failure),
            "low_coverage": pa.array(places.low_coverage),
            "unmarked": pa.array(places.unmarked),
        }
    )


def _cells(scoring: Scoring) -> pa.Table:
    frame, criteria, cells = scoring.frames.contacts, scoring.frames.criteria, scoring.cells
    return pa.table(
        {
            "organisation": named(frame.organisations, cells.organisation),
            "channel": named(_CHANNEL_NAMES, cells.channel),
            "criterion": named(criteria.codes, cells.criterion),
            "marked": pa.array(cells.marked),
            "marked_total": numbers(cells.marked_total),
            "not_reached": pa.array(cells.not_reached),
            "not_reached_total": numbers(cells.not_reached_total),
        }
    )
