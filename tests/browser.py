"""Fixtures that drive a real Chromium: `page_at(width)` opens a page, `signed_in(page, person)` signs someone in.

A test that needs a browser fails when none can be had: it never passes by looking away.
A page that calls an outside host, raises in its scripts or breaks its own security policy fails its test.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
OURS = {"localhost", "127.0.0.1", "[::1]", "::1"}
HEIGHTS = {True: 800, False: 900}  # phones, then screens


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in the test's thread; Django would take our ordinary queries for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    path = os.environ.get("PARVIS_TEST_CHROMIUM") or str(chromium.found() or "")
    if not path:
        pytest.fail(str(chromium.NoChromium()))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


class Watch:
    """What a page must not do, noted while the test runs."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        context.route(lambda url: is_outside(url), self._refuse)
        context.on("page", self._follow_page)

    def _refuse(self, route: Route) -> None:
        self.faults.append(f"called an outside host: {route.request.url}")
        route.abort()

    def _follow_page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"a script failed on {page.url}: {error}"))
        page.on("console", self._read)

    def _read(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(f"against our security policy: {message.text}")


def is_outside(url: str) -> bool:
    address = urlsplit(url)
    return address.scheme in {"http", "https", "ws", "wss"} and (address.hostname or "") not in OURS


@pytest.fixture
def watch() -> Watch:
    """The faults of this test's pages; a test about a fault may empty `watch.faults`."""
    return Watch()


@pytest.fixture
def page_at(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Open a page of a given width, in a browser of its own: `page_at(360)`, `page_at(1280, locale="en-GB")`."""
    contexts: list[BrowserContext] = []

    def open_page(width: int = 1280, **options: Any) -> Page:
        narrow = width < 600
        viewport = {"width": width, "height": HEIGHTS[narrow]}
        context = browser.new_context(**{"viewport": viewport, "locale": "fr-FR", "has_touch": narrow} | options)
        contexts.append(context)
        watch.follow(context)
        context.set_default_timeout(15_000)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    _let_the_server_finish()
    assert watch.faults == []


def _let_the_server_finish(most: float = 5.0) -> None:
    """Wait for the answers still under way: tables are emptied next, and one that is being read would be locked."""
    until = time.monotonic() + most
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=max(0.0, until - time.monotonic()))


@pytest.fixture
def signed_in(live_server: Any) -> Callable[[Page, Any], Page]:
    """Give a page the session of a person: `signed_in(page_at(360), person).goto(live_server.url + "/")`."""

    def sign_in(page: Page, person: Any) -> Page:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return page

    return sign_in
