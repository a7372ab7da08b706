"""What a vintage says of an organisation: the facts on which eligibility and categories are decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from parvis.web.territory.models import FormerCommune, Kind, Organisation, Territory, Vintage

LOT = 500  # values in one IN (…)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFacts:
    """The facts of an organisation in a vintage.

    population: inhabitants, None when unknown. members: number of communes (0 for a commune and for other bodies).
    present: False when the body does not exist in that vintage (merged, not yet created); `successor` is then the
    code of the commune that answers for its territory, if one does, and population is None.
    """

    kind: str
    code: str
    name: str
    nature: str
    sector: str
    departement: str
    region: str
    population: int | None
    members: int
    epci: str
    present: bool = True
    successor: str = ""


def vintages_loaded() -> list[int]:
    """Years that the database knows, newest first."""
    return list(Vintage.objects.exclude(units=0).values_list("year", flat=True))


def facts_of(organisation: Organisation, vintage: int) -> OrganisationFacts:
    """The facts of one organisation; see `facts_of_all` for many."""
    return facts_of_all([organisation], vintage)[organisation.pk]


def facts_of_all(organisations: Iterable[Organisation], vintage: int) -> dict[int, OrganisationFacts]:
    """Facts by organisation key, in a number of queries that does not grow with each organisation."""
    organisations = list(organisations)
    real = [each for each in organisations if _has_territory(each)]
    territories = _territories(real, vintage)
    lost = [each for each in real if each.pk not in territories]
    successors = _successors(lost, vintage)
    facts = {}
    for each in organisations:
        if territory := territories.get(each.pk):
            facts[each.pk] = _from_territory(territory)
        elif _has_territory(each):
            facts[each.pk] = _own(each, present=False, successor=successors.get(each.pk, ""))
        else:
            facts[each.pk] = _own(each)
    return facts


def _has_territory(organisation: Organisation) -> bool:
    return organisation.kind != Kind.OTHER and not organisation.demonstration


def _territories(organisations: Sequence[Organisation], vintage: int) -> dict[int, Territory]:
    """By SIREN where there is one (a commune nouvelle keeps the code of a former one, not its SIREN), else by code."""
    by_siren = {each.identifier: each.pk for each in organisations if each.scheme == Organisation.Scheme.SIREN}
    by_code: dict[str, dict[str, int]] = defaultdict(dict)
    for each in organisations:
        if each.scheme != Organisation.Scheme.SIREN:
            by_code[each.kind][each.territory_code] = each.pk
    found: dict[int, Territory] = {}
    known = Territory.objects.filter(vintage=vintage)
    for lot in _lots(list(by_siren)):
        found |= {by_siren[row.siren]: row for row in known.filter(siren__in=lot) if row.siren}
    for kind, keys in by_code.items():
        for lot in _lots(list(keys)):
            found |= {keys[row.code]: row for row in known.filter(kind=kind, code__in=lot)}
    return found


def _successors(organisations: Sequence[Organisation], vintage: int) -> dict[int, str]:
    codes = {each.territory_code for each in organisations if each.kind == Kind.COMMUNE}
    if not codes:
        return {}
    lead = dict(FormerCommune.objects.filter(vintage=vintage, code__in=codes).values_list("code", "present"))
    same = Territory.objects.filter(vintage=vintage, kind=Kind.COMMUNE, code__in=codes).values_list("code", flat=True)
    lead |= {code: code for code in same}
    return {each.pk: lead[each.territory_code] for each in organisations if each.territory_code in lead}


def _from_territory(territory: Territory) -> OrganisationFacts:
    return OrganisationFacts(
        kind=territory.kind,
        code=territory.code,
        name=territory.full_name,
        nature=territory.nature,
        sector="",
        departement=territory.departement,
        region=territory.region,
        population=territory.population,
        members=territory.members,
        epci=territory.epci,
    )


def _own(organisation: Organisation, *, present: bool = True, successor: str = "") -> OrganisationFacts:
    return OrganisationFacts(
        kind=organisation.kind,
        code=organisation.territory_code,
        name=organisation.name,
        nature=organisation.nature,
        sector=organisation.sector,
        departement=organisation.departement,
        region=organisation.region,
        population=organisation.population if present else None,
        members=0,
        epci="",
        present=present,
        successor=successor,
    )


def members_of(territory: Territory) -> QuerySet[Territory]:
    """The communes of an intercommunalité, département or région of the same vintage; a commune is its own member."""
    communes = Territory.objects.filter(vintage=territory.vintage, kind=Kind.COMMUNE).order_by("code")
    if territory.kind == Kind.COMMUNE:
        return communes.filter(code=territory.code)
    inside, outside = Q(), Q()
    for part in (territory.extent or f"{territory.kind}:{territory.code}").split():
        field, code = part.removeprefix("-").split(":")
        if part.startswith("-"):
            outside |= Q(**{field: code})
        else:
            inside |= Q(**{field: code})
    return communes.filter(inside & ~outside) if outside else communes.filter(inside)


def bodies_of(territory: Territory) -> list[Territory]:
    """Who answers for a unit: itself, or the assemblies that do in its place (none on desert islands)."""
    if not territory.answered_by:
        return [territory] if territory.is_body else []
    wanted = Q()
    for part in territory.answered_by.split():
        kind, code = part.split(":")
        wanted |= Q(kind=kind, code=code)
    found = Territory.objects.filter(wanted, vintage=territory.vintage).order_by("kind", "code")
    return [body for body in found if body.is_body]


def present_commune(code: str, vintage: int) -> Territory | None:
    """The commune that a code leads to in a vintage, whether the code is in force or former."""
    former = FormerCommune.objects.filter(vintage=vintage, code=code).values_list("present", flat=True).first()
    return Territory.objects.filter(vintage=vintage, kind=Kind.COMMUNE, code=former or code).first()


def _lots(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), LOT):
        yield values[start : start + LOT]
