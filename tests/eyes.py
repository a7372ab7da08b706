"""How a test leaves a page for the next one, and how it inspects what is on screen, without racing the browser.

A click only asks the browser to leave: `follow` waits until the next page is there. An inspection made while a page is
being replaced would read half of each: `inspect` begins again until one page stayed in place from beginning to end.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
TRIES = 5
WHICH_PAGE = "[performance.timeOrigin, location.href, document.readyState].join(' ')"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def follow(link_or_button: Locator, *, patience_seconds: float = 15) -> None:
    """Click what leads to another page, and wait until that page is whole, styles included."""
    with link_or_button.page.expect_navigation(wait_until="load", timeout=patience_seconds * 1000):
        link_or_button.click()


def inspect(page: Page, name: str) -> list[str]:
    """What is wrong with the page on screen for someone who reads it with other means; nothing when all is well."""
    for _ in range(TRIES):
        page.wait_for_load_state("load")
        before = _which(page)
        found = _faults(page, name)
        if found is not None and before is not None and _which(page) == before:
            _keep_picture(page, name)
            return found
    return [f"{name}: the page was replaced during each of {TRIES} inspections"]


def _faults(page: Page, name: str) -> list[str] | None:
    violations: Any = _on_this_page(page, lambda: Axe().run(page, options=RULES).response["violations"])
    too_wide = _on_this_page(page, lambda: page.evaluate(TOO_WIDE))
    if violations is None or too_wide is None:
        return None
    found = [f"{name}: {each['id']} {[node['target'] for node in each['nodes']]}" for each in violations]
    return [*found, f"{name}: wider than the screen"] if too_wide else found


def _which(page: Page) -> str | None:
    return _on_this_page(page, lambda: str(page.evaluate(WHICH_PAGE)))


def _on_this_page(page: Page, look: Any) -> Any:
    """What a look gives; nothing when the page went away under it, which the next look will tell from a real fault."""
    from playwright.sync_api import Error

    try:
        return look()
    except Error:
        page.wait_for_load_state("load")
        return None


def _keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PARVIS_TEST_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
