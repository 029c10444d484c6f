"""Says what a command does (``--help``) in the asked language; click itself speaks English only."""

import re
from collections.abc import Iterable
from typing import Final
from unicodedata import east_asian_width

import click

from gisapp.cli.door import Door, asked_language
from gisapp.cli.words import paragraphs
from gisapp.i18n import N_, Sentence

OF_CLICK: Final = (N_("Show this message and exit."), N_("Show the version and exit."))
"""What the options say of themselves that click makes."""

WIDE: Final = ("W", "F", "A")
"""Two columns; of signs like “ and … the terminal decides, so there is room for both."""

HAN: Final = r"\u3400-\u9fff"
OPENING: Final = "（《“"
CLOSING: Final = "，。：；？！、）》”…"
WORD: Final = rf"\[.*?\]|\d[\d.,\u2009]*[ ]?[{HAN}]|[{HAN}]|[^\s{HAN}{OPENING}{CLOSING}]+"
UNIT: Final = re.compile(rf"(\s*)([{OPENING}]*(?:{WORD})[{CLOSING}]*|\S)")
"""What no line parts: brackets, a word or character with its signs, a number and its unit."""


class Formatter(click.HelpFormatter):
    """Writes help where a Chinese character takes two columns."""

    def write_heading(self, heading: str) -> None:
        """Write a heading that brings its colon."""
        self.write(f"{heading}\n")

    def write_text(self, text: str) -> None:
        """Write the lines of one paragraph."""
        indent = " " * self.current_indent
        for line in wrap(text, self.width - self.current_indent):
            self.write(f"{indent}{line}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms, and beside each what it means."""
        rows = list(rows)
        first = min(max(columns(term) for term, _ in rows), col_max)
        beside = " " * (self.current_indent + first + col_spacing)
        for term, meaning in rows:
            begun = " " * self.current_indent + term
            lines = wrap(meaning, self.width - len(beside))
            if columns(term) <= first:
                begun += " " * (len(beside) - columns(begun)) + lines.pop(0)
            self.write(
                "".join(f"{line.rstrip()}\n" for line in (begun, *(beside + one for one in lines)))
            )


class Context(click.Context):
    """One run of a command, with our way to write help."""

    formatter_class = Formatter


class Command(click.Command):
    """A command that says in the asked language what it does."""

    context_class = Context

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, tell(ctx, N_("Usage: ")))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        for part in paragraphs(self.help or ""):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(tell(ctx, part))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each option is for."""
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        with formatter.section(tell(ctx, N_("Options:"))):
            formatter.write_dl(
                (one.get_help_spec(ctx), _meaning(ctx, one)) for one in options if not one.hidden
            )


def tell(ctx: click.Context, message: str, **fields: object) -> str:
    """Say ``message`` in the language this run was asked for."""
    door = ctx.find_object(Door) or Door(asked_language(None))
    return door.say(Sentence(message, fields)) if fields else door.translate(message)


def _meaning(ctx: click.Context, option: click.Option) -> str:
    extra = option.get_help_extra(ctx)
    told = []
    if "default" in extra:
        told.append(tell(ctx, N_("default: {said}"), said=str(extra["default"])))
    if "range" in extra:
        told.append(extra["range"])
    if "required" in extra:
        told.append(tell(ctx, N_("required")))
    meaning = tell(ctx, option.help) if option.help else ""
    extras = tell(ctx, N_("; ")).join(told)
    return f"{meaning}  [{extras}]" if extras else meaning


def columns(text: str) -> int:
    """Count the columns of a terminal that ``text`` takes."""
    return sum(2 if east_asian_width(sign) in WIDE else 1 for sign in text)


def wrap(text: str, room: int) -> list[str]:
    """Part ``text`` into lines of at most ``room`` columns where it may be parted."""
    lines: list[list[str]] = [[]]
    for gap, unit in UNIT.findall(text):
        if columns("".join([*lines[-1], gap, unit])) > room and lines[-1]:
            lines.append([unit])
        else:
            lines[-1].append(gap + unit)
    *_, before, last = [[], *lines]
    lone = re.fullmatch(rf"[{HAN}][{CLOSING}]*", "".join(last))
    if lone and len(before) > 1 and columns(before[-1].lstrip() + lone[0]) <= room:
        # No character stands alone in the last line.
        last.insert(0, before.pop().lstrip())
    return ["".join(line) for line in lines]
