"""What commands and options say of themselves, as it stands in their source."""

import ast
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from gisapp import resources


def paragraphs(text: str) -> list[str]:
    """Part a docstring into its paragraphs, each one line: these are what is translated."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def purpose(where: str) -> str:
    """Return the first paragraph of a command (``module:name``) without importing it."""
    module, name = where.split(":")
    source = (resources.PACKAGE / "cli" / module.rpartition(".")[2]).with_suffix(".py")
    told = (told for found, _, told in _commands(source.read_bytes()) if found == name)
    return paragraphs(next(told))[0]


def extract(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[Any, ...]]:
    """Yield for babel what is marked in a file, and what its commands say in ``--help``."""
    from babel.messages.extract import extract_python  # noqa: PLC0415  # no command needs it

    source = fileobj.read()
    yield from extract_python(BytesIO(source), keywords, comment_tags, options)
    for _, line, told in _commands(source):
        yield from ((line, None, part, []) for part in paragraphs(told))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "help":
            yield node.value.lineno, None, ast.literal_eval(node.value), []


def _commands(source: bytes) -> Iterator[tuple[str, int, str]]:
    for part in ast.parse(source).body:
        if isinstance(part, ast.FunctionDef) and any(map(_makes, part.decorator_list)):
            yield part.name, part.lineno, ast.get_docstring(part) or ""


def _makes(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).startswith(("click.command", "click.group"))
