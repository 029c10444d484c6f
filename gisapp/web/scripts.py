"""The script of a map and all that it imports, as one file: a page would else ask for sixty."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, url_for

from gisapp import resources
from gisapp.web.answers import AGAIN, FOREVER, Sealed, sent

STATIC: Final = resources.PACKAGE / "static"
PAGES: Final = {
    "map": "js/page.js",
    "workbench": "js/workbench/page.js",
    "compare": "js/compare/page.js",
}
"""Scripts that import many others. The rest import next to nothing and go out as they lie."""

VENDORED: Final = {"pbf": "vendor/pbf/index.js"}
"""What is imported by a name of its own."""

IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
WORD: Final = re.compile(r"(\w+)(?: as \w+)?")
OTHER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
"""What would have to be rewritten in yet another way."""

scripts = Blueprint("scripts", __name__)


@scripts.get(f"/scripts/<stamp>/<any({','.join(PAGES)}):page>.js")
def script(stamp: str, page: str) -> Response:
    """Answer a page's script; what is asked for by the stamp it has now may be kept forever."""
    sealed = _sealed(page)
    response = sent(sealed, "text/javascript", FOREVER if stamp == sealed.tag else AGAIN)
    response.headers["Vary"] = "Accept-Encoding"
    return response


def script_of(page: str) -> str:
    """Say where a page finds its script."""
    return url_for("scripts.script", stamp=_sealed(page).tag, page=page)


@cache
def _sealed(page: str) -> Sealed:
    return Sealed.of(whole(STATIC, PAGES[page]).encode())


def whole(static: Path, entry: str) -> str:
    """Write a script and all that it imports, each once and behind what it imports itself.

    Each stays in a scope of its own and gives what it exports to those behind it. None of ours
    exports what changes later, so that this is what a browser makes of the files.
    """
    parts: dict[str, _Part] = {}
    _gather(static.resolve(), entry, parts, ())
    return "".join(["const made = {};\n", *(part.text for part in parts.values())])


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    exported: tuple[str, ...]


def _gather(home: Path, name: str, parts: dict[str, _Part], above: tuple[str, ...]) -> None:
    """Put a module behind all that it imports, unless it is there already."""
    if name in above:
        raise ValueError(f"{name} imports itself by way of {', '.join(above)}")
    if name in parts:
        return
    text = (home / name).read_text("utf-8")

    def taken(found: re.Match[str]) -> str:
        source = _meant(home, name, found[2])
        _gather(home, source, parts, (*above, name))
        if missing := set(WORD.findall(found[1])) - set(parts[source].exported):
            raise ValueError(f"{name} imports {sorted(missing)}, which {source} does not export")
        return f'const {{{found[1].replace(" as ", ": ")}}} = made["{source}"];'

    body = IMPORT.sub(taken, text)
    exported = tuple(EXPORT.findall(body))
    body = EXPORT.sub("", body)
    if strange := OTHER.search(body):
        raise ValueError(f"{name} has a line that only a browser understands: {strange.group()}")
    gives = f"return {{ {', '.join(exported)} }};"
    parts[name] = _Part(f'made["{name}"] = (() => {{\n{body}\n{gives}\n}})();\n', exported)


def _meant(home: Path, name: str, source: str) -> str:
    """Say which file a module means."""
    if source in VENDORED:
        return VENDORED[source]
    return (home / name).parent.joinpath(source).resolve().relative_to(home).as_posix()
