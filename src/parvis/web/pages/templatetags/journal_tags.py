"""Lines of the journal in words."""

from __future__ import annotations

from django import template
from django.apps import apps
from django.utils.translation import get_language

from parvis.rendering.acts import said_of

register = template.Library()


@register.filter
def act(verb: str) -> str:
    """{{ entry.verb|act }}: what was done."""
    return said_of(verb, get_language() or "fr")


@register.filter
def thing(subject: str) -> str:
    """{{ entry.subject|thing }}: "observation 994" for "fieldwork.Observation:994"; as written if its kind is gone."""
    label, _, key = subject.partition(":")
    try:
        return f"{apps.get_model(label)._meta.verbose_name} {key}"
    except (LookupError, ValueError):
        return subject
