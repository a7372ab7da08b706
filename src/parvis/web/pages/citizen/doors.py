"""From an address to the entry point that it stands for, and the manner in which it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from parvis.core.instruments.form import Form
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation.models import EntryPoint
from parvis.web.consultation.queries import entry_point_of
from parvis.web.consultation.questionnaire import questionnaire_of


@dataclass(frozen=True, slots=True)
class Door:
    """An entry point as someone sees it: on their own screen, at a kiosk, inside another site's page."""

    entry_point: EntryPoint
    form: Form
    manner: str = ""  # "", "kiosk" or "embed"
    page: str = ""  # the page that is being answered, when the address says so

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
        found = entry_point_of(code)
        if found is None:
            raise Http404
        try:
            _, form = questionnaire_of(found.edition)
        except ParvisError as error:
            raise Http404 from error
        if page and page not in {each.name for each in form.pages}:
            raise Http404
        return Door(found, form, manner, page)

    return load
