"""`parvis grid`: every fault with its place, a summary, plain words, the XForm."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from parvis.cli import main
from parvis.core.instruments.expressions import FUNCTIONS
from parvis.core.instruments.form import Measure
from parvis.core.instruments.grid.workbook import OUR_SURVEY_COLUMNS
from parvis.core.vocabulary import Channel, DelayKind, Determinant, Stage

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src/parvis/grids/2026"
ORDER = ("phone", "email", "letter", "visit", "website", "social", "questionnaire")


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("PARVIS_LANGUAGE", "fr")
    return lambda *words: CliRunner().invoke(main, ["grid", *map(str, words)])


def test_check_sums_up_a_good_grid(run):
    done = run("check", FOLDER / "phone.xlsx")
    assert done.exit_code == 0
    assert "Canal phone : 34 critères, somme des poids 44." in done.output
    assert "| Réactivité | 2 | 0 | 1 | 0 | 3 |" in done.output
    assert done.output.endswith("Aucune faute.\n")


def test_check_speaks_english(run, monkeypatch):
    monkeypatch.setenv("PARVIS_LANGUAGE", "en")
    assert "Channel phone: 34 criteria, sum of weights 44." in run("check", FOLDER / "phone.xlsx").output


def test_check_tells_every_fault_and_leaves_with_2(run, tmp_path):
    path = tmp_path / "form.md"
    path.write_text("| survey |\n| | type | name | label |\n| | telepathy | a | A |\n| | text | b | |\n", "utf-8")
    done = run("check", path)
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        "feuille survey, ligne 2, colonne type : le type « telepathy » est inconnu. Types lus : select_one LISTE, "
        "select_multiple LISTE, integer, decimal, range, text, date, time, dateTime, image, acknowledge, note, "
        "calculate, begin group, end group.",
        "feuille survey, ligne 3, colonne label : cette question n’a pas de libellé. "
        "Remplissez label dans chaque langue.",
    ]


def test_a_file_that_is_not_there_is_told_without_a_traceback(run):
    done = run("check", "nowhere.xlsx")
    assert done.exit_code == 2
    assert done.stderr == "fichier nowhere.xlsx : ce fichier ne peut pas être ouvert. Vérifiez le chemin.\n"


def test_the_guide_is_what_the_command_shows(run):
    guide = (ROOT / "docs/guides/grilles-2026.md").read_text("utf-8")
    shown = run("show", *(FOLDER / f"{name}.xlsx" for name in ORDER))
    assert shown.exit_code == 0
    assert guide.endswith(f"\n\n{shown.output}")


def test_show_speaks_the_languages_of_the_form(run):
    assert "# Social network grid 2026" in run("show", FOLDER / "social.xlsx", "--language", "en").output
    assert "Wie haben Sie Kontakt aufgenommen?" in run("show", FOLDER / "questionnaire.xlsx", "--language", "de").output


def test_xform_writes_the_form_for_phones(run, tmp_path):
    done = run("xform", FOLDER / "phone.xlsx", "-o", tmp_path / "phone.xml")
    assert done.exit_code == 0
    assert (tmp_path / "phone.xml").read_text("utf-8").startswith("<?xml")


def test_the_guide_to_writing_names_every_column_and_function():
    guide = (ROOT / "docs/guides/ecrire-une-grille.md").read_text("utf-8")
    for word in (*OUR_SURVEY_COLUMNS, *FUNCTIONS, *Stage, *Determinant, *Channel, *DelayKind, *Measure):
        assert f"`{word}`" in guide, word
