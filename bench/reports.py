"""Complete reports of every organisation, against a browser printing the same content: ratio, growth, memory.

Usage: python -m bench.reports [--organisations 350] [--peer 12] [--output reports.json]

The peer is Chromium, which prints a page that holds the same headings, drawings and tables. Both take one document
at a time in this run; the ratio is that of processor seconds, since a browser spreads its work over many processes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import time
from html import escape
from pathlib import Path
from typing import Any

from parvis.rendering import organisation_report, paper
from parvis.rendering.scorecard import Scorecard, slice_result
from tests import chromium
from tests.rendering.made_results import made_result


def printed(cards: list[dict[str, Any]]) -> dict[str, float]:
    """Run in a process of its own: seconds, processor seconds, pages, bytes and peak memory of the complete reports."""
    first = Scorecard.from_json(cards[0])
    organisation_report.complete(first)  # fonts are read once
    start, work, pages, size = time.perf_counter(), time.process_time(), 0, 0
    for card in cards:
        content = organisation_report.complete(Scorecard.from_json(card))
        pages += paper.pages(content)
        size += len(content)
    return {
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - work,
        "pages": pages,
        "bytes": size,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def timed(cards: list[dict[str, Any]]) -> dict[str, float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:  # spawned, never forked: the typesetter has threads
        return pool.apply(printed, (cards,))


def as_page(blocks: list[dict[str, Any]], title: str) -> str:
    """The same content for a browser."""
    parts = [
        f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>{escape(title)}</title><h1>{escape(title)}</h1>'
    ]
    for block in blocks:
        kind = block["kind"]
        if kind == "heading":
            parts.append(f"<h2>{escape(block['text'])}</h2>")
        elif kind in ("paragraph", "note"):
            parts.append(f"<p>{escape(block['text'])}</p>")
        elif kind == "chart":
            parts.append(f"<p>{escape(block['sentence'])}</p>{block['svg']}")
        elif kind == "table":
            rows = "".join(
                "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in block["rows"]
            )
            head = "".join(f"<th>{escape(name)}</th>" for name in block["columns"])
            parts.append(f"<table><thead><tr>{head}</tr></thead>{rows}</table>")
    return "".join(parts)


def peer(pages: list[str]) -> float:
    """Processor seconds that Chromium and its driver take for each document, their start not counted."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(chromium.found()), args=["--no-sandbox", "--disable-quic"]
        )
        page = opened.new_page()
        page.set_content(pages[0])
        page.pdf(format="A4", tagged=True)
        before = processor_of_children()
        for content in pages:
            page.set_content(content)
            page.pdf(format="A4", tagged=True)
        work = processor_of_children() - before
        opened.close()
    return work / len(pages)


def processor_of_children() -> float:
    """Processor seconds used so far by every living process that descends from this one (Linux)."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        number = int(stat.parent.name)
        parents[number] = int(fields[1])
        spent[number] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return sum(spent[number] for number in spent if _descends(number, parents))


def _descends(number: int, parents: dict[int, int]) -> bool:
    while number in parents:
        number = parents[number]
        if number == os.getpid():
            return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=350)
    parser.add_argument("--peer", type=int, default=12)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    cards = list(slice_result(made_result(given.organisations)).values())
    kept = [card.to_json() for card in cards]
    tenth, whole = timed(kept[: max(len(kept) // 10, 1)]), timed(kept)
    found: dict[str, Any] = {
        "reports": len(kept),
        "pages": whole["pages"],
        "seconds": round(whole["seconds"], 2),
        "seconds_per_report": round(whole["seconds"] / len(kept), 4),
        "processor_seconds_per_report": round(whole["processor"] / len(kept), 4),
        "growth_for_ten_times": round(whole["processor"] / tenth["processor"], 2),
        "megabytes_peak": round(whole["megabytes"]),
        "kilobytes_per_report": round(whole["bytes"] / len(kept) / 1024),
    }
    if given.peer and chromium.found():
        theirs = peer([as_page(organisation_report.blocks_of(card), card.name) for card in cards[: given.peer]])
        found["chromium_processor_seconds_per_report"] = round(theirs, 4)
        found["times_cheaper_than_chromium"] = round(theirs / (whole["processor"] / len(kept)), 1)
    for name, value in found.items():
        print(f"{name:32} {value}")
    if given.output:
        given.output.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
