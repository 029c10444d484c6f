"""Reads XML as a stream of tags and text, and refuses all of XML that can do harm."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException

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
    from defusedxml.sax import make_parser  # noqa: PLC0415  # it brings a library of the web along

    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(_Handler(start, end, text))
    try:
        for piece in pieces:
            parser.feed(piece)
            yield
        parser.close()
        yield
    except SAXParseException as wrong:
        raise XmlFault.because("syntax", line=wrong.getLineNumber() or 1) from wrong
    except DefusedXmlException as wrong:
        raise XmlFault.because("doctype") from wrong


class _Handler(ContentHandler):
    """Hands on what the parser meets, not deeper than allowed."""

    def __init__(self, start: Start, end: Told, text: Told) -> None:
        super().__init__()
        self.start, self.end, self.text = start, end, text
        self.depth = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  # the library's
        self.depth += 1
        if self.depth > DEEPEST:
            raise XmlFault.because("depth", limit=DEEPEST)
        self.start(_local(name), {_local(key): value for key, value in attrs.items()})

    def endElement(self, name: str) -> None:  # noqa: N802
        self.depth -= 1
        self.end(_local(name))

    def characters(self, content: str) -> None:
        self.text(content)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
