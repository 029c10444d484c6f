import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gisapp.cli import COMMANDS, cli
from gisapp.cli.words import paragraphs
from gisapp.layer import Layer

WRONG = [
    ([], "缺一个命令。"),
    (["nosuch"], "没有命令 nosuch。"),
    (["--nosuch"], "没有选项 --nosuch。"),
    (["publish"], "缺少 PLAN。"),
    (["plans", "x", "y"], "这里多了 x y。"),
    (["match", "--area"], "--area 后面缺一个值。"),
    (["import", "grids"], "缺少 FILE。"),
    (["import", "cats", "x.csv"], "只能是：areas、grids"),
    (["import", "grids", "/nosuch.gpkg"], "FILE 应是已有且可读的文件。"),
    (["match", "--seed", "99999999999999999999"], "--seed 是 0 到 2147483647 的整数。"),
    (["match", "--time-limit", "0"], "--time-limit 是大于 0 的数。"),
    (["demo", "--grids", "many"], "--grids 是整数。"),
    (["coverage", "--day", "2026-02-30"], "--day 是日期，写作 2026-10-31。"),
    (["scan", "--prospective", "--flexible"], "--prospective 和 --flexible 只选其一。"),
    (["serve", "--prot", "80"], "没有选项 --prot。"),
]


def run(*words: str, lang: str = "zh_CN", **env: str) -> Result:
    return CliRunner().invoke(cli, ["--lang", lang, *words], env=env, prog_name="gisapp")


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_usage_is_said_in_chinese_and_ends_with_two(words: list[str], said: str) -> None:
    done = run(*words)

    assert done.exit_code == 2
    assert said in done.stderr.splitlines()[0]
    assert done.stdout == ""


def test_wrong_usage_names_the_help_that_says_more() -> None:
    done = run("publish", lang="en")

    assert done.stderr.splitlines() == ["PLAN is missing.", "“gisapp publish --help” says more."]


def test_wrong_usage_is_one_document_for_a_program() -> None:
    done = run("import", "grids", "/nosuch.gpkg", "--json", lang="en")

    problem = json.loads(done.stdout)
    assert done.exit_code == 2
    assert (problem["status"], problem["code"]) == (400, "wrong_usage")
    assert done.stderr == ""


def test_a_fault_of_the_program_is_one_sentence_and_one_document(
    monkeypatch: Any, tmp_path: Path
) -> None:
    def fails(*given: object) -> None:
        raise RuntimeError("secret")

    url = f"sqlite:///{tmp_path / 'town.sqlite'}"
    monkeypatch.setattr(Layer, "read", fails)
    run("init", GISAPP_DATABASE_URL=url)

    done = run("coverage", "--json", lang="en", GISAPP_DATABASE_URL=url)

    problem = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (problem["status"], problem["code"]) == (500, "broken")
    assert "secret" not in done.stdout


HEAVY = ("pandas", "scipy", "numba", "ortools", "folium", "geopandas", "sqlalchemy")

HELP = f"""
import sys
from gisapp.cli import cli
cli(["--lang", "en", "--help"], standalone_mode=False)
sys.exit([name for name in {HEAVY!r} if name in sys.modules] or 0)
"""


def test_help_says_what_each_command_does_and_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    for name, where in COMMANDS.items():
        module, word = where.split(":")
        command = getattr(importlib.import_module(module), word)
        assert f"  {name}" in done.stdout
        assert paragraphs(command.help)[0] in " ".join(done.stdout.split())
