"""The door for the web server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, get_script_name
from django.db import connections
from django.urls import set_script_prefix

from parvis.web.pages.citizen.within import WITHIN


class Site(WSGIHandler):
    """Django's own door, with a shorter way in for citizens, who come many at once."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(WITHIN):
            answered: Iterable[bytes] = super().__call__(environ, start_response)
            return answered
        _tend_connections()
        set_script_prefix(get_script_name(environ))
        response = self.get_response(self.request_class(environ))
        cookies = [("Set-Cookie", cookie.output(header="")) for cookie in response.cookies.values()]  # of an error page
        start_response(f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies])
        return [response.content]


def _tend_connections() -> None:
    """What Django does before and after each request, by signals that look through every connection each time."""
    for connection in connections.all(initialized_only=True):
        connection.health_check_done = False
        if connection.errors_occurred:
            connection.close_if_unusable_or_obsolete()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.web.settings.base")
django.setup(set_prefix=False)
application = Site()
