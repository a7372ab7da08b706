"""The browser tests see what a page must not do: the watch itself, shown to catch each fault."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import Watch, is_outside
from tests.conftest import OutsideHostCalled

pytestmark = pytest.mark.browser


def test_a_call_outside_is_stopped_and_told(page_at: Callable[..., Any], watch: Watch) -> None:
    page_at(360).set_content("<img alt='' src='https://pixel.example.org/p.gif'>", wait_until="load")
    assert watch.faults == ["called an outside host: https://pixel.example.org/p.gif"]
    watch.faults.clear()


def test_a_script_that_fails_is_told(page_at: Callable[..., Any], watch: Watch) -> None:
    page = page_at(1280)
    with page.expect_event("pageerror"):
        page.set_content("<script>setTimeout(() => { throw new Error('lost') })</script>")
    assert len(watch.faults) == 1
    assert "lost" in watch.faults[0]
    watch.faults.clear()


def test_pages_have_the_width_asked_for(page_at: Callable[..., Any]) -> None:
    assert [page_at(width).evaluate("window.innerWidth") for width in (320, 1280)] == [320, 1280]


@pytest.mark.parametrize(
    ("url", "outside"),
    [
        ("http://localhost:8081/a", False),
        ("http://127.0.0.1:8081/a", False),
        ("data:image/png;base64,AA", False),
        ("https://localhost.example.org/", True),
        ("wss://example.org/", True),
    ],
)
def test_outside_is_any_other_machine(url: str, outside: bool) -> None:
    assert is_outside(url) is outside


def test_python_may_not_call_outside_either() -> None:
    with socket.socket() as probe, pytest.raises(OutsideHostCalled):
        probe.connect(("192.0.2.1", 80))
