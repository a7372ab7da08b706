"""The components of our pages as template tags. Guide: docs/guides/developing-pages.md."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, widgets
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from parvis.core.vocabulary import Text
from parvis.rendering import labels, words

register = template.Library()
_CITIZEN_CSS = Path(__file__).resolve().parents[2] / "static/css/citizen.css"
_numbers = itertools.count(1)
_NUMERIC = re.compile(r"[+−]?[\d\s\u202f,.]+(?:[\s\u202f]?%)?|—|")

_SIGNS = {"good": "✓", "bad": "✗", "warn": "▲", "info": "●", "": "□"}
_CLASSES: dict[type[widgets.Widget], str] = {
    widgets.Textarea: "govuk-textarea",
    widgets.Select: "govuk-select",
    widgets.FileInput: "govuk-file-upload",
    widgets.CheckboxInput: "govuk-checkboxes__input",
}


def _language() -> str:
    return words.language_of(get_language())


# --- words ---------------------------------------------------------------------------------------------------------


@register.filter
def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """{{ population|number }}  →  1 248 (amounts of money come as decimals)"""
    return words.number(float(value) if isinstance(value, Decimal) else value, decimals, _language())


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    """{{ share|percent }}  →  73,4 %  (from 0–1)"""
    return words.percent(share, decimals, _language())


@register.filter
def score(value: float | None) -> str:
    """{{ value|score }}  →  73,4 sur 100"""
    return words.score(value, _language())


@register.filter
def signed(value: float | None, decimals: int = 1) -> str:
    """{{ difference|signed }}  →  +2,3"""
    return words.signed(value, decimals, _language())


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """{{ opens_on|day }}  →  9 mars 2026"""
    if isinstance(value, dt.datetime):
        value = _local(value).date()
    return words.day(value, _language())


@register.filter
def moment(value: dt.datetime | None) -> str:
    """{{ sent_at|moment }}  →  9 mars 2026 à 14 h 05"""
    return words.moment(_local(value) if value else None, _language())


@register.filter
def label(word: StrEnum | str | None, kind: str = "") -> str:
    """{{ mission.channel|label:"channel" }}, or {{ word|label }} for a vocabulary word."""
    if isinstance(word, StrEnum) and type(word) in labels.LABELS:
        return words.label(word, _language())
    return labels.said(kind, str(word or ""), _language())


@register.filter
def text(value: Any) -> str:
    """{{ criterion.label|text }}: a `Text` in the language of the page."""
    return str(value.in_language(_language()) if hasattr(value, "in_language") else value)


@register.simple_tag
def counted(n: int, one: str, many: str) -> str:
    """{% counted n _("réponse") _("réponses") %}  →  24 réponses"""
    return words.counted(n, Text(one, one), Text(many, many), _language())


def _local(value: dt.datetime) -> dt.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


# --- figures -------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/figure.html")
def figure(estimate: Any, label: str = "", of: str = "observed") -> dict[str, Any]:
    """{% figure card.overall label=_("Note d’ensemble") %}: value, interval and n, or why it is absent.

    `estimate` has value, low, high, n, status and reason; `of` is observed, perceived or organisations.
    """
    language = _language()
    absent = estimate is None or estimate.value is None
    if absent:
        status, reason = (estimate.status, estimate.reason) if estimate is not None else ("not_measured", "")
        return {"label": label, "absent": True, "value": words.absence(status, reason, of=of, language=language)}
    kind = getattr(estimate, "unit", "score")
    said = words.figure(estimate.value, estimate.low, estimate.high, estimate.n, of=of, unit=kind, language=language)
    value, _, detail = said.partition(" (")
    detail = detail.removesuffix(")")
    notes = words.cautions(estimate.reason, language)
    unit = (" out of 100" if language == "en" else " sur 100") if kind == "score" else ""
    return {
        "label": label,
        "absent": False,
        "value": value.removesuffix(unit),
        "unit": unit.strip(),
        "detail": ", ".join([detail, *notes]) if notes else detail,
    }


@register.inclusion_tag("components/chart.html")
def chart(chart: Any) -> dict[str, Any]:
    """{% chart line %}: the drawing (wide and narrow), its sentence and its table."""
    # our own drawings: every text in them was escaped when they were drawn
    svg, narrow = mark_safe(chart.svg), mark_safe(chart.narrow or "")  # noqa: S308
    return {"chart": chart, "svg": svg, "narrow": narrow}


@register.inclusion_tag("components/table.html")
def table(table: Any, under_heading: bool = False) -> dict[str, Any]:
    """{% table chart.table %}: any object with caption, columns and rows of text; numbers go right.

    `under_heading`: the heading above says the caption already, which is then for screen readers alone.
    """
    rows = [[str(cell) for cell in row] for row in table.rows]
    numeric = [all(_NUMERIC.fullmatch(row[at]) for row in rows) for at in range(len(table.columns))]
    return {
        "caption": table.caption,
        "under_heading": under_heading,
        "columns": list(zip(table.columns, numeric, strict=True)),
        "rows": mark_safe("".join(_table_row(row, numeric) for row in rows)),  # noqa: S308 (every cell is escaped)
    }


def _table_row(row: list[str], numeric: list[bool]) -> str:
    """Written here, since a template takes ten times as long over the hundreds of cells under a chart."""
    cells = [
        f'<td class="govuk-table__cell{" govuk-table__cell--numeric" if right else ""}">{conditional_escape(cell)}</td>'
        for cell, right in zip(row[1:], numeric[1:], strict=True)
    ]
    head = [f'<th scope="row" class="govuk-table__header">{conditional_escape(cell)}</th>' for cell in row[:1]]
    return f'<tr class="govuk-table__row">{"".join(head + cells)}</tr>'


# --- pieces of page ------------------------------------------------------------------------------------------------


@register.simple_tag
def status_tag(text: Any, kind: str = "") -> SafeString:
    """{% status_tag _("Approuvée") "good" %}: kinds are good, warn, bad, info and nothing."""
    return _status_tag(str(text), kind)


@lru_cache(maxsize=1000, typed=True)  # a long list says the same few words on every line
def _status_tag(text: str, kind: str) -> SafeString:
    return render_to_string(
        "components/status_tag.html", {"text": text, "kind": kind, "sign": _SIGNS.get(kind, _SIGNS[""])}
    )


@register.inclusion_tag("components/button.html")
def button(text: Any, kind: str = "", **more: Any) -> dict[str, Any]:
    """{% button _("Enregistrer") %} or with href=, name=, value=, type=, disabled=, detail=; secondary, warning."""
    return {"text": text, "kind": kind, **more}


@register.inclusion_tag("components/notification.html")
def notification(text: Any, kind: str = "info") -> dict[str, Any]:
    """{% notification _("…") "success" %}: kinds are info, success, warning and error."""
    return {"text": text, "kind": kind, "urgent": kind in ("error", "success"), "id": f"notification-{next(_numbers)}"}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: Any, text: Any = "", href: str = "", action: Any = "") -> dict[str, Any]:
    """{% empty_state _("Aucune mission") _("Elles arrivent en mars.") href=url action=_("Voir le calendrier") %}"""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable[Any]) -> dict[str, Any]:
    """{% summary_list rows %}: rows have key, value and, to change it, action and action_url."""
    return {"rows": rows}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, name: str = "page") -> dict[str, Any]:
    """{% pagination page_obj %}: keeps the other parameters of the address."""
    query = context["request"].GET.copy() if "request" in context else None

    def address(wanted: int) -> str:
        if query is None:
            return f"?{name}={wanted}"
        query[name] = str(wanted)
        return f"?{query.urlencode()}"

    entries = [
        {"number": one, "url": address(one), "current": one == page.number} if isinstance(one, int) else {"url": ""}
        for one in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "entries": entries,
        "previous_url": address(page.previous_page_number()) if page.has_previous() else "",
        "next_url": address(page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag
def citizen_css() -> SafeString:
    """The survey's style sheet, to be written into the page."""
    return _citizen_css()


