"""Citizens' pages go a short way: no session, no account and no cookie means none of the middleware for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from csp.middleware import CSPMiddleware
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from django.utils import translation

from parvis.web.pages.citizen.forms import sent_in
from parvis.web.pages.citizen.within import WITHIN

MOST_REMEMBERED = 5000
IN_ANY_FRAME = {"frame-ancestors": ["*"]}
Handler = Callable[[HttpRequest], HttpResponse]


class CitizenPages:
    """The first middleware: answers the pages of an entry point itself, and leaves everything else to the others.

    What it does not know, or what is not found, takes the long way, which shows the site's own error page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        resolver = URLResolver(RegexPattern(f"^{WITHIN}"), "parvis.web.pages.citizen.urls")
        self.resolve = lru_cache(MOST_REMEMBERED)(resolver.resolve)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(WITHIN) or path == WITHIN:
            return self.get_response(request)
        try:
            found = self.resolve(path)
            request.get_host()  # refuses a host that is not ours
            request.resolver_match = found
            if request.method == "POST":
                request.POST = sent_in(request)  # type: ignore[misc]
            translation.activate("fr")  # a thread keeps the language of whom it served before; pages choose their own
            response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        except Http404:
            return self.get_response(request)
        return _with_headers(request, response)


def _with_headers(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The headers that the site's own middleware gives to every page, worked out once for framed pages and others."""
    may_be_framed = getattr(response, "xframe_options_exempt", False)
    for name, value in _headers(request.is_secure(), may_be_framed):
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


@lru_cache(maxsize=8)
def _headers(is_secure: bool, may_be_framed: bool) -> tuple[tuple[str, str], ...]:
    request, blank = HttpRequest(), HttpResponse()
    request._get_scheme = lambda: "https" if is_secure else "http"  # type: ignore[method-assign]
    if may_be_framed:
        blank.xframe_options_exempt = True  # type: ignore[attr-defined]
        blank._csp_replace = IN_ANY_FRAME  # type: ignore[attr-defined]
    for middleware in (SecurityMiddleware, CSPMiddleware, XFrameOptionsMiddleware):
        middleware(lambda _request: HttpResponse()).process_response(request, blank)
    return tuple((name, value) for name, value in blank.headers.items() if name != "Content-Type")
