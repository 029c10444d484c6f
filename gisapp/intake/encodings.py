"""Finds out in which encoding text is written, without being told, and never by half."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Text:
    """Bytes of which somebody asks what they mean."""

    pieces: Callable[[], Iterable[bytes]]
    """From the beginning; may be asked for again."""
    apart: bool = False
    """Each piece stands for itself and may end in half a character."""


MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LONGER: Final = re.compile(rb"[\xe0-\xf4]")
"""Begins a sign of three or four bytes in UTF-8."""
BESIDE_LETTERS: Final = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
"""Latin letters with accents stand in words; Chinese seldom touches them."""
HIGH: Final = re.compile(rb"[\x80-\xff]+")
COMMON: Final = re.compile(rb"(?:[\xb0-\xf7\xa1\xa3][\xa1-\xfe])+")
"""The 6,763 characters of GB 2312, and punctuation."""
WESTERN: Final = {"iso8859-1", "cp1252", "iso8859-15", "cp437", "cp850", "latin-1"}
"""Every byte is a letter in these, so that they fit whatever there is."""
NO_CHARACTERS: Final = {"undefined", "unicode-escape", "raw-unicode-escape", "idna", "punycode"}
"""Ways of writing text as other text, for which Python has names beside those of encodings."""
LEAST_WIDE, MOST_OTHERS = 0.3, 0.1
"""Share of zero bytes at every second place, and at the places between, that only UTF-16 has."""


def strict(name: str) -> str:
    """Return the name by which Python knows an encoding of text; raises `LookupError`."""
    if name.casefold() in {"gbk", "gb2312"}:
        return "gb18030"  # holds both, and what programs write beyond them
    try:
        known = codecs.lookup(name)
    except ValueError as wrong:  # a name with a NUL in it
        raise LookupError(name) from wrong
    if known.name in NO_CHARACTERS or not known._is_text_encoding:  # noqa: SLF001  # no other way
        raise LookupError(name)
    return known.name


def marked(start: bytes) -> str | None:
    """Return what the first bytes say: a mark, or UTF-16 without one."""
    for mark, name in MARKS:
        if start.startswith(mark):
            return name
    even, odd = start[::2], start[1::2]
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        few = others.count(0) <= MOST_OTHERS * len(others)  # 一 is 4E 00
        if zeros and few and zeros.count(0) > LEAST_WIDE * len(zeros):
            return name
    return None


def found(text: Text) -> str | None:
    """Return UTF-8, GB18030 (which holds GBK and GB 2312) or nothing; strict to the last byte."""
    if fits(text, "utf-8"):
        return "gb18030" if _rather_chinese(text) else "utf-8"
    return "gb18030" if fits(text, "gb18030") else None


def fits(text: Text, name: str) -> bool:
    """Say whether the bytes are text in this encoding; raises `LookupError` when there is none."""
    decoder = codecs.getincrementaldecoder(strict(name))("strict")
    try:
        for piece in text.pieces():
            if text.apart:
                decoder.reset()
            decoder.decode(piece)
        decoder.decode(b"", final=not text.apart)
    except UnicodeError:
        return False
    return True


def believed(declared: str, text: Text) -> str | None:
    """Return the encoding that is declared, or what the bytes are when they are plainly not in it.

    Programs often declare a Western encoding for whatever they write.
    """
    try:
        name = strict(declared)
    except LookupError:
        return found(text)
    if name in WESTERN:
        plain = found(text)
        runs = list(_chinese(text))
        return plain if plain == "utf-8" or 2 * sum(runs) > len(runs) else name
    return name if fits(text, name) else found(text)


def _rather_chinese(text: Text) -> bool:
    """Say whether text that could be either is Chinese in GB 2312 (模 is ģ in UTF-8)."""
    if any(LONGER.search(piece) or BESIDE_LETTERS.search(piece) for piece in text.pieces()):
        return False
    runs = list(_chinese(text))
    return bool(runs) and all(runs)


def _chinese(text: Text) -> Iterator[bool]:
    for piece in text.pieces():
        for run in HIGH.findall(piece):
            yield COMMON.fullmatch(run) is not None