@lru_cache(maxsize=1)
def _citizen_css() -> SafeString:
    css = _CITIZEN_CSS.read_text("utf-8").split("*/", 1)[1]
    return mark_safe(css.replace("\n", ""))  # noqa: S308  # our own file


# --- forms ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """{% error_summary form %}: every error, each a link to its field; nothing when there is none."""
    entries = []
    for form in forms:
        for name, messages in form.errors.items():
            field = form[name] if name in form.fields else None
            entries += [
                {"text": message, "target": _target(field), "label": field.label if field else ""}
                for message in messages
            ]
    return {"entries": entries}


@register.inclusion_tag("components/field.html")
def field(
    field: BoundField,
    *,
    hint: Any = None,
    size: str = "s",
    width: int | None = None,
    prefix: str = "",
    suffix: str = "",
    inline: bool = False,
    small: bool = False,
    **attributes: Any,
) -> dict[str, Any]:
    """{% field form.email hint=_("…") width=20 autocomplete="email" %}: label, hint, error and control.

    `width` in characters (2, 3, 4, 5, 10, 20, 30); `size` of the label: s, m, l; other names become attributes.
    """
    kind = _kind(field)
    help_text = field.help_text if hint is None else hint
    described = [f"{field.auto_id}_{part}" for part, there in (("hint", help_text), ("error", field.errors)) if there]
    return {
        "field": field,
        "kind": kind,
        "label": field.label,
        "hint": help_text,
        "errors": field.errors,
        "size": size,
        "optional": not field.field.required and kind != "checkbox",
        "described_by": " ".join(described),
        "options": _options(field) if kind in ("radios", "checkboxes") else (),
        "control": _control(field, kind, described, width, attributes),
        "prefix": prefix,
        "suffix": suffix,
        "inline": inline,
        "small": small,
    }


