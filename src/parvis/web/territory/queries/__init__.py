"""Reads on territories and organisations: search, facts, members."""

from parvis.web.territory.queries.facts import (
    OrganisationFacts,
    bodies_of,
    facts_of,
    facts_of_all,
    members_of,
    present_commune,
    vintages_loaded,
)
from parvis.web.territory.queries.search import Found, search, search_organisations

__all__ = [
    "Found",
    "OrganisationFacts",
    "bodies_of",
    "facts_of",
    "facts_of_all",
    "members_of",
    "present_commune",
    "search",
    "search_organisations",
    "vintages_loaded",
]
