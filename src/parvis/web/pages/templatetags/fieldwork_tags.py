"""Tables of the fieldwork board."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.rendering import labels

register = template.Library()
COUNTS = ("planned", "in_hand", "done", "in_review", "approved")


@register.inclusion_tag("organiser/fieldwork/progress_table.html")
def progress_table(rows: dict[str, dict[str, int]], caption: str, kind: str) -> dict[str, Any]:
    """{% progress_table board.channels caption "channel" %}: one row each, from planned to approved."""
    language = get_language() or "fr"
    named = [
        (labels.said(kind, name, language) if kind else name or _("sans région"), [row[count] for count in COUNTS])
        for name, row in rows.items()
    ]
    return {"caption": caption, "rows": named}


@register.inclusion_tag("organiser/fieldwork/coverage_table.html")
def coverage_table(coverage: dict[tuple[int, str], int]) -> dict[str, Any]:
    """{% coverage_table board.coverage %}: half-days down, days of the week across."""
    days = [_("lundi"), _("mardi"), _("mercredi"), _("jeudi"), _("vendredi"), _("samedi")]
    halves = [("am", _("matin")), ("pm", _("après-midi"))]
    rows = [(name, [coverage.get((day, half), 0) for day in range(len(days))]) for half, name in halves]
    return {"days": days, "rows": rows}
