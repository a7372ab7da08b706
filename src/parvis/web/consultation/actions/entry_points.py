"""Opening ways in, and counting who comes through them."""

from __future__ import annotations

import ipaddress
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals
from parvis.web.consultation.models import EditionDay, EntryPoint, EntryPointDay, Network
from parvis.web.consultation.questionnaire import local
from parvis.web.consultation.turns import Counting, count_in_turn
from parvis.web.editions.models import Edition
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation, Place

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else on a poster
CODE_LENGTH = 8  # 31⁸ codes: no one finds one by trying
EVERYWHERE = (EntryPoint.Kind.LINK, EntryPoint.Kind.BANNER, EntryPoint.Kind.EMBED)  # one each for a body
AT_A_PLACE = (EntryPoint.Kind.QR, EntryPoint.Kind.KIOSK, EntryPoint.Kind.PAPER)  # one each for a place

COUNTERS = ["opened", "started", "completed"]


@dataclass(frozen=True, slots=True)
class NewEntryPoint:
    organisation: Organisation
    kind: str
    place: Place | None = None


@transaction.atomic
def open_entry_points(
    edition: Edition, *, wanted: Sequence[NewEntryPoint], by: Person | None, at: datetime, seed: int
) -> list[EntryPoint]:
    """Open ways in, in order; one that is open already is returned as it is. Their codes are drawn from the seed."""
    if any(each.place is not None and each.place.organisation_id != each.organisation.pk for each in wanted):
        raise ParvisError(refusals.PLACE_OF_ANOTHER)
    organisations = {each.organisation.pk for each in wanted}
    found = EntryPoint.objects.filter(edition=edition)
    if len(organisations) < 500:
        found = found.filter(organisation__in=organisations)
    known = {(point.organisation_id, point.place_id, point.kind): point for point in found}
    draws, day, new = random.Random(seed), local(at).date(), []  # noqa: S311 (the seed is secret, not the generator)
    taken = set(EntryPoint.objects.values_list("code", flat=True)) if len(wanted) > 50 else set()
    for each in wanted:
        key = (each.organisation.pk, each.place.pk if each.place else None, str(each.kind))
        if key not in known:
            known[key] = EntryPoint(edition=edition, organisation=each.organisation, place=each.place, kind=each.kind,
                                    code=_code(draws, taken), opened_on=day)  # fmt: skip
            new.append(known[key])
    EntryPoint.objects.bulk_create(new, batch_size=1000)
    journal_many(verb="entry_point.opened", subjects=new, by=by, at=at, edition=edition.slug)
    return [known[each.organisation.pk, each.place.pk if each.place else None, str(each.kind)] for each in wanted]


def open_kinds(
    edition: Edition, *, organisations: Mapping[Organisation, Sequence[Place]], by: Person | None, at: datetime,
    seed: int,
) -> list[EntryPoint]:  # fmt: skip
    """The usual ways in of each body: link, banner and form for the body; QR, kiosk and paper for each place."""
    wanted = [NewEntryPoint(each, kind) for each in organisations for kind in EVERYWHERE]
    wanted += [
        NewEntryPoint(each, kind, place) for each, places in organisations.items() for place in places
        for kind in AT_A_PLACE
    ]  # fmt: skip
    return open_entry_points(edition, wanted=wanted, by=by, at=at, seed=seed)


def _code(draws: random.Random, taken: set[str]) -> str:
    while True:
        code = "".join(draws.choices(ALPHABET, k=CODE_LENGTH))
        if code not in taken:
            taken.add(code)
            return code


def record_opening(entry_point: EntryPoint, *, at: datetime) -> None:
    """Someone opened the first page, also when the consultation is closed."""
    count(entry_point, local(at).date(), opened=1)


def record_openings(*, openings: Iterable[tuple[EntryPoint, date, int]]) -> None:
    """Many at once: (entry point, day, how many)."""
    totals: Counter[tuple[int, date]] = Counter()
    for entry_point, day, number in openings:
        totals[entry_point.pk, day] += number
    count_many({key: {"opened": number} for key, number in totals.items()})


def count(entry_point: EntryPoint, day: date, *, opened: int = 0, started: int = 0, completed: int = 0) -> None:
    """Add to the counters of an entry point's day and of its edition's."""
    count_in_turn(counting(entry_point.edition_id, entry_point.pk, day, (opened, started, completed)))


