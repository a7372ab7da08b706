"""Pieces for paper: posters, flyer, the code alone. All PDF/UA-1."""

from __future__ import annotations

from typing import Literal

from parvis.rendering import paper, words
from parvis.rendering.kit.subject import Kit, template_data

_SIZES = {"a4": (210, 297), "a3": (297, 420)}


def poster(kit: Kit, size: Literal["a4", "a3"] = "a4") -> bytes:
    """The poster, A4 or A3, in the organisation's name and accent."""
    width, height = _SIZES[size]
    return paper.pdf("poster", {**template_data(kit), "width": width, "height": height})


def poster_preview(kit: Kit, *, pixels_per_inch: float = 60) -> bytes:
    """The A4 poster as PNG, for a page that shows it before it is printed."""
    width, height = _SIZES["a4"]
    return paper.png(
        "poster", {**template_data(kit), "width": width, "height": height}, pixels_per_inch=pixels_per_inch
    )


def flyer(kit: Kit) -> bytes:
    """The flyer, A5, two sides."""
    return paper.pdf("flyer", template_data(kit))


def qr_pdf(kit: Kit) -> bytes:
    """The QR code alone, vector, ready to be placed in another document."""
    data = template_data(kit)
    name = "QR code" if words.language_of(kit.language) == "en" else "Code QR"
    return paper.pdf("code", {**data, "heading": kit.name, "title": f"{name} – {kit.name}"})
