"""The command line: one executable, its commands loaded only when they run."""

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import click

from gisapp import __version__
from gisapp.cli.door import Door, asked_language
from gisapp.cli.helping import Command, tell
from gisapp.cli.usage import JSON, WrongUsage
from gisapp.cli.words import purpose
from gisapp.i18n import LOCALES, N_, Locale

COMMANDS: Final = {
    "init": "gisapp.cli.run:init",
    "demo": "gisapp.cli.demo:demo",
    "import": "gisapp.cli.data:import_",
    "imports": "gisapp.cli.batches:imports",
    "revisions": "gisapp.cli.revisions:revisions",
    "match-codes": "gisapp.cli.codes:match_codes",
    "check": "gisapp.cli.check:check",
    "match": "gisapp.cli.plan:match",
    "plans": "gisapp.cli.plan:plans",
    "publish": "gisapp.cli.plan:publish",
    "explain": "gisapp.cli.explain:explain",
    "offers": "gisapp.cli.explain:offers",
    "candidates": "gisapp.cli.explain:candidates",
    "stand-down": "gisapp.cli.surge:stand_down",
    "compare": "gisapp.cli.compare:compare",
    "ledger": "gisapp.cli.ledger:ledger",
    "coverage": "gisapp.cli.coverage:coverage",
    "hotspots": "gisapp.cli.hotspots:hotspots",
    "scan": "gisapp.cli.scan:scan",
    "visits": "gisapp.cli.visits:visits",
    "before-after": "gisapp.cli.visits:before_after",
    "release": "gisapp.cli.release:release",
    "erase": "gisapp.cli.erase:erase",
    "alerts": "gisapp.cli.alerts:alerts",
    "export": "gisapp.cli.export:export",
    "tiles": "gisapp.cli.tiles:tiles",
    "serve": "gisapp.cli.serve:serve",
    "worker": "gisapp.cli.worker:worker",
    "doctor": "gisapp.cli.run:doctor",
    "settings": "gisapp.cli.settings:settings",
}


LANG: Final = re.compile(rf"^--lang[=\n]({'|'.join(LOCALES)})$", re.MULTILINE)


class _Lazy(Command, click.Group):
    """A group that imports a command when it is asked for: geopandas takes a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        # What they say of themselves is in their source: to import all of them takes seconds.
        with formatter.section(tell(ctx, N_("Commands:"))):
            formatter.write_dl((name, tell(ctx, purpose(at))) for name, at in COMMANDS.items())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[JSON] = "--json" in args
        ctx.obj = Door(asked_language(_lang(args)))
        with _said(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _said(ctx):
            return super().invoke(ctx)


@contextmanager
def _said(ctx: click.Context) -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as wrong:
        raise WrongUsage(wrong, ctx.obj) from wrong


def _lang(args: list[str]) -> Locale | None:
    # Looked for before click looks at any option: --help answers at once.
    asked = LANG.findall("\n".join(args))
    return asked[-1] if asked else None


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gisapp")
@click.option(
    "--lang", type=click.Choice(LOCALES), expose_value=False, help="Language of what is printed."
)
def cli() -> None:
    """Grid mapping: who covers what, who should, where disputes gather."""
