"""QR codes: one symbol, in SVG, PNG or as a matrix, with the quiet zone that readers need."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import segno

DARK = "#0B1722"
_QUIET = 4  # modules, as the standard asks


@lru_cache(maxsize=256)
def _symbol(url: str) -> segno.QRCode:
    return segno.make(url, error="q", micro=False)


def qr_svg(url: str, *, title: str = "") -> str:
    """The code of an address as SVG, dark on white, quiet zone included; a `title` makes it readable aloud."""
    out = BytesIO()
    _symbol(url).save(
        out, kind="svg", border=_QUIET, dark=DARK, light="#FFFFFF", xmldecl=False, svgclass=None, lineclass=None,
        omitsize=True, title=title or None, unit="", nl=False,
    )  # fmt: skip
    return out.getvalue().decode()


def qr_png(url: str, *, side: int = 1200) -> bytes:
    """The code of an address as PNG of about `side` pixels (a whole number of pixels a module)."""
    symbol, out = _symbol(url), BytesIO()
    modules = symbol.symbol_size(border=_QUIET)[0]
    symbol.save(out, kind="png", border=_QUIET, scale=max(side // modules, 2), dark=DARK, light="#FFFFFF")
    return out.getvalue()