@register.simple_tag
def form_fields(form: BaseForm) -> SafeString:
    """{% form_fields form %}: all its visible fields in order, and the hidden ones."""
    parts = [render_to_string("components/field.html", field(one)) for one in form.visible_fields()]
    parts += [str(one) for one in form.hidden_fields()]
    return mark_safe("".join(parts))  # noqa: S308  # rendered by templates that escape


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, widgets.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, widgets.RadioSelect):
        return "radios"
    return "checkbox" if isinstance(widget, widgets.CheckboxInput) else "control"


def _options(field: BoundField) -> list[dict[str, Any]]:
    return [
        {
            "id": option.id_for_label,
            "value": "" if option.data["value"] is None else option.data["value"],
            "checked": option.data["selected"],
            "disabled": bool(option.data["attrs"].get("disabled")),
            "label": conditional_escape(option.choice_label),
        }
        for option in field.subwidgets
        if not (option.data["value"] in ("", None) and not field.field.required and option.choice_label == "---------")
    ]


def _control(
    field: BoundField, kind: str, described: list[str], width: int | None, attributes: dict[str, Any]
) -> SafeString | str:
    if kind in ("radios", "checkboxes"):
        return ""
    widget = field.field.widget
    widget.attrs.pop("placeholder", None)  # the label says it, and stays when one types
    css = next((name for cls, name in _CLASSES.items() if isinstance(widget, cls)), "govuk-input")
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in attributes.items()}
    classes = [str(widget.attrs.get("class", "")), css]
    if width and css == "govuk-input":
        classes.append(f"govuk-input--width-{width}")
    if field.errors and css != "govuk-checkboxes__input":
        classes.append(f"{css}--error")
        attrs["aria-invalid"] = "true"
    attrs["class"] = " ".join(filter(None, classes))
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if isinstance(widget, widgets.DateInput):  # the browser's own calendar wants ISO dates, whatever the language
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    return field.as_widget(attrs=attrs)


def _target(field: BoundField | None) -> str:
    if field is None:
        return ""
    if _kind(field) in ("radios", "checkboxes"):
        options = _options(field)
        return options[0]["id"] if options else str(field.auto_id)
    return str(field.id_for_label or field.auto_id)
