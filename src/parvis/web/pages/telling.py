"""Doing what a form asks and telling what came of it: a success, or every fault with its remedy. Nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language

from parvis.core.vocabulary import ParvisError


def attempt(request: HttpRequest, act: Callable[[], Any], success: str, form: forms.Form | None = None) -> bool:
    """Run an action and say what came of it; returns whether it was done."""
    try:
        act()
    except ParvisError as error:
        tell_faults(request, error, form)
        return False
    messages.success(request, success)
    return True


def tell_faults(request: HttpRequest, error: ParvisError, form: forms.Form | None = None) -> None:
    """Every fault, in the form's summary when there is a form, among the page's messages otherwise."""
    for message in error.messages(get_language() or "fr"):
        if form is not None:
            form.add_error(None, message)
        else:
            messages.error(request, message)
