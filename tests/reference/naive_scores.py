"""The slow obvious twin of the scoring chain: plain Python, one contact after the other, read with `method.md` beside.

It shares no code with `parvis.core.figures`; random datasets must give the same figures in both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import sqrt
from typing import Any, NamedTuple

from parvis.core.instruments.method import Method

Rows = dict[str, list[dict[str, Any]]]
Key = tuple[str, str, str, str, str | None]


class Figure(NamedTuple):
    value: float | None
    standard_error: float | None
    degrees: float | None
    n: int


def naive_scores(rows: Rows, method: Method) -> dict[Key, Figure]:
    """Every observed figure by (subject kind, subject, measure kind, measure, channel)."""
    return _Naive(rows, method).figures()


class _Naive:
    def __init__(self, rows: Rows, method: Method) -> None:
        self.rows, self.method = rows, method
        self.criteria = {row["criterion"]: row for row in rows["criteria"]}
        self.category = {row["organisation"]: row["category"] for row in rows["organisations"]}
        self.answers: dict[str, dict[str, float]] = defaultdict(dict)
        for row in rows["answers"]:
            if row["state"] == "scored":
                self.answers[row["observation"]][row["criterion"]] = row["value"]
        self.contacts = [row for row in rows["observations"] if row.get("double_of") is None]
        self.marks = {row["observation"]: self.marks_of(row) for row in self.contacts}
        self.counted = [row for row in self.contacts if self.counts(row)]

    def weight(self, code: str) -> float:
        return self.method.criteria_weights.get(code, self.criteria[code]["weight"])

    def ranked(self, code: str) -> bool:
        row = self.criteria[code]
        return not row["critical"] and not row["subjective"] and self.weight(code) > 0

    def grid(self, channel: str) -> list[str]:
        return [code for code, row in self.criteria.items() if row["channel"] == channel]

    def marks_of(self, contact: dict[str, Any]) -> dict[str, float]:
        if contact["outcome"] == "reached":
            return self.answers[contact["observation"]]
        if contact["outcome"] == "our_failure":
            return {}
        rule = self.method.not_reached
        given = {code: rule.criteria.get(code, rule.score) for code in self.grid(contact["channel"])}
        return {code: mark for code, mark in given.items() if mark is not None}

    def sums(self, contact: dict[str, Any], **wanted: str) -> tuple[float, float]:
        numerator = denominator = 0.0
        for code, mark in self.marks[contact["observation"]].items():
            fits = all(self.criteria[code][key] == value for key, value in wanted.items())
            if self.ranked(code) and fits:
                numerator += self.weight(code) * mark
                denominator += self.weight(code)
        return numerator, denominator

    def counts(self, contact: dict[str, Any]) -> bool:
        _, applicable = self.sums(contact)
        if contact["outcome"] == "our_failure" or applicable == 0:
            return False
        if contact["outcome"] == "not_reached":
            return True
        whole = sum(self.weight(code) for code in self.grid(contact["channel"]) if self.ranked(code))
        return applicable >= whole * self.method.coverage.minimum_share - 1e-9

    def figures(self) -> dict[Key, Figure]:
        found: dict[Key, Figure] = {}
        places = self.place_scores()
        channels: dict[tuple[str, str], Figure] = {}
        for organisation in self.category:
            for channel in self.method.channels:
                mine = [fig for (owner, _, where), fig in places.items() if (owner, where) == (organisation, channel)]
                if mine:
                    channels[organisation, channel] = combined([(1 / len(mine), figure) for figure in mine])
        for (_, place, channel), figure in places.items():
            found["place", place, "channel", channel, channel] = figure
        for (organisation, channel), figure in channels.items():
            found["organisation", organisation, "channel", channel, channel] = figure
        for organisation in self.category:
            mine = {channel: figure for (owner, channel), figure in channels.items() if owner == organisation}
            if mine:
                found["organisation", organisation, "overall", "overall", None] = self.over_channels(mine)
        for kind in ("stage", "determinant"):
            self.add_views(found, kind)
        self.add_criteria(found)
        self.add_groups(found)
        return found

    def place_scores(self) -> dict[tuple[str, str, str], Figure]:
        scores = defaultdict(list)
        for contact in self.counted:
            numerator, denominator = self.sums(contact)
            key = contact["organisation"], contact["place"], contact["channel"]
            scores[key].append(100 * numerator / denominator)
        spread = {key: (variance(values), len(values)) for key, values in scores.items()}
        found = {}
        for key, values in scores.items():
            everywhere = [other for other in spread if spread[other][1] > 1]
            channel = [other for other in everywhere if other[2] == key[2]]
            family = [other for other in channel if self.category[other[0]] == self.category[key[0]]]
            if len(family) < self.method.variance.minimum_cells:
                family = []
            lenders = ([spread[other] for other in level] for level in (family, channel, everywhere))
            found[key] = self.mean_of_contacts(values, self.first_prior(lenders))
        return found

    def mean_of_contacts(self, values: list[float], prior: tuple[float, float] | None) -> Figure:
        k, own = len(values), variance(values)
        mean = sum(values) / k
        enough = k >= self.method.variance.small_contacts and own > 0
        if enough or (prior is None and own > 0):
            return Figure(mean, sqrt(own / k), k - 1, k)
        if prior is None:
            return Figure(mean, None, None, k)
        scale, worth = prior
        return Figure(mean, sqrt((worth * scale + (k - 1) * own) / (worth + k - 1) / k), worth + k - 1, k)

    def first_prior(self, lenders: Iterable[list[tuple[float, int]]]) -> tuple[float, float] | None:
        """The narrowest family of cells that has a prior lends it."""
        return next((prior for like in lenders if (prior := self.prior(like)) is not None), None)

    def prior(self, like: list[tuple[float, int]]) -> tuple[float, float] | None:
        if not any(own > 0 for own, _ in like):
            return None
        degrees = sum(k - 1 for _, k in like)
        first = sum((k - 1) * own for own, k in like) / degrees
        second = sum((k - 1) * own**2 for own, k in like) / sum(k + 1 for _, k in like)
        ratio = second / first**2
        most = min(self.method.variance.largest_degrees, degrees)
        worth = (4 * ratio - 2) / (ratio - 1) if ratio > 1 else most
        return (first, most) if worth >= most else (first * (worth - 2) / worth, worth)

    def over_channels(self, mine: dict[str, Figure]) -> Figure:
        whole = sum(self.method.channels[channel] for channel in mine)
        return combined([(self.method.channels[channel] / whole, figure) for channel, figure in mine.items()])

    def add_views(self, found: dict[Key, Figure], kind: str) -> None:
        for item in sorted({row[kind] for row in self.criteria.values()}):
            cells: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
            for contact in self.counted:
                parts = self.sums(contact, **{kind: item})
                if parts[1] > 0:
                    cells[contact["organisation"], contact["channel"]].append(parts)
            figures = self.ratios(cells)
            for (organisation, channel), figure in figures.items():
                found["organisation", organisation, kind, item, channel] = figure
            for organisation in self.category:
                mine = {channel: figure for (owner, channel), figure in figures.items() if owner == organisation}
                if mine:
                    found["organisation", organisation, kind, item, None] = self.over_channels(mine)

    def add_criteria(self, found: dict[Key, Figure]) -> None:
        for code, row in self.criteria.items():
            cells: dict[tuple[str, str], list[tuple[float, float]]] = {}
            for contact in self.counted:
                if contact["channel"] == row["channel"]:
                    cell = cells.setdefault((contact["organisation"], contact["channel"]), [])
                    if code in self.marks[contact["observation"]]:
                        cell.append((self.marks[contact["observation"]][code], 1.0))
            for (organisation, channel), figure in self.ratios(cells).items():
                found["organisation", organisation, "criterion", code, channel] = figure

    def ratios(self, cells: dict[tuple[str, str], list[tuple[float, float]]]) -> dict[tuple[str, str], Figure]:
        spread = {}
        for key, parts in cells.items():
            if parts:
                whole, k = sum(den for _, den in parts), len(parts)
                ratio = sum(num for num, _ in parts) / whole
                squares = sum((num - ratio * den) ** 2 for num, den in parts) * 1e4
                own = squares / (k - 1) / (whole / k) ** 2 if k > 1 else 0.0
                spread[key] = (100 * ratio, own if own > 1e-5 else 0.0, k)
        found = {key: Figure(None, None, None, 0) for key in cells}
        for key, (value, own, k) in spread.items():
            channel = [(v, n) for other, (_, v, n) in spread.items() if other[1] == key[1] and n > 1]
            everywhere = [(v, n) for _, v, n in spread.values() if n > 1]
            prior = self.first_prior((channel, everywhere))  # of a criterion both are its only channel
            if k > 1 and own > 0:
                found[key] = Figure(value, sqrt(own / k), k - 1, k)
            elif prior is None:
                found[key] = Figure(value, None, None, k)
            else:
                scale, worth = prior
                degrees = worth + k - 1
                found[key] = Figure(value, sqrt((worth * scale + (k - 1) * own) / degrees / k), degrees, k)
        return found

    def add_groups(self, found: dict[Key, Figure]) -> None:
        groups: dict[Key, list[Figure]] = defaultdict(list)
        for (kind, subject, measure_kind, measure, channel), figure in found.items():
            if kind == "organisation" and figure.value is not None:
                groups["category", self.category[subject], measure_kind, measure, channel].append(figure)
                groups["nation", "nation", measure_kind, measure, channel].append(figure)
        for key, figures in groups.items():
            found[key] = combined([(1 / len(figures), figure) for figure in figures])


def variance(values: list[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    spread = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return spread if spread > 1e-12 else 0.0


def combined(parts: list[tuple[float, Figure]]) -> Figure:
    """A weighted sum of independent figures, with Satterthwaite's degrees of freedom."""
    value = sum(weight * (figure.value or 0.0) for weight, figure in parts)
    n = sum(figure.n for _, figure in parts)
    if any(figure.standard_error is None for _, figure in parts):
        return Figure(value, None, None, n)
    spreads = [(weight * (figure.standard_error or 0.0)) ** 2 for weight, figure in parts]
    degrees = sum(spreads) ** 2 / sum(
        s**2 / (figure.degrees or 1) for s, (_, figure) in zip(spreads, parts, strict=True)
    )
    return Figure(value, sqrt(sum(spreads)), degrees, n)
