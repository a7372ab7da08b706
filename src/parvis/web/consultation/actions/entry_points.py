"""Opening ways in, and counting who comes through them."""

from __future__ import annotations

import ipaddress
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals
from parvis.web.consultation.counters import Count, count, count_many
from parvis.web.consultation.models import EntryPoint, Network
from parvis.web.consultation.questionnaire import local
from parvis.web.editions.models import Edition
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation, Place

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else on a poster
CODE_LENGTH = 8  # 31⁸ codes: no one finds one by trying
EVERYWHERE = (EntryPoint.Kind.LINK, EntryPoint.Kind.BANNER, EntryPoint.Kind.EMBED)  # one each for a body
AT_A_PLACE = (EntryPoint.Kind.QR, EntryPoint.Kind.KIOSK, EntryPoint.Kind.PAPER)  # one each for a place


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
    count(Count(entry_point.pk, local(at).date(), opened=1))


def record_openings(*, openings: Iterable[tuple[EntryPoint, date, int]]) -> None:
    """Many at once: (entry point, day, how many)."""
    totals: Counter[tuple[int, date]] = Counter()
    for entry_point, day, number in openings:
        totals[entry_point.pk, day] += number
    count_many({key: {"opened": number} for key, number in totals.items()})


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
