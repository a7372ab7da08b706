"""The whole kit, piece by piece, as files."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO

from parvis.rendering import words
from parvis.rendering.kit import pictures, printed, texts
from parvis.rendering.kit.qr import qr_png, qr_svg
from parvis.rendering.kit.subject import Entry, Kit, said

__all__ = ["Entry", "Kit", "make_kit", "zipped_kit"]

_EPOCH = (1980, 1, 1, 0, 0, 0)


def make_kit(kit: Kit) -> dict[str, bytes]:
    """Every file of the kit by its path; one folder for each entry point besides the organisation's own.

    Raises ParvisError with all faults of address, colour and logo at once. Equal kits give equal bytes.
    """
    return dict(_files(kit.checked()))


def zipped_kit(kit: Kit) -> bytes:
    """The same in one ZIP, whose bytes depend on the kit alone."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in make_kit(kit).items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            already = path.endswith((".png", ".pdf"))
            entry.compress_type = zipfile.ZIP_STORED if already else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _files(kit: Kit) -> Iterator[tuple[str, bytes]]:
    name = "README.txt" if words.language_of(kit.language) == "en" else "LISEZMOI.txt"
    yield name, texts.index(kit).encode()
    yield from _pieces(kit)
    used: set[str] = set()
    for entry in kit.entries:
        folder = _folder(entry.label, used)
        for path, content in _printed(kit.for_entry(entry)):
            yield f"{folder}/{path}", content


def _pieces(kit: Kit) -> Iterator[tuple[str, bytes]]:
    yield from _printed(kit)
    for width, height in pictures.BANNERS:
        yield f"bannieres/banniere-{width}x{height}.svg", pictures.banner_svg(kit, width, height)
        yield f"bannieres/banniere-{width}x{height}.png", pictures.banner_png(kit, width, height)
    yield "bannieres/integration.html", texts.banners(kit, pictures.BANNERS).encode()
    for spoken in (replace(kit, language=language) for language in ("fr", "en")):
        for name, (width, height) in pictures.SOCIAL.items():
            yield f"reseaux/{spoken.language}/{name}-{width}x{height}.png", pictures.social_png(spoken, width, height)
        yield f"reseaux/{spoken.language}/textes.txt", texts.posts_text(spoken, pictures.file_for).encode()
    for path, make in _WRITTEN.items():
        made = make(kit)
        yield path, made.encode() if isinstance(made, str) else made


def _printed(kit: Kit) -> Iterator[tuple[str, bytes]]:
    yield "affiche-a4.pdf", printed.poster(kit, "a4")
    yield "affiche-a3.pdf", printed.poster(kit, "a3")
    yield "depliant-a5.pdf", printed.flyer(kit)
    yield "qr/qr.svg", qr_svg(kit.url, title=said(kit).qr_alt).encode()
    yield "qr/qr.png", qr_png(kit.url)
    yield "qr/qr.pdf", printed.qr_pdf(kit)


_WRITTEN: dict[str, Callable[[Kit], str | bytes]] = {
    "signature.html": texts.signature,
    "integration.html": texts.embed,
    "lettre-de-lancement.rtf": texts.launch_letter,
    "note-de-presse.rtf": texts.press_note,
}


def _folder(label: str, used: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "point-d-entree"
    number, chosen = 2, name
    while chosen in used:
        chosen, number = f"{name}-{number}", number + 1
    used.add(chosen)
    return f"points-d-entree/{chosen}"
