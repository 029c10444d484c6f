"""Finds the line of column names below the titles that people put over a table."""

from collections.abc import Sequence
from typing import Final

LOOKED_AT: Final = 10
"""Lines at the beginning of a table."""
TITLE: Final = 0.5
"""A first line that fills a smaller share of the columns is a title."""
NAMES: Final = 0.8
"""Share of the columns that a line of names fills at least."""

Cells = Sequence[str | None]


def line(first: Sequence[Cells]) -> int:
    """
    Return which of the ``first`` lines of a table names its columns.

    The first does, unless it fills less than half of the columns that the others have: then it
    is a title, and the first line that fills most of them names the columns, below merged cells
    that name groups of columns.
    """
    filled = [sum(bool((cell or "").strip()) for cell in cells) for cells in first]
    most = max(filled, default=0)
    if not filled or filled[0] >= TITLE * most:
        return 0
    return next(place for place, count in enumerate(filled) if count >= NAMES * most)
