"""Whom the respondents look like, in words: representativity of the consultation, by variable of the population."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from parvis.core.bundle import Result
from parvis.core.figures.scoring import NATION
from parvis.core.vocabulary import Status, Text
from parvis.rendering import slicing, words
from parvis.rendering.charts import Table
from parvis.rendering.slicing import Words

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Level:
    """One group of a variable, and what it adds to the unevenness: negative where it takes part less than the whole."""

    code: str
    part: float
    label: Text | None = None

    def named(self, language: str) -> str:
        return self.label.in_language(language) if self.label else self.code


@dataclass(frozen=True, slots=True)
class Likeness:
    """One variable: the indicator (1 when every group takes part alike) and the variation, or hidden.

    `levels` run from the group that takes part least to the one that does most.
    """

    variable: str
    responses: int
    population: float
    indicator: float | None = None
    variation: float | None = None
    hidden: bool = False
    levels: tuple[Level, ...] = ()
    label: Text | None = None

    def named(self, language: str = "fr") -> str:
        return self.label.in_language(language) if self.label else self.variable

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Likeness:
        kept = dict(value)
        kept["levels"] = tuple(
            Level(one["code"], one["part"], slicing.text_from(one.get("label"))) for one in kept.get("levels", ())
        )
        kept["label"] = slicing.text_from(kept.get("label"))
        return Likeness(**kept)


@dataclass(slots=True)
class _Told:
    """What the diagnostics say of one variable, gathered row by row."""

    numbers: dict[str, float | None] = field(default_factory=dict)
    levels: list[tuple[str, float]] = field(default_factory=list)
    hidden: bool = False


def likeness_of(result: Result, known: Words, subject: str = NATION) -> tuple[Likeness, ...]:
    """The representativity of one territory, by default of all those whose population is known, by variable."""
    told: dict[str, _Told] = {}
    rows = slicing.rows_of(result.table("diagnostics"), ("piece", "subject", "measure", "value", "text"))
    for piece, territory, measure, value, text in rows:
        if (piece, territory) != ("participation", subject):
            continue
        kind, _, name = measure.partition(" ")
        variable, _, level = name.partition("=")
        one = told.setdefault(variable, _Told())
        one.hidden |= text == Status.HIDDEN_TO_PROTECT
        if kind != "contribution":
            one.numbers[kind] = value
        elif value is not None:
            one.levels.append((level, value))
    return tuple(_likeness(name, one, known) for name, one in sorted(told.items()))


def _likeness(variable: str, one: _Told, known: Words) -> Likeness:
    numbers = one.numbers
    ordered = sorted(one.levels, key=lambda pair: (pair[1], pair[0]))
    levels = tuple(Level(code, part, known.levels.get((variable, code))) for code, part in ordered)
    return Likeness(
        variable,
        round(numbers.get("responses") or 0),
        numbers.get("population") or 0.0,
        numbers.get("r_indicator"),
        numbers.get("variation"),
        one.hidden,
        levels,
        known.questions.get(variable),
    )


def likeness_table(given: Iterable[Likeness], language: str = "fr") -> Table:
    """One row a variable. Counts of volunteers have no sampling interval, and the table has none."""
    english = words.language_of(language) == "en"
    columns = (
        (
            "What is compared",
            "Responses",
            "Population",
            "Indicator (0 to 1)",
            "Unevenness",
            "Take part less",
            "Take part more",
        )
        if english
        else (
            "Ce que l’on compare",
            "Réponses",
            "Habitants",
            "Indicateur (0 à 1)",
            "Inégalité",
            "Moins présents",
            "Plus présents",
        )
    )
    rows = tuple(_row(one, language) for one in given)
    return Table("Representativity" if english else "Représentativité", columns, rows)


def _row(one: Likeness, language: str) -> tuple[str, ...]:
    counts = (words.number(one.responses, 0, language), words.number(one.population, 0, language))
    if one.hidden:
        hidden = words.absence(Status.HIDDEN_TO_PROTECT, language=language)
        return (one.named(language), *counts, hidden, "—", "—", "—")
    less = [level.named(language) for level in one.levels if level.part < 0][:MOST_NAMED]
    more = [level.named(language) for level in reversed(one.levels) if level.part > 0][:MOST_NAMED]
    # three decimals: where few take part the indicator is close to 1 whoever they are
    figures = (words.number(one.indicator, 3, language), words.percent(one.variation, 0, language))
    return (one.named(language), *counts, *figures, ", ".join(less) or "—", ", ".join(more) or "—")


def how_to_read(language: str = "fr") -> str:
    """What the two figures mean, and what they do not say."""
    return _HOW_TO_READ.in_language(language)


_HOW_TO_READ = Text(
    "Les citoyens choisissent de répondre\u00a0: ce n’est pas un échantillon, et ces chiffres n’ont pas d’intervalle. "
    "L’indicateur vaut 1 quand tous les groupes ont répondu dans la même proportion\u202f; comme il reste proche de 1 "
    "quand peu de gens répondent, l’inégalité (écart type de la participation entre groupes, rapporté à sa moyenne) "
    "se lit avec lui\u00a0: 0\u202f% si tous ont répondu autant.",
    "Citizens choose to answer: they are no sample, and these figures have no interval. The indicator is 1 when every "
    "group answered in the same proportion; since it stays close to 1 when few people answer, the unevenness (standard "
    "deviation of participation between groups, over its mean) is read with it: 0% if all answered alike.",
)
