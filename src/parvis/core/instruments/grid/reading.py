"""Rows and structure put together: pages, questions, criteria; or every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from parvis.core.instruments.expressions import compile_expression
from parvis.core.instruments.form import Choice, Grid, Measure, Page, Question, QuestionKind, Questionnaire, Tree
from parvis.core.instruments.grid.logic import reference_faults
from parvis.core.instruments.grid.rows import Draft, read_rows
from parvis.core.instruments.grid.scoring import choice_score, kind_faults
from parvis.core.instruments.grid.structure import ROW, convert
from parvis.core.instruments.grid.workbook import (
    Row,
    Workbook,
    header_faults,
    ignored_columns,
    language_code,
    open_workbook,
)
from parvis.core.vocabulary import Channel, Criterion, Fault, Outcome, ParvisError, Text


def read_grid(source: str | Path | bytes, name: str = "") -> Grid:
    """The grid of a channel, from an XLSForm with scoring columns and a `channel` in its settings.

    source: a path, or the bytes of a file whose `name` tells its kind (.xlsx, .ods, .csv, .md).
    Raises ParvisError with every fault at once, each with its sheet, row and remedy.
    """
    form = read_form(source, name)
    if isinstance(form, Grid):
        return form
    what = Text("ce formulaire n’est pas une grille.", "this form is not a grid.")
    remedy = Text(
        "Donnez un channel dans settings et un criterion à chaque ligne notée de survey.",
        "Give a channel in settings and a criterion to each scored row of survey.",
    )
    raise ParvisError(Fault("not_a_grid", what, remedy, {"sheet": "settings"}))


def read_questionnaire(source: str | Path | bytes, name: str = "") -> Questionnaire:
    """The questionnaire to citizens, from an XLSForm without criteria. Same arguments and faults as `read_grid`."""
    form = read_form(source, name)
    if isinstance(form, Questionnaire):
        return form
    what = Text("ce formulaire est une grille, pas un questionnaire.", "this form is a grid, not a questionnaire.")
    remedy = Text("Retirez channel et les critères.", "Remove channel and the criteria.")
    raise ParvisError(Fault("not_a_questionnaire", what, remedy, {"sheet": "settings"}))


def read_form(source: str | Path | bytes, name: str = "") -> Grid | Questionnaire:
    """A grid if the settings name a channel or a row names a criterion, else a questionnaire."""
    return read_workbook(open_workbook(source, name))


def read_workbook(workbook: Workbook) -> Grid | Questionnaire:
    """The form of an opened workbook. Raises ParvisError with every fault at once."""
    faults = header_faults(workbook)
    drafts = read_rows(workbook)
    language = default_language(workbook)
    lists = _choice_lists(workbook, {d.list_name for d in drafts if d.scoring.code}, language, faults)
    for draft in drafts:
        faults.extend(draft.faults)
        if draft.kind is not None and not draft.faults:
            choices = lists.get(draft.list_name, ())
            faults.extend(kind_faults(draft.row, draft.scoring, draft.kind, choices, draft.or_other))
    channel = _channel(workbook, drafts, faults)
    faults.extend(reference_faults(drafts))
    nested, refusals = convert(workbook)
    faults.extend(_untold(refusals, faults))
    if faults or nested is None:
        raise ParvisError(sorted(_once(faults), key=_reading_order))
    pages = _Assembly(drafts, lists, language, to_citizens=channel is None).pages(nested)
    return _form(workbook, pages, channel, drafts, language, nested)


def default_language(workbook: Workbook) -> str:
    """The code of the settings' default language, else French where the form speaks it, else its first language."""
    written = workbook.settings["default_language"]
    if written:
        return language_code(written)
    spoken = [language_code(h.split("::")[1]) for h in workbook.headers("survey") if h.startswith("label::")]
    return "fr" if "fr" in spoken or not spoken else spoken[0]


def _form(
    workbook: Workbook,
    pages: tuple[Page, ...],
    channel: Channel | None,
    drafts: Sequence[Draft],
    language: str,
    nested: Mapping[str, Any],
) -> Grid | Questionnaire:
    languages = dict.fromkeys(code for page in pages for q in page.questions for code in q.labels)
    shared: dict[str, Any] = {
        "code": str(nested.get("id_string") or workbook.stem),
        "version": str(nested.get("version") or ""),
        "titles": _titles(workbook.settings, language),
        "languages": (language, *(code for code in languages if code != language)),
        "pages": pages,
        "ignored_columns": ignored_columns(workbook),
    }
    if channel is None:
        return Questionnaire(**shared)
    criteria: list[Criterion] = [
        draft.scoring.criterion(channel, draft.row.words("label", language)) for draft in drafts if draft.scoring.code
    ]
    return Grid(**shared, channel=channel, criteria=tuple(criteria))


