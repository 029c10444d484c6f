"""What grids hold, laid out row by row."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from gisapp.store.days import valid_on
from gisapp.store.models import Grid
from gisapp.store.session import Session

Table = npt.NDArray[np.float64]


def grids(session: Session, day: date) -> list[tuple[int, str, int | None]]:
    """Read id, code and own number of enterprises of the grids valid on ``day``, by code."""
    question = (
        select(Grid.id, Grid.code, Grid.enterprises).where(valid_on(Grid, day)).order_by(Grid.code)
    )
    return [(row.id, row.code, row.enterprises) for row in session.execute(question)]


def table(counts: Iterable[Sequence[Any]], row: dict[int, int], column: dict[str, int]) -> Table:
    """Lay out (grid id, code, number) as a table; what has no row or column is left out."""
    found = np.zeros((len(row), len(column)))
    known = [
        (row[grid], column[code], number)
        for grid, code, number in counts
        if grid in row and code in column
    ]
    if known:
        grids, codes, numbers = (np.array(side) for side in zip(*known, strict=True))
        found[grids, codes] = numbers
    return found
