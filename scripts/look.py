"""Refresh the look that we ship: govuk-frontend's CSS without its brand, and our typeface. Maintenance only.

    npm pack govuk-frontend@6.6.0 && npm pack @expo-google-fonts/atkinson-hyperlegible-next@0.4.1
    uv run --with fonttools --with brotli scripts/look.py govuk-frontend-6.6.0.tgz expo-google-fonts-….tgz

From govuk-frontend (MIT) we keep the compiled CSS alone. Its reserved typeface, its crown, crest and images and the
components that we do not use go away, and its hard-coded greys become custom properties, so that light, dark and an
edition's own colours are settings. The typeface is Atkinson Hyperlegible Next (OFL, no reserved name) with the few
signs that our figures need and that it lacks, under another name, since it is no longer the original.
"""

from __future__ import annotations

import math
import re
import sys
import tarfile
from io import BytesIO
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent.parent
STATIC = HERE / "src/parvis/web/static"
FONTS = HERE / "src/parvis/rendering/fonts"
FAMILY = "Parvis Sans"

UNUSED = (
    "accordion", "cookie-banner", "exit-this-page", "feedback", "generic-header", "govuk-header", "logo-dot", "crest",
    "file-upload-button", "language-navigation", "tabs", "copyright-logo", "licence-logo", "password-input",
    "pagination--block", "task-list", "phase-banner",
)  # fmt: skip
COLOURS = {
    "#f3f3f3": "var(--pv-quiet,#f3f3f3)",
    "#858686": "var(--pv-quiet-edge,#858686)",
    "#0b0c0c": "var(--govuk-text-colour,#0b0c0c)",
    "#cecece": "var(--govuk-hover-colour,#cecece)",
    "#083d29": "var(--govuk-text-colour,#0b0c0c)",
    "#651b1b": "var(--govuk-error-colour,#ca3535)",
}


def main(govuk: str, typeface: str) -> None:
    (STATIC / "css").mkdir(parents=True, exist_ok=True)
    (STATIC / "css/govuk.css").write_text(rebranded(_member(govuk, "govuk-frontend.min.css").decode()), "utf-8")
    for weight, name in (("400Regular", "regular"), ("700Bold", "bold")):
        make_font(_member(typeface, f"/{weight}/AtkinsonHyperlegibleNext_{weight}.ttf"), name)
    (FONTS / "OFL.txt").write_bytes(_member(typeface, "LICENSE_FONT"))
    (STATIC / "fonts/OFL.txt").write_bytes(_member(typeface, "LICENSE_FONT"))


def rebranded(css: str) -> str:
    """govuk-frontend's CSS without typeface, crest and unused components, greys as custom properties."""
    css = re.sub(r"/\*!.*?\*/", "", css, flags=re.S)
    css = re.sub(r"/\*#.*?\*/", "", css, flags=re.S)
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", "var(--pv-font,sans-serif)")
    root, _, rules = css.partition("@media print{:root")
    rules = "@media print{:root" + rules
    previous = ""
    while previous != rules:
        previous = rules
        rules = re.sub(r"(?<=[{}])([^{}@]+)\{[^{}]*\}", _kept, rules)
        rules = re.sub(r"@(?:media|supports)[^{}]*\{\}", "", rules)
    rules = re.sub(r"(?<=[{;])([a-z-]+:)([^;{}]*)", _recoloured, rules)
    notice = (
        "/*! govuk-frontend 6.6.0, MIT, (c) Crown Copyright (Government Digital Service); modified, see NOTICE */\n"
    )
    return notice + root + rules + "\n"


def _kept(match: re.Match[str]) -> str:
    selectors = [one for one in match[1].split(",") if not any(word in one for word in UNUSED)]
    return f"{','.join(selectors)}{match[0][len(match[1]) :]}" if selectors else ""


def _recoloured(match: re.Match[str]) -> str:
    value = match[2]
    if "var(" not in value:
        for hard, soft in COLOURS.items():
            value = value.replace(hard, soft)
    return match[1] + value


def make_font(source: bytes, name: str) -> None:
    """The typeface with our added signs: TTF for paper, WOFF2 for screens, and the list of what it can show."""
    font = TTFont(BytesIO(source), recalcTimestamp=False, lazy=False)
    font["glyf"].ensureDecompiled()
    bold = name == "bold"
    space = font["hmtx"]["space"][0]
    for code, width in ((0x202F, 0.75), (0x2009, 0.75), (0x200A, 0.4)):
        _add(font, code, TTGlyphPen(None), round(space * width))
    for code, (strokes, width) in _strokes(92 if bold else 62).items():
        pen = TTGlyphPen(None)
        for polygon in strokes:
            _polygon(pen, polygon)
        _add(font, code, pen, width)
    _rename(font, bold)
    FONTS.mkdir(parents=True, exist_ok=True)
    (STATIC / "fonts").mkdir(parents=True, exist_ok=True)
    font.save(FONTS / f"parvis-sans-{name}.ttf")
    if not bold:
        codes = sorted(code for code in font.getBestCmap() if code >= 0x20)
        (FONTS / "signs.txt").write_text("".join(chr(code) for code in codes), "utf-8")
    font.flavor = "woff2"
    font.save(STATIC / f"fonts/parvis-sans-{name}.woff2")