def _titles(settings: Row, language: str) -> dict[str, str]:
    """`form_title` in the default language; XLSForm cannot translate it, so ours are `title_en`, `title_es`, …"""
    ours = {column[6:]: cell.strip() for column, cell in settings.cells.items() if column.startswith("title_")}
    return {language: settings["form_title"], **ours} if settings["form_title"] else ours


class _Assembly:
    """Walks pyxform's nested form and builds pages, each node taking its words and logic from its own row."""

    def __init__(
        self, drafts: Sequence[Draft], lists: Mapping[str, tuple[Choice, ...]], language: str, *, to_citizens: bool
    ) -> None:
        self.to_citizens = to_citizens
        self.drafts = {draft.row.number: draft for draft in drafts}
        self.lists = lists
        self.language = language

    def pages(self, nested: Mapping[str, Any]) -> tuple[Page, ...]:
        pages: list[Page] = []
        loose: list[Question] = []
        silent: list[Question] = []  # recorded or computed outside any group: they ride on the first page
        for node in nested.get("children", ()):
            if node["type"] != "group":
                for question in self.questions(node, None):
                    shown = question.kind not in (QuestionKind.RECORDED, QuestionKind.CALCULATION)
                    (loose if shown else silent).append(question)
            elif ROW in node:
                self.close(loose, pages)
                pages.extend(self.group(node))
        self.close(loose, pages)
        if silent:
            first = pages.pop(0) if pages else Page("page", {}, ())
            pages.insert(0, replace(first, questions=(*silent, *first.questions)))
        return tuple(pages)

    def group(self, node: Mapping[str, Any]) -> Iterator[Page]:
        draft = self.drafts[int(node[ROW])]
        relevant = draft.logic.get("relevant")
        found = tuple(question for child in node.get("children", ()) for question in self.questions(child, relevant))
        if found:
            yield Page(node["name"], draft.row.words("label", self.language), found)

    def close(self, loose: list[Question], pages: list[Page]) -> None:
        """Questions outside any group that follow each other share a page, named after the first."""
        if loose:
            pages.append(Page(f"page_{loose[0].name}", {}, tuple(loose)))
            loose.clear()

    def questions(self, node: Mapping[str, Any], relevant: Tree | None) -> Iterator[Question]:
        draft = self.drafts.get(int(node.get(ROW, 0)))
        if draft is None:
            yield from self.generated(node, relevant)
            return
        relevant = _both(relevant, draft.logic.get("relevant"))
        if node["type"] == "group":
            words = draft.row.words("label", self.language)
            if words:
                yield Question(node["name"], QuestionKind.NOTE, words, relevant=relevant, row=draft.row.number)
            for child in node.get("children", ()):
                yield from self.questions(child, relevant)
        else:
            yield self.question(node, draft, relevant)

    def generated(self, node: Mapping[str, Any], relevant: Tree | None) -> Iterator[Question]:
        """The free answer that `or_other` adds; pyxform's own notes and metadata are left out."""
        if node["type"] == "text" and node["name"].endswith("_other"):
            own = compile_expression(node["bind"]["relevant"])
            words = {"fr": "Précisez", "en": "Please specify"}
            yield Question(node["name"], QuestionKind.TEXT, words, relevant=_both(relevant, own))

    def question(self, node: Mapping[str, Any], draft: Draft, relevant: Tree | None) -> Question:
        row, scoring, kind = draft.row, draft.scoring, draft.kind or QuestionKind.NOTE
        choices = self.lists.get(draft.list_name, ())
        if draft.or_other and all(choice.name != "other" for choice in choices):
            choices = (*choices, Choice("other", {"fr": "Autre", "en": "Other"}))
        low, high, step = _range(node.get("parameters") or {})
        if kind is QuestionKind.DECIMAL and step is not None and all(float(x or 0).is_integer() for x in (low, step)):
            kind = QuestionKind.INTEGER
        return Question(
            name=node["name"],
            kind=kind,
            labels=row.words("label", self.language),
            hints=row.words("hint", self.language),
            choices=choices,
            relevant=relevant,
            required=draft.logic.get("required"),
            required_messages=row.words("required_message", self.language),
            constraint=draft.logic.get("constraint"),
            constraint_messages=row.words("constraint_message", self.language),
            calculation=draft.logic.get("calculation"),
            appearance=row["appearance"],
            default=row["default"],
            low=low,
            high=high,
            step=step,
            criterion=scoring.code or None,
            bands=scoring.bands,
            delay=scoring.delay,
            determinant=scoring.determinant,
            measure=(scoring.measure or _measure(kind, scoring.determinant is not None)) if self.to_citizens else None,
            row=row.number,
        )


