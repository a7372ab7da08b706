"""From an address to the entry point that it stands for, and the manner in which it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from parvis.core.instruments.form import Form
from parvis.web.consultation.models import EntryPoint
from parvis.web.consultation.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class Door:
    """An entry point as someone sees it: on their own screen, at a kiosk, inside another site's page."""

    known: Standing
    form: Form
    manner: str = ""  # "", "kiosk" or "embed"
    page: str = ""  # the page that is being answered, when the address says so

    @property
    def entry_point(self) -> EntryPoint:
        return self.known.entry_point

    def address(self, page: str = "") -> str:
        """Where this manner starts, or where a page of it is sent."""
        names = {"": ("start", "page"), "kiosk": ("kiosk", "kiosk-page"), "embed": ("embed", "embed-page")}[self.manner]
        code = self.entry_point.code
        return (
            reverse(f"citizen:{names[1]}", args=[code, page]) if page else reverse(f"citizen:{names[0]}", args=[code])
        )

    @property
    def thanks(self) -> str:
        return reverse("citizen:thanks", args=[self.entry_point.code])


def door(manner: str = "") -> Callable[..., Door]:
    """A loader for `@page`: the door of a code in a manner, 404 when nobody gave out that code."""

    def load(code: str, page: str = "") -> Door:
        found = standing(code.lower())
        if found is None or found.form is None or (page and all(page != each.name for each in found.form.pages)):
            raise Http404
        return Door(found, found.form, manner, page)

    return load