Point = tuple[float, float]


def _strokes(weight: int) -> dict[int, tuple[list[list[Point]], int]]:
    """Arrows, ticks and marks as polygons (1000 units an em), and their widths."""
    right = [
        _bar((70, 330), (640, 330), weight),
        _bar((420, 540), (650, 330), weight),
        _bar((420, 120), (650, 330), weight),
    ]
    signs: dict[int, tuple[list[list[Point]], int]] = {}
    for code, turn in ((0x2192, 0), (0x2197, 45), (0x2191, 90), (0x2190, 180), (0x2193, 270), (0x2198, 315)):
        signs[code] = ([[_turned(point, turn) for point in bar] for bar in right], 720)
    signs[0x2713] = ([_bar((90, 300), (260, 110), weight), _bar((240, 110), (600, 610), weight)], 680)
    signs[0x2717] = ([_bar((110, 110), (530, 560), weight), _bar((530, 110), (110, 560), weight)], 640)
    signs[0x25CF] = ([[_on_circle(330, 330, 230, step * 15) for step in range(24)]], 660)
    signs[0x25B2] = ([[(70, 110), (330, 580), (590, 110)]], 660)
    signs[0x25BC] = ([[(70, 550), (590, 550), (330, 80)]], 660)
    signs[0x25A0] = ([[(110, 110), (110, 550), (550, 550), (550, 110)]], 660)
    edge = [[(110, 110), (110, 550), (550, 550), (550, 110)], [(170, 170), (490, 170), (490, 490), (170, 490)]]
    signs[0x25A1] = (edge, 660)
    signs[0x25C6] = ([[(330, 60), (60, 330), (330, 600), (600, 330)]], 660)
    return signs


def _bar(start: Point, end: Point, weight: float) -> list[Point]:
    length = math.dist(start, end) or 1
    across = ((end[1] - start[1]) / length * weight / 2, -(end[0] - start[0]) / length * weight / 2)
    return [
        (start[0] + across[0], start[1] + across[1]),
        (start[0] - across[0], start[1] - across[1]),
        (end[0] - across[0], end[1] - across[1]),
        (end[0] + across[0], end[1] + across[1]),
    ]


def _turned(point: Point, degrees: float) -> Point:
    angle, x, y = math.radians(degrees), point[0] - 360, point[1] - 330
    return 360 + x * math.cos(angle) - y * math.sin(angle), 330 + x * math.sin(angle) + y * math.cos(angle)


def _on_circle(x: float, y: float, radius: float, degrees: float) -> Point:
    angle = -math.radians(degrees)
    return x + radius * math.cos(angle), y + radius * math.sin(angle)


def _polygon(pen: TTGlyphPen, points: list[Point]) -> None:
    pen.moveTo((round(points[0][0]), round(points[0][1])))
    for x, y in points[1:]:
        pen.lineTo((round(x), round(y)))
    pen.closePath()


def _add(font: TTFont, code: int, pen: TTGlyphPen, width: int) -> None:
    name = f"parvis{code:04X}"
    font["glyf"][name] = pen.glyph()  # also ends the glyph order
    font["hmtx"][name] = (width, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name


def _rename(font: TTFont, bold: bool) -> None:
    style = "Bold" if bold else "Regular"
    names = {1: FAMILY, 2: style, 3: f"2.001;PRVS;ParvisSans-{style}", 4: f"{FAMILY} {style}", 6: f"ParvisSans-{style}"}
    for record in list(font["name"].names):
        if record.nameID in (16, 17, 21, 22):
            font["name"].removeNames(nameID=record.nameID)
        elif record.nameID in names:
            record.string = names[record.nameID]
        elif record.nameID == 5:
            record.string = "Version 2.001; signs added for Parvis"


def _member(archive: str, ending: str) -> bytes:
    with tarfile.open(archive) as tar:
        name = next(name for name in tar.getnames() if name.endswith(ending))
        stream = tar.extractfile(name)
        if stream is None:
            raise SystemExit(f"{ending} is not a file of {archive}")
        return stream.read()


if __name__ == "__main__":
    main(*sys.argv[1:3])
