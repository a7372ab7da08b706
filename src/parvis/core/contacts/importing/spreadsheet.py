"""The first sheet of an .xlsx, after making sure that it does not unfold beyond measure."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

from parvis.core.vocabulary import Fault, ParvisError, Text

LARGEST_UNPACKED = 400 << 20  # bytes of XML
MOST_CELLS = 20_000_000  # a reader keeps the whole rectangle in memory, even where it is empty
_REFERENCE = re.compile(rb'<(?:\w+:)?(?:c|dimension)\s[^>]*?ref?="(?:[A-Z]+\d+:)?([A-Z]{1,4})(\d{1,8})"')
_CHUNK = 1 << 20
_OVERLAP = 512


def read_sheet(path: Path) -> list[list[str | None]]:
    """Every row of the first sheet, cells as text, empty ones None; days in ISO form.

    Raises ParvisError when the file is damaged, or holds more XML or a wider rectangle than a table of contacts may.
    """
    _refuse_bombs(path)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        rows: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception as error:  # the reader has one error per kind of damage, all of them told alike
        raise ParvisError(_damaged(path)) from error
    return [[_text(cell) for cell in row] for row in rows]


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST_UNPACKED:
                raise ParvisError(_too_large(path))
            for info in archive.infolist():
                if info.filename.startswith("xl/worksheets/") and _rectangle(archive, info) > MOST_CELLS:
                    raise ParvisError(_too_large(path))
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError) as error:  # RuntimeError: encrypted, or packed oddly
        raise ParvisError(_damaged(path)) from error


def _rectangle(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    widest = tallest = 0
    tail = b""
    with archive.open(info) as stream:
        while block := stream.read(_CHUNK):
            for letters, digits in _REFERENCE.findall(tail + block):
                column = 0
                for letter in letters:
                    column = column * 26 + letter - 64
                widest, tallest = max(widest, column), max(tallest, int(digits))
            tail = block[-_OVERLAP:]
    return widest * tallest


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat()
    return str(cell).strip() or None


def _damaged(path: Path) -> Fault:
    return Fault(
        "file_cut",
        Text("ce classeur est abîmé ou coupé.", "this workbook is damaged or cut."),
        Text("Ouvrez-le, puis enregistrez-le à nouveau.", "Open it, then save it again."),
        {"file": path.name},
    )


def _too_large(path: Path) -> Fault:
    return Fault(
        "spreadsheet_too_large",
        Text(
            "une fois déplié, ce classeur dépasse ce qu’un tableau de contacts peut contenir.",
            "once unfolded, this workbook exceeds what a table of contacts may hold.",
        ),
        Text("Enregistrez la feuille en CSV UTF-8.", "Save the sheet as CSV UTF-8."),
        {"file": path.name},
    )
