"""Loading what ships with Parvis: the vintages of territories and the list of public services."""

from __future__ import annotations

import csv
from datetime import datetime
from importlib.resources import files

from django.db import transaction

from parvis.web.bulk import insert_many
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory import names, vintages
from parvis.web.territory.models import FormerCommune, PublicService, Territory, Vintage


def load_shipped(*, at: datetime, by: Person | None = None) -> list[Vintage]:
    """Everything a fresh database needs: public services, and every shipped vintage. Does nothing twice."""
    install_public_services()
    return [load_vintage(year=year, by=by, at=at) for year in vintages.available()]


@transaction.atomic
def load_vintage(*, year: int, at: datetime, by: Person | None = None) -> Vintage:
    """Load a shipped vintage whole, or leave it as it is when its fingerprint says that it is the same."""
    fingerprint = vintages.fingerprint(year) if year in vintages.available() else ""
    blank = {"fingerprint": "", "units": 0, "loaded_at": at, "loaded_by": by}
    vintage, _ = Vintage.objects.select_for_update().get_or_create(year=year, defaults=blank)
    if fingerprint and vintage.fingerprint == fingerprint:
        return vintage
    tables = vintages.read(year)
    Territory.objects.filter(vintage=year).delete()
    FormerCommune.objects.filter(vintage=year).delete()
    insert_many([_territory(year, row) for row in tables.units])
    insert_many([_former(year, row) for row in tables.former])
    vintage.fingerprint, vintage.units, vintage.loaded_at, vintage.loaded_by = fingerprint, len(tables.units), at, by
    vintage.save()
    journal(verb="territory.vintage_loaded", subject=vintage, by=by, at=at, detail={"fingerprint": fingerprint})
    return vintage


def _territory(year: int, row: vintages.Row) -> Territory:
    population = row["population"]
    return Territory(
        vintage=year,
        kind=row["kind"],
        code=row["code"],
        siren=row["siren"] or None,
        name=row["name"],
        full_name=row.get("full_name") or row["name"],
        search_name=names.search_name(row["name"], row["kind"]),
        nature=row.get("nature", ""),
        departement=row["departement"],
        region=row["region"],
        epci=row.get("epci", ""),
        ept=row.get("ept", ""),
        population=int(population) if population else None,
        members=int(row.get("members") or 0),
        extent=row.get("extent", ""),
        answered_by=row.get("answered_by", ""),
    )


def _former(year: int, row: vintages.Row) -> FormerCommune:
    return FormerCommune(vintage=year, search_name=names.normalise(row["name"]), **row)


def install_public_services() -> None:
    """Write the shipped list of public services; labels follow the file, services of one's own stay."""
    text = (files("parvis.web.territory") / "public_services.csv").read_text(encoding="utf-8")
    PublicService.objects.bulk_create(
        [PublicService(position=position, **row) for position, row in enumerate(csv.DictReader(text.splitlines()))],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label_fr", "label_en", "position"],
    )
