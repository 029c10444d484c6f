"""The rules of the house that no linter knows."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import walk_packages

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import gisapp
from gisapp.auth import Scope
from gisapp.cli import COMMANDS
from gisapp.errors import GisappError
from gisapp.settings import Settings

HOME = Path(__file__).resolve().parent.parent
CHINESE = HOME / "gisapp/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
PROGRAMS = {"gisapp.__main__", "gisapp.wsgi", "gisapp.store.migrations.env"}
MAPPING = HOME / "gisapp/translations/babel.cfg"
WORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(HOME.joinpath(folder).rglob("*.py"))


@cache
def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def importers(package: str, *folders: str) -> set[str]:
    return {
        str(path.relative_to(HOME))
        for path in python_files(*folders)
        if any(name == package or name.startswith(f"{package}.") for name in imports(path))
    }


def every_error() -> set[type[GisappError]]:
    # A class is unknown until its module has run, so run them all.
    for module in walk_packages(gisapp.__path__, "gisapp."):
        if module.name not in PROGRAMS and ".migrations.versions" not in module.name:
            import_module(module.name)
    found = {GisappError}
    while more := {leaf for kind in found for leaf in kind.__subclasses__()} - found:
        found |= more
    return {kind for kind in found if kind.__module__.startswith("gisapp.")}


@pytest.fixture(scope="session")
def chinese() -> Catalog:
    return read_po(BytesIO(CHINESE.read_bytes()))


def marked() -> set[str]:
    """Every sentence that `make words` finds."""
    with MAPPING.open() as file:
        files, options = parse_mapping_cfg(file)
    found = extract_from_dir(HOME, files, options, keywords=WORDS)
    return {str(text[0] if isinstance(text, tuple) else text) for _, _, text, *_ in found}


def test_every_marked_sentence_has_its_chinese(chinese: Catalog) -> None:
    known = {str(message.id) for message in chinese if message.string and not message.fuzzy}

    assert sorted(marked() - known) == []


def test_a_translation_keeps_the_fields_of_its_sentence(chinese: Catalog) -> None:
    field = re.compile(r"\{(\w+)[^}]*\}|%\((\w+)\)s")
    wrong = {
        message.id
        for message in chinese
        if isinstance(message.id, str)
        and message.string
        and set(field.findall(message.id)) != set(field.findall(str(message.string)))
    }

    assert wrong == set()


def test_the_catalogue_compiles_without_a_complaint(chinese: Catalog) -> None:
    assert [(message.id, errors) for message, errors in chinese.check()] == []


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in every_error()]

    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def test_every_setting_is_in_the_manual() -> None:
    manual = (HOME / "README.md").read_text("utf-8")
    names = {f"GISAPP_{name.upper()}" for name in Settings.model_fields}

    assert {name for name in names if f"`{name}`" not in manual} == set()
    assert set(re.findall(r"`(GISAPP_[A-Z_]+)`", manual)) - names == set()


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_command_is_in_the_manual() -> None:
    manual = (HOME / "README.md").read_text("utf-8")

    assert [name for name in COMMANDS if f"gisapp {name}" not in manual] == []


def test_every_command_takes_json_and_says_what_it_does() -> None:
    for where in COMMANDS.values():
        module, name = where.split(":")
        command = getattr(import_module(module), name)

        assert command.help, where
        assert "--json" in {option for one in command.params for option in one.opts}, where


def test_a_layer_uses_what_a_layer_may_use() -> None:
    allowed = {"auth", "coded", "core", "frames", "i18n", "layer", "palette", "query", "store"}
    for path in python_files("layers"):
        ours = {name.split(".")[1] for name in imports(path) if name.startswith("gisapp.")}
        outside = {name.split(".")[0] for name in imports(path)} - {"gisapp"}

        assert ours <= allowed, path.name
        assert not outside & {"flask", "folium", "click", "flask_babel"}, path.name
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path.name


def test_files_enter_through_one_gate() -> None:
    readers = importers("pyogrio", "gisapp", "layers")

    assert readers <= {
        "gisapp/intake/reader.py",
        "gisapp/files.py",
        "gisapp/store/engine.py",
    }


def test_templates_let_say_fill_sentences_which_parts_the_thousands_of_numbers() -> None:
    pages = list(Path("templates").glob("*.html"))

    assert len(pages) > 10
    assert [page.name for page in pages if ".format(" in page.read_text("utf-8")] == []


def test_only_one_file_knows_folium() -> None:
    assert importers("folium", "gisapp", "layers") == {"gisapp/web/maps.py"}


def test_only_the_doors_end_a_transaction() -> None:
    below = [
        path
        for path in python_files("gisapp/actions", "gisapp/store", "gisapp/core", "layers")
        if re.search(r"session\.(commit|rollback)\(", path.read_text("utf-8"))
    ]

    assert below == []


def test_the_core_reads_no_clock_and_rolls_no_hidden_dice() -> None:
    for path in python_files("gisapp/core"):
        text = path.read_text("utf-8")

        assert not re.search(
            r"\.now\(|\.today\(|default_rng\(\)|np\.random\.(?!Generator)", text
        ), path.name


def test_no_test_waits_by_the_clock() -> None:
    waiting = re.compile(r"\b(?:time\.)?" + "sleep" + r"\(|wait_for_" + r"timeout\(")
    sleepers = [
        path.name for path in python_files("tests") if waiting.search(path.read_text("utf-8"))
    ]

    assert sleepers == []


def test_locks_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "package-lock.json"):
        text = (HOME / name).read_text("utf-8")

        assert not re.search(r"://|index-url|\"resolved\"", text), name


def test_the_two_locks_agree() -> None:
    def pins(name: str) -> set[str]:
        text = (HOME / name).read_text("utf-8")
        return set(re.findall(r"^([\w.\-]+==\S+)", text, re.MULTILINE))

    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()


def test_the_environment_keeps_no_second_list_of_packages() -> None:
    listed = re.findall(r"^ +- (.+)$", (HOME / "environment.yml").read_text("utf-8"), re.MULTILINE)

    assert listed == ["python=3.11", "libspatialite", "pip", "pip:", "-e .[dev,postgis]"]


def test_top_level_folders_are_the_ones_of_the_guide() -> None:
    wheel = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    ours = {"gisapp", "layers", "data", "templates", "tests"}

    assert set(wheel["targets"]["wheel"]["only-include"]) == {
        "gisapp",
        "layers",
        "templates",
        "data/demo",
    }
    assert all((HOME / name).is_dir() for name in ours)


def test_every_right_is_somebodys() -> None:
    files = [path for path in python_files("gisapp", "layers") if path.name != "auth.py"]
    used = "".join(path.read_text("utf-8") for path in files)

    assert [scope.name for scope in Scope if f"Scope.{scope.name}" not in used] == []
