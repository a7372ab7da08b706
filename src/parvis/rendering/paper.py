"""Printed pages: data and a template to PDF/UA, PNG or SVG, with our own typeface alone, equal data to equal bytes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.rendering.charts import Chart, Table
from parvis.rendering.charts.drawing import text_width

FOLDER = Path(__file__).resolve().parent
TEMPLATES, FONTS = FOLDER / "templates", FOLDER / "fonts"
REPLACEMENT = "□"
# letters that the second typeface (embedded in typst) shows: Greek and Cyrillic
_OTHER_LETTERS = frozenset(map(chr, (*range(0x391, 0x3A2), *range(0x3A3, 0x3CA), *range(0x400, 0x460))))
_DROPPED = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\ufe0e\ufe0f")


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """A tagged PDF/UA-1 of `templates/TEMPLATE.typ` filled with `data` (JSON; title and language are required).

    Signs that our typeface lacks are replaced, so that a verbatim never makes a report fail.
    """
    return _compiled(template, data, format="pdf", pdf_standards=["ua-1"])


def pages(content: bytes) -> int:
    """How many pages a PDF of ours has."""
    count = re.search(rb"/Type/Pages/Count (\d+)", content)
    return int(count[1]) if count else 0


def png(template: str, data: Mapping[str, Any], *, pixels_per_inch: float) -> bytes:
    """The same as a picture of its first page."""
    return _compiled(template, data, format="png", ppi=pixels_per_inch)


def pngs(template: str, data: Mapping[str, Any], *, pixels_per_inch: float) -> list[bytes]:
    """Every page as a picture, laid out once."""
    return _made(_compiler(template, data), format="png", ppi=pixels_per_inch)


def pngs_and_svgs(template: str, data: Mapping[str, Any], *, pixels_per_inch: float) -> tuple[list[bytes], list[str]]:
    """Every page as a picture and as a drawing, letters drawn as shapes; laid out once for both."""
    compiler = _compiler(template, data)
    drawn = _made(compiler, format="svg")
    return _made(compiler, format="png", ppi=pixels_per_inch), [each.decode() for each in drawn]


def shown(words: str) -> str:
    """Words with each sign that we cannot print replaced: by its base letter when it has one, else by □.

    >>> shown("Merci 😀 – ﬁn, ✓"), shown("Привет, Ξ")
    ('Merci □ – fin, ✓', 'Привет, Ξ')
    """
    if _printable(words):
        return words
    return "".join(_shown_sign(sign) for sign in unicodedata.normalize("NFC", words) if sign not in _DROPPED)


def _shown_sign(sign: str) -> str:
    if sign in _signs():
        return sign
    base = "".join(one for one in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(one))
    if base and _printable(base):
        return base
    return " " if unicodedata.category(sign) in ("Zs", "Cc", "Zl", "Zp") else REPLACEMENT


def _printable(words: str) -> bool:
    return _signs().issuperset(words)


@lru_cache(maxsize=1)
def _signs() -> frozenset[str]:
    return frozenset((FONTS / "signs.txt").read_text("utf-8")) | {"\n", "\t"} | _OTHER_LETTERS


@lru_cache(maxsize=1)
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def _compiled(template: str, data: Mapping[str, Any], **options: Any) -> bytes:
    """The whole document, or its first page where a format knows no others."""
    return _made(_compiler(template, data), **options)[0]


def _compiler(template: str, data: Mapping[str, Any]) -> typst.Compiler:
    return typst.Compiler(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_all_shown(data), ensure_ascii=False)},
    )


def _made(compiler: typst.Compiler, **options: Any) -> list[bytes]:
    try:
        made = compiler.compile(timestamp=0, **options)
    except typst.TypstError as error:
        raise ParvisError(
            Fault(
                "document_failed",
                Text(f"ce document n’a pas pu être composé ({error}).", f"this document could not be made ({error})."),
                Text("Signalez-le avec le modèle et la structure concernés.", "Report it with its template."),
            )
        ) from error
    pages = made if isinstance(made, list) else [made]
    return [bytes(page or b"") for page in pages]


def _all_shown(thing: Any) -> Any:
    if isinstance(thing, str):
        return shown(thing)
    if isinstance(thing, Mapping):
        return {key: _all_shown(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_all_shown(one) for one in thing]
    return thing


# --- blocks of a report ---------------------------------------------------------------------------------------------

Block = dict[str, Any]


def heading(text: str, level: int = 2) -> Block:
    return {"kind": "heading", "text": text, "level": level}


def paragraph(text: str) -> Block:
    return {"kind": "paragraph", "text": text}


def note(text: str) -> Block:
    return {"kind": "note", "text": text}


def chart(drawn: Chart, width: float = 640, *, sentence: bool = True) -> Block:
    """A chart drawn for paper: `width` is that of its drawing, which then fills its column."""
    return {
        "kind": "chart",
        "svg": drawn.at(width),
        "alt": drawn.sentence,
        "sentence": drawn.sentence if sentence else "",
    }


def table(given: Table, widths: tuple[float, ...] = (), *, size: float = 9, caption: bool = True) -> Block:
    """A table; `widths` are shares of the line (0: as wide as its words), by default the first column takes all."""
    rows = [list(row) for row in given.rows]
    shares = widths or (1, *(0 for _ in given.columns[1:]))
    numeric = [all(_is_number(row[at]) for row in rows) for at in range(len(given.columns))]
    return {
        "kind": "table",
        "caption": given.caption if caption else "",
        "columns": list(given.columns),
        "rows": rows,
        "numeric": numeric,
        "widths": [share or _column_width(given, at, size) for at, share in enumerate(shares)],
        "size": size,
    }


def _column_width(given: Table, at: int, size: float) -> float:
    """Points that the widest words of a column need: fixed widths spare the typesetter a layout of every cell."""
    words = [text_width(row[at], size) for row in given.rows] + [text_width(given.columns[at], size, bold=True)]
    return round(min(max(words), 190) + 9, 1)


def _is_number(cell: str) -> bool:
    return all(sign in "0123456789,.+−–—% \u202f\u00a0" for sign in cell)
