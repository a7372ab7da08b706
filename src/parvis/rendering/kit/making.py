"""The whole kit, piece by piece, as files."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from parvis.rendering import words
from parvis.rendering.kit import pictures, printed, texts
from parvis.rendering.kit.qr import qr_png, qr_svg
from parvis.rendering.kit.subject import Entry, Kit, said

__all__ = ["Entry", "Kit", "make_kit", "zipped_kit"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FAST = 1  # a third of the time of the usual level, for 8 % more of what is not a picture


def make_kit(kit: Kit) -> dict[str, bytes]:
    """Every file of the kit by its path; one folder for each entry point besides the organisation's own.

    Raises ParvisError with all faults of address, colour and logo at once. Equal kits give equal bytes.
    """
    return dict(_files(kit.checked()))


def zipped_kit(kit: Kit) -> bytes:
    """The same in one ZIP, whose bytes depend on the kit alone."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _files(kit.checked()):  # one by one: a body may have a hundred places
            entry = zipfile.ZipInfo(path, _EPOCH)
            already = path.endswith((".png", ".pdf"))
            entry.compress_type = zipfile.ZIP_STORED if already else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=_FAST)
    return out.getvalue()


def _files(kit: Kit) -> Iterator[tuple[str, bytes]]:
    used: set[str] = set()
    folders = [(_folder(entry.label, used), entry) for entry in kit.entries]
    yield _read_me(kit), texts.index(kit, folders).encode()
    yield from _pieces(kit)
    yield "papier/affichette-urne-a4.pdf", printed.urn_sign(kit)
    yield "lettre-de-lancement.rtf", texts.launch_letter(kit)
    yield "note-de-presse.rtf", texts.press_note(kit)
    for folder, entry in folders:
        for path, content in _of_entry(kit.for_entry(entry), entry):
            yield f"{folder}/{path}", content


def _of_entry(kit: Kit, entry: Entry) -> Iterator[tuple[str, bytes]]:
    """The pieces of a place, and those of its kiosk: only the ways in that it has."""
    yield _read_me(kit), texts.place_index(kit, entry).encode()
    if entry.url:
        yield from _pieces(kit)
    if entry.kiosk_url:
        kiosk = replace(kit, url=entry.kiosk_url)
        yield "borne/affichette-a4.pdf", printed.kiosk_sign(kiosk)
        for path, content in _code(kiosk, beneath=said(kit).kiosk_code):
            yield f"borne/{path}", content


def _pieces(kit: Kit) -> Iterator[tuple[str, bytes]]:
    """What leads to one entry point, on paper and on screens."""
    yield "affiche-a4.pdf", printed.poster(kit, "a4")
    yield "affiche-a3.pdf", printed.poster(kit, "a3")
    yield "depliant-a5.pdf", printed.flyer(kit)
    yield from _code(kit)
    for name, content in pictures.banners(kit):
        yield f"bannieres/{name}", content
    yield "bannieres/integration.html", texts.banners(kit, pictures.BANNERS).encode()
    for spoken in (replace(kit, language=language) for language in ("fr", "en")):
        for name, content in pictures.social_pictures(spoken):
            yield f"reseaux/{spoken.language}/{name}", content
        yield f"reseaux/{spoken.language}/textes.txt", texts.posts_text(spoken, pictures.file_for).encode()
    yield "signature.html", texts.signature(kit).encode()
    yield "integration.html", texts.embed(kit).encode()


def _code(kit: Kit, *, beneath: str = "") -> Iterator[tuple[str, bytes]]:
    yield "qr/qr.svg", qr_svg(kit.url, title=said(kit).qr_alt).encode()
    yield "qr/qr.png", qr_png(kit.url)
    yield "qr/qr.pdf", printed.qr_pdf(kit, beneath=beneath)


def _read_me(kit: Kit) -> str:
    return "README.txt" if words.language_of(kit.language) == "en" else "LISEZMOI.txt"


def _folder(label: str, used: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-") or "point-d-entree"
    number, chosen = 2, name
    while chosen in used:
        chosen, number = f"{name}-{number}", number + 1
    used.add(chosen)
    return f"points-d-entree/{chosen}"