def counting(edition: int, entry_point: int, day: date, numbers: tuple[int, int, int]) -> tuple[Counting, Counting]:
    """What adds opened, started and completed to a day: of the entry point, then of its part of the edition."""
    of_point, of_edition = _counting()
    part = entry_point % EditionDay.PARTS
    return (of_point, (entry_point, day, *numbers)), (of_edition, (edition, day, part, *numbers))


@lru_cache(maxsize=1)
def _counting() -> tuple[str, str]:
    """The statements that add to counters; `{}`: where their values come from."""
    return _adding(EntryPointDay, "entry_point_id, day"), _adding(EditionDay, "edition_id, day, part")


def _adding(model: type[models.Model], key: str) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in COUNTERS)
    return f"INSERT INTO {table} ({key}, {', '.join(COUNTERS)}) {{}} ON CONFLICT ({key}) DO UPDATE SET {added}"


@transaction.atomic
def count_many(more: Mapping[tuple[int, date], Mapping[str, int]]) -> None:
    """Add to many counters; equal to as many calls of `count`."""
    if not more:
        return
    of_edition: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    editions = dict(EntryPoint.objects.filter(pk__in={point for point, _ in more}).values_list("pk", "edition_id"))
    for (point, day), numbers in more.items():
        of_edition[editions[point], day, point % EditionDay.PARTS].update(numbers)
    _add_many(EditionDay, ("edition_id", "day", "part"), of_edition)  # first, as one answer does: no ring of waits
    _add_many(EntryPointDay, ("entry_point_id", "day"), more)


def _add_many(
    model: type[models.Model], key: tuple[str, ...], more: Mapping[tuple[Any, ...], Mapping[str, int]]
) -> None:
    days = {each[1] for each in more}
    kept = model._default_manager.select_for_update(of=("self",)).filter(day__range=(min(days), max(days)))
    rows = {tuple(getattr(row, name) for name in key): row for row in kept}
    sums = []
    for each, numbers in more.items():
        before = rows.get(each)
        values = {name: (getattr(before, name) if before else 0) + numbers.get(name, 0) for name in COUNTERS}
        sums.append(model(**dict(zip(key, each, strict=True)), **values))
    unique = [name.removesuffix("_id") for name in key]
    model._default_manager.bulk_create(
        sums, batch_size=2000, update_conflicts=True, unique_fields=unique, update_fields=COUNTERS
    )


@transaction.atomic
def declare_network(
    edition: Edition, *, organisation: Organisation, kind: str, addresses: str, by: Person, at: datetime
) -> Network:
    """A body tells which addresses its visitors share (more answers allowed) or its staff use (answers flagged)."""
    try:
        network = ipaddress.ip_network(addresses.strip(), strict=False)
    except ValueError as error:
        raise ParvisError(refusals.BAD_NETWORK) from error
    if network.prefixlen < (16 if network.version == 4 else 32):
        raise ParvisError(refusals.BAD_NETWORK)
    declared, created = Network.objects.get_or_create(
        edition=edition, organisation=organisation, kind=kind, addresses=str(network),
        defaults={"declared_at": at, "declared_by": by},
    )  # fmt: skip
    if created:
        journal(verb="network.declared", subject=declared, by=by, at=at, edition=edition.slug,
                detail={"kind": kind, "addresses": declared.addresses})  # fmt: skip
    return declared


@transaction.atomic
def withdraw_network(network: Network, *, by: Person, at: datetime) -> None:
    """A range was declared by mistake; what was flagged meanwhile stays flagged, for the organiser to look at."""
    detail = {"kind": network.kind, "addresses": network.addresses}
    journal(verb="network.withdrawn", subject=network, by=by, at=at, edition=network.edition.slug, detail=detail)
    network.delete()


@transaction.atomic
def set_hours(entry_point: EntryPoint, *, opens: str, closes: str, idle_seconds: int, by: Person, at: datetime) -> None:
    """When a kiosk works, and after how long without a touch it clears what someone left."""
    entry_point.hours = {"from": opens, "to": closes, "idle_seconds": idle_seconds}
    entry_point.save(update_fields=["hours"])
    journal(verb="kiosk.hours_set", subject=entry_point, by=by, at=at, edition=entry_point.edition.slug,
            detail=entry_point.hours)  # fmt: skip
