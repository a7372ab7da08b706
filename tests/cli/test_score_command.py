"""`parvis score`: the bytes of the pipeline, another method, the edition before, refusals in words."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from parvis.cli import main
from parvis.core.bundle import read_dataset, read_result, write_dataset
from parvis.core.instruments.method import load_method
from parvis.core.pipeline import score_edition
from tests.core.datasets import dataset, random_dataset
from tests.core.test_pipeline import files_of, full_rows


def run(*arguments: object) -> tuple[int, str]:
    ran = CliRunner().invoke(main, [str(argument) for argument in arguments], env={"PARVIS_LANGUAGE": "en"})
    return ran.exit_code, ran.output


def test_the_command_gives_the_bytes_of_the_pipeline_twice(tmp_path: Path) -> None:
    written = write_dataset(dataset(**full_rows(9, organisations=4)), tmp_path / "d")
    expected = files_of(score_edition(written), tmp_path / "expected")
    for name in ("one", "two"):
        code, said = run("score", tmp_path / "d", "-o", tmp_path / name)
        assert (code, "4 organisations" in said) == (0, True)
        assert {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} == expected


def test_the_command_takes_another_method_and_the_edition_before(tmp_path: Path) -> None:
    write_dataset(random_dataset(9), tmp_path / "d")
    write_dataset(random_dataset(10), tmp_path / "before.zip")
    (tmp_path / "m.toml").write_text(load_method()[1].replace('id = "2026"', 'id = "mine"'), "utf-8")
    code, _ = run(
        "score",
        tmp_path / "d",
        "--method",
        tmp_path / "m.toml",
        "--previous",
        tmp_path / "before.zip",
        "-o",
        tmp_path / "r",
    )
    result = read_result(tmp_path / "r")
    assert (code, result.manifest["method"]["id"]) == (0, "mine")
    assert result.table("changes").num_rows > 0
    assert read_dataset(tmp_path / "d").manifest["method"]["sha256"] != result.manifest["method"]["sha256"]


def test_the_command_refuses_in_words_and_writes_nothing(tmp_path: Path) -> None:
    write_dataset(random_dataset(9), tmp_path / "d")
    (tmp_path / "d" / "answers.parquet").write_bytes(b"cut")
    (tmp_path / "bad.toml").write_text("format = 3")
    for arguments in (
        ["score", tmp_path / "d", "-o", tmp_path / "r"],
        ["score", tmp_path / "absent", "-o", tmp_path / "r"],
        ["score", tmp_path / "d", "--method", tmp_path / "bad.toml", "-o", tmp_path / "r"],
        ["dataset", "check", tmp_path / "d"],
    ):
        code, said = run(*arguments)
        assert code == 2
        assert said.strip()
        assert "Traceback" not in said
    assert not (tmp_path / "r").exists()
