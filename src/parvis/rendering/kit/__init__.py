"""The communication kit of a consultation: everything an organisation needs to invite its citizens to answer."""

from parvis.rendering.kit.codes import code_slips
from parvis.rendering.kit.making import Entry, Kit, make_kit, zipped_kit
from parvis.rendering.kit.printed import flyer, poster, poster_preview, qr_pdf
from parvis.rendering.kit.qr import qr_png, qr_svg

__all__ = [
    "Entry",
    "Kit",
    "code_slips",
    "flyer",
    "make_kit",
    "poster",
    "poster_preview",
    "qr_pdf",
    "qr_png",
    "qr_svg",
    "zipped_kit",
]
