"""Observed scores: criterion → contact → place × channel → organisation × channel → organisation → category, nation.

`score_observations` is the one door. Stages, determinants and criteria are side views. Source of every rule: the
chapter "Notes observées" of `docs/method/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.bundle import Dataset, MeasureKind, SubjectKind
from parvis.core.figures.scoring.chain import (
    ChannelScores,
    OrganisationScores,
    PlaceScores,
    Step,
    average,
    combine,
    score_channels,
    score_organisations,
    score_places,
)
from parvis.core.figures.scoring.columns import NO_CHANNEL, Figures, estimates_table
from parvis.core.figures.scoring.contacts import ContactScores, score_contacts
from parvis.core.figures.scoring.views import CellFigures, CriterionCells, criterion_figures, view_figures
from parvis.core.figures.tally.engine import Engine
from parvis.core.figures.tally.observations import (
    CHANNELS,
    DETERMINANTS,
    STAGES,
    ContactFrame,
    CriteriaFrame,
    contact_frame,
    criteria_frame,
    sum_criteria,
    sum_views,
)
from parvis.core.instruments.method import Method
from parvis.core.vocabulary import Fault, ParvisError, Text

__all__ = ["Figures", "Frames", "Scoring", "estimates_table", "frames_of", "score_observations"]

NATION = "nation"
OVERALL = "overall"
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Frames:
    """The dataset as numbers: contacts and criteria, and what is known of each organisation and place, in order."""

    contacts: ContactFrame
    criteria: CriteriaFrame
    categories: list[str]
    category: Integers  # of each organisation, -1 without one
    place_weight: Floats
    comparable: Flags
    eligible: Flags
    planned: Flags  # organisations × channels


@dataclass(frozen=True)
class Scoring:
    """Every observed figure, and the steps that led to it."""

    frames: Frames
    contacts: ContactScores
    places: PlaceScores
    channels: ChannelScores
    organisations: OrganisationScores
    cells: CriterionCells
    figures: tuple[Figures, ...]

    def estimates(self, confidence: float) -> pa.Table:
        """All observed figures as rows of the table `estimates`."""
        return pa.concat_tables([estimates_table(figures, confidence) for figures in self.figures])


def score_observations(engine: Engine, dataset: Dataset, method: Method) -> Scoring:
    """The observed scores of a dataset under a method, with their errors, from contact to nation.

    Returns:
        Figures on 0-100; a figure without data is NaN with the flag NO_DATA; organisations in order of identifier.

    Raises:
        ParvisError: the method names a criterion that the dataset does not have; a contact answers another grid.
    """
    frames = frames_of(dataset, method)
    sums = sum_views(engine, dataset, frames.contacts, frames.criteria)
    contacts = score_contacts(frames.contacts, frames.criteria, sums, method)
    places = score_places(frames.contacts, contacts, frames.category, frames.place_weight, method)
    channels = score_channels(places, frames.planned, method)
    organisations = score_organisations(channels, frames.comparable, method)
    marks = sum_criteria(engine, dataset, frames.contacts, frames.criteria, contacts.counted)
    criteria, cells = criterion_figures(frames.contacts, contacts, frames.criteria, marks, method)
    figures = [*_place_figures(frames, places, method), *_chain_figures(frames, channels, organisations)]
    for kind, names, items in (
        (MeasureKind.STAGE, [stage.value for stage in STAGES], _stage_of_view()),
        (MeasureKind.DETERMINANT, [determinant.value for determinant in DETERMINANTS], _determinant_of_view()),
    ):
        cell_figures = view_figures(frames.contacts, contacts, items, method)
        figures += _view_figures(frames, kind, names, cell_figures)
        figures += _across_channels(frames, kind, names, cell_figures, method)
    figures += _view_figures(frames, MeasureKind.CRITERION, frames.criteria.codes, criteria)
    return Scoring(frames, contacts, places, channels, organisations, cells, tuple(figures))


def frames_of(dataset: Dataset, method: Method) -> Frames:
    """The dataset as numbers. Raises ParvisError for each criterion that the method names and the dataset lacks."""
    criteria = criteria_frame(dataset, dict(method.criteria_weights))
    named = {*method.criteria_weights, *method.not_reached.criteria}
    if lost := sorted(named - set(criteria.codes)):
        raise ParvisError([_unknown_criterion(code) for code in lost])
    contacts = contact_frame(dataset)
    table = dataset.table("organisations").sort_by("organisation")
    given = table["category"].to_pylist()
    categories = sorted({name for name in given if name is not None})
    number = {name: index for index, name in enumerate(categories)}
    weights = dataset.table("places").sort_by("place")["weight"].to_pylist()
    declared = method.places.weights == "declared"
    return Frames(
        contacts,
        criteria,
        categories,
        np.array([number.get(name, -1) for name in given], np.int64),
        np.array([weight if declared and weight is not None else 1.0 for weight in weights], np.float64),
        np.array(table["comparable"].to_pylist(), bool),
        np.array(table["eligible"].to_pylist(), bool),
        _planned(table, contacts),
    )


def _planned(organisations: pa.Table, contacts: ContactFrame) -> Flags:
    planned = np.zeros((len(contacts.organisations), len(CHANNELS)), bool)
    planned[contacts.organisation, contacts.channel] = True
    if "channels" in organisations.column_names:
        for row, words in enumerate(organisations["channels"].to_pylist()):
            if words is not None:
                planned[row] = [channel.value in words.split() for channel in CHANNELS]
    return planned


def _place_figures(frames: Frames, places: PlaceScores, method: Method) -> list[Figures]:
    declared = np.array([method.channels.get(name, 0.0) for name in CHANNELS])[places.channel]
    size = len(frames.contacts.places)
    declared = np.where(np.isnan(places.step.score), 0.0, declared)
    totals = np.bincount(places.place, declared, minlength=size)[places.place]
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(declared > 0, declared / totals, np.nan)
    overall = combine(places.place, weight, places.step, size)
    contacted = np.flatnonzero(np.bincount(places.place, minlength=size) > 0)
    kind, names = SubjectKind.PLACE, frames.contacts.places
    return [
        _by_channel(kind, names, places.place, places.channel, places.step),
        _overall(kind, names, contacted, overall.rows(contacted)),
    ]


def _chain_figures(frames: Frames, channels: ChannelScores, organisations: OrganisationScores) -> list[Figures]:
    names = frames.contacts.organisations
    everyone = np.arange(len(names))
    figures = [
        _by_channel(SubjectKind.ORGANISATION, names, channels.organisation, channels.channel, channels.step),
        _overall(SubjectKind.ORGANISATION, names, everyone, organisations.step),
    ]
    for kind, groups, group in _groups(frames):
        overall, _ = average(group, organisations.step, len(groups))
        figures.append(_overall(kind, groups, np.arange(len(groups)), overall))
        within = np.where(group[channels.organisation] < 0, -1, group[channels.organisation] * len(CHANNELS))
        step, number = average(
            np.where(within < 0, -1, within + channels.channel), channels.step, len(groups) * len(CHANNELS)
        )
        kept = np.flatnonzero(number)
        figures.append(_by_channel(kind, groups, kept // len(CHANNELS), kept % len(CHANNELS), step.rows(kept)))
    return figures


def _view_figures(frames: Frames, kind: MeasureKind, names: Sequence[str], cells: CellFigures) -> list[Figures]:
    holders = frames.contacts.organisations
    figures = [
        _figures(
            SubjectKind.ORGANISATION,
            kind,
            holders,
            names,
            cells.organisation,
            cells.item,
            cells.channel,
            cells.step,
            low=cells.low,
            high=cells.high,
        )
    ]
    width = len(CHANNELS) * len(names)
    inside = cells.channel * len(names) + cells.item
    for subject_kind, groups, group in _groups(frames):
        mine = group[cells.organisation]
        step, number = average(np.where(mine < 0, -1, mine * width + inside), cells.step, len(groups) * width)
        kept = np.flatnonzero(number)
        rest = kept % width
        figures.append(
            _figures(
                subject_kind,
                kind,
                groups,
                names,
                kept // width,
                rest % len(names),
                rest // len(names),
                step.rows(kept),
            )
        )
    return figures


def _across_channels(
    frames: Frames, kind: MeasureKind, names: Sequence[str], cells: CellFigures, method: Method
) -> list[Figures]:
    """A stage or a determinant over all channels: the channels' weights, made to add to 1 over those that have it."""
    declared = np.array([method.channels.get(name, 0.0) for name in CHANNELS])[cells.channel]
    number = cells.organisation * len(names) + cells.item
    size = len(frames.contacts.organisations) * len(names)
    totals = np.bincount(number, declared, minlength=size)[number]
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(totals > 0, declared / totals, np.nan)
    step = combine(number, weight, cells.step, size)
    kept = np.flatnonzero(np.bincount(number[~np.isnan(weight)], minlength=size) > 0)
    step = step.rows(kept)
    organisation, item = kept // len(names), kept % len(names)
    none = np.full(len(kept), NO_CHANNEL)
    holders = frames.contacts.organisations
    figures = [_figures(SubjectKind.ORGANISATION, kind, holders, names, organisation, item, none, step)]
    for subject_kind, groups, group in _groups(frames):
        mine = group[organisation]
        averaged, count = average(np.where(mine < 0, -1, mine * len(names) + item), step, len(groups) * len(names))
        rows = np.flatnonzero(count)
        none = np.full(len(rows), NO_CHANNEL)
        figures.append(
            _figures(
                subject_kind, kind, groups, names, rows // len(names), rows % len(names), none, averaged.rows(rows)
            )
        )
    return figures


