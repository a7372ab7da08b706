"""Tables of the fieldwork board."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.rendering import labels

register = template.Library()


@register.inclusion_tag("organiser/fieldwork/progress_table.html")
def progress_table(rows: list[tuple[str, list[int]]], caption: str, kind: str) -> dict[str, Any]:
    """{% progress_table board.channels caption "channel" %}: one row each, from planned to approved."""
    language = get_language() or "fr"
    named = [(labels.said(kind, name, language) if kind else name or _("sans région"), counts) for name, counts in rows]
    return {"caption": caption, "rows": named}


@register.inclusion_tag("organiser/fieldwork/coverage_table.html")
def coverage_table(coverage: list[tuple[int, str, int]]) -> dict[str, Any]:
    """{% coverage_table board.coverage %}: half-days down, days of the week across."""
    counts = {(day, half): n for day, half, n in coverage}
    days = [_("lundi"), _("mardi"), _("mercredi"), _("jeudi"), _("vendredi"), _("samedi")]
    halves = [("am", _("matin")), ("pm", _("après-midi"))]
    rows = [(name, [counts.get((day, half), 0) for day in range(len(days))]) for half, name in halves]
    return {"days": days, "rows": rows}


IMPORTANCE = {
    0.0: gettext_lazy("sans importance"),
    1.0: gettext_lazy("importance normale"),
    3.0: gettext_lazy("importance forte"),
}


@register.inclusion_tag("organiser/fieldwork/plan_goal.html")
def plan_goal(name: str, value: Any, weight: float | None = None) -> dict[str, Any]:
    """{% plan_goal key value weight %}: one line of a summary list, with the importance that was asked, if any."""
    return {"name": name, "value": value, "importance": None if weight is None else IMPORTANCE[weight]}


RULES = {
    "not_certified": (gettext_lazy("Personnes non certifiées sur ce canal"), gettext_lazy("non certifiées")),
    "in_conflict": (
        gettext_lazy("Personnes en conflit d’intérêts avec la structure"),
        gettext_lazy("en conflit d’intérêts"),
    ),
    "seen_recently": (gettext_lazy("Personnes venues trop récemment dans le site"), gettext_lazy("venues récemment")),
    "already_there": (gettext_lazy("Personnes déjà prévues dans ce site"), gettext_lazy("déjà prévues dans ce site")),
    "no_capacity": (gettext_lazy("Personnes dont la capacité est atteinte"), gettext_lazy("sans capacité")),
    "no_observer": (gettext_lazy("Aucun citoyen-mystère certifié"), gettext_lazy("citoyen-mystère certifié manquant")),
    "burden_cap": (
        gettext_lazy("Limite de contacts par semaine atteinte"),
        gettext_lazy("au-delà de la limite par semaine"),
    ),
    "no_open_day": (gettext_lazy("Aucun jour ouvert dans la période"), gettext_lazy("sans jour ouvert")),
    "scenarios_spent": (
        gettext_lazy("Scénarios déjà trop utilisés dans la structure"),
        gettext_lazy("sans scénario disponible"),
    ),
    "forbidden_line": (gettext_lazy("Ligne à ne jamais appeler"), gettext_lazy("sur une ligne interdite")),
    "away": (gettext_lazy("Personnes indisponibles pendant la période"), gettext_lazy("indisponibles")),
}


@register.simple_tag
def broken_rule(rule: str, length: str = "long") -> str:
    """{% broken_rule "away" %}: why a demand could not be met; "short" after a number."""
    return str(RULES[rule][length == "short"]) if rule in RULES else rule
