"""Every page says in one line what it is about, who may see it, and whether it writes."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from parvis.web.people.actions import journal

View = Callable[..., HttpResponse]
READS = {"GET", "HEAD"}


class WriteOnReadingPage(RuntimeError):
    """A page that declares that it only reads tried to write: a fault of ours."""


def page(
    *,
    may: Callable[..., bool] | None = None,
    of: Callable[..., Any] | None = None,
    writes: bool = False,
    seen: str = "",
) -> Callable[[View], View]:
    """Declare a page.

    of: turns the URL's arguments into the object that the page is about (raises Http404 when there is none);
        the view then receives it in place of those arguments.
    may: predicate(person, object) or predicate(person); None means everyone, account or not.
    writes: False allows GET and HEAD only and refuses any change of the database while the view runs.
    seen: verb to write in the journal when someone reads the page (for confidential figures).
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if may is not None and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            subject = of(**arguments) if of else None
            if may is not None and not (may(request.user, subject) if of else may(request.user)):
                raise PermissionDenied
            if not writes and request.method not in READS:
                return HttpResponseNotAllowed(sorted(READS))
            response = _run(view, request, subject, arguments, reads_only=not writes, has_subject=of is not None)
            if seen and isinstance(subject, models.Model) and response.status_code == 200:
                journal(verb=seen, subject=subject, by=request.user, at=timezone.now())
            return response

        guarded.may = may  # type: ignore[attr-defined]
        guarded.writes = writes  # type: ignore[attr-defined]
        return guarded

    return decorate


def _run(
    view: View, request: HttpRequest, subject: Any, arguments: dict[str, Any], *, reads_only: bool, has_subject: bool
) -> HttpResponse:
    positional = (request, subject) if has_subject else (request,)
    keywords = {} if has_subject else arguments
    if not reads_only:
        return view(*positional, **keywords)
    with connection.execute_wrapper(_refusing_writes()):
        return view(*positional, **keywords)


def _refusing_writes() -> Callable[..., Any]:
    """Refuses what this thread writes: a connection may be shared, as it is by the tests that drive a browser."""
    reader = threading.get_ident()

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        writes = sql.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"} and "django_session" not in sql
        if writes and threading.get_ident() == reader:
            raise WriteOnReadingPage(sql[:120])
        return execute(sql, params, many, context)

    return refuse
