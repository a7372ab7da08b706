"""Writes on territories, organisations, places and memberships: one file per noun."""

from parvis.web.territory.actions.memberships import grant_membership, grant_memberships, withdraw_membership
from parvis.web.territory.actions.organisations import (
    Invented,
    create_demonstration_organisation,
    create_demonstration_organisations,
    create_other_organisation,
    organisation_from_territory,
)
from parvis.web.territory.actions.places import NewPlace, add_place, add_places, change_place
from parvis.web.territory.actions.vintages import install_public_services, load_shipped, load_vintage

__all__ = [
    "Invented",
    "NewPlace",
    "add_place",
    "add_places",
    "change_place",
    "create_demonstration_organisation",
    "create_demonstration_organisations",
    "create_other_organisation",
    "grant_membership",
    "grant_memberships",
    "install_public_services",
    "load_shipped",
    "load_vintage",
    "organisation_from_territory",
    "withdraw_membership",
]
