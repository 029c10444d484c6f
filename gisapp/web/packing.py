"""Columns of values in few bytes: each different value once, then one byte for each place."""

import base64
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from gisapp.coded import Coded, Column

MOST: Final = 256
"""Different values that one byte can tell apart."""


def packed(column: Column) -> Column | Mapping[str, Any]:
    """Return ``values`` and ``at``, the base64 of a byte for each place; or the column as it is.

    As it is where there are more than `MOST` values, or yes and no beside numbers: Python takes
    ``True`` and ``1`` for the same.
    """
    if isinstance(column, Coded):
        return _of_coded(column)
    rows = column.tolist() if isinstance(column, np.ndarray) else column
    kinds = set(map(type, rows))
    if bool in kinds and kinds & {int, float}:
        return column
    known: dict[Any, int] = {}
    places = bytearray()
    for row in rows:
        place = known.setdefault(row, len(known))
        if place == MOST:
            return column
        places.append(place)
    return {"values": list(known), "at": base64.b64encode(places).decode()}


def _of_coded(column: Coded[Any]) -> Column | Mapping[str, Any]:
    there = np.flatnonzero(column.counts())
    if there.size > MOST:
        return column
    place = np.zeros(len(column.values), np.uint8)
    place[there] = np.arange(there.size)
    values = [column.values[at] for at in there.tolist()]
    return {"values": values, "at": base64.b64encode(place[column.at].tobytes()).decode()}