def _groups(frames: Frames) -> list[tuple[SubjectKind, list[str], Integers]]:
    return [
        (SubjectKind.CATEGORY, frames.categories, frames.category),
        (SubjectKind.NATION, [NATION], np.zeros(len(frames.category), np.int64)),
    ]


def _by_channel(kind: SubjectKind, names: Sequence[str], subject: Integers, channel: Integers, step: Step) -> Figures:
    measures = [name.value for name in CHANNELS]
    return _figures(kind, MeasureKind.CHANNEL, names, measures, subject, channel, channel, step)


def _overall(kind: SubjectKind, names: Sequence[str], subject: Integers, step: Step) -> Figures:
    zeros = np.zeros(len(subject), np.int64)
    return _figures(kind, MeasureKind.OVERALL, names, [OVERALL], subject, zeros, zeros + NO_CHANNEL, step)


def _figures(
    subject_kind: SubjectKind,
    measure_kind: MeasureKind,
    subjects: Sequence[str],
    measures: Sequence[str],
    subject: Integers,
    measure: Integers,
    channel: Integers,
    step: Step,
    *,
    low: Floats | None = None,
    high: Floats | None = None,
) -> Figures:
    return Figures(
        subject_kind,
        measure_kind,
        subjects,
        measures,
        subject,
        measure,
        channel,
        step.score,
        step.standard_error,
        step.degrees,
        step.contacts,
        step.flags,
        low,
        high,
    )


def _stage_of_view() -> Integers:
    return np.repeat(np.arange(-1, len(STAGES)), len(DETERMINANTS) + 1)


def _determinant_of_view() -> Integers:
    return np.tile(np.arange(-1, len(DETERMINANTS)), len(STAGES) + 1)


def _unknown_criterion(code: str) -> Fault:
    return Fault(
        "unknown_criterion",
        Text(
            f"la méthode cite le critère « {code} », absent du jeu de données.",
            f"the method names criterion “{code}”, which the dataset does not have.",
        ),
        Text(
            "Corrigez [criteria] ou [not_reached] de la méthode.", "Correct [criteria] or [not_reached] of the method."
        ),
        {"file": "method.toml", "key": code},
    )
