"""The communication kit of a body: its own look, its own ways in, in one ZIP."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from parvis.rendering.kit import Entry, Kit, code_slips, make_kit
from parvis.web.consultation.models import CodeBatch, EntryPoint, KitStyle
from parvis.web.consultation.queries import entry_points_of
from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.editions.queries import period
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation

_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)  # equal kits give equal bytes


def address_of(point: EntryPoint) -> str:
    """The address that a code leads to."""
    name = {EntryPoint.Kind.EMBED: "embed", EntryPoint.Kind.KIOSK: "kiosk"}.get(EntryPoint.Kind(point.kind), "start")
    return settings.PUBLIC_URL.rstrip("/") + reverse(f"citizen:{name}", args=[point.code])


def kit_of(edition: Edition, organisation: Organisation, *, language: str = "fr") -> Kit:
    """What the kit of a body is made of; its own pieces lead to its link, those of a place to that place's QR."""
    points = list(entry_points_of(edition, organisation))
    style = KitStyle.objects.filter(organisation=organisation).first()
    link = next((each for each in points if each.kind == EntryPoint.Kind.LINK), points[0])
    banner = next((each for each in points if each.kind == EntryPoint.Kind.BANNER), None)
    embed = next((each for each in points if each.kind == EntryPoint.Kind.EMBED), None)  # the frame is counted apart
    dates, results = period(edition, CalendarDate.Kind.CONSULTATION), period(edition, CalendarDate.Kind.RESULTS)
    return Kit(
        name=organisation.name, url=address_of(link), frame_url=address_of(embed) if embed else "",
        banner_url=address_of(banner) if banner else "",
        edition=str(edition.year), language=language,
        accent=(style.accent or None) if style else None, logo=bytes(style.logo) or None if style else None,
        opens_on=dates.starts_on if dates else None, closes_on=dates.ends_on if dates else None,
        results_on=results.starts_on if results else None, demonstration=edition.demonstration,
        entries=tuple(
            Entry(point.place.name, address_of(point))
            for point in points if point.place is not None and point.kind == EntryPoint.Kind.QR
        ),
    )  # fmt: skip


def zipped(edition: Edition, organisation: Organisation, *, language: str = "fr") -> bytes:
    """The whole kit in one ZIP. Raises ParvisError when colour or logo cannot be used."""
    kit = kit_of(edition, organisation, language=language)
    files = make_kit(kit)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _WRITTEN_AT), content)
    return out.getvalue()


def slips(batch: CodeBatch, codes: Sequence[str], *, language: str = "fr") -> bytes:
    """The codes of a batch on paper, in the body's look, leading to the entry point that it was printed for."""
    point = batch.entry_point
    kit = kit_of(point.edition, point.organisation, language=language)
    return code_slips(replace(kit, url=address_of(point)).checked(), codes, batch=batch.number)


@transaction.atomic
def change_style(organisation: Organisation, *, accent: str, logo: bytes | None, by: Person, at: datetime) -> KitStyle:
    """Choose the colour and the logo of the kit; None keeps the logo there is. Raises ParvisError with every fault."""
    before = KitStyle.objects.filter(organisation=organisation).first()
    kept = logo if logo is not None else bytes(before.logo) if before else b""
    probe = Kit(organisation.name, "https://example.org/avis", accent=accent or None, logo=kept or None).checked()
    values: dict[str, Any] = {"accent": accent, "logo": probe.logo or b"", "changed_at": at, "changed_by": by}
    style, _ = KitStyle.objects.update_or_create(organisation=organisation, defaults=values)
    journal(verb="kit.style_changed", subject=style, by=by, at=at)
    return style


def folder_of(edition: Edition) -> Path:
    return Path(settings.MEDIA_ROOT) / "kits" / edition.slug


def save_kit(edition: Edition, organisation: Organisation) -> Path:
    """Make the kit and keep it where the organiser's job put the others; never half a file."""
    path = folder_of(edition) / f"kit-{organisation.pk}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(zipped(edition, organisation))
    unfinished.replace(path)
    return path
