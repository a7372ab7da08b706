"""The communication kit of a body: its own look, its own ways in, in one ZIP."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from parvis import __version__
from parvis.rendering.kit import Entry, Kit, code_slips, zipped_kit
from parvis.web.consultation.models import CodeBatch, EntryPoint, KitStyle
from parvis.web.consultation.queries import entry_points_of
from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.editions.queries import period
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.territory.models import Organisation

LANGUAGES = {"fr": gettext_lazy("français"), "en": gettext_lazy("anglais")}  # those in which kits are written
AT_ONCE = 2  # kits made side by side: the typesetter lets both cores of a small machine work


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
        entries=_entries(points),
    )  # fmt: skip


def _entries(points: Sequence[EntryPoint]) -> tuple[Entry, ...]:
    """Each place that is shown to the public, by its QR, its kiosk or both; paper forms are printed apart."""
    addresses: dict[int, dict[str, str]] = {}
    names: dict[int, str] = {}
    for point in points:
        if point.place is not None and point.kind in (EntryPoint.Kind.QR, EntryPoint.Kind.KIOSK):
            names[point.place.pk] = point.place.name
            addresses.setdefault(point.place.pk, {})[point.kind] = address_of(point)
    return tuple(
        Entry(names[place], found.get(EntryPoint.Kind.QR, ""), found.get(EntryPoint.Kind.KIOSK, ""))
        for place, found in addresses.items()
    )


def kit_language(asked: str) -> str:
    """The language of a kit for one that was asked, by a person or by their browser: French unless we have it."""
    return asked[:2] if asked[:2] in LANGUAGES else "fr"


def other_languages(asked: str) -> list[tuple[str, str]]:
    """(code, name) of the languages that a kit may be had in, besides the one asked for."""
    return [(code, str(name)) for code, name in LANGUAGES.items() if code != kit_language(asked)]


def zipped(edition: Edition, organisation: Organisation, *, language: str = "fr") -> bytes:
    """The whole kit in one ZIP: the one made in the background if nothing has changed since, else made now.

    Raises ParvisError when colour or logo cannot be used.
    """
    kit = kit_of(edition, organisation, language=language)
    try:
        return _path(edition, organisation, kit).read_bytes()
    except OSError:
        return zipped_kit(kit)


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


def folder_of(edition: Edition, language: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "kits" / edition.slug / language


def kits_made(edition: Edition, language: str) -> dict[int, Path]:
    """The kits made in the background in a language, by the number of their body."""
    return {int(path.name.split("-")[1]): path for path in sorted(folder_of(edition, language).glob("kit-*.zip"))}


def save_kit(edition: Edition, organisation: Organisation, *, language: str) -> Path:
    """Make the kit in a language and keep it for its body and for the organiser."""
    kit = kit_of(edition, organisation, language=language)
    return _written(kit, _path(edition, organisation, kit))


def save_kits(edition: Edition, organisations: Iterable[Organisation], *, language: str) -> Iterator[Path]:
    """The same for many, each told once it is there: threads set type, this one alone reads the database."""
    waiting: deque[Future[Path]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for organisation in organisations:
            kit = kit_of(edition, organisation, language=language)
            waiting.append(pool.submit(_written, kit, _path(edition, organisation, kit)))
            if len(waiting) > AT_ONCE:  # not all at once: who stops the work waits for no more than these
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _written(kit: Kit, path: Path) -> Path:
    """Never half a file, never an older kit of the same body beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(zipped_kit(kit))
    unfinished.replace(path)
    for other in path.parent.glob(f"{path.stem.rpartition('-')[0]}-*.zip"):
        if other != path:
            other.unlink(missing_ok=True)
    return path


def _path(edition: Edition, organisation: Organisation, kit: Kit) -> Path:
    """Where a kit is kept; its name changes with all that the kit is made of, our version included."""
    made_of = hashlib.sha256(f"{__version__} {kit!r}".encode()).hexdigest()[:16]
    return folder_of(edition, kit.language) / f"kit-{organisation.pk}-{made_of}.zip"
