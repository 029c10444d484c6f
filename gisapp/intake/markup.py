"""Reads XML as a stream of tags and text, and refuses all of XML that can do harm."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from xml.parsers import expat  # it only tokenizes: entities and types of documents are refused

from gisapp.intake.faults import XmlFault

DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
DEEPEST: Final = 64
Start = Callable[[str, dict[str, str]], None]
Told = Callable[[str], None]


def encoding_of(start: bytes) -> str | None:
    """Return the encoding that the first line declares; null when it is UTF-8 or UTF-16."""
    declared = DECLARED.match(start.removeprefix(b"\xef\xbb\xbf"))
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name in {"gbk", "gb2312"}:
        return "gb18030"
    return None if name.startswith(("utf-8", "utf-16", "us-ascii")) else name


def parse(pieces: Iterable[bytes | str], start: Start, end: Told, text: Told) -> None:
    """Call back for every tag (without its namespace) and every text; raises `XmlFault`."""
    for _ in stepwise(pieces, start, end, text):
        pass


def stepwise(pieces: Iterable[bytes | str], start: Start, end: Told, text: Told) -> Iterator[None]:
    """Do what `parse` does, and pause after each piece of the file."""
    parser = _parser(start, end, text)
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as wrong:
        raise XmlFault.because("syntax", line=wrong.lineno) from wrong


def _parser(start: Start, end: Told, text: Told) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise XmlFault.because("depth", limit=DEEPEST)
        start(_local(name), {_local(key): value for key, value in attributes.items()})

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(name))

    def doctype(*_: Any) -> Any:
        raise XmlFault.because("doctype")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.ExternalEntityRefHandler = doctype
    return parser


def _local(name: str) -> str:
    return name.rpartition("}")[2]
