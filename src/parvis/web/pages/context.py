"""What every page of the site shows around its own content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from parvis.web.pages import spaces


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The spaces that this person may enter, and whether the site holds invented data."""
    if request.path.startswith("/avis/"):
        return {"demonstration": settings.DEMONSTRATION}  # citizens: no session is ever opened
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    return {
        "navigation": spaces.of(person, here=request.path) if signed_in else [],
        "demonstration": settings.DEMONSTRATION,
    }
