"""Bringing an organisation into being: from a territory, by hand with a checked identifier, or invented for a show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person
from parvis.web.territory import codes, names
from parvis.web.territory.models import Kind, Nature, Organisation, Sector, Territory

CREATED = "organisation.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """An organisation of the demonstration: invented name, plausible facts, never a real body."""

    kind: str
    identifier: str
    name: str
    nature: str = ""
    sector: str = ""
    departement: str = ""
    region: str = ""
    population: int | None = None


def identity_of(territory: Territory) -> tuple[str, str]:
    """Scheme and identifier of the body of a territory: its SIREN, else its kind and official code."""
    if territory.siren:
        return Organisation.Scheme.SIREN, territory.siren
    return Organisation.Scheme.INSEE, f"{territory.kind}:{territory.code}"


@transaction.atomic
def organisation_from_territory(*, territory: Territory, at: datetime, by: Person | None) -> Organisation:
    """The organisation that answers for a territory, created the first time; a unit without assembly is refused."""
    if not territory.is_body:
        raise ParvisError(_no_body(territory))
    scheme, identifier = identity_of(territory)
    organisation, created = Organisation.objects.get_or_create(
        scheme=scheme,
        identifier=identifier,
        defaults={
            "kind": territory.kind,
            "territory_code": territory.code,
            "name": territory.full_name,
            "search_name": names.search_name(territory.full_name, territory.kind),
            "nature": territory.nature,
            "departement": territory.departement,
            "region": territory.region,
            "created_at": at,
            "created_by": by,
        },
    )
    if created:
        journal(verb=CREATED, subject=organisation, by=by, at=at)
    return organisation


@transaction.atomic
def create_other_organisation(
    *,
    name: str,
    scheme: str,
    identifier: str,
    sector: str,
    at: datetime,
    by: Person | None,
    departement: str = "",
    region: str = "",
    population: int | None = None,
) -> Organisation:
    """Enter a body that is no territory (hospital, university, prefecture…), its SIREN or SIRET checked."""
    checked = scheme in (Organisation.Scheme.SIREN, Organisation.Scheme.SIRET)
    organisation = Organisation(
        kind=Kind.OTHER,
        scheme=scheme,
        identifier=codes.compact(identifier) if checked else identifier.strip(),
        name=name.strip(),
        search_name=names.normalise(name),
        sector=sector,
        departement=departement,
        region=region,
        population=population,
        created_at=at,
        created_by=by,
    )
    _refuse([*_faults(organisation), *_taken([organisation])])
    organisation.save(force_insert=True)
    journal(verb=CREATED, subject=organisation, by=by, at=at)
    return organisation


def create_demonstration_organisation(*, invented: Invented, at: datetime, by: Person | None) -> Organisation:
    """Create one invented organisation, marked as such for ever."""
    return create_demonstration_organisations(invented=[invented], at=at, by=by)[0]


@transaction.atomic
def create_demonstration_organisations(
    *, invented: Sequence[Invented], at: datetime, by: Person | None
) -> list[Organisation]:
    """Create many invented organisations at once, in order, with the checks and journal of one; all or none."""
    organisations = [_invented(each, at, by) for each in invented]
    faults = [fault for organisation in organisations for fault in _faults(organisation)]
    _refuse([*faults, *_taken(organisations)])
    Organisation.objects.bulk_create(organisations, batch_size=1000)
    journal_many(verb=CREATED, subjects=organisations, by=by, at=at)
    return organisations


def _invented(invented: Invented, at: datetime, by: Person | None) -> Organisation:
    return Organisation(
        kind=invented.kind,
        scheme=Organisation.Scheme.OTHER,
        identifier=invented.identifier.strip(),
        name=invented.name.strip(),
        search_name=names.search_name(invented.name, invented.kind),
        nature=invented.nature,
        sector=invented.sector,
        departement=invented.departement,
        region=invented.region,
        population=invented.population,
        demonstration=True,
        created_at=at,
        created_by=by,
    )


def _faults(organisation: Organisation) -> list[Fault]:
    faults = [] if organisation.name else [_missing("name", "Le nom manque.", "The name is missing.")]
    if organisation.scheme not in Organisation.Scheme:
        faults.append(_unknown("scheme", organisation.scheme, ", ".join(Organisation.Scheme.values)))
    elif fault := codes.identifier_fault(organisation.scheme, organisation.identifier):
        faults.append(fault)
    if organisation.kind not in Kind:
        faults.append(_unknown("kind", organisation.kind, ", ".join(Kind.values)))
    if organisation.nature and organisation.nature not in Nature:
        faults.append(_unknown("nature", organisation.nature, ", ".join(Nature.values)))
    if organisation.kind == Kind.OTHER and organisation.sector not in Sector:
        faults.append(_unknown("sector", organisation.sector, ", ".join(Sector.values)))
    if organisation.kind != Kind.OTHER and organisation.sector:
        faults.append(_unknown("sector", organisation.sector, "∅"))
    if organisation.population is not None and organisation.population < 0:
        faults.append(_unknown("population", str(organisation.population), "≥ 0"))
    return faults


def _taken(organisations: Sequence[Organisation]) -> list[Fault]:
    """Identifiers already in use, in the database or twice in the same lot."""
    wanted = Counter((each.scheme, each.identifier) for each in organisations)
    known = set(
        Organisation.objects.filter(
            scheme__in={scheme for scheme, _ in wanted}, identifier__in={identifier for _, identifier in wanted}
        ).values_list("scheme", "identifier")
    )
    return [
        Fault(
            "ORGANISATION_TAKEN",
            Text("Une structure porte déjà cet identifiant.", "An organisation already has this identifier."),
            Text("Cherchez-la dans l’annuaire.", "Look for it in the directory."),
            {"key": identifier},
        )
        for (scheme, identifier), times in wanted.items()
        if identifier and (times > 1 or (scheme, identifier) in known)
    ]


def _no_body(territory: Territory) -> Fault:
    who = territory.answered_by.replace(" ", ", ") or "∅"
    return Fault(
        "TERRITORY_WITHOUT_ASSEMBLY",
        Text(
            f"« {territory.name} » n’a pas d’assemblée à elle, donc pas de services.",
            f"“{territory.name}” has no assembly of its own, hence no services.",
        ),
        Text(f"Choisissez qui répond pour ce territoire : {who}.", f"Choose who answers for this territory: {who}."),
        {"key": f"{territory.kind}:{territory.code}"},
    )


def _missing(column: str, french: str, english: str) -> Fault:
    return Fault("VALUE_MISSING", Text(french, english), Text("Donnez-le.", "Give it."), {"column": column})


def _unknown(column: str, value: str, allowed: str) -> Fault:
    return Fault(
        "VALUE_UNKNOWN",
        Text(f"La valeur « {value} » n’est pas admise.", f"The value “{value}” is not allowed."),
        Text(f"Valeurs admises : {allowed}.", f"Allowed values: {allowed}."),
        {"column": column},
    )


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise ParvisError(faults)
