"""The numbers of the method's pages are computed, not remembered."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "method"
WITH_EXAMPLES = sorted(page.name for page in PAGES.glob("*.md") if "\n>>> " in page.read_text("utf-8"))


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_give_what_the_page_says(name: str) -> None:
    failed, tried = doctest.testfile(str(PAGES / name), module_relative=False, encoding="utf-8")
    assert (failed, tried > 0) == (0, True)


def test_most_pages_prove_their_numbers() -> None:
    assert len(WITH_EXAMPLES) >= 8
    assert all(f"({page.name})" in (PAGES / "README.md").read_text("utf-8") for page in PAGES.glob("[!R]*.md"))
