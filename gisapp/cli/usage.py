"""Says wrong usage in the asked language; click itself speaks English only."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any, Final

import click

from gisapp.cli.door import Door
from gisapp.i18n import N_, Sentence

JSON: Final = "gisapp.json"
"""Where the group remembers that one JSON document was asked for."""

STATUS: Final = 400
MORE: Final = N_("“{command} --help” says more.")

OF_TYPE: Final = (
    (click.Path, N_("{name} must be a file that is there and can be read.")),
    (click.DateTime, N_("{name} is a day, written as 2026-10-31.")),
    (type(click.INT), N_("{name} is a whole number.")),
)
SAID: Final = (
    (re.compile(r"No such command '(.*?)'"), N_("There is no command {name}.")),
    (re.compile(r"Got unexpected extra arguments? \((.*)\)"), N_("{name} is too much here.")),
    (re.compile(r"Missing (command)"), N_("Name a command.")),
)
"""What click says in English only, and what of it we say."""
OTHER: Final = N_("{name} cannot be that: {said}")


class Misused(click.UsageError):
    """A command was called with options that do not go together; says so in a sentence of ours."""


class WrongUsage(click.UsageError):
    """A command was called in a way it cannot be; ends with exit code 2."""

    def __init__(self, wrong: click.UsageError, door: Door) -> None:
        super().__init__(wrong.message, wrong.ctx)
        self._door = door
        self._title = door.say(_sentence(wrong))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print one line, or one RFC 9457 document."""
        if self.ctx is not None and self.ctx.meta.get(JSON):
            problem = {"type": "about:blank", "title": self._title, "status": STATUS}
            click.echo(json.dumps(problem | {"code": "wrong_usage"}, ensure_ascii=False))
            return
        click.echo(self._title, err=True)
        if self.ctx is not None:
            more = Sentence(MORE, {"command": self.ctx.command_path})
            click.echo(self._door.say(more), err=True)


def _sentence(wrong: click.UsageError) -> Sentence:
    if isinstance(wrong, Misused):
        return Sentence(wrong.message)
    if isinstance(wrong, click.NoSuchOption):
        return Sentence(N_("There is no option {name}."), {"name": wrong.option_name})
    if isinstance(wrong, click.BadParameter):
        return _of_parameter(wrong)
    if isinstance(wrong, click.BadOptionUsage) and "requires an argument" in wrong.message:
        return Sentence(N_("{name} needs a value."), {"name": wrong.option_name})
    for pattern, message in SAID:
        if found := pattern.match(wrong.message):
            return Sentence(message, {"name": found[1]})
    return Sentence(N_("The command cannot be called like this: {said}"), {"said": wrong.message})


def _of_parameter(wrong: click.BadParameter) -> Sentence:
    about: dict[str, object] = {"name": _name(wrong), "said": wrong.message}
    if isinstance(wrong, click.MissingParameter):
        return Sentence(N_("{name} is missing."), about)
    kind = None if wrong.param is None else wrong.param.type
    if isinstance(kind, click.Choice):
        return Sentence(N_("{name} is one of: {choices}."), about | {"choices": [*kind.choices]})
    if isinstance(kind, click.FloatRange) and kind.min_open:
        return Sentence(N_("{name} is a number above {least}."), about | {"least": kind.min})
    if isinstance(kind, click.IntRange):
        return Sentence(*_range(kind, about))
    message = next((text for type_, text in OF_TYPE if isinstance(kind, type_)), OTHER)
    return Sentence(message, about)


def _range(kind: click.IntRange, about: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    # As they are typed: no thousands are parted.
    bounds = dict(about) | {"least": str(kind.min), "most": str(kind.max)}
    if kind.max is None:
        return N_("{name} is a whole number, at least {least}."), bounds
    return N_("{name} is a whole number from {least} to {most}."), bounds


def _name(wrong: click.BadParameter) -> str:
    if wrong.param is None:
        return str(wrong.param_hint or "")
    if isinstance(wrong.param, click.Option):
        return max(wrong.param.opts, key=len)
    return wrong.param.make_metavar(wrong.ctx) if wrong.ctx else str(wrong.param.name).upper()
