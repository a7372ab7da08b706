"""First paint of the survey's first page in a real Chromium, on a slow network and a processor four times slower.

Two networks, both called Fast 3G: WebPageTest's (150 ms there and back) and that of the browser's own tools, which adds
to each request what name, connection and encryption would cost (562 ms). The bound, 600 ms, is for the first one.
Each page is asked for by a browser that knows nothing yet. `python -m bench.first_page [pages]`
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, sync_playwright

from bench._intake import PARVIS, prepared, running
from tests import chromium

FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
DOWN, UP = 1.6e6 / 8, 0.75e6 / 8  # bytes a second
NETWORKS = {"150 ms": 150.0, "562 ms": 562.5}
SLOWER, BOUND_MS = 4, 600
PAINTS = "Object.fromEntries(performance.getEntriesByType('paint').map(each => [each.name, each.startTime]))"
LANGUAGES = ("fr", "ar")


@dataclass(frozen=True, slots=True)
class Seen:
    """One page: requests, bytes of the page itself as they travelled, milliseconds to the first paint."""

    requests: int
    page_bytes: int
    paint_ms: float


def main(pages: int) -> None:
    load, found = os.getloadavg()[0], []
    print(f"{'network':10}{'language':10}{'requests':>9}{'bytes':>8}{'paint, median ms':>18}{'best':>8}{'worst':>8}")
    with first_page() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium.found()), args=FLAGS)
        seen(browser, f"{address}?langue=fr", 0)  # programs read from the disk
        for name, latency in NETWORKS.items():
            for language in LANGUAGES:
                told = [seen(browser, f"{address}?langue={language}", latency) for _ in range(pages)]
                paints = [each.paint_ms for each in told]
                print(f"{name:10}{language:10}{told[0].requests:9}{told[0].page_bytes:8}"
                      f"{statistics.median(paints):18.0f}{min(paints):8.0f}{max(paints):8.0f}", flush=True)  # fmt: skip
                found.append({"network": name, "language": language, "seen": [asdict(each) for each in told]})
        browser.close()
    print(f"bound: {BOUND_MS} ms; load before and after: {load:.1f}, {os.getloadavg()[0]:.1f}")
    print(json.dumps(found))


@contextmanager
def first_page() -> Iterator[str]:
    """The address of a first page served by the site's own server."""
    with tempfile.TemporaryDirectory() as home:
        target = prepared(Path(home), "", 1)
        with running(target, PARVIS) as server:
            yield f"http://localhost:{server.port}{target.requests[0][1].removesuffix('suite/first/')}"


def seen(browser: Browser, address: str, latency: float) -> Seen:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="fr-FR")
    page = context.new_page()
    session = context.new_cdp_session(page)
    lengths, requests = _followed(session)
    conditions = {"offline": False, "latency": latency, "downloadThroughput": DOWN, "uploadThroughput": UP}
    session.send("Network.emulateNetworkConditions", conditions)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    page.wait_for_function(f"'first-paint' in {PAINTS}")
    paint = page.evaluate(PAINTS)["first-paint"]
    context.close()
    return Seen(len(requests), lengths[requests[0]], float(paint))


def _followed(session: CDPSession) -> tuple[dict[str, int], list[str]]:
    """Bytes of each request once it is over, and the requests in order; both grow as the page loads."""
    lengths: dict[str, int] = {}
    requests: list[str] = []
    session.on("Network.requestWillBeSent", lambda event: requests.append(event["requestId"]))
    session.on(
        "Network.loadingFinished", lambda event: lengths.update({event["requestId"]: event["encodedDataLength"]})
    )
    session.send("Network.enable")
    return lengths, requests


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
