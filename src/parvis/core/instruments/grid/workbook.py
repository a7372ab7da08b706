"""A spreadsheet file to sheets of rows: bombs and noise refused, headers checked, row numbers kept."""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from pyxform.xls2json_backends import DefinitionData, get_xlsform

from parvis.core.vocabulary import Fault, ParvisError, Text

MOST_BYTES = 5_000_000
MOST_UNPACKED = 40_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 300
READ = (".xlsx", ".ods", ".csv", ".md")
SHEETS = ("survey", "choices", "settings")

OUR_SURVEY_COLUMNS = (
    "criterion",
    "determinant",
    "stage",
    "weight",
    "source",
    "critical",
    "subjective",
    "score_bands",
    "delay",
    "measure",
)
_COLUMNS = {
    "survey": (
        *OUR_SURVEY_COLUMNS,
        *("type", "name", "label", "hint", "guidance_hint", "appearance", "required", "required_message"),
        *("relevant", "relevance", "constraint", "constraint_message", "calculation", "calculate", "choice_filter"),
        *("parameters", "default", "read_only", "readonly", "repeat_count", "trigger", "disabled", "image", "audio"),
        *("video", "big-image", "media", "bind", "body", "control", "instance", "save_to", "command", "tag"),
        *("value", "caption", "count", "rows", "autoplay", "noapperrorstring", "no_app_error_string", "requiredmsg"),
        *("constraining_message", "intent", "query"),
    ),
    "choices": (
        *("list_name", "list name", "name", "value", "label", "caption", "score", "image", "audio", "video"),
        *("big-image", "media"),
    ),
    "settings": (
        *("form_title", "form_id", "id_string", "title", "version", "default_language", "channel", "name", "style"),
        *("public_key", "submission_url", "instance_name", "auto_send", "auto_delete", "allow_choice_duplicates"),
        *("namespaces", "clean_text_values", "prefix", "compact_prefix", "client_editable", "omit_instanceid"),
        *("instance_xmlns", "attribute", "add_none_option", "sms_keyword", "sms_separator", "delimiter"),
    ),
}
_SPELLINGS = {
    "relevance": "relevant",
    "calculate": "calculation",
    "command": "type",
    "tag": "name",
    "value": "name",
    "caption": "label",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "list name": "list_name",
    "id_string": "form_id",
    "title": "form_title",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number as spreadsheets count, and its cells by column."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def words(self, column: str, default_language: str) -> dict[str, str]:
        """A translatable column by language code: `label`, `label::French (fr)`, …"""
        found = {}
        for header, cell in self.cells.items():
            base, _, language = header.partition("::")
            if base.strip() == column and cell.strip():
                found[language_code(language) if language else default_language] = cell.strip()
        return found

    def fault(self, code: str, what: Text, remedy: Text, column: str = "") -> Fault:
        where = {"sheet": self.sheet, "row": str(self.number)}
        return Fault(code, what, remedy, where | ({"column": column} if column else {}))


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of an XLSForm, as rows for us and as the definition that pyxform understands."""

    name: str
    sheets: Mapping[str, tuple[Row, ...]]
    definition: DefinitionData

    @property
    def stem(self) -> str:
        return re.sub(r"\W+", "_", Path(self.name).stem) or "form"

    @property
    def settings(self) -> Row:
        rows = self.sheets["settings"]
        return rows[0] if rows else Row("settings", 2, {})

    def headers(self, sheet: str) -> list[str]:
        header: Sequence[Mapping[str, Any]] = getattr(self.definition, f"{sheet}_header") or [{}]
        return [name for name in header[0] if name] if header else []


def open_workbook(source: str | Path | bytes, name: str = "") -> Workbook:
    """The sheets of an .xlsx, .ods, .csv or .md file, given by its path or by its bytes and its name.

    Raises ParvisError when the file is absent, too big once unpacked, damaged, or no spreadsheet at all.
    """
    if isinstance(source, bytes):
        content = source
    else:
        name = name or Path(source).name
        content = _content(Path(source))
    suffix = Path(name).suffix.lower()
    if suffix not in READ:
        raise ParvisError(
            _file_fault(
                name,
                "file_kind",
                f"l’extension « {suffix} » n’est pas lue.",
                f"the extension “{suffix}” is not read.",
                f"Donnez un fichier {', '.join(READ)}.",
                f"Give a file among {', '.join(READ)}.",
            )
        )
    if len(content) > MOST_BYTES:
        raise ParvisError(_too_big(name))
    if suffix in (".xlsx", ".ods"):
        _check_archive(content, name)
    definition = _definition(content, name, suffix)
    sheets = {sheet: tuple(_rows(sheet, getattr(definition, sheet) or ())) for sheet in SHEETS}
    workbook = Workbook(name, sheets, definition)
    oversized = [s for s in SHEETS if len(sheets[s]) > MOST_ROWS or len(workbook.headers(s)) > MOST_COLUMNS]
    if oversized:
        raise ParvisError(_too_big(name))
    return workbook


def header_faults(workbook: Workbook) -> list[Fault]:
    """Columns whose name is nearly that of a known one: case, spaces or a slip would make them silently unread."""
    faults = []
    for sheet in SHEETS:
        for header in workbook.headers(sheet):
            base = header.split("::")[0] if "::" in header else header.split(":")[0]
            meant = _meant(base, _COLUMNS[sheet])
            if meant is not None:
                faults.append(
                    Fault(
                        "column_misspelt",
                        Text(f"la colonne « {header} » ne serait pas lue.", f"column “{header}” would not be read."),
                        Text(f"Écrivez « {meant} ».", f"Write “{meant}”."),
                        {"sheet": sheet, "row": "1", "column": header},
                    )
                )
    return faults


def ignored_columns(workbook: Workbook) -> tuple[str, ...]:
    """Columns of the survey sheet that nobody reads, told to whoever checks the file."""
    known = _COLUMNS["survey"]
    return tuple(h for h in workbook.headers("survey") if h.split("::")[0].split(":")[0] not in known)


def language_code(language: str) -> str:
    """The code of a language as XLSForms write it.

    >>> language_code("Français facile (fr-x-falc)"), language_code("English"), language_code("uk")
    ('fr-x-falc', 'en', 'uk')
    """
    language = language.strip()
    coded = re.search(r"\(([A-Za-z]{2,3}(?:-[\w-]+)?)\)\s*$", language)
    if coded:
        return coded.group(1)
    return _LANGUAGES.get(language.lower(), re.sub(r"[^a-z0-9-]+", "-", language.lower()).strip("-") or "fr")


_LANGUAGES = {
    **dict.fromkeys(("french", "français", "francais"), "fr"),
    **dict.fromkeys(("english", "anglais"), "en"),
    **dict.fromkeys(("spanish", "español", "espagnol"), "es"),
    **dict.fromkeys(("german", "deutsch", "allemand"), "de"),
    **dict.fromkeys(("portuguese", "português", "portugais"), "pt"),
    **dict.fromkeys(("arabic", "العربية", "arabe"), "ar"),
    **dict.fromkeys(("ukrainian", "українська", "ukrainien"), "uk"),
}


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ParvisError(_too_big(path.name))
        return path.read_bytes()
    except OSError as error:
        raise ParvisError(
            _file_fault(
                path.name,
                "file_absent",
                "ce fichier ne peut pas être ouvert.",
                "this file cannot be opened.",
                "Vérifiez le chemin.",
                "Check the path.",
            )
        ) from error


def _check_archive(content: bytes, name: str) -> None:
    """Refuse an archive that would unpack to far more than it weighs, or that carries XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > 1000 or sum(member.file_size for member in members) > MOST_UNPACKED:
                raise ParvisError(_too_big(name))
            for member in members:
                with archive.open(member) as stream:
                    if b"<!DOCTYPE" in stream.read(2000):
                        raise ParvisError(_damaged(name))
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError) as error:  # RuntimeError: encrypted
        raise ParvisError(_damaged(name)) from error


