"""Pieces for screens: web banners and social pictures, letters drawn as shapes, the same everywhere."""

from __future__ import annotations

from html import escape

from parvis.rendering import paper
from parvis.rendering.kit.subject import Kit, said, template_data

BANNERS = ((728, 90), (970, 250), (320, 100), (300, 250), (160, 600))
SOCIAL = {"partage": (1200, 630), "carre": (1080, 1080), "story": (1080, 1920), "bandeau": (1500, 500)}
_SQUARE = ("Instagram",)  # networks whose posts are square; the others show a wide picture


def banner_svg(kit: Kit, width: int, height: int) -> bytes:
    """A banner as SVG: its text is spoken by title and description, for its letters are shapes."""
    spoken = said(kit)
    drawn = paper.svg("banner", _data(kit, width, height, with_code=False))
    title = escape(f"{spoken.headline} {spoken.action} – {kit.name}")
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1).encode()


def banner_png(kit: Kit, width: int, height: int) -> bytes:
    """The same banner as PNG, one pixel for one."""
    return paper.png("banner", _data(kit, width, height, with_code=False), pixels_per_inch=72)


def social_png(kit: Kit, width: int, height: int) -> bytes:
    """A picture for social networks, with the code."""
    return paper.png("banner", _data(kit, width, height, with_code=True), pixels_per_inch=72)


def file_for(network: str) -> str:
    """The name of the picture that a post on a network goes with."""
    name = "carre" if network in _SQUARE else "partage"
    return "{}-{}x{}.png".format(name, *SOCIAL[name])


def _data(kit: Kit, width: int, height: int, *, with_code: bool) -> dict[str, object]:
    return {**template_data(kit), "width": width, "height": height, "with_code": with_code}
