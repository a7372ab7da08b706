"""Finding a territory or an organisation by what people type: a name, a code, a SIREN."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from parvis.web.territory import codes, names
from parvis.web.territory.models import FormerCommune, Kind, Organisation, Territory, Vintage
from parvis.web.territory.queries.facts import bodies_of

EXACT, PREFIX, FORMER, WORDS, CLOSE = range(5)
CLOSENESS = 0.8  # of SequenceMatcher: one letter in ten or so
LONGEST = 160  # characters read of what is typed


@dataclass(frozen=True, slots=True)
class Found:
    """A territory that answers a search; `label` tells it from its homonyms, `former` is the old name or code."""

    territory: Territory
    label: str
    former: str = ""


def search(text: str, vintage: int, limit: int = 20, *, kinds: Iterable[str] = (), bodies: bool = False) -> list[Found]:
    """Territories for what was typed, best first: exact name, beginning, former name, all words, then close spellings.

    kinds: only these kinds. bodies: only units with an assembly, in the place of those without (Bas-Rhin gives the
    Collectivité européenne d'Alsace).
    """
    units = Territory.objects.filter(vintage=vintage)
    if kinds := list(kinds):
        units = units.filter(kind__in=kinds)
    text = text[:LONGEST]
    wanted = 2 * limit if bodies else limit  # several units may share one assembly
    hits = _by_code(text, units, vintage) or _by_name_there(text, units, vintage, wanted)
    if bodies:
        hits = _answering(hits, kinds)
    return _told_apart(hits[:limit], vintage)


def _by_code(text: str, units: QuerySet[Territory], vintage: int) -> list[tuple[Territory, str]]:
    """A SIREN, the SIRET of one of its offices, or an official code, in force or former."""
    digits = codes.compact(text)
    if digits.isdecimal() and len(digits) in (9, 14):
        return [(unit, "") for unit in units.filter(siren=digits[:9])]
    if not re.fullmatch(r"(\d{2,3}|2[AB]|6AE|69D|\d[\dAB]\d{3})", digits.upper()):
        return []
    hits = [(unit, "") for unit in units.filter(code=digits.upper()).order_by("kind")]
    former = FormerCommune.objects.filter(vintage=vintage, code=digits.upper()).first()
    if former is not None:
        present = units.filter(kind=Kind.COMMUNE, code=former.present)
        hits += [(unit, former.name or former.code) for unit in present]
    return hits


def _by_name_there(text: str, units: QuerySet[Territory], vintage: int, limit: int) -> list[tuple[Territory, str]]:
    """By name within the département written after it, if there is one and it holds that name; else by name."""
    name, departement = names.split_departement(text)
    here = _by_name(name, units.filter(departement=departement), vintage, limit) if departement else []
    return here or _by_name(text, units, vintage, limit)


def _by_name(text: str, units: QuerySet[Territory], vintage: int, limit: int) -> list[tuple[Territory, str]]:
    query = names.understand(text)
    if not query.full:
        return []
    direct = list(_ranked(units, query)[:limit])
    ranked = [(unit.rank, unit, "") for unit in direct]  # type: ignore[attr-defined]
    ranked += _by_former_name(query, units, vintage, limit)
    if not ranked:
        ranked = [(CLOSE, unit, "") for unit in _close(query.rest or query.full, units, vintage, limit)]
    ranked.sort(key=lambda hit: (hit[0], -(hit[1].population or 0), hit[1].kind, hit[1].code))
    best: dict[int, tuple[Territory, str]] = {}
    for _, unit, former in ranked:
        best.setdefault(unit.pk, (unit, former))
    return list(best.values())


def _ranked(units: QuerySet[Territory], query: names.Query) -> QuerySet[Territory]:
    matches, exact, prefix = _all_words(query.full), Q(search_name=query.full), Q(search_name__startswith=query.full)
    if query.rest:
        meant = Q(kind=query.kind) & (Q(nature__in=query.natures) if query.natures else Q())
        matches |= meant & _all_words(query.rest)
        exact |= meant & Q(search_name=query.rest)
        prefix |= meant & Q(search_name__startswith=query.rest)
    rank = Case(
        When(exact, then=Value(EXACT)),
        When(prefix, then=Value(PREFIX)),
        default=Value(WORDS),
        output_field=IntegerField(),
    )
    return units.filter(matches).annotate(rank=rank).order_by("rank", F("population").desc(nulls_last=True), "pk")


def _all_words(text: str) -> Q:
    """Each telling word begins a word of the name."""
    found = Q()
    for word in names.telling_words(text):
        found &= Q(search_name__startswith=word) | Q(search_name__contains=f" {word}")
    return found


def _by_former_name(
    query: names.Query, units: QuerySet[Territory], vintage: int, limit: int
) -> list[tuple[int, Territory, str]]:
    wanted = query.rest if query.kind == Kind.COMMUNE else query.full
    formers = FormerCommune.objects.filter(_all_words(wanted), vintage=vintage).exclude(search_name="")
    exact_first = formers.annotate(
        rank=Case(When(search_name=wanted, then=Value(FORMER)), default=Value(WORDS), output_field=IntegerField())
    ).order_by("rank", "search_name", "code")[:limit]
    found = list(exact_first)
    present = {
        unit.code: unit for unit in units.filter(kind=Kind.COMMUNE, code__in={former.present for former in found})
    }
    return [(each.rank, present[each.present], each.name) for each in found if each.present in present]


@lru_cache(maxsize=4)
def _spellings(vintage: int, fingerprint: str) -> tuple[tuple[str, str, str, int], ...]:  # noqa: ARG001 (keys the cache)
    """Kind, code, name without spaces and population of every unit, kept as long as the vintage stays the same."""
    rows = Territory.objects.filter(vintage=vintage).values_list("kind", "code", "search_name", "population")
    return tuple((kind, code, name.replace(" ", ""), population or 0) for kind, code, name, population in rows)


def _close(text: str, units: QuerySet[Territory], vintage: int, limit: int) -> list[Territory]:
    """Spellings that differ by a letter or by their spaces: same first letter, nearly the same length."""
    wanted = text.replace(" ", "")
    fingerprint = Vintage.objects.filter(year=vintage).values_list("fingerprint", flat=True).first()
    if not fingerprint or not 3 <= len(wanted) <= 80:
        return []
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    scored: list[tuple[float, int, str, str]] = []
    for kind, code, name, population in _spellings(vintage, fingerprint):
        if name[:1] != wanted[0] or abs(len(name) - len(wanted)) > 2:
            continue
        matcher.set_seq1(name)
        if matcher.quick_ratio() >= CLOSENESS and (ratio := matcher.ratio()) >= CLOSENESS:
            scored.append((-ratio, -population, kind, code))
    best = [(kind, code) for _, _, kind, code in sorted(scored)[:limit]]
    found = {(unit.kind, unit.code): unit for unit in units.filter(code__in=[code for _, code in best])}
    return [found[key] for key in best if key in found]


def _answering(hits: list[tuple[Territory, str]], kinds: list[str]) -> list[tuple[Territory, str]]:
    best: dict[int, tuple[Territory, str]] = {}
    for unit, former in hits:
        for body in bodies_of(unit) if unit.answered_by else [unit]:
            if body.is_body and (not kinds or body.kind in kinds):
                best.setdefault(body.pk, (body, former if body is unit else unit.name))
    return list(best.values())


def _told_apart(hits: list[tuple[Territory, str]], vintage: int) -> list[Found]:
    departements = dict(
        Territory.objects.filter(
            vintage=vintage, kind=Kind.DEPARTEMENT, code__in={unit.departement for unit, _ in hits}
        ).values_list("code", "name")
    )
    return [Found(unit, _label(unit, departements), former) for unit, former in hits]


def _label(unit: Territory, departements: dict[str, str]) -> str:
    if unit.kind in (Kind.DEPARTEMENT, Kind.REGION):
        return unit.full_name
    where = f"{unit.departement}, {departements[unit.departement]}" if unit.departement in departements else ""
    return f"{unit.full_name} ({where})" if where else unit.full_name


def search_organisations(text: str, limit: int = 20, **filters: Any) -> list[Organisation]:
    """Organisations already known to Parvis, best first; `filters` narrow them (demonstration=False, kind=…)."""
    known, text = Organisation.objects.filter(**filters), text[:LONGEST].replace("\x00", "")
    digits = codes.compact(text)
    if digits.isdecimal() and len(digits) in (9, 14):
        return list(known.filter(identifier__startswith=digits[:9])[:limit])
    query = names.understand(text)
    if not query.full:
        return []
    given = known.filter(identifier__iexact=text.strip())
    matches = _all_words(query.full)
    if query.rest:
        matches |= Q(kind=query.kind) & _all_words(query.rest)
    exact = Q(search_name=query.full) | (Q(search_name=query.rest) if query.rest else Q(pk__in=[]))
    rank = Case(
        When(exact, then=Value(EXACT)),
        When(search_name__startswith=query.rest or query.full, then=Value(PREFIX)),
        default=Value(WORDS),
        output_field=IntegerField(),
    )
    return list(given[:limit]) or list(
        known.filter(matches).annotate(rank=rank).order_by("rank", "search_name")[:limit]
    )