def _definition(content: bytes, name: str, suffix: str) -> DefinitionData:
    try:
        definition = get_xlsform(_from_ods(content)) if suffix == ".ods" else get_xlsform(content, file_type=suffix)
    except Exception as error:  # whatever a reader of spreadsheets raises on a bad file, the file is what is wrong
        raise ParvisError(_damaged(name, str(error))) from error
    if not definition.survey:
        raise ParvisError(_no_survey(name))
    return definition


def _from_ods(content: bytes) -> dict[str, Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found: dict[str, Any] = {"sheet_names": list(book.sheet_names)}
    for sheet in book.sheet_names:
        if sheet.lower() not in SHEETS:
            continue
        table = [
            [_cell(cell) for cell in row] for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        ]
        header = table[0] if table else []
        found[sheet.lower()] = [
            {title: cell for title, cell in zip(header, row, strict=False) if title and cell} for row in table[1:]
        ]
        found[f"{sheet.lower()}_header"] = [dict.fromkeys(title for title in header if title)]
    return found


def _cell(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return str(cell).upper()
    return str(cell).replace("\u00a0", " ").strip()


def _rows(sheet: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    for number, cells in enumerate(rows, start=2):
        yield Row(sheet, number, {_spelling(header): str(cell) for header, cell in cells.items() if cell is not None})


def _spelling(header: str) -> str:
    base, separator, language = header.partition("::")
    base = base.strip()
    if base in ("bind", "control", "body") and language in ("relevant", "required", "constraint", "calculate"):
        return _SPELLINGS.get(language, language)
    if not separator and ":" in header and not header.startswith("jr:"):
        base, separator, language = header.partition(":")
        separator = "::"
    return _SPELLINGS.get(base, base) + separator + language


def _meant(header: str, known: Sequence[str]) -> str | None:
    if header in known:
        return None
    plain = re.sub(r"[\s-]+", "_", header.strip().lower())
    if plain in known:
        return plain
    near = difflib.get_close_matches(plain, known, n=1, cutoff=0.85)
    return near[0] if near else None


def _too_big(name: str) -> Fault:
    return _file_fault(
        name,
        "file_too_big",
        f"ce classeur dépasse {MOST_BYTES // 1_000_000} Mo, {MOST_ROWS} lignes ou {MOST_COLUMNS} colonnes.",
        f"this workbook is over {MOST_BYTES // 1_000_000} MB, {MOST_ROWS} rows or {MOST_COLUMNS} columns.",
        "Une grille tient en quelques centaines de lignes : copiez-la dans un classeur neuf.",
        "A grid holds in a few hundred rows: copy it into a new workbook.",
    )


def _damaged(name: str, detail: str = "") -> Fault:
    told = f" ({detail[:200]})" if detail else ""
    return _file_fault(
        name,
        "file_unreadable",
        f"ce fichier n’est pas un classeur lisible{told}.",
        f"this file is not a readable workbook{told}.",
        "Ouvrez-le dans un tableur et enregistrez-le de nouveau en .xlsx.",
        "Open it in a spreadsheet program and save it again as .xlsx.",
    )


def _no_survey(name: str) -> Fault:
    return _file_fault(
        name,
        "sheet_absent",
        "il manque une feuille « survey » avec des questions.",
        "a sheet “survey” with questions is missing.",
        "Nommez ainsi la feuille des questions ; ses colonnes commencent par type, name, label.",
        "Name the sheet of questions so; its columns begin with type, name, label.",
    )


def _file_fault(name: str, code: str, fr: str, en: str, remedy_fr: str, remedy_en: str) -> Fault:
    return Fault(code, Text(fr, en), Text(remedy_fr, remedy_en), {"file": name} if name else {})
