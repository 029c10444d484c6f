"""Marks text that a spreadsheet would compute, and takes exactly that mark away again."""

import re
from typing import Final

MARK: Final = "'"
"""As spreadsheets themselves say that what follows is text."""
COMPUTED: Final = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r\x00]")
"""Text that a spreadsheet would take for a formula, marked any number of times or not at all."""


def neutral(value: object) -> object:
    """Return ``value`` so that no spreadsheet computes it: the one place that does this."""
    return MARK + value if isinstance(value, str) and COMPUTED.match(value) else value


def plain(text: str) -> str:
    """Take the mark of `neutral` away: ``plain(neutral(text)) == text`` for every text."""
    return text[1:] if text[:1] == MARK and COMPUTED.match(text) else text
