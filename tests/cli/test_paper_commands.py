"""`parvis kit` and `parvis report`: papers from files, or what is wrong with them."""

from __future__ import annotations

import zipfile
from pathlib import Path

from click.testing import CliRunner

from parvis.cli import main
from parvis.core.bundle import write_result
from tests.rendering.made_results import made_result
from tests.rendering.test_kits import URL, text_of


def test_the_command_writes_a_folder_or_a_zip(tmp_path: Path) -> None:
    run = CliRunner()
    common = ["kit", "--name", "Ville", "--url", URL, "--language", "fr"]
    apart = ["--banner", f"{URL}B", "--frame", f"{URL}F", "--results", "2026-10-01"]
    apart += ["--entry", f"Accueil={URL}A", "--kiosk", f"Accueil={URL}K", "--kiosk", f"Halle={URL}H"]
    assert run.invoke(main, [*common, *apart, "-o", str(tmp_path / "kit")]).exit_code == 0
    assert (tmp_path / "kit/affiche-a4.pdf").is_file()
    assert f'<a href="{URL}B">' in (tmp_path / "kit/bannieres/integration.html").read_text("utf-8")
    assert f'<iframe src="{URL}F"' in (tmp_path / "kit/integration.html").read_text("utf-8")
    hall, desk = (tmp_path / "kit/points-d-entree/halle", tmp_path / "kit/points-d-entree/accueil")
    assert {each.name for each in hall.iterdir()} == {"LISEZMOI.txt", "borne"}
    assert f"{URL}K" in (desk / "LISEZMOI.txt").read_text("utf-8")
    assert f'<a href="{URL}A">' in (desk / "bannieres/integration.html").read_text("utf-8")
    assert "à partir du 1er octobre 2026" in text_of((tmp_path / "kit/depliant-a5.pdf").read_bytes())
    assert run.invoke(main, [*common, "-o", str(tmp_path / "kit.zip")]).exit_code == 0
    assert "affiche-a3.pdf" in zipfile.ZipFile(tmp_path / "kit.zip").namelist()
    bad = run.invoke(main, ["kit", "--name", "Ville", "--url", "nowhere", "-o", str(tmp_path / "bad")])
    assert bad.exit_code == 2
    assert not (tmp_path / "bad").exists()


def test_the_command_writes_a_report_or_says_what_is_wrong(tmp_path: Path) -> None:
    write_result(made_result(8), tmp_path / "result")
    run = CliRunner()
    good = run.invoke(main, ["report", str(tmp_path / "result"), "org-00001", "-o", str(tmp_path / "a.pdf")])
    assert good.exit_code == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    bad = run.invoke(main, ["report", str(tmp_path / "result"), "nobody", "-o", str(tmp_path / "b.pdf")])
    assert bad.exit_code == 2
    assert "nobody" in bad.stderr
    assert not (tmp_path / "b.pdf").exists()
