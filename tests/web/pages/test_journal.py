"""The journal speaks to people: whatever the site writes in it has words in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

import parvis.web
from parvis.rendering.acts import ACTS
from parvis.web.people.models import JournalEntry
from tests.factories import MOMENT, SeatFactory

SOURCES = sorted(Path(parvis.web.__file__).parent.rglob("*.py"))


def verbs(tree: ast.AST) -> Iterator[str]:
    """Every verb given as `verb=` or `seen=`, or under a name with `verb` in it; "observer.*" for a computed end."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="verb" | "seen"):
                yield from said(node.value)
            case ast.Assign(targets=[ast.Name(id=name)]) if "verb" in name:
                yield from said(node.value)


def said(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and "." in value.value:
        yield value.value
    elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
        yield f"{value.values[0].value}*"
    elif isinstance(value, ast.IfExp):
        yield from said(value.body)
        yield from said(value.orelse)


def test_every_act_that_the_site_writes_down_has_words() -> None:
    written = {verb for source in SOURCES for verb in verbs(ast.parse(source.read_text("utf-8")))}
    assert len(written) > 60
    starts = {verb.split(".")[0] + ".*" for verb in ACTS}
    missing = sorted(written - set(ACTS) - starts)
    assert missing == [], ", ".join(missing)


@pytest.mark.django_db
def test_the_organiser_reads_acts_and_things_not_codes(client: Client) -> None:
    seat = SeatFactory(role="organiser", person__demonstration=True)
    slug = seat.edition.slug
    JournalEntry.objects.create(at=MOMENT, verb="dataset.frozen", subject="results.FrozenDataset:7", edition=slug)
    client.force_login(seat.person)
    page = client.get(f"/pilotage/{slug}/journal/").content.decode()
    assert "données figées" in page
    assert "jeu de données figé 7" in page
    assert "dataset.frozen" not in page
