"""Pages call no outside host, and no template is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository import exceptions, pages, tree


def test_no_page_fetches_from_outside() -> None:
    assert [tree.name_of(path) for path in pages.served() if pages.fetches_from_outside(tree.text_of(path))] == []


def test_only_known_hosts_are_named() -> None:
    named = {
        f"{tree.name_of(path)}: {host}"
        for path in pages.served()
        for host in pages.hosts(tree.text_of(path)) - set(exceptions.NAMED_HOSTS)
    }
    assert sorted(named) == []


def test_no_template_is_left_behind() -> None:
    found = pages.templates()
    asked = tuple(exceptions.TEMPLATES_ASKED_BY_OTHERS)
    names = {name for name in found if not name.startswith(asked)}
    sources = {path: tree.text_of(path) for path in tree.ours(".py", ".html", ".txt", ".typ", under=tree.SOURCE)}
    assert pages.unused(names, sources, found) == []


# --- the rules catch a deliberate breach


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.com/a.js"></script>',
        "<img alt='' src='//pixel.example.com/p.gif'>",
        '<link rel="stylesheet" href="https://fonts.example.com/css">',
        "@import url(https://fonts.example.com/a.css);",
        "background: url('//example.com/a.png')",
        "fetch('https://example.com/api')",
    ],
)
def test_a_call_outside_is_caught(text: str) -> None:
    assert pages.fetches_from_outside(text)
    assert pages.hosts(text)


@pytest.mark.parametrize(
    "text",
    ['<a href="https://www.cnil.fr/">CNIL</a>', '<script src="/static/a.js"></script>', "// a comment", "url(/a.png)"],
)
def test_a_link_and_our_own_files_pass(text: str) -> None:
    assert not pages.fetches_from_outside(text)


def test_an_unused_template_is_caught() -> None:
    sources = {
        Path("views.py"): 'render(request, "public/home.html"); mail(template="mail/kept"); pdf("poster")',
        Path("home.html"): '{% include "public/a.html" %}',
    }
    used = {"public/home.html", "public/a.html", "mail/kept.txt", "poster.typ"}
    left = {"public/old.html", "mail/lost.txt", "post.typ"}
    assert pages.unused(used | left, sources, {}) == sorted(left)
