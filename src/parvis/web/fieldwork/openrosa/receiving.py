"""A parcel from a phone: received once, filed when whole, kept with its reason when it cannot be. Nothing is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from parvis.core.instruments.openrosa import Instance, read_instance
from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import refusals as field
from parvis.web.fieldwork.actions.evidence import add_photo
from parvis.web.fieldwork.models import Mission, Observation, Parcel, ParcelPiece, PhoneKey
from parvis.web.fieldwork.openrosa import refusals
from parvis.web.fieldwork.openrosa.filing import announced, file_event, file_grid, instrument_of
from parvis.web.fieldwork.openrosa.offering import form_number
from parvis.web.people.actions import journal

MOST_PIECES = 12
MOST_KEPT = 100  # refused parcels of one observer that wait for the organiser
State = Parcel.State
CREATED, AGAIN, FORBIDDEN, CONFLICT, REFUSED = 201, 202, 403, 409, 422
CONFLICTS = {"already_filed", "same_report_different", "not_in_hand", "piece_different"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a phone: the status that it acts upon, what became of the parcel, why it was refused."""

    status: int
    parcel: Parcel | None = None
    faults: tuple[Fault, ...] = ()


def receive(key: PhoneKey, *, content: bytes, pieces: Mapping[str, File], complete: bool, at: datetime) -> Receipt:
    """Receive a filled form and the photos that came with it, by the observer whose phone it is.

    content: the XML, byte for byte. complete: False when the phone says that more pieces follow. The same parcel sent
    again changes nothing. Two that arrive at once are one: the second waits, then finds the first.
    """
    try:
        return _receive(key, content, pieces, complete, at)
    except IntegrityError:  # the same parcel, or another content of it, came in between
        return _receive(key, content, pieces, complete, at)


@transaction.atomic
def _receive(key: PhoneKey, content: bytes, pieces: Mapping[str, File], complete: bool, at: datetime) -> Receipt:
    try:
        instance = read_instance(content)
    except ParvisError as error:
        return _keep_unread(key, content, error.faults, at)
    parcel = _known(key, content) or _new(key, instance, content, at)
    if parcel.state == State.SETTLED:
        return Receipt(AGAIN, parcel)
    if parcel.pk is None and _is_full(key):
        return Receipt(REFUSED, None, (refusals.TOO_MANY_KEPT,))
    refused = _refusal(key, parcel, instance)
    if refused is not None:
        return _keep(parcel, (refused,), at)
    if parcel.pk is None:
        parcel.save()
    try:
        new = _keep_pieces(parcel, pieces)
    except ParvisError as error:
        return _keep(parcel, error.faults, at)
    if parcel.state == State.FILED:
        return _late_pieces(parcel, instance, new, at)
    if not complete:
        Parcel.objects.filter(pk=parcel.pk).update(state=State.WAITING)
        return Receipt(CREATED, parcel)
    return file_parcel(parcel, instance, at=at)


def _known(key: PhoneKey, content: bytes) -> Parcel | None:
    found = Parcel.objects.select_for_update().filter(observer=key.observer, sha256=_digest(content))
    return found.first()


def _new(key: PhoneKey, instance: Instance, content: bytes, at: datetime) -> Parcel:
    number = form_number(instance.form_id)
    mission = Mission.objects.select_related("edition").filter(pk=number[0]).first() if number else None
    return Parcel(
        key=key, observer=key.observer, mission=mission, edition=mission.edition if mission else _edition(key),
        instance=instance.instance_id, form=instance.form_id, version=instance.version, sha256=_digest(content),
        content=content, state=State.WAITING, received_at=at, received_by=key.observer.person,
    )  # fmt: skip


def _refusal(key: PhoneKey, parcel: Parcel, instance: Instance) -> Fault | None:
    """What stops a parcel before its answers are even looked at."""
    if parcel.mission is None or parcel.mission.observer_id != key.observer_id:
        return field.NOT_YOURS
    others = Parcel.objects.filter(instance=instance.instance_id, state__in=[State.WAITING, State.FILED])
    if others.exclude(observer=key.observer, sha256=parcel.sha256).exists():
        return field.SAME_REPORT_DIFFERENT
    return None


def _keep_pieces(parcel: Parcel, pieces: Mapping[str, File]) -> list[ParcelPiece]:
    """Keep the photos that were not here yet; the same name with another content is refused."""
    here = {piece.name: piece.sha256 for piece in parcel.pieces.all()}
    given = {name[:200]: file.read() for name, file in pieces.items()}
    if len({*here, *given}) > MOST_PIECES:
        raise ParvisError(refusals.TOO_MANY_PIECES)
    if any(here.get(name, _digest(content)) != _digest(content) for name, content in given.items()):
        raise ParvisError(refusals.PIECE_DIFFERENT)
    new = []
    for name, content in given.items():
        if name not in here:
            piece = ParcelPiece(parcel=parcel, name=name, sha256=_digest(content))
            piece.file.save(piece.sha256, ContentFile(content), save=True)
            new.append(piece)
    return new


