import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gisapp.cli import COMMANDS, cli
from gisapp.cli.door import Door
from gisapp.cli.helping import CLOSING, UNIT, Command, columns, wrap
from gisapp.cli.words import paragraphs
from tests.test_house import marked

EVERY = ["", *COMMANDS]
ROOM = 80
"""What `CliRunner` tells click that the terminal has."""

HAN = re.compile(r"[\u3400-\u9fff]")
NAMES = r"default|short-floor|NAME-swapped|normal|surge|cube|month|member|service|gcj02|bd09|Ctrl"
"""Words of options, names of systems and keys: Latin letters in a Chinese sentence."""
CODES = re.compile(rf"--?[a-z-]+|(?:\.[a-z]+)+|EPSG:nnnn|YYYY-\w+|\b(?:{NAMES}|x|y|z|p)\b")


def told(*words: str, **env: str) -> str:
    env = {"GISAPP_LOCALE": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": ""} | env
    done = CliRunner().invoke(cli, words, env=env, prog_name="gisapp")
    assert done.exit_code == 0, done.output
    return done.stdout


def tree() -> Iterator[tuple[click.Context, click.Command]]:
    top = click.Context(cli, info_name="gisapp", **cli.context_settings)
    yield top, cli
    for name in COMMANDS:
        command = cli.get_command(top, name)
        assert command is not None
        yield click.Context(command, parent=top, info_name=name), command


def test_make_words_finds_all_that_help_shows() -> None:
    shown = {
        text
        for ctx, command in tree()
        for said in (command.help, *(getattr(one, "help", "") for one in command.get_params(ctx)))
        for text in paragraphs(said or "")
    }

    frame = {"Usage: ", "Options:", "Commands:", "default: {said}", "required", "; "}
    assert len(shown) > 100
    assert sorted((shown | frame) - marked()) == []


@pytest.mark.parametrize("command", EVERY)
def test_chinese_help_holds_no_english_beside_names_and_codes(command: str) -> None:
    usage, *lines = told(*command.split(), "--help").splitlines()

    assert usage.startswith(f"用法：gisapp {command}".rstrip())
    for line in lines:
        # Left of the gap stand the names of options and commands.
        text = re.sub(r"^  \S.*?(?:  +|$)", "", line) if not HAN.match(line.strip()) else line
        assert not re.findall(r"[a-z]+", CODES.sub("", text)), line


@pytest.mark.parametrize("command", EVERY)
def test_english_help_holds_no_chinese(command: str) -> None:
    text = told("--lang", "en", *command.split(), "--help")

    assert text.startswith("Usage: gisapp")
    assert "Options:" in text
    assert "Show this message and exit." in text
    assert not HAN.search(text)


def test_help_follows_the_asked_language_wherever_the_option_stands() -> None:
    english = told("--lang", "en", "--help")

    assert english == told("--help", "--lang", "en") == told("--help", "--lang=en")
    assert english == told("--help", GISAPP_LOCALE="en") == told("--help", LANG="en_GB.UTF-8")
    assert told("--help") == told("--lang", "zh_CN", "--help", LANG="en_GB.UTF-8")
    assert "Usage" in told("plans", "-h", LANG="en_GB.UTF-8")
    assert "用法" in told("plans", "-h")


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
@pytest.mark.parametrize("command", EVERY)
def test_help_fits_a_terminal_and_what_options_mean_stands_in_one_column(
    command: str, lang: str
) -> None:
    lines = told("--lang", lang, *command.split(), "--help").splitlines()

    assert max(map(columns, lines)) <= ROOM
    assert not [line for line in lines if line.strip()[:1] in CLOSING and line.strip()]
    _, *table = lines[lines.index({"zh_CN": "选项：", "en": "Options:"}[lang]) :]
    begins = {len(found[0]) for line in table if (found := re.match(r"  \S.*?  +|    +", line))}
    assert len(begins) == (1 if command else 2)


def test_defaults_and_what_is_required_are_said_in_chinese() -> None:
    @click.command(cls=Command)
    @click.option("--most", type=click.IntRange(1, 9), default=3, show_default=True)
    @click.option("--area", required=True)
    def command() -> None:
        """Say nothing."""

    said = CliRunner().invoke(command, ["--help"], obj=Door("zh_CN")).stdout

    assert "[默认：3；1<=x<=9]" in said
    assert "--area TEXT           [必填]" in re.sub(r"  +", "           ", said)


def test_no_line_parts_a_word_or_a_number_from_its_unit_or_begins_with_a_stop() -> None:
    assert wrap("清除结案满 90 天的准确位置。", 14) == ["清除结案满", "90 天的准确", "位置。"]
    assert wrap("读 GeoPackage，写 CSV。", 14) == ["读", "GeoPackage，写", "CSV。"]


def test_no_character_stands_alone_in_the_last_line() -> None:
    assert wrap("一二三四五六。", 10) == ["一二三四", "五六。"]
    assert wrap("GeoPackage一", 10) == ["GeoPackage", "一"]


@given(st.text("ab 9纠纷网格，。（）[]", max_size=60), st.integers(12, 40))
def test_wrapping_loses_nothing_and_keeps_to_the_room(text: str, room: int) -> None:
    lines = wrap(text, room)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns(line) <= room or len(UNIT.findall(line)) == 1 for line in lines)
    assert all(lines) or not text.strip()
