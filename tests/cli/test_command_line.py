"""What is wrong with a command line is told in French or in English, all of it at once, with what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parvis.cli import COMMANDS, main

ON_FILES = ["estimate", "rank", "bands", "change", "suppress", "score", "explain", "agreement", "severity", "plan"]


def run(*line: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, list(line), env={"PARVIS_LANGUAGE": language})


WRONG = [
    (["nothing"], ["There is no command “nothing”. Commands: estimate, rank, "]),
    (["dataset", "nothing"], ["There is no command “nothing”. Commands: check, import."]),
    (["estimate"], ["DATA is missing.", "The option --value is missing.", "The option -o / --output is missing."]),
    (["estimate", "d.csv", "--value"], ["The option --value takes a value."]),
    (["estimate", "d.csv", "--share=1"], ["The option --share takes no value."]),
    (["estimate", "d.csv", "--valeu", "q"], ["There is no option “--valeu”. Perhaps --value?"]),
    (["rank", "e.csv", "more"], ["The option --id is missing.", "“more” is one too many."]),
    (
        ["change", "a", "b", "--family", "x", "--margin", "2,5", "--id", "i", "--estimate", "e", "-o", "o.csv"],
        ["“x” does not suit --family. Choose among: bh, holm.", "“2,5” does not suit --margin.", "--standard-error"],
    ),
    (["rank", "e.csv", "--seed", "1.5"], ["“1.5” does not suit --seed. Give a whole number."]),
]


@pytest.mark.parametrize(("line", "told"), WRONG)
def test_every_fault_of_a_line_is_told_at_once_with_code_2(line: list[str], told: list[str]) -> None:
    done = run(*line)

    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)
    for words in told:
        assert any(words in one for one in done.stderr.splitlines()), done.stderr
    assert "Error" not in done.stderr


@pytest.mark.parametrize("line", [line for line, _ in WRONG])
def test_french_says_as_much(line: list[str]) -> None:
    french, english = run(*line, language="fr").stderr.splitlines(), run(*line).stderr.splitlines()

    assert len(french) == len(english)
    assert all(one != other for one, other in zip(french, english, strict=True))


@pytest.mark.parametrize("command", [*ON_FILES, "serve", "demo"])
def test_help_is_in_both_languages(command: str) -> None:
    done = run(command, "--help")

    assert done.exit_code == 0
    assert "Cette aide. · This help." in done.output
    options = done.output.split("Options :")[1]
    assert not any(line.split()[-1:] == ["[required]"] for line in options.splitlines())


def test_the_list_of_commands_names_each_with_what_it_does() -> None:
    listed = run("--help").output.split("Commandes · Commands :")[1].splitlines()

    said = {line.split()[0]: line.split()[1:] for line in listed if line.strip()}
    assert set(said) == set(COMMANDS)
    assert all(said.values())


def test_a_place_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("q\n1\n2\n", "utf-8")
    (tmp_path / "taken.csv").mkdir()

    done = run("estimate", str(tmp_path / "d.csv"), "--value", "q", "-o", str(tmp_path / "taken.csv"))

    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert "taken.csv: this file cannot be read or written here." in done.stderr


def test_what_nobody_foresaw_is_one_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("q\n1\n", "utf-8")
    monkeypatch.setattr("parvis.cli.files.estimate.estimate_survey", lambda *_, **__: 1 / 0)

    done = run("estimate", str(tmp_path / "d.csv"), "--value", "q", "-o", str(tmp_path / "o.csv"))

    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith("These data could not be dealt with (ZeroDivisionError: division by zero).")


ESTIMATES = "--id i --estimate e --standard-error s"


@pytest.mark.parametrize(
    "line",
    [
        "estimate t.csv --value e -o ./t.csv",
        "estimate t.csv --value e --diagnostics t.csv -o new.csv",
        f"rank t.csv {ESTIMATES} -o t.csv",
        f"bands t.csv {ESTIMATES} -o t.csv",
        f"change t.csv u.csv {ESTIMATES} -o u.csv",
        "suppress t.csv --rows i --columns e --count s -o t.csv",
        "agreement t.csv --unit i --rater e --value s -o t.csv",
        "severity t.csv --organisation i --observer e --channel e --score s -o t.csv",
        "dataset import t.csv --mapping u.csv -o u.csv",
        "score bundle -o bundle",
    ],
)
def test_what_a_command_reads_is_never_overwritten(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("t.csv", "u.csv"):
        (tmp_path / name).write_text("i,e,s\n1,5,1\n2,6,1\n", "utf-8")
    (tmp_path / "bundle").mkdir()

    done = run(*line.split())

    assert (done.exit_code, done.stderr.count("would overwrite what the command reads")) == (2, 1)
    assert (tmp_path / "t.csv").read_text("utf-8") == (tmp_path / "u.csv").read_text("utf-8")