def file_parcel(parcel: Parcel, instance: Instance, *, at: datetime) -> Receipt:
    """Make the observation, with its photos: all of it, or nothing and the parcel is kept with the reasons."""
    by, mission = parcel.observer.person, parcel.mission
    number = form_number(instance.form_id)
    pieces = list(parcel.pieces.all())
    try:
        with transaction.atomic():
            if mission is None or number is None:
                raise ParvisError(field.NOT_YOURS)
            if number[1]:
                observation = file_event(instance, mission, by=by, at=at)
            else:
                files = {piece.name: piece.file for piece in pieces if piece.file}
                observation = file_grid(instance, mission, files, by=by, at=at)
    except ParvisError as error:
        return _keep(parcel, error.faults, at)
    wanted = {} if number[1] else announced(instance, instrument_of(instance))
    missing = sorted(set(wanted) - {piece.name for piece in pieces})
    return _filed(parcel, observation, missing, pieces)


def _filed(parcel: Parcel, observation: Observation, missing: list[str], pieces: list[ParcelPiece]) -> Receipt:
    parcel.state, parcel.faults, parcel.missing = State.FILED, [], missing
    parcel.observation = observation
    parcel.save()
    transaction.on_commit(lambda: _let_go(pieces))
    return Receipt(CREATED, parcel)


def _late_pieces(parcel: Parcel, instance: Instance, new: list[ParcelPiece], at: datetime) -> Receipt:
    """The report is in already: said again it changes nothing, but a photo that it announced still joins it."""
    wanted = announced(instance, instrument_of(instance))
    late = [piece for piece in new if piece.name in parcel.missing and parcel.observation is not None]
    try:
        with transaction.atomic():
            for piece in late:
                add_photo(
                    parcel.observation, file=piece.file, question=wanted.get(piece.name, ""),
                    by=parcel.observer.person, at=at,
                )  # fmt: skip
    except ParvisError as error:
        return Receipt(REFUSED, parcel, error.faults)
    parcel.missing = sorted(set(parcel.missing) - {piece.name for piece in late})
    parcel.save(update_fields=["missing"])
    transaction.on_commit(lambda: _let_go(new))
    return Receipt(CREATED if late else AGAIN, parcel)


def _let_go(pieces: list[ParcelPiece]) -> None:
    """Photos that are pieces of the observation are not kept twice; their fingerprint stays."""
    for piece in pieces:
        if piece.file:
            piece.file.delete(save=True)


def _keep(parcel: Parcel, faults: tuple[Fault, ...], at: datetime) -> Receipt:
    """Quarantine: the parcel stays, with its reasons, until the organiser settles it or it can be filed."""
    status = _status(faults)
    if parcel.state == State.FILED:  # a refused addition takes nothing away from what was received
        return Receipt(status, parcel, faults)
    first = parcel.state != State.REFUSED
    parcel.state = State.REFUSED
    parcel.faults = [
        {"code": each.code, "fr": refusals.said(each, "fr"), "en": refusals.said(each, "en")} for each in faults
    ]
    parcel.save()
    if first:
        slug = parcel.edition.slug if parcel.edition else ""
        detail: dict[str, Any] = {"codes": [each.code for each in faults]}
        journal(verb="parcel.refused", subject=parcel, by=parcel.observer.person, at=at, edition=slug, detail=detail)
    return Receipt(status, parcel, faults)


def _keep_unread(key: PhoneKey, content: bytes, faults: tuple[Fault, ...], at: datetime) -> Receipt:
    """What cannot be read is kept as it came, unless there is already too much of it."""
    parcel = _known(key, content)
    if parcel is None:
        if _is_full(key):
            return Receipt(REFUSED, None, (*faults, refusals.TOO_MANY_KEPT))
        parcel = Parcel(
            key=key, observer=key.observer, edition=_edition(key), sha256=_digest(content), content=content,
            state=State.WAITING, received_at=at, received_by=key.observer.person,
        )  # fmt: skip
    return Receipt(REFUSED, parcel, faults) if parcel.state == State.SETTLED else _keep(parcel, faults, at)


def _is_full(key: PhoneKey) -> bool:
    return Parcel.objects.filter(observer=key.observer, state__in=[State.REFUSED, State.WAITING]).count() >= MOST_KEPT


def _edition(key: PhoneKey) -> Edition | None:
    """The edition whose organiser looks at a parcel that does not say its mission: the observer's latest."""
    return Edition.objects.filter(missions__observer=key.observer).order_by("-missions__accepted_at", "-pk").first()


def _status(faults: tuple[Fault, ...]) -> int:
    codes = {fault.code for fault in faults}
    if codes & CONFLICTS:
        return CONFLICT
    return FORBIDDEN if "not_yours" in codes else REFUSED


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
