"""Redraw the icons of the installed application (PNG, ICO) from the mark. Maintenance only: python scripts/icons.py"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

IMAGES = Path(__file__).resolve().parent.parent / "src/parvis/web/static/img"
INK, STONE = "#16324F", "#F6F3EE"


def mark(size: int, margin: float) -> Image.Image:
    """The arch and its three steps in stone on an ink ground, drawn four times larger then reduced."""
    big = size * 4
    image = Image.new("RGB", (big, big), INK)
    draw = ImageDraw.Draw(image)
    unit = big * (1 - 2 * margin) / 32

    def at(*points: float) -> list[float]:
        return [big * margin + unit * point for point in points]

    draw.ellipse(at(8, 2, 24, 18), fill=STONE)
    draw.rectangle(at(8, 10, 24, 18), fill=STONE)
    draw.ellipse(at(12, 6, 20, 14), fill=INK)
    draw.rectangle(at(12, 10, 20, 18.2), fill=INK)
    for left, top in ((6, 20), (4, 24), (2, 28)):
        draw.rectangle(at(left, top, 32 - left, top + 2), fill=STONE)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    for size in (180, 192, 512):
        mark(size, 0.14).save(IMAGES / f"icon-{size}.png", optimize=True)
    mark(512, 0.22).save(IMAGES / "icon-maskable-512.png", optimize=True)
    mark(48, 0.08).save(IMAGES / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])


if __name__ == "__main__":
    main()
