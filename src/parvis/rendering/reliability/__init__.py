"""What the results of an edition are worth, for its organiser: what to change next year, and what to read with care."""

from __future__ import annotations

from collections.abc import Mapping

from parvis.core.bundle import Result
from parvis.core.vocabulary import Text
from parvis.rendering import slicing
from parvis.rendering.reliability.citizens import likeness, weights
from parvis.rendering.reliability.contacts import corrected, next_year, observers
from parvis.rendering.reliability.hidden import hidden
from parvis.rendering.reliability.standing import gaps, ranks
from parvis.rendering.reliability.told import Section, Told

__all__ = ["Section", "reliability"]

SECTIONS = (next_year, observers, corrected, gaps, ranks, likeness, weights, hidden)  # in reading order


def reliability(
    result: Result,
    *,
    categories: Mapping[str, Text] | None = None,
    levels: slicing.Levels | None = None,
    language: str = "fr",
) -> tuple[Section, ...]:
    """The sections of the organiser's page, in reading order; those without anything to say are left out."""
    told = Told(result, slicing.words_of(result, None, None, categories, levels), language)
    made = (section(told) for section in SECTIONS)
    return tuple(one for one in made if one is not None)
