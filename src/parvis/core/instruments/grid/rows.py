"""One row of the survey sheet at a time: its kind, its logic, its scoring; all its faults."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parvis.core.instruments.expressions import ExpressionRefused, compile_expression
from parvis.core.instruments.form import QuestionKind, Tree
from parvis.core.instruments.grid.scoring import Scoring, read_scoring
from parvis.core.instruments.grid.workbook import Row, Workbook
from parvis.core.vocabulary import Fault, Text

_KINDS = {
    **dict.fromkeys(("text", "string"), QuestionKind.TEXT),
    **dict.fromkeys(("integer", "int"), QuestionKind.INTEGER),
    **dict.fromkeys(("decimal", "range"), QuestionKind.DECIMAL),
    "date": QuestionKind.DATE,
    "time": QuestionKind.TIME,
    **dict.fromkeys(("datetime", "date time"), QuestionKind.MOMENT),
    "note": QuestionKind.NOTE,
    **dict.fromkeys(("calculate", "hidden"), QuestionKind.CALCULATION),
    **dict.fromkeys(("image", "photo"), QuestionKind.PHOTO),
    **dict.fromkeys(("acknowledge", "trigger"), QuestionKind.CONFIRMATION),
    **dict.fromkeys(("start", "end", "today"), QuestionKind.RECORDED),
}
_NO_SOUND = Text("Parvis ne garde ni son ni vidéo.", "Parvis keeps neither sound nor video.")
_NO_IDENTITY = Text("Parvis ne relève pas qui répond.", "Parvis does not record who answers.")
_NO_POSITION = Text("Parvis ne relève pas où l’on se trouve.", "Parvis does not record where one stands.")
_NO_REPEAT = Text(
    "Un contact remplit une seule fois chaque question : écrivez autant de questions que nécessaire.",
    "A contact fills each question once: write as many questions as needed.",
)
_NO_LIST_ELSEWHERE = Text("Écrivez les choix dans la feuille choices.", "Write the choices in sheet choices.")
_REFUSED = {
    **dict.fromkeys(("audio", "video", "background-audio"), _NO_SOUND),
    **dict.fromkeys(("deviceid", "imei", "phonenumber", "simserial", "subscriberid"), _NO_IDENTITY),
    **dict.fromkeys(("username", "email", "audit", "uri:username", "uri:phonenumber"), _NO_IDENTITY),
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "gps", "location"), _NO_POSITION),
    **dict.fromkeys(("start-geopoint", "background-geopoint"), _NO_POSITION),
    **dict.fromkeys(("xml-external", "csv-external", "select_one_external"), _NO_LIST_ELSEWHERE),
    **dict.fromkeys(("select_one_from_file", "select_multiple_from_file"), _NO_LIST_ELSEWHERE),
    "rank": Text("Posez un select_one.", "Ask a select_one."),
}
_SELECT = re.compile(
    r"^(select_one|select one from|select one|select1|add select one prompt using"
    r"|select_multiple|select all that apply from|select all that apply|add select multiple prompt using)"
    r" (\S+)(?: (or_other|or other|or specify other))?$"
)
_CONTROL = re.compile(r"^(begin|end)[ _](group|repeat|lgroup|loop|looped group)( .*)?$")
_UNREAD = {
    "choice_filter": Text(
        "Séparez la question en plusieurs, chacune avec son relevant.",
        "Split the question into several, each with its relevant.",
    ),
    "trigger": Text("Retirez cette colonne.", "Remove this column."),
    "repeat_count": _NO_REPEAT,
}
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


@dataclass(slots=True)
class Draft:
    """What one survey row says by itself, before the form is put together."""

    row: Row
    kind: QuestionKind | None = None  # None: the beginning or the end of a group
    list_name: str = ""
    or_other: bool = False
    logic: dict[str, Tree] = field(default_factory=dict)
    scoring: Scoring = field(default_factory=Scoring)
    faults: list[Fault] = field(default_factory=list)


def read_rows(workbook: Workbook) -> list[Draft]:
    """A draft of every row that holds something, with its faults."""
    drafts = [_draft(row) for row in workbook.sheets["survey"] if _is_used(row)]
    _names_twice(drafts)
    _codes_twice(drafts)
    return drafts


def _is_used(row: Row) -> bool:
    disabled = row["disabled"].lower() in ("yes", "true", "true()")
    return bool(row["type"] or row["name"]) and not disabled


def _draft(row: Row) -> Draft:
    draft = Draft(row)
    _read_kind(draft)
    for column in ("relevant", "required", "constraint", "calculation"):
        if row[column]:
            _read_logic(draft, column)
    if draft.kind is not None:
        draft.scoring = read_scoring(row)
        draft.faults.extend(draft.scoring.faults)
        _check_words(draft)
    for column, remedy in _UNREAD.items():
        if row[column]:
            what = Text(f"la colonne {column} n’est pas lue ici.", f"column {column} is not read here.")
            draft.faults.append(row.fault("column_unread", what, remedy, column))
    return draft


def _read_kind(draft: Draft) -> None:
    row = draft.row
    written = re.sub(r"\s+", " ", row["type"])
    if control := _CONTROL.match(written.lower()):
        if control.group(2) != "group":
            what = Text("les groupes répétés ne sont pas lus.", "repeated groups are not read.")
            if control.group(1) == "begin":
                draft.faults.append(row.fault("type_refused", what, _NO_REPEAT, "type"))
        return
    if select := _SELECT.match(written):
        draft.kind = QuestionKind.CHOICE if "one" in select.group(1) or "1" in select.group(1) else QuestionKind.CHOICES
        draft.list_name, draft.or_other = select.group(2), select.group(3) is not None
        if draft.list_name.startswith("${"):
            draft.faults.append(_type_refused(row, _NO_LIST_ELSEWHERE))
        return
    draft.kind = _KINDS.get(written) or _KINDS.get(written.lower()) or QuestionKind.TEXT
    if written.lower() not in _KINDS:
        first = written.split(" ")[0].lower()
        remedy = _REFUSED.get(written.lower()) or _REFUSED.get(first)
        draft.faults.append(_type_refused(row, remedy) if remedy else _type_unknown(row))


def _read_logic(draft: Draft, column: str) -> None:
    cell = draft.row[column].translate(_STRAIGHT)
    if column == "required" and cell.lower() in ("yes", "true", "no", "false"):
        if cell.lower() in ("yes", "true"):
            draft.logic[column] = True
        return
    try:
        draft.logic[column] = compile_expression(cell)
    except ExpressionRefused as error:
        draft.faults.append(
            draft.row.fault(
                "expression",
                Text(f"l’expression « {cell} » est refusée : {error.fr}.", f"“{cell}” is refused: {error.en}."),
                Text("Corrigez-la ou simplifiez-la.", "Correct or simplify it."),
                column,
            )
        )


def _check_words(draft: Draft) -> None:
    row = draft.row
    words = row.words("label", "fr")
    silent = draft.kind in (QuestionKind.CALCULATION, QuestionKind.RECORDED)
    if not silent and not words and not row.words("hint", "fr"):
        what = Text("cette question n’a pas de libellé.", "this question has no label.")
        remedy = Text("Remplissez label dans chaque langue.", "Fill label in each language.")
        draft.faults.append(row.fault("label_absent", what, remedy, "label"))
    if any("${" in text for text in (*words.values(), *row.words("hint", "fr").values())):
        what = Text("ce libellé reprend une réponse (${…}).", "this label quotes an answer (${…}).")
        remedy = Text("Écrivez un libellé fixe.", "Write a fixed label.")
        draft.faults.append(row.fault("label_quotes", what, remedy, "label"))
    if re.search(r"\w\(|\$\{", row["default"]):
        what = Text("cette valeur par défaut se calcule.", "this default is computed.")
        remedy = Text("Donnez une valeur fixe, ou posez un calculate.", "Give a fixed value, or use a calculate.")
        draft.faults.append(row.fault("default_computed", what, remedy, "default"))


def _names_twice(drafts: list[Draft]) -> None:
    seen: dict[str, int] = {}
    for draft in drafts:
        name = draft.row["name"]
        if not name or draft.row["type"].lower().startswith("end"):
            continue
        if name in seen:
            what = Text(
                f"le nom « {name} » sert déjà ligne {seen[name]}.",
                f"name “{name}” is already used on row {seen[name]}.",
            )
            remedy = Text("Un nom ne sert qu’une fois par formulaire.", "A name is used once in a form.")
            draft.faults.append(draft.row.fault("name_twice", what, remedy, "name"))
        seen.setdefault(name, draft.row.number)


def _codes_twice(drafts: list[Draft]) -> None:
    seen: dict[str, int] = {}
    for draft in drafts:
        code = draft.scoring.code
        if code and code in seen:
            what = Text(
                f"le critère « {code} » existe déjà ligne {seen[code]}.",
                f"criterion “{code}” exists on row {seen[code]}.",
            )
            remedy = Text("Donnez un code à chaque critère.", "Give each criterion its own code.")
            draft.faults.append(draft.row.fault("criterion_twice", what, remedy, "criterion"))
        seen.setdefault(code, draft.row.number)


def _type_refused(row: Row, remedy: Text) -> Fault:
    what = Text(f"le type « {row['type']} » n’est pas accepté.", f"type “{row['type']}” is not accepted.")
    return row.fault("type_refused", what, remedy, "type")


def _type_unknown(row: Row) -> Fault:
    what = Text(f"le type « {row['type']} » est inconnu.", f"type “{row['type']}” is unknown.")
    remedy = Text(
        "Types lus : select_one LISTE, select_multiple LISTE, integer, decimal, range, text, date, time, dateTime, "
        "image, acknowledge, note, calculate, begin group, end group.",
        "Types read: select_one LIST, select_multiple LIST, integer, decimal, range, text, date, time, dateTime, "
        "image, acknowledge, note, calculate, begin group, end group.",
    )
    return row.fault("type_unknown", what, remedy, "type")
