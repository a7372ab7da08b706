"""Every command, setting and word is told to people, and the papers tell of nothing that does not exist."""

from __future__ import annotations

import inspect
from enum import StrEnum
from pathlib import Path

import pytest
from click.testing import CliRunner

from parvis.cli import COMMANDS, main
from parvis.core import vocabulary
from tests.repository import documents, tree

PAPERS = tree.ours(".md")


def test_every_command_is_documented() -> None:
    guide = tree.text_of(documents.COMMANDS)
    assert documents.undocumented([f"parvis {name}" for name in COMMANDS], guide) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert len(told.output.splitlines()) > 3


def test_every_make_target_is_documented() -> None:
    targets = documents.make_targets(tree.text_of(tree.ROOT / "Makefile"))
    assert "test" in targets
    assert documents.undocumented([f"make {name}" for name in targets], tree.text_of(documents.COMMANDS)) == []


def test_every_setting_is_documented_and_no_other() -> None:
    assert documents.settings_in(tree.text_of(documents.SETTINGS)) == documents.settings_read()


def test_every_word_of_the_glossary_exists_in_the_code() -> None:
    words = documents.glossary_words(tree.text_of(documents.GLOSSARY))
    assert len(words) == len(set(words)), "a word is told twice"
    assert sorted(set(words) - documents.class_names()) == []


def test_every_word_of_the_vocabulary_is_in_the_glossary() -> None:
    kinds = {
        name
        for name, kind in inspect.getmembers(vocabulary, inspect.isclass)
        if issubclass(kind, StrEnum) and kind.__module__ == vocabulary.__name__
    }
    assert sorted(kinds - set(documents.glossary_words(tree.text_of(documents.GLOSSARY)))) == []


@pytest.mark.parametrize("paper", PAPERS, ids=tree.name_of)
def test_papers_point_at_files_that_exist(paper: Path) -> None:
    assert documents.broken_links(paper) == []


# --- the rules catch a deliberate breach


def test_an_undocumented_command_is_caught() -> None:
    assert documents.undocumented(["parvis rank", "parvis rank-all"], "type `parvis rank-all`") == ["parvis rank"]


def test_a_setting_is_seen_wherever_it_is_read() -> None:
    assert documents.settings_in('flag("PARVIS_DEBUG"); PARVIS_ alone is a prefix') == {"PARVIS_DEBUG"}


def test_a_glossary_row_is_read() -> None:
    paper = "| code | écran |\n|---|---|\n| `Edition` | édition, `not this` |\n| `ActionPlan`, `Action` | plan |\n"
    assert documents.glossary_words(paper) == ["Edition", "ActionPlan", "Action"]


def test_a_dead_link_is_caught(tmp_path: Path) -> None:
    paper = tmp_path / "a.md"
    paper.write_text("[self](a.md#there) [gone](b.md) [far](https://example.org)")
    assert documents.broken_links(paper) == ["b.md"]
