"""What every test gets: no outside network, reproducible draws, and a browser for those that ask."""

from __future__ import annotations

import atexit
import gc
import ipaddress
import linecache
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import browser, page_at, signed_in, watch

__all__ = ["browser", "page_at", "signed_in", "watch"]

IN_A_BROWSER = 20  # a test that drives a browser takes as long as so many others

# Same examples on every machine; slow machines are slow, not wrong.
settings.register_profile(
    "parvis", max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("parvis")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.hasplugin("django"):  # whoever goes without it goes without its settings
        parser.addini("DJANGO_SETTINGS_MODULE", "for pytest-django, which is not here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no process is left alone with one of them at the end."""
    weight: Counter[Any] = Counter()
    for item in items:
        weight[item.path] += IN_A_BROWSER if "page_at" in getattr(item, "fixturenames", ()) else 1
    items.sort(key=lambda item: weight[item.path], reverse=True)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector need not walk it again and again (a seventh of all)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(400_000, 50, 50)
    atexit.register(gc.unfreeze)  # what stays frozen is never freed, and libraries complain of it at the end
    linecache.clearcache()  # before each example of a docstring, doctest looks on the disk for each file that is in it


class OutsideHostCalled(RuntimeError):
    """A test, or what it tests, tried to reach another machine."""


@pytest.fixture(scope="session", autouse=True)
def no_outside_network() -> Iterator[None]:
    """Only this machine may be called from Python: loopback addresses and unix sockets."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_this_machine(address[0]):
            raise OutsideHostCalled(f"a test called {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False
