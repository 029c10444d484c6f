"""What was said of a county's quarters and years, read again: nothing is released by it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from gisapp.core import nest, windows
from gisapp.core.publication import WITHHELD, Figure, rounded, rounded_all
from gisapp.store import disputes, lineage, yearbook
from gisapp.store.days import valid_on
from gisapp.store.models import Grid, MonthRelease, ReleasedCount, ReleasedYear
from gisapp.store.narrow import below
from gisapp.store.releases import COUNTY, inside
from gisapp.store.session import Session, whole
from gisapp.store.yearbook import NEW, Year

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


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
    told = _book(session, county, number)
    return told if told is not None and told.months >= first + len(months) else None


def _book(session: Session, county: str, number: int) -> Year | None:
    """Read what was said of a year, under the codes of now of grids that have another one since."""
    told = yearbook.find(session, county, number)
    if told is None:
        return None
    living = valid_on(Grid, session.today), below(Grid.area_code, county)
    codes = sorted(session.scalars(select(Grid.code).where(*living)))
    return told.recoded(lineage.recoded(session, codes, told.codes))


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


@dataclass(frozen=True, slots=True)
class Cases:
    """What is published of a year's disputes of each grid, by category, and no more than that."""

    least: Whole
    """Shape (m, c). As published of the last whole year, or of the last four whole quarters
    together where that is more; 0 where only fewer than five, or nothing, was said."""
    few: Flags
    """Shape (m, c). Whether fewer than five were said of the last whole year."""

    @property
    def any(self) -> bool:
        """Whether anything was said."""
        return bool(self.least.any() or self.few.any())

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return self.least.nbytes + self.few.nbytes


def year(session: Session, codes: Sequence[str], categories: Sequence[str]) -> Cases:
    """
    Return what was published of the disputes of a year, by grid and category.

    Figures of grids that are counted together with another are not the grid's own: of those
    nothing is said.

    Parameters
    ----------
    codes, categories
        Sorted.
    """
    of = _Asked(codes, categories)
    last = session.today.year - 1
    end = windows.number(session.today) // nest.QUARTER * nest.QUARTER
    recent = np.zeros(of.shape, np.int64)
    with whole(session) as beyond:
        books = {number: _books(beyond, number, codes) for number in (last, last + 1)}
        for number, those in books.items():
            first = number * nest.MONTHS
            months = range(max(first, end - nest.MONTHS), min(first + nest.MONTHS, end))
            for figures, said in _windows(beyond, of, those, months, nest.QUARTER):
                recent += np.where(said, figures, 0)
        months = range(last * nest.MONTHS, (last + 1) * nest.MONTHS)
        [(figures, said)] = _windows(beyond, of, books[last], months, nest.MONTHS)
    return Cases(np.maximum(np.where(said, figures, 0), recent), said & (figures == 0))


def stamp(session: Session, codes: Sequence[str]) -> tuple[object, ...]:
    """Name what `year` depends on beside the grids: the quarter, and what was released so far."""
    counties = {code[:COUNTY] for code in codes}
    found: list[object] = [windows.number(session.today) // nest.QUARTER]
    with whole(session) as beyond:
        for kind, version in (
            (MonthRelease, MonthRelease.version),
            (ReleasedYear, ReleasedYear.months),
        ):
            question = select(func.count(kind.id), func.sum(version))
            found += beyond.execute(question.where(kind.area_code.in_(counties))).one()
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The grids and categories that are asked about, sorted."""

    codes: Sequence[str]
    categories: Sequence[str]

    @property
    def shape(self) -> tuple[int, int]:
        """Of the answer."""
        return len(self.codes), len(self.categories)


def _books(session: Session, number: int, codes: Sequence[str]) -> dict[str, Year]:
    """Read what was said of a year of each county in which grids lie."""
    counties = sorted({code[:COUNTY] for code in codes})
    found = {county: _book(session, county, number) for county in counties}
    return {county: told for county, told in found.items() if told is not None}


def _windows(
    session: Session, of: _Asked, books: Mapping[str, Year], months: range, size: int
) -> Iterator[tuple[Whole, Flags]]:
    """Give for each window of ``size`` months, all in one year, figures and whether they left.

    Where they did, a figure of 0 is fewer than five.
    """
    known = sorted(code for told in books.values() for code in told.codes)
    rows = disputes.many(session, known, [*books], months, size) if known else []
    grid, column = _places(of.codes, known).tolist(), _numbered(of.categories)
    figures = np.zeros((len(months) // size, *of.shape), np.int64)
    for at, category, window, number in rows:
        if grid[at] != NEW and category in column:
            figures[window, grid[at], column[category]] = rounded(number)
    for window, found in enumerate(figures):
        yield found, _left(of, books, months[window * size] % nest.MONTHS, size)


def _left(of: _Asked, books: Mapping[str, Year], first: int, size: int) -> Flags:
    """Say where the figure of a window left, and is that of a grid alone."""
    found = np.zeros(of.shape, np.bool_)
    for county, here in groupby(range(len(of.codes)), lambda at: of.codes[at][:COUNTY]):
        told = books.get(county)
        if told is None or told.months < first + size:
            continue
        places = np.array([*here])
        grids = _places(told.codes, of.codes[places[0] : places[-1] + 1])
        columns = _places(told.categories, of.categories)
        cell = told.cells.of[grids]
        alone = (grids != NEW) & (told.cells.size[cell] == 1)
        there = told.shown.figures[nest.row(first, size)][np.ix_(columns, cell)]
        found[places] = (there & (columns != NEW)[:, None] & alone).T
    return found


def _places(known: Sequence[str], asked: Sequence[str]) -> Whole:
    place = _numbered(known)
    return np.array([place.get(code, NEW) for code in asked], np.int64)


def _numbered(codes: Sequence[str]) -> dict[str, int]:
    return {code: at for at, code in enumerate(codes)}
