"""How often one address answers, told without keeping the address: a keyed hash, a count, a key that goes each day."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from datetime import date, datetime

from django.db import connection, transaction

from parvis.web.consultation.models import EntryPoint, Network, RateCounter, RateKey
from parvis.web.consultation.qualification import Rule
from parvis.web.consultation.questionnaire import local
from parvis.web.consultation.signals import Signals


def notice(entry_point: EntryPoint, address: str, *, at: datetime, rule: Rule) -> Signals:
    """Count a first page that arrives, in a transaction of its own, and say whether it comes among too many."""
    moment = local(at)
    shared, staff = _declared(entry_point, address)
    window = f"{moment.hour}:{moment.minute // 10}"
    burst = _count(moment.date(), "point", str(entry_point.pk), window) > rule.entry_point_10_minutes
    whose = [str(entry_point.edition_id), str(entry_point.organisation_id), _prefix(address)]
    if shared or entry_point.kind == EntryPoint.Kind.KIOSK:
        flood = _count(moment.date(), "hall", *whose, str(moment.hour)) > rule.hall_hour
        return Signals(flood=flood, burst=burst, staff_network=staff and not shared)
    number = _count(moment.date(), "address", *whose)
    return Signals(
        crowded=number > rule.crowded_address_day, flood=number > rule.flood_address_day, burst=burst,
        staff_network=staff,
    )  # fmt: skip


def _declared(entry_point: EntryPoint, address: str) -> tuple[bool, bool]:
    """Does this address belong to a hall that visitors share, to a network of the staff?"""
    known = Network.objects.filter(edition=entry_point.edition_id, organisation=entry_point.organisation_id)
    kinds = {kind for kind, range_ in known.values_list("kind", "addresses") if _within(address, range_)}
    return Network.Kind.HALL in kinds, Network.Kind.STAFF in kinds


def _within(address: str, range_: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(range_)
    except ValueError:
        return False


def _prefix(address: str) -> str:
    """An IPv6 subscriber has a /64; an IPv4 one has an address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _count(day: date, *parts: str) -> int:
    """One more of this; how many today."""
    key = hmac.new(_secret(day), "|".join(parts).encode(), hashlib.sha256).hexdigest()[:32]
    table = connection.ops.quote_name(RateCounter._meta.db_table)
    with transaction.atomic(durable=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit = off")  # a lost count costs nothing
        cursor.execute(
            f"INSERT INTO {table} (key, day, count) VALUES (%s, %s, 1)"  # noqa: S608 (our own table's name)
            f" ON CONFLICT (key) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [key, day],
        )
        return int(cursor.fetchone()[0])


def _secret(day: date) -> bytes:
    """The day's secret, drawn at its first use; kept in no process, so that deleting it is enough to forget."""
    kept = RateKey.objects.filter(day=day).values_list("secret", flat=True)
    found = kept.first()
    if found is None:
        RateKey.objects.filter(day__lt=day).delete()  # a new day begins: what the ones before counted is forgotten
        RateCounter.objects.filter(day__lt=day).delete()
        RateKey.objects.bulk_create([RateKey(day=day, secret=secrets.token_bytes(32))], ignore_conflicts=True)
        found = kept.get()
    return bytes(found)
