"""Pieces for paper: posters, flyer, the code alone. All PDF/UA-1."""

from __future__ import annotations

from typing import Any, Literal

from parvis.rendering import paper, words
from parvis.rendering.kit.subject import Kit, said, template_data

_SIZES = {"a4": (210, 297), "a3": (297, 420)}


def poster(kit: Kit, size: Literal["a4", "a3"] = "a4") -> bytes:
    """The poster, A4 or A3, in the organisation's name and accent."""
    return paper.pdf("poster", _poster(kit, size))


def poster_preview(kit: Kit, *, pixels_per_inch: float = 60) -> bytes:
    """The A4 poster as PNG, for a page that shows it before it is printed."""
    return paper.png("poster", _poster(kit, "a4"), pixels_per_inch=pixels_per_inch)


def kiosk_sign(kit: Kit) -> bytes:
    """What stands beside a kiosk, A4; without a code, for whoever scans is not at the kiosk."""
    spoken = said(kit)
    return paper.pdf("poster", {**_poster(kit, "a4"), "sign": spoken.screen, "beneath": spoken.screen_beneath})


def urn_sign(kit: Kit) -> bytes:
    """What stands on the box for paper forms, A4."""
    spoken = said(kit)
    return paper.pdf("poster", {**_poster(kit, "a4"), "sign": spoken.urn, "beneath": spoken.urn_beneath})


def flyer(kit: Kit) -> bytes:
    """The flyer, A5, two sides."""
    return paper.pdf("flyer", template_data(kit))


def qr_pdf(kit: Kit, *, beneath: str = "") -> bytes:
    """The QR code alone, vector, ready to be placed in another document; under the name, the place or `beneath`."""
    return paper.pdf("code", code_data(kit, beneath=beneath))


def code_data(kit: Kit, *, beneath: str = "") -> dict[str, Any]:
    """What the template of the code alone reads."""
    name = "QR code" if words.language_of(kit.language) == "en" else "Code QR"
    told = {"heading": kit.name, "title": f"{name} – {kit.whose()}"}
    return {**template_data(kit), **told, "beneath": " – ".join(filter(None, [kit.place, beneath]))}


def _poster(kit: Kit, size: Literal["a4", "a3"]) -> dict[str, Any]:
    width, height = _SIZES[size]
    return {**template_data(kit), "width": width, "height": height, "sign": None}
