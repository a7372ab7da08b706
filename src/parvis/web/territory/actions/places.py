"""The places where an organisation receives people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils.text import slugify

from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person
from parvis.web.territory import codes
from parvis.web.territory.models import Organisation, Place, PublicService

ADDED, CHANGED = "place.added", "place.changed"
CHANGEABLE = (
    "kind", "name", "address", "postcode", "city", "opening_hours", "phone", "email", "website", "is_active"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """A place to add; without a code, its name gives it one."""

    organisation: Organisation
    name: str
    kind: str = Place.Kind.MAIN
    code: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    opening_hours: Mapping[str, Any] = field(default_factory=dict)
    phone: str = ""
    email: str = ""
    website: str = ""
    services: Sequence[str] = ()


def add_place(*, place: NewPlace, at: datetime, by: Person | None) -> Place:
    """Add one place."""
    return add_places(places=[place], at=at, by=by)[0]


@transaction.atomic
def add_places(*, places: Sequence[NewPlace], at: datetime, by: Person | None) -> list[Place]:
    """Add many places at once, in order, with the checks and journal of one; all or none."""
    rows = [_place(each, at, by) for each in places]
    services = PublicService.objects.in_bulk(field_name="code")
    faults = [fault for row in rows for fault in _faults(row)]
    faults += [_unknown_service(code) for each in places for code in each.services if code not in services]
    faults += _taken(rows)
    if faults:
        raise ParvisError(faults)
    Place.objects.bulk_create(rows, batch_size=1000)
    through = Place.services.through
    through.objects.bulk_create(
        [
            through(place_id=row.pk, publicservice_id=services[code].pk)
            for row, each in zip(rows, places, strict=True)
            for code in dict.fromkeys(each.services)
        ],
        batch_size=5000,
    )
    journal_many(verb=ADDED, subjects=rows, by=by, at=at)
    return rows


@transaction.atomic
def change_place(
    *, place: Place, at: datetime, by: Person | None, services: Sequence[str] | None = None, **changes: Any
) -> Place:
    """Change fields of a place (see CHANGEABLE) and, if given, its services; the journal keeps what it was before."""
    if unknown := sorted(set(changes) - set(CHANGEABLE)):
        raise TypeError(f"a place has no changeable {', '.join(unknown)}")
    place = Place.objects.select_for_update().get(pk=place.pk)
    before = {name: getattr(place, name) for name, value in changes.items() if getattr(place, name) != value}
    for name in before:
        setattr(place, name, changes[name])
    known = PublicService.objects.in_bulk(field_name="code")
    faults = [*_faults(place), *(_unknown_service(code) for code in services or () if code not in known)]
    if faults:
        raise ParvisError(faults)
    place.save(update_fields=list(before))
    if services is not None:
        held = sorted(place.services.values_list("code", flat=True))
        if held != sorted(set(services)):
            before["services"] = held
            place.services.set([known[code] for code in dict.fromkeys(services)])
    if before:
        journal(verb=CHANGED, subject=place, by=by, at=at, detail={"before": before})
    return place


def _place(new: NewPlace, at: datetime, by: Person | None) -> Place:
    return Place(
        organisation=new.organisation,
        code=new.code or slugify(new.name)[:40] or "site",
        kind=new.kind,
        name=new.name.strip(),
        address=new.address,
        postcode=new.postcode,
        city=new.city,
        opening_hours=dict(new.opening_hours),
        phone=new.phone,
        email=new.email,
        website=new.website,
        created_at=at,
        created_by=by,
    )


def _faults(place: Place) -> list[Fault]:
    faults = codes.hours_faults(place.opening_hours)
    if not place.name:
        faults.append(_wrong("name", "", Text("Donnez un nom.", "Give a name.")))
    if place.kind not in Place.Kind:
        faults.append(_wrong("kind", place.kind, Text("Valeurs : main, annexe.", "Values: main, annexe.")))
    if place.phone and not _is_phone(place.phone):
        remedy = Text("Écrivez par exemple 03 81 00 00 00.", "Write for example +33 3 81 00 00 00.")
        faults.append(_wrong("phone", place.phone, remedy))
    if place.email and not _passes(validate_email, place.email):
        remedy = Text("Écrivez une adresse comme accueil@ville.fr.", "Write an address such as desk@town.org.")
        faults.append(_wrong("email", place.email, remedy))
    if place.website and not _passes(URLValidator(["http", "https"]), place.website):
        remedy = Text("Écrivez l’adresse entière, avec https://.", "Write the whole address, with https://.")
        faults.append(_wrong("website", place.website, remedy))
    return faults


def _is_phone(text: str) -> bool:
    """A number that may exist, French unless it begins with +; short numbers of services (3939…) are accepted."""
    digits = codes.compact(text)
    if digits.isdecimal() and 3 <= len(digits) <= 6:
        return True
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, "FR"))
    except phonenumbers.NumberParseException:
        return False


def _passes(validator: Any, value: str) -> bool:
    try:
        validator(value)
    except ValidationError:
        return False
    return True


def _taken(rows: Sequence[Place]) -> list[Fault]:
    wanted = Counter((row.organisation_id, row.code) for row in rows)
    organisations = {organisation for organisation, _ in wanted}
    known = set(Place.objects.filter(organisation__in=organisations).values_list("organisation_id", "code"))
    return [
        Fault(
            "PLACE_TAKEN",
            Text("Cette structure a déjà un site de ce code.", "This organisation already has a place of this code."),
            Text("Donnez un autre code.", "Give another code."),
            {"key": code},
        )
        for (organisation, code), times in wanted.items()
        if times > 1 or (organisation, code) in known
    ]


def _unknown_service(code: str) -> Fault:
    return Fault(
        "SERVICE_UNKNOWN",
        Text(f"Le service « {code} » n’existe pas.", f"There is no service “{code}”."),
        Text("Choisissez dans la liste des services.", "Choose from the list of services."),
        {"key": code},
    )


def _wrong(column: str, value: str, remedy: Text) -> Fault:
    return Fault(
        "VALUE_WRONG",
        Text(f"« {value} » ne convient pas.", f"“{value}” does not fit."),
        remedy,
        {"column": column},
    )
