"""Pieces for screens: web banners and social pictures, letters drawn as shapes, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from parvis.rendering import paper
from parvis.rendering.kit.subject import Kit, said, template_data

BANNERS = ((728, 90), (970, 250), (320, 100), (300, 250), (160, 600))
SOCIAL = {"partage": (1200, 630), "carre": (1080, 1080), "story": (1080, 1920), "bandeau": (1500, 500)}
_SQUARE = ("Instagram",)  # networks whose posts are square; the others show a wide picture


def banners(kit: Kit) -> Iterator[tuple[str, bytes]]:
    """Each banner by its file's name, as SVG and as PNG, one pixel for one; all of them laid out at once.

    The text of an SVG is spoken by its label, for its letters are shapes.
    """
    spoken = said(kit)
    title = escape(f"{spoken.headline} {spoken.action} – {kit.whose()}")
    seen, drawn = paper.pngs_and_svgs("banner", _data(kit, BANNERS, with_code=False), pixels_per_inch=72)
    for (width, height), picture, drawing in zip(BANNERS, seen, drawn, strict=True):
        labelled = drawing.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
        yield f"banniere-{width}x{height}.svg", labelled.encode()
        yield f"banniere-{width}x{height}.png", picture


def social_pictures(kit: Kit) -> Iterator[tuple[str, bytes]]:
    """Each picture for social networks by its file's name, with the code; all of them laid out at once."""
    made = paper.pngs("banner", _data(kit, tuple(SOCIAL.values()), with_code=True), pixels_per_inch=72)
    for name, picture in zip(SOCIAL, made, strict=True):
        yield _named(name), picture


def file_for(network: str) -> str:
    """The name of the picture that a post on a network goes with."""
    return _named("carre" if network in _SQUARE else "partage")


def _named(name: str) -> str:
    return "{}-{}x{}.png".format(name, *SOCIAL[name])


def _data(kit: Kit, sizes: tuple[tuple[int, int], ...], *, with_code: bool) -> dict[str, Any]:
    return {**template_data(kit), "sizes": sizes, "with_code": with_code}
