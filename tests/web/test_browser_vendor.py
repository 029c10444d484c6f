import json
import re
from hashlib import sha512
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHELVES = [ROOT / "gisapp" / "static" / "vendor", ROOT / "tests" / "vendor"]
OURS = {"manifest.json", "vendor.mjs"}
SCRIPTS = sorted((ROOT / "gisapp" / "static" / "js").rglob("*.js"))
STYLES = sorted((ROOT / "gisapp" / "static" / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").glob("*"))


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda path: path.parent.name)
def test_every_vendored_file_is_the_one_the_manifest_names(shelf: Path) -> None:
    manifest = json.loads((shelf / "manifest.json").read_text("utf-8"))

    listed = {name: digest for package in manifest for name, digest in package["files"].items()}
    lying = {
        path.relative_to(shelf).as_posix(): sha512(path.read_bytes()).hexdigest()
        for path in shelf.rglob("*")
        if path.is_file() and path.name not in OURS
    }

    assert lying == listed


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda path: path.parent.name)
def test_every_vendored_package_has_its_licence_beside_it(shelf: Path) -> None:
    manifest = json.loads((shelf / "manifest.json").read_text("utf-8"))

    without = [
        package["name"]
        for package in manifest
        if not any("LICENSE" in name for name in package["files"])
    ]

    assert without == []


def test_our_scripts_never_put_data_in_as_markup() -> None:
    risky = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(")

    assert [path.name for path in SCRIPTS if risky.search(path.read_text("utf-8"))] == []


def test_our_pages_and_scripts_name_no_other_host() -> None:
    # The address of the SVG language is a name, not a request.
    foreign = re.compile(
        r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE
    )

    found = [
        path.name
        for path in [*SCRIPTS, *STYLES, *TEMPLATES]
        if foreign.search(path.read_text("utf-8"))
    ]

    assert found == []


def test_our_pages_carry_no_style_or_handler_in_an_attribute() -> None:
    inline = re.compile(r"\s(?:style|on[a-z]+)=[\"']")

    assert [path.name for path in TEMPLATES if inline.search(path.read_text("utf-8"))] == []


def test_every_sentence_a_script_asks_for_is_among_the_messages() -> None:
    messages = {
        key
        for path in (ROOT / "templates").glob("*.json.j2")
        for key in re.findall(r'"(\w+)": _\(', path.read_text("utf-8"))
    }
    mapped = [path for path in SCRIPTS if path.name != "field.js"]

    asked = {
        key for path in mapped for key in re.findall(r'\bsay\("(\w+)"', path.read_text("utf-8"))
    }

    assert asked - messages == set()