def _both(left: Tree | None, right: Tree | None) -> Tree | None:
    if left is None or right is None:
        return right if left is None else left
    return ["and", left, right]


def _measure(kind: QuestionKind, rates: bool) -> Measure | None:
    if kind in (QuestionKind.NOTE, QuestionKind.RECORDED, QuestionKind.CALCULATION):
        return None
    if kind is QuestionKind.TEXT:
        return Measure.TEXT
    return Measure.RATING if rates else Measure.CHOICE


def _range(parameters: Mapping[str, Any]) -> tuple[float | None, float | None, float | None]:
    if "start" not in parameters and "end" not in parameters:
        return None, None, None
    return float(parameters.get("start", 0)), float(parameters.get("end", 10)), float(parameters.get("step", 1))


def _choice_lists(
    workbook: Workbook, scored: set[str], language: str, faults: list[Fault]
) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, list[Choice]] = {}
    for row in workbook.sheets["choices"]:
        name = row["list_name"]
        if not name:
            continue
        score, not_applicable = choice_score(row, needed=name in scored, faults=faults)
        words = row.words("label", language)
        if not words:
            what = Text("ce choix n’a pas de libellé.", "this choice has no label.")
            remedy = Text("Remplissez label dans chaque langue.", "Fill label in each language.")
            faults.append(row.fault("label_absent", what, remedy, "label"))
        lists.setdefault(name, []).append(Choice(row["name"], words, score, not_applicable))
    return {name: tuple(choices) for name, choices in lists.items()}


def _channel(workbook: Workbook, drafts: Sequence[Draft], faults: list[Fault]) -> Channel | None:
    written = workbook.settings["channel"].lower()
    scored = any(draft.scoring.code for draft in drafts)
    if not written and not scored:
        return None
    if written in tuple(Channel) and not scored:
        what = Text("cette grille n’a aucun critère.", "this grid has no criterion.")
        remedy = Text(
            "Remplissez la colonne criterion de survey, ou retirez channel si c’est un questionnaire.",
            "Fill column criterion of survey, or remove channel if this is a questionnaire.",
        )
        faults.append(workbook.settings.fault("criteria_absent", what, remedy, "channel"))
    if written in tuple(Channel):
        outcome = next((d for d in drafts if d.row["name"] == "outcome"), None)
        if outcome is not None:
            faults.extend(_outcome_faults(workbook, outcome))
        return Channel(written)
    what = Text(
        f"le canal « {written} » est inconnu." if written else "la grille ne dit pas son canal.",
        f"channel “{written}” is unknown." if written else "the grid does not tell its channel.",
    )
    remedy = Text(
        f"Écrivez dans settings, colonne channel, l’un de : {', '.join(Channel)}.",
        f"Write in settings, column channel, one of: {', '.join(Channel)}.",
    )
    faults.append(workbook.settings.fault("channel_unknown", what, remedy, "channel"))
    return None


def _outcome_faults(workbook: Workbook, outcome: Draft) -> list[Fault]:
    named = {row["name"] for row in workbook.sheets["choices"] if row["list_name"] == outcome.list_name}
    if named and named <= set(Outcome):
        return []
    what = Text("« outcome » dit comment le contact s’est terminé.", "“outcome” tells how the contact ended.")
    remedy = Text(
        f"Donnez-lui un select_one parmi {', '.join(Outcome)}.", f"Make it a select_one among {', '.join(Outcome)}."
    )
    return [outcome.row.fault("outcome", what, remedy, "type")]


def _untold(refusals: Sequence[Fault], faults: Sequence[Fault]) -> list[Fault]:
    """pyxform's reasons about rows of which nothing is told yet (it names no row for a type that it does not know)."""
    rows = {(fault.where.get("sheet"), fault.where.get("row")) for fault in faults}
    types_told = any(fault.code in ("type_unknown", "type_refused") for fault in faults)
    return [
        fault
        for fault in refusals
        if (fault.where.get("sheet"), fault.where.get("row")) not in rows
        and not (types_told and "Unknown question type" in fault.what.en)
    ]


def _once(faults: Sequence[Fault]) -> list[Fault]:
    seen: dict[tuple[Any, ...], Fault] = {}
    for fault in faults:
        seen.setdefault((fault.code, tuple(sorted(fault.where.items())), fault.what), fault)
    return list(seen.values())


def _reading_order(fault: Fault) -> tuple[int, int]:
    order = {"settings": 0, "survey": 1, "choices": 2}
    return order.get(fault.where.get("sheet", ""), 0), int(fault.where.get("row", "0"))
