"""Is there a mailbox for missions? Links to it stand only where there is one."""

from __future__ import annotations

from django import template

from parvis.web.fieldwork import mailbox

register = template.Library()


@register.simple_tag
def mailbox_is_on() -> bool:
    """{% mailbox_is_on as on %}{% if on %}…"""
    return mailbox.is_on()
