"""The command line: files in, files out (`files`), and the server (`server`)."""

from __future__ import annotations

import importlib

import click

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
    "manage": ("parvis.cli.server", "manage"),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="parvis")
def main() -> None:
    """Parvis, le baromètre ouvert de l'expérience citoyenne · the open barometer of the citizen's experience."""
