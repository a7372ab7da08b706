"""Eligibility and category: decided by an edition's rules over real data, never typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from parvis.web.editions.models import Category, Edition
from parvis.web.territory.models import Organisation, Territory
from parvis.web.territory.queries import facts_of_all

# Bands used by past editions of the national barometer (2 to 10 000, … over 100 000 inhabitants), then bodies by type.
DEFAULT_CATEGORIES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("communes-2-10", "Communes de 2 000 à 9 999 habitants", "Municipalities of 2,000 to 9,999 inhabitants",
     {"kinds": ["commune"], "population_min": 2000, "population_max": 9999}),
    ("communes-10-20", "Communes de 10 000 à 19 999 habitants", "Municipalities of 10,000 to 19,999 inhabitants",
     {"kinds": ["commune"], "population_min": 10000, "population_max": 19999}),
    ("communes-20-50", "Communes de 20 000 à 49 999 habitants", "Municipalities of 20,000 to 49,999 inhabitants",
     {"kinds": ["commune"], "population_min": 20000, "population_max": 49999}),
    ("communes-50-100", "Communes de 50 000 à 99 999 habitants", "Municipalities of 50,000 to 99,999 inhabitants",
     {"kinds": ["commune"], "population_min": 50000, "population_max": 99999}),
    ("communes-100", "Communes de 100 000 habitants et plus", "Municipalities of 100,000 inhabitants and over",
     {"kinds": ["commune"], "population_min": 100000}),
    ("intercommunalites", "Intercommunalités", "Intermunicipal bodies", {"kinds": ["epci", "ept"]}),
    ("departements", "Départements", "Départements", {"kinds": ["departement"]}),
    ("regions", "Régions", "Regions", {"kinds": ["region"]}),
    ("social-sante", "Services sociaux, santé, aide à la personne", "Social care, health and personal assistance",
     {"kinds": ["other"], "sectors": ["social", "health"]}),
    ("education-culture", "Éducation, culture et sport", "Education, culture and sport",
     {"kinds": ["other"], "sectors": ["education_culture"]}),
    ("autres", "Autres services publics", "Other public services", {"kinds": ["other"]}),
]  # fmt: skip


def fits(rule: dict[str, Any], *, kind: str, population: int | None, sector: str = "") -> bool:
    """Whether a body falls under a category's rule; an unknown population falls under no population band.

    >>> fits({"kinds": ["commune"], "population_min": 2000}, kind="commune", population=1999)
    False
    """
    if "kinds" in rule and kind not in rule["kinds"]:
        return False
    if "sectors" in rule and sector not in rule["sectors"]:
        return False
    low, high = rule.get("population_min"), rule.get("population_max")
    if low is None and high is None:
        return True
    if population is None:
        return False
    return (low is None or population >= low) and (high is None or population <= high)


def first_fit(
    categories: Iterable[Category], *, kind: str, population: int | None, sector: str = ""
) -> Category | None:
    """The first category, in the order of display, whose rule the body meets; None when it is not eligible."""
    return next((each for each in categories if fits(each.rule, kind=kind, population=population, sector=sector)), None)


def categories_of(edition: Edition, organisations: Sequence[Organisation]) -> dict[int, Category | None]:
    """The category of each organisation, by its key, from the facts of the edition's vintage."""
    categories = list(edition.categories.all())
    facts = facts_of_all(organisations, edition.vintage)
    return {
        pk: first_fit(categories, kind=each.kind, population=each.population, sector=each.sector)
        for pk, each in facts.items()
    }


def category_of_territory(edition: Edition, territory: Territory) -> Category | None:
    """The category into which the body of a territory would fall, before it enrols."""
    return first_fit(edition.categories.all(), kind=territory.kind, population=territory.population)
