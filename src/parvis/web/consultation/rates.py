"""How often one address answers, told without keeping the address: a keyed hash, a count, a key that goes each day."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
from datetime import date, datetime

from django.db import connection

from parvis.web.consultation.models import EntryPoint, Network, RateCounter, RateKey
from parvis.web.consultation.qualification import Rule
from parvis.web.consultation.questionnaire import local
from parvis.web.consultation.signals import Signals
from parvis.web.consultation.standing import Standing, memory_seconds, standing_of
from parvis.web.consultation.unwritten import add_one

_remembered: dict[date, bytes] = {}


def notice(
    entry_point: EntryPoint, address: str, *, at: datetime, rule: Rule, known: Standing | None = None
) -> Signals:
    """Count a first page that arrives, apart from the response, and say whether it comes among too many."""
    moment = local(at)
    shared, staff = _declared(known or standing_of(entry_point), address)
    is_hall = shared or entry_point.kind == EntryPoint.Kind.KIOSK
    window = f"{moment.hour}:{moment.minute // 10}"
    whose = [str(entry_point.edition_id), str(entry_point.organisation_id), _prefix(address)]
    mine = ["hall", *whose, str(moment.hour)] if is_hall else ["address", *whose]
    received, number = _count(moment.date(), ["point", str(entry_point.pk), window], mine)
    burst = received > rule.entry_point_10_minutes
    if is_hall:
        return Signals(flood=number > rule.hall_hour, burst=burst, staff_network=staff and not shared)
    return Signals(
        crowded=number > rule.crowded_address_day, flood=number > rule.flood_address_day, burst=burst,
        staff_network=staff,
    )  # fmt: skip


def _declared(known: Standing, address: str) -> tuple[bool, bool]:
    """Does this address belong to a hall that visitors share, to a network of the staff?"""
    if not known.networks:
        return False, False
    try:
        mine = ipaddress.ip_address(address)
    except ValueError:
        return False, False
    kinds = {kind for kind, range_ in known.networks if mine in range_}
    return Network.Kind.HALL in kinds, Network.Kind.STAFF in kinds


def _prefix(address: str) -> str:
    """An IPv6 subscriber has a /64; an IPv4 one has an address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _count(day: date, *what: list[str]) -> list[int]:
    """One more of each; how many of each today."""
    secret = _secret(day)
    keys = [hmac.new(secret, "|".join(parts).encode(), hashlib.sha256).hexdigest()[:32] for parts in what]
    return add_one(day, keys, at_once=not memory_seconds())


def _secret(day: date) -> bytes:
    """The day's secret. Deleting it is enough to forget: a process remembers it a few seconds, used or not."""
    secret, seconds = _remembered.get(day), memory_seconds()
    if secret is None:
        secret = _kept_secret(day)
        if seconds:
            _remembered[day] = secret
            forgetting = threading.Timer(seconds, _remembered.clear)
            forgetting.daemon = True
            forgetting.start()
    return secret


def _kept_secret(day: date) -> bytes:
    """As the database has it, drawn at its first use."""
    table = connection.ops.quote_name(RateKey._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret FROM {table} WHERE day = %s", [day])  # noqa: S608 (our own table's name)
        found = cursor.fetchone()
    if found is not None:
        return bytes(found[0])
    RateKey.objects.filter(day__lt=day).delete()  # a new day begins: what the ones before counted is forgotten
    RateCounter.objects.filter(day__lt=day).delete()
    RateKey.objects.bulk_create([RateKey(day=day, secret=secrets.token_bytes(32))], ignore_conflicts=True)
    return bytes(RateKey.objects.values_list("secret", flat=True).get(day=day))
