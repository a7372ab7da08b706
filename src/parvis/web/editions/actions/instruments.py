"""Grids and questionnaire of an edition: put in force version by version, then frozen with the method.

The limit after which a request in writing is a silence measures too: it freezes with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from pathlib import PurePath

from django.db import transaction

from parvis.core.instruments.form import Form, Grid
from parvis.core.instruments.grid import read_form
from parvis.core.vocabulary import ParvisError
from parvis.web.editions import refusals
from parvis.web.editions.models import Edition, Instrument
from parvis.web.people.actions import journal
from parvis.web.people.models import Person


@transaction.atomic
def put_in_force(edition: Edition, *, file_name: str, content: bytes, by: Person, at: datetime) -> Instrument:
    """Read an XLSForm and make it the current version for its channel (or the citizens' questionnaire).

    Raises ParvisError with every fault of the file, or when the edition's instruments are frozen.
    """
    if edition.instruments_frozen_at is not None:
        raise ParvisError(refusals.INSTRUMENTS_FROZEN)
    form = read_form(content, name=PurePath(file_name).name)
    channel = channel_of(form)
    version = edition.instruments.filter(channel=channel).count() + 1
    instrument = Instrument.objects.create(
        edition=edition, channel=channel, version=version, file_name=PurePath(file_name).name, source=content,
        sha256=hashlib.sha256(content).hexdigest(), compiled=form.to_json(), uploaded_at=at, uploaded_by=by,
    )  # fmt: skip
    journal(verb="instrument.put_in_force", subject=instrument, by=by, at=at, edition=edition.slug,
            detail={"channel": channel, "version": version, "sha256": instrument.sha256})  # fmt: skip
    return instrument


def put_shipped_instruments(edition: Edition, *, vintage: str, by: Person, at: datetime) -> list[Instrument]:
    """The complete set that ships with Parvis, e.g. "2026"."""
    return [
        put_in_force(edition, file_name=name, content=content, by=by, at=at)
        for name, content in shipped_files(vintage).items()
    ]


def shipped_files(vintage: str) -> dict[str, bytes]:
    """The XLSForms of a shipped set, by file name."""
    folder = resources.files("parvis") / "grids" / vintage
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".xlsx")), key=lambda each: each.name)
    return {each.name: each.read_bytes() for each in files}


@transaction.atomic
def set_silence(edition: Edition, *, days: Mapping[str, int], by: Person, at: datetime) -> Edition:
    """Decide after how many working days an unanswered request is a silence, on channels where one is awaited."""
    checks = [
        (edition.instruments_frozen_at is not None, refusals.INSTRUMENTS_FROZEN),
        (bool(set(days) - set(edition.silence_after)), refusals.SILENCE_CHANNEL),
        (any(number < 1 for number in days.values()), refusals.SILENCE_TOO_SHORT),
    ]
    if faults := [fault for wrong, fault in checks if wrong]:
        raise ParvisError(faults)
    edition.silence_after = {**edition.silence_after, **days}
    edition.save(update_fields=["silence_after"])
    journal(verb="edition.silence_set", subject=edition, by=by, at=at, edition=edition.slug,
            detail=edition.silence_after)  # fmt: skip
    return edition


@transaction.atomic
def freeze_instruments(edition: Edition, *, by: Person, at: datetime) -> Edition:
    """From now on neither grids, questionnaire nor method of this edition can change; their hashes are kept."""
    if edition.instruments_frozen_at is not None:
        raise ParvisError(refusals.INSTRUMENTS_FROZEN)
    current = current_instruments(edition)
    missing = [channel for channel in [*edition.channels, Instrument.CITIZEN] if channel not in current]
    if missing:
        raise ParvisError([_missing(channel) for channel in missing])
    edition.instruments_frozen_at, edition.instruments_frozen_by = at, by
    edition.save(update_fields=["instruments_frozen_at", "instruments_frozen_by"])
    hashes = {channel: instrument.sha256 for channel, instrument in current.items()}
    journal(verb="edition.instruments_frozen", subject=edition, by=by, at=at, edition=edition.slug,
            detail={"method": edition.method_sha256, **hashes})  # fmt: skip
    return edition


def current_instruments(edition: Edition) -> dict[str, Instrument]:
    """The version in force for each channel, and for "citizen"."""
    latest: dict[str, Instrument] = {}
    for instrument in edition.instruments.order_by("version").defer("source"):
        latest[instrument.channel] = instrument
    return latest


def channel_of(form: Form) -> str:
    return str(form.channel) if isinstance(form, Grid) else Instrument.CITIZEN


def _missing(channel: str) -> refusals.Fault:
    return refusals.refusal(
        refusals.INSTRUMENT_MISSING,
        f"Il manque l’instrument « {channel} ».",
        f"The instrument “{channel}” is missing.",
        "Déposez son fichier XLSForm ou reprenez celui de Parvis.",
        "Upload its XLSForm file or take the one shipped with Parvis.",
    )
