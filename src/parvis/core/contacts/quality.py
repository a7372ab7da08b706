"""Flags on filled forms: what a reviewer should look at first. A flag accuses nobody and removes nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from parvis.core.contacts.names import people_named
from parvis.core.contacts.tone import tone

FEWEST_BITS = 6  # a fingerprint with fewer differences is of a plain surface


class FlagKind(StrEnum):
    TOO_FAST = "too_fast"
    STRAIGHT_LINED = "straight_lined"
    DUPLICATE_TEXT = "duplicate_text"
    BURST = "burst"
    IMPOSSIBLE_TIMES = "impossible_times"
    OVERLAPPING = "overlapping"
    LATE = "late"
    DUPLICATE_IMAGE = "duplicate_image"
    MOCK_LOCATION = "mock_location"
    COMMENT_AGAINST_SCORE = "comment_against_score"
    TRAP_MISSED = "trap_missed"
    NAMES_SOMEONE = "names_someone"


@dataclass(frozen=True, slots=True)
class Flag:
    """One reason to look: which filled form, why, and the number or the other form that shows it."""

    filled: str
    kind: FlagKind
    shown_by: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """What quality needs to know of an observation or a response. Moments are aware; None when unknown.

    source: the observer, or the entry point. marks: the answers on a common scale (ratings, scored choices), by
    question. in_person: does it hold its author in one place from start to end (visit, call)? score: the mean of its
    marks, 0–1. images: visual fingerprints, 64 bits as 16 hexadecimal digits. mocked: the device says that its position
    was invented. happened_by: the end of the half-day it happened in; it tells lateness where no moment was taken.
    expected: answers that the organiser knows to be true, by question, compared with `given`.
    """

    key: str
    source: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    received_at: datetime | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    in_person: bool = False
    happened_by: datetime | None = None
    score: float | None = None
    images: frozenset[str] = frozenset()
    mocked: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QualityRules:
    """Thresholds, set per edition."""

    fastest_share_of_median: float = 0.33
    fastest_seconds: float = 20.0
    fewest_marks: int = 6
    fewest_words: int = 5
    burst_count: int = 10
    burst_seconds: float = 120.0
    latest_hours: float = 24.0
    clock_error_minutes: float = 10.0
    tone_words: int = 2  # plainly good or bad words, the others taken away
    low_score: float = 0.25
    high_score: float = 0.9


def quality_flags(filled: Sequence[Filled], rules: QualityRules | None = None) -> list[Flag]:
    """Every flag on a set of filled forms of the same grid or questionnaire, sorted by form, then by kind."""
    rules = rules or QualityRules()
    found = [
        *too_fast(filled, rules),
        *straight_lined(filled, rules),
        *duplicate_texts(filled, rules),
        *bursts(filled, rules),
        *impossible_times(filled, rules),
        *overlapping(filled),
        *late(filled, rules),
        *duplicate_images(filled),
        *invented_positions(filled),
        *comments_against_scores(filled, rules),
        *missed_traps(filled),
        *naming_someone(filled),
    ]
    return sorted(set(found), key=lambda flag: (flag.filled, flag.kind, flag.shown_by))


def too_fast(filled: Iterable[Filled], rules: QualityRules) -> Iterator[Flag]:
    """Filled in less than a set time, or in less than a share of the median time of all (when ten or more tell it)."""
    seconds = {f.key: _seconds(f) for f in filled}
    known = [time for time in seconds.values() if time is not None and time >= 0]
    floor = rules.fastest_seconds
    if len(known) >= 10:
        floor = max(floor, rules.fastest_share_of_median * median(known))
    for key, time in seconds.items():
        if time is not None and 0 <= time < floor:
            yield Flag(key, FlagKind.TOO_FAST, f"{time:.0f} s < {floor:.0f} s")


def straight_lined(filled: Iterable[Filled], rules: QualityRules) -> Iterator[Flag]:
    """The same mark everywhere, on enough questions for it to say something."""
    for form in filled:
        marks = [mark for mark in form.marks.values() if mark]
        if len(marks) >= rules.fewest_marks and len(set(marks)) == 1:
            yield Flag(form.key, FlagKind.STRAIGHT_LINED, f"{marks[0]} × {len(marks)}")


def duplicate_texts(filled: Iterable[Filled], rules: QualityRules) -> Iterator[Flag]:
    """The same words (case, accents and punctuation aside) in two forms; short remarks repeat honestly."""
    same: dict[str, list[str]] = defaultdict(list)
    for form in filled:
        plain = plain_text(form.text)
        if len(plain.split()) >= rules.fewest_words:
            same[plain].append(form.key)
    for keys in same.values():
        for key in keys:
            others = [other for other in keys if other != key]
            if others:
                yield Flag(key, FlagKind.DUPLICATE_TEXT, min(others))


def bursts(filled: Iterable[Filled], rules: QualityRules) -> Iterator[Flag]:
    """Many forms received from one source within a short time."""
    received: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for form in filled:
        moment = form.received_at or form.finished_at
        if moment is not None:
            received[form.source].append((moment, form.key))
    window = timedelta(seconds=rules.burst_seconds)
    for moments in received.values():
        moments.sort()
        flagged: set[str] = set()
        start = 0
        for end, (moment, _) in enumerate(moments):
            while moment - moments[start][0] > window:
                start += 1
            if end - start + 1 >= rules.burst_count:
                flagged.update(key for _, key in moments[start : end + 1])
        for key in flagged:
            yield Flag(key, FlagKind.BURST, f"{rules.burst_count} / {rules.burst_seconds:.0f} s")


def impossible_times(filled: Iterable[Filled], rules: QualityRules) -> Iterator[Flag]:
    """Finished before it was started, or after it was received (but for the error of a phone's clock)."""
    error = timedelta(minutes=rules.clock_error_minutes)
    for form in filled:
        if form.started_at and form.finished_at and form.finished_at < form.started_at:
            yield Flag(form.key, FlagKind.IMPOSSIBLE_TIMES, "finished < started")
        ended = form.finished_at or form.started_at
        if ended and form.received_at and ended > form.received_at + error:
            yield Flag(form.key, FlagKind.IMPOSSIBLE_TIMES, "received < finished")


def overlapping(filled: Iterable[Filled]) -> Iterator[Flag]:
    """Two visits or calls of one person at the same time."""
    by_source: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for form in filled:
        if form.in_person and form.started_at and form.finished_at and form.started_at <= form.finished_at:
            by_source[form.source].append((form.started_at, form.finished_at, form.key))
    for spans in by_source.values():
        spans.sort()
        longest = spans[0]
        for span in spans[1:]:
            if span[0] < longest[1]:
                yield Flag(span[2], FlagKind.OVERLAPPING, longest[2])
                yield Flag(longest[2], FlagKind.OVERLAPPING, span[2])
            if span[1] > longest[1]:
                longest = span


def late(filled: Iterable[Filled], rules: QualityRules) -> Iterator[Flag]:
    """Received long after it was finished: memory fades within the day."""
    for form in filled:
        ended = form.finished_at or form.happened_by
        if ended and form.received_at:
            hours = (form.received_at - ended) / timedelta(hours=1)
            if hours > rules.latest_hours:
                yield Flag(form.key, FlagKind.LATE, f"{hours:.0f} h")


def duplicate_images(filled: Iterable[Filled]) -> Iterator[Flag]:
    """Two forms with photos that look the same (at most 3 of 64 bits apart); plain surfaces look alike honestly."""
    by_band: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for form in filled:
        for image in form.images:
            bits = int(image, 16)
            if FEWEST_BITS <= bits.bit_count() <= 64 - FEWEST_BITS:
                for band in range(4):  # of two fingerprints 3 bits apart, one band of 16 bits at least is equal
                    by_band[band, bits >> 16 * band & 0xFFFF].append((bits, form.key))
    for alike in by_band.values():
        for at, (bits, key) in enumerate(alike):
            for other_bits, other in alike[:at]:
                if other != key and (bits ^ other_bits).bit_count() <= 3:
                    yield Flag(key, FlagKind.DUPLICATE_IMAGE, other)
                    yield Flag(other, FlagKind.DUPLICATE_IMAGE, key)


def invented_positions(filled: Iterable[Filled]) -> Iterator[Flag]:
    """The device says that its position came from a tool that makes positions up."""
    return (Flag(form.key, FlagKind.MOCK_LOCATION) for form in filled if form.mocked)


def comments_against_scores(filled: Iterable[Filled], rules: QualityRules) -> Iterator[Flag]:
    """A plainly bad remark under high marks, or a plainly good one under low marks."""
    for form in filled:
        if form.score is None or not form.text:
            continue
        said = tone(form.text)
        if said <= -rules.tone_words and form.score >= rules.high_score:
            yield Flag(form.key, FlagKind.COMMENT_AGAINST_SCORE, f"{said} / {form.score:.2f}")
        if said >= rules.tone_words and form.score <= rules.low_score:
            yield Flag(form.key, FlagKind.COMMENT_AGAINST_SCORE, f"+{said} / {form.score:.2f}")


def missed_traps(filled: Iterable[Filled]) -> Iterator[Flag]:
    """An answer is not the one that the organiser knows to be true; a question left out says nothing."""
    for form in filled:
        for question, truth in form.expected.items():
            if form.given.get(question, truth) != truth:
                yield Flag(form.key, FlagKind.TRAP_MISSED, question)


def naming_someone(filled: Iterable[Filled]) -> Iterator[Flag]:
    """A remark seems to name someone; the flag does not repeat the name."""
    for form in filled:
        if found := people_named(form.text):
            yield Flag(form.key, FlagKind.NAMES_SOMEONE, str(len(found)))


def plain_text(text: str) -> str:
    """Words alone, without case, accents or punctuation.

    >>> plain_text("L’accueil, très BIEN !")
    'l accueil tres bien'
    """
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))


def _seconds(form: Filled) -> float | None:
    if form.started_at is None or form.finished_at is None:
        return None
    return (form.finished_at - form.started_at).total_seconds()
