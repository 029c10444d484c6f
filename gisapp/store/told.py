"""What was said of a quarter of a county, read for those who see less of it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from gisapp.core import nest
from gisapp.core.publication import WITHHELD, Figure, rounded_all
from gisapp.store import lineage, yearbook
from gisapp.store.models import ReleasedCount
from gisapp.store.releases import COUNTY, inside
from gisapp.store.session import Session, whole
from gisapp.store.yearbook import Year

Whole = npt.NDArray[np.int64]


def quarter(session: Session, codes: Sequence[str], months: range) -> list[Figure]:
    """
    Return what was published of the cells in which some grids lie, of all disputes of a quarter.

    Returns
    -------
    figures
        One for each cell, or `WITHHELD` where none was said yet: nothing is released by it.
    """
    found: list[Figure] = []
    with whole(session) as beyond:
        for county in sorted({code[:COUNTY] for code in codes}):
            here = [code for code in codes if code.startswith(county)]
            told = _year(beyond, county, months)
            found += [WITHHELD] if told is None else _figures(beyond, told, here, months)
    return found


def _year(session: Session, county: str, months: range) -> Year | None:
    """Read what was said of a county's year once the months were over."""
    number, first = divmod(months.start, nest.MONTHS)
    told = yearbook.find(session, county, number)
    return told if told is not None and told.months >= first + len(months) else None


def _figures(session: Session, told: Year, codes: list[str], months: range) -> list[Figure]:
    position = {code: at for at, code in enumerate(told.codes)}
    places = [position[code] for code in codes if code in position]
    cells = np.unique(told.cells.of[places])
    rows = session.execute(
        select(ReleasedCount.grid_id, func.sum(ReleasedCount.number))
        .where(ReleasedCount.month >= months.start, ReleasedCount.month < months.stop)
        .where(inside(ReleasedCount.area_code, codes[0][:COUNTY]))
        .group_by(ReleasedCount.grid_id)
    )
    lines = np.array([(grid, 0, 0, number) for grid, number in rows], np.int64).reshape(-1, 4)
    at, lines = lineage.placed(session, told.codes, lines)
    counts = np.bincount(at[at >= 0], lines[at >= 0, 3], len(told.codes)).astype(np.int64)
    row = nest.row(months.start % nest.MONTHS, len(months))
    shown = told.shown.figures[row, told.column(None), cells].tolist()
    said: list[Figure] = [
        figure if there else WITHHELD
        for figure, there in zip(rounded_all(told.cells.sums(counts)[cells]), shown, strict=True)
    ]
    return said if len(places) == len(codes) else [*said, WITHHELD]
