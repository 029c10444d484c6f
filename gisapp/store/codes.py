"""Which codes lie in a place: containment is a range of sorted codes, never a search."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

AREA_MOST = 12
"""Digits of the longest area code; a longer one is a grid's, which holds nothing but itself."""


def within(places: list[str], codes: list[str]) -> tuple[Ints, Ints]:
    """Find for each place the codes that lie in it, as first and one past the last position.

    ``codes`` are sorted codes of grids, or of posts (``<place>:<role>``). A grid's code may
    begin with another grid's: only the code itself and its posts lie in a grid.
    """
    known = np.array(codes, dtype=str)
    # ":" follows the digits, and ";" the ":".
    lowest = [code if len(code) <= AREA_MOST else f"{code}:" for code in places]
    first = np.searchsorted(known, np.array(lowest, dtype=str))
    last = np.searchsorted(known, np.array([f"{code};" for code in places], dtype=str))
    if codes:
        itself = np.searchsorted(known, np.array(places, dtype=str))
        alone = known[np.minimum(itself, len(codes) - 1)] == np.array(places, dtype=str)
        alone &= np.array([len(code) > AREA_MOST for code in places], np.bool_)
        first, last = np.where(alone, itself, first), np.where(alone, itself + 1, last)
    return first.astype(np.int64), last.astype(np.int64)
