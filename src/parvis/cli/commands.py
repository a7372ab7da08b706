"""Commands that tell what is wrong with a command line as they tell what is wrong with a file: in French or in English,
every fault at once, with what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click
from click.core import iter_params_for_processing

from parvis.cli.files.tables import bilingual
from parvis.core.vocabulary import Fault, ParvisError, Text


class _Bilingual(click.Command):
    """What all commands share: help in both languages."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = bilingual("Cette aide.", "This help.")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Usage : ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        records = [record for each in options if (record := each.get_help_record(ctx)) is not None]
        with formatter.section("Options "):
            formatter.write_dl([(name, _in_both(said)) for name, said in records])


def _in_both(said: str) -> str:
    """What click adds to an option's help, in French first."""
    return said.replace("required]", "obligatoire · required]").replace("[default: ", "[défaut · default: ")


class Command(_Bilingual):
    """A command that tells everything that is wrong with its line, not the first thing only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise ParvisError(self._faults(ctx, given) or [fault_of(error, ctx)]) from error

    def _faults(self, ctx: click.Context, args: list[str]) -> list[Fault]:
        """The line read again on a context that is thrown away, going on after each fault."""
        trial = self.context_class(self, info_name=ctx.info_name, parent=ctx.parent)
        try:
            given, left, order = self.make_parser(trial).parse_args(args=args)
        except click.UsageError as error:
            return [fault_of(error, ctx)]
        faults = []
        for each in iter_params_for_processing(order, self.get_params(trial)):
            if isinstance(each, click.Option) and (each.is_eager or each.prompt):
                continue
            try:
                left = each.handle_parse_result(trial, given, left)[1]
            except click.UsageError as error:
                faults.append(fault_of(error, ctx, given.get(str(each.name))))
        return faults + [_extra(word, ctx) for word in left]


class Group(_Bilingual, click.Group):
    """Several commands under one word."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _Bilingual.format_options(self, ctx, formatter)
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commandes · Commands "):
            formatter.write_dl([(name, one.get_short_help_str(60)) for name, one in found if one is not None])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = ", ".join(self.list_commands(ctx))
            raise ParvisError(
                Fault(
                    "command_unknown",
                    Text(f"la commande « {args[0]} » n’existe pas.", f"there is no command “{args[0]}”."),
                    Text(f"Commandes : {known}.", f"Commands: {known}."),
                )
            )
        return super().resolve_command(ctx, args)


def command(*args: Any, **kwargs: Any) -> Callable[[Callable[..., Any]], Command]:
    """`click.command` for ours."""
    return click.command(*args, cls=Command, **kwargs)


def group(*args: Any, **kwargs: Any) -> Callable[[Callable[..., Any]], Group]:
    """`click.group` for ours."""
    return click.group(*args, cls=Group, **kwargs)


def fault_of(error: click.ClickException, ctx: click.Context | None = None, raw: object = None) -> Fault:
    """What click found wrong, in our words."""
    if isinstance(error, click.MissingParameter):
        return _missing(error, ctx)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _refused(error.param, _last(raw), error)
    if isinstance(error, click.NoSuchOption):
        near = next(iter(error.possibilities or ()), "")
        unknown = Text(f"l’option « {error.option_name} » n’existe pas.", f"there is no option “{error.option_name}”.")
        return Fault("option_unknown", unknown, Text(f"Peut-être {near} ?", f"Perhaps {near}?") if near else _see(ctx))
    if isinstance(error, click.BadOptionUsage):
        name = error.option_name
        wants = "requires" in error.message
        return Fault(
            "option_value",
            Text(f"l’option {name} attend une valeur.", f"the option {name} takes a value.")
            if wants
            else Text(f"l’option {name} n’attend pas de valeur.", f"the option {name} takes no value."),
            _see(ctx),
        )
    return Fault("usage", Text(f"commande refusée ({error.message}).", f"refused ({error.message})."), _see(ctx))


def _missing(error: click.MissingParameter, ctx: click.Context | None) -> Fault:
    param = error.param
    if isinstance(param, click.Argument):
        name = param.make_metavar(ctx) if ctx else param.human_readable_name
        return Fault("argument_missing", Text(f"il manque {name}.", f"{name} is missing."), _see(ctx))
    names = " / ".join(param.opts) if param is not None else str(error.param_hint)
    return Fault("option_missing", Text(f"il manque l’option {names}.", f"the option {names} is missing."), _see(ctx))


def _refused(param: click.Parameter, raw: object, error: click.BadParameter) -> Fault:
    name = " / ".join(param.opts) if isinstance(param, click.Option) else param.human_readable_name.upper()
    what = Text(f"« {raw} » ne convient pas à {name}.", f"“{raw}” does not suit {name}.")
    kind = param.type
    if isinstance(kind, click.Choice):
        words = ", ".join(str(choice) for choice in kind.choices)
        return Fault("option_choice", what, Text(f"Choisissez parmi : {words}.", f"Choose among: {words}."))
    if isinstance(kind, click.IntRange | click.FloatRange):
        ends = kind._describe_range()
        return Fault("option_range", what, Text(f"Donnez un nombre : {ends}.", f"Give a number: {ends}."))
    if kind is click.INT or isinstance(kind, click.types.IntParamType):
        return Fault("option_integer", what, Text("Donnez un nombre entier.", "Give a whole number."))
    if isinstance(kind, click.types.FloatParamType):
        point = Text("Donnez un nombre, avec un point décimal.", "Give a number, with a decimal point.")
        return Fault("option_number", what, point)
    if isinstance(kind, click.Path | click.File):
        return Fault("option_path", what, Text("Vérifiez le chemin.", "Check the path."))
    return Fault("option_value", what, Text(f"Attendu : {error.message}", f"Expected: {error.message}"))


def _extra(word: str, ctx: click.Context) -> Fault:
    return Fault("argument_extra", Text(f"« {word} » est de trop.", f"“{word}” is one too many."), _see(ctx))


def _see(ctx: click.Context | None) -> Text:
    path = ctx.command_path if ctx is not None else "parvis"
    return Text(f"Voir {path} --help.", f"See {path} --help.")


def _last(raw: object) -> object:
    """The value that a person typed: the last one of an option that may repeat."""
    return raw[-1] if isinstance(raw, Sequence) and not isinstance(raw, str) and raw else raw
