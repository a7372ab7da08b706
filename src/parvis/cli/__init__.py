"""The command line: files in, files out (`files`), and the server (`server`)."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from parvis.cli.commands import Group, fault_of
from parvis.cli.files.tables import bilingual, refuse
from parvis.core.vocabulary import Fault, ParvisError, Text

# name -> (module, attribute): a command is imported only when it is called, so that every command starts at once
COMMANDS = {
    "estimate": ("parvis.cli.files.estimate", "estimate"),
    "rank": ("parvis.cli.files.rank", "rank"),
    "bands": ("parvis.cli.files.bands", "bands"),
    "change": ("parvis.cli.files.change", "change"),
    "suppress": ("parvis.cli.files.suppress", "suppress"),
    "score": ("parvis.cli.files.score", "score"),
    "dataset": ("parvis.cli.files.dataset", "dataset"),
    "explain": ("parvis.cli.files.explain", "explain"),
    "grid": ("parvis.cli.files.grid", "grid"),
    "agreement": ("parvis.cli.files.observers", "agreement"),
    "severity": ("parvis.cli.files.observers", "severity"),
    "report": ("parvis.cli.files.report", "report"),
    "kit": ("parvis.cli.files.kit", "kit"),
    "plan": ("parvis.cli.files.plan", "plan"),
    "demo": ("parvis.cli.server", "demo"),
    "begin": ("parvis.cli.server", "begin"),
    "serve": ("parvis.cli.server", "serve"),
    "worker": ("parvis.cli.server", "worker"),
    "backup": ("parvis.cli.server", "backup"),
    "manage": ("parvis.cli.server", "manage"),
}


class _LazyGroup(Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def main(self, *args: Any, standalone_mode: bool = True, **kwargs: Any) -> Any:
        """Run, and leave with code 2 and one message per fault when something given cannot be used."""
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **kwargs)
        try:
            code = super().main(*args, standalone_mode=False, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
            sys.exit(2)
        except click.ClickException as error:
            refuse(ParvisError(fault_of(error, getattr(error, "ctx", None))))
        except ParvisError as error:
            refuse(error)
        except (PermissionError, IsADirectoryError, NotADirectoryError) as error:
            refuse(ParvisError(_not_written(error)))
        except click.Abort:
            sys.exit(130)
        sys.exit(code if isinstance(code, int) else 0)


def _not_written(error: OSError) -> Fault:
    return Fault(
        "file_denied",
        Text("ce fichier ne peut être lu ou écrit ici.", "this file cannot be read or written here."),
        Text("Vérifiez le chemin et ses droits.", "Check the path and its permissions."),
        {"file": str(error.filename or "")},
    )


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=bilingual(
        "Parvis, le baromètre ouvert de l’expérience citoyenne.", "The open barometer of the citizen’s experience."
    ),
)
@click.version_option(package_name="parvis", help=bilingual("La version.", "The version."))
def main() -> None:
    pass
