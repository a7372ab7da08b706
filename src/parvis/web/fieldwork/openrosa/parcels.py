"""What the organiser does with parcels that could not be received: look, try again, settle. Nothing is deleted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from parvis.core.instruments.openrosa import read_instance
from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals as field
from parvis.web.fieldwork.models import Parcel
from parvis.web.fieldwork.openrosa import refusals
from parvis.web.fieldwork.openrosa.receiving import Receipt, file_parcel
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

TO_SETTLE = Parcel.TO_SETTLE


def parcels_of(edition: Edition) -> QuerySet[Parcel]:
    """What is neither received nor settled, the latest first, without its content."""
    return (
        Parcel.objects.filter(edition=edition, state__in=TO_SETTLE)
        .select_related("observer", "mission__place__organisation")
        .prefetch_related("pieces")
        .defer("content")
    )


@transaction.atomic
def try_again(parcel: Parcel, *, by: Person, at: datetime) -> Receipt:
    """File a parcel that was refused or still waits for pieces, in the name of its observer, as it stands."""
    current = Parcel.objects.select_for_update().get(pk=parcel.pk)
    if current.state not in TO_SETTLE:
        raise ParvisError(refusals.NOT_TO_RETRY)
    if current.mission is None or current.mission.observer_id != current.observer_id:
        raise ParvisError(field.NOT_YOURS)
    receipt = file_parcel(current, read_instance(bytes(current.content)), at=at)
    if receipt.faults:
        raise ParvisError(receipt.faults)
    slug = current.edition.slug if current.edition else ""
    journal(verb="parcel.tried_again", subject=current, by=by, at=at, edition=slug)
    return receipt


@transaction.atomic
def settle_parcel(parcel: Parcel, *, settlement: str, by: Person, at: datetime) -> Parcel:
    """Say what was done about a parcel that will not become an observation."""
    current = Parcel.objects.select_for_update().get(pk=parcel.pk)
    if not settlement.strip():
        raise ParvisError(field.REASON_NEEDED)
    if current.state not in TO_SETTLE:
        raise ParvisError(refusals.NOT_TO_RETRY)
    current.state, current.settlement = Parcel.State.SETTLED, settlement.strip()[:300]
    current.settled_at, current.settled_by = at, by
    current.save(update_fields=["state", "settlement", "settled_at", "settled_by"])
    slug = current.edition.slug if current.edition else ""
    journal(verb="parcel.settled", subject=current, by=by, at=at, edition=slug)
    return current
