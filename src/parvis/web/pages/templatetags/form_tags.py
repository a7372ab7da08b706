"""Words of a grid or questionnaire in the language of the page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def form_label(thing: Any) -> str:
    """{{ question|form_label }}: a page, question or choice in the language of the page."""
    return str(thing.label(get_language() or "fr"))


@register.filter
def form_hint(thing: Any) -> str:
    return str(thing.hint(get_language() or "fr"))
