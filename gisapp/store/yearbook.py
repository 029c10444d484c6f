"""What may be said of a year's windows, kept from the day on which it was first said."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import insert, inspect, select, update
from sqlalchemy.exc import IntegrityError

from gisapp.core import nest
from gisapp.core.areas import COMMUNITIES, TOWNSHIPS, WHOLE, Areas
from gisapp.core.cells import Cells
from gisapp.core.publication import NO_BIN, Seen
from gisapp.core.shown import Shown
from gisapp.store.models import ReleasedYear
from gisapp.store.session import Session

Flags = npt.NDArray[np.bool_]

_YEAR: Final[Any] = inspect(ReleasedYear).local_table

A_CODE: Final = 70
"""Bytes of a code in a list."""

NEW: Final = -1
"""Stands for a grid or category that the year did not know when it was first told."""


@dataclass(frozen=True, slots=True)
class Year:
    """One calendar year of one county, or of several; rows and columns as in `nest`."""

    codes: list[str]
    """Of the grids, sorted."""
    categories: list[str]
    """Codes, sorted; all of them together are the column after the last."""
    months: int
    """How many are released."""
    numbered: int
    """
    After how many of its months states of coverage may have told the number of disputes.

    `numbering.ALL`: after every quarter. Of a county's first year of records: after one quarter
    at most, where nothing had left before, else 0.
    """
    cells: Cells
    areas: Areas
    shown: Shown
    bins: npt.NDArray[np.int8]
    """Shape (`nest.ROWS`, categories + 1, n). `NO_BIN` where none leaves."""

    @classmethod
    def blank(
        cls, codes: Sequence[str], categories: Sequence[str], cells: Cells, areas: Areas
    ) -> Self:
        """Return a year of which nothing is released."""
        shape = (nest.ROWS, len(categories) + 1, len(codes))
        bins = np.full(shape, NO_BIN, np.int8)
        shown = Shown.nothing(len(categories), cells, areas)
        return cls(list(codes), list(categories), 0, nest.MONTHS, cells, areas, shown, bins)

    def column(self, category: str | None) -> int:
        """Return the column of a category, or of all of them."""
        every = len(self.categories)
        return every if category is None else self.categories.index(category)

    def until(self, months: int) -> Self:
        """Return the year as it was when so many of its months were released."""
        later = [row for month in range(months, self.months) for row in nest.ending(month + 1)]
        shown = Shown(*(table.copy() for table in self.shown.tables()))
        shown.figures[later] = shown.bins[later] = shown.totals[later] = False
        shown.more[later] = shown.less[later] = True
        bins = self.bins.copy()
        bins[later] = NO_BIN
        return replace(self, months=min(months, self.months), shown=shown, bins=bins)

    def recoded(self, names: Mapping[str, str]) -> Self:
        """Return the year with other codes for some grids; it is to be laid `on` those of now."""
        return replace(self, codes=[names.get(code, code) for code in self.codes])

    def on(
        self, codes: Sequence[str], categories: Sequence[str], lay: Callable[[Cells], Areas]
    ) -> Self:
        """Return the year on the grids and categories of now; of new ones nothing is told.

        Neither are totals of areas that have gained or lost a grid. ``lay`` lays areas over
        cells.
        """
        if self.codes == list(codes) and self.categories == list(categories):
            return self
        grids, columns = _places(self.codes, codes), _places(self.categories, categories)
        columns = np.append(columns, len(self.categories))
        of = np.where(grids == NEW, self.cells.counted.size + np.arange(grids.size), 0)
        of[grids != NEW] = self.cells.of[grids[grids != NEW]]
        kept, of = np.unique(of, return_inverse=True)
        known = np.where(kept < self.cells.counted.size, kept, NEW)
        cells = Cells(of.astype(np.int64), _taken(self.cells.counted, known, fill=False))
        areas = lay(cells)
        place = {held: at for at, held in enumerate(_held(self.areas, self.cells, self.codes))}
        same = [place.get(held, NEW) for held in _held(areas, cells, codes)]
        shown = Shown(
            _taken(self.shown.figures, known, columns, fill=False),
            _taken(self.shown.bins, grids, columns, fill=False),
            _taken(self.shown.more, grids, columns, fill=True),
            _taken(self.shown.less, grids, columns, fill=True),
            _taken(self.shown.totals, np.array(same, np.int64), columns, fill=False),
        )
        bins = _taken(self.bins, grids, columns, fill=NO_BIN)
        own = self.months, self.numbered
        return type(self)(list(codes), list(categories), *own, cells, areas, shown, bins)


@dataclass(frozen=True, slots=True)
class Said:
    """A year for who only reads it: an eighth of the book."""

    categories: list[str]
    cells: Cells
    areas: Areas
    figures: npt.NDArray[np.uint8]
    """Shape (`nest.ROWS`, categories + 1, k ÷ 8). Bits: whether the count of a cell leaves."""
    totals: npt.NDArray[np.uint8]
    """Shape (`nest.ROWS`, categories + 1, a ÷ 8). Likewise of areas."""
    bins: npt.NDArray[np.int8]
    """Shape (`nest.ROWS`, categories + 1, n). `NO_BIN` where none leaves."""

    @classmethod
    def of(cls, year: Year) -> Self:
        """Take out of a book what is read."""
        figures, totals = (
            np.packbits(table, axis=-1) for table in (year.shown.figures, year.shown.totals)
        )
        return cls(year.categories, year.cells, year.areas, figures, totals, year.bins)

    def seen(self, row: int, category: str | None) -> Seen:
        """Say what may leave of one window and a category, or all of them."""
        every = len(self.categories)
        at = (row, every if category is None else self.categories.index(category))
        figures, totals = (
            np.unpackbits(table[at], count=number).view(np.bool_)
            for table, number in (
                (self.figures, self.cells.counted.size),
                (self.totals, self.areas.counted.size),
            )
        )
        return Seen(figures, self.bins[at], totals)

    def told(self, row: int, category: str | None) -> Flags:
        """Say of each whole whether the total of one window and category leaves."""
        every = len(self.categories)
        at = (row, every if category is None else self.categories.index(category))
        number = self.areas.counted.size
        flags = np.unpackbits(self.totals[at], count=number).view(np.bool_)
        return flags[number - self.areas.wholes :]

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        arrays = self.figures, self.totals, self.bins, self.cells.of, self.areas.community
        return sum(one.nbytes for one in arrays) + A_CODE * len(self.areas.codes)


def _held(areas: Areas, cells: Cells, codes: Sequence[str]) -> list[tuple[int, frozenset[str]]]:
    """Return the level of each area and its grids: they make it what it is, not its code."""
    found: list[set[str]] = [set() for _ in areas.codes]
    near, far = areas.township.size, areas.townships
    community, region = areas.community[cells.of].tolist(), areas.region[cells.of].tolist()
    for code, home, above in zip(codes, community, region, strict=True):
        for at in (home, near + above, near + far + int(areas.county[above])):
            found[at].add(code)
    level = np.repeat([COMMUNITIES, TOWNSHIPS, WHOLE], [near, far, areas.wholes]).tolist()
    return [(at, frozenset(held)) for at, held in zip(level, found, strict=True)]


def _places(old: Sequence[str], new: Sequence[str]) -> npt.NDArray[np.int64]:
    position = {code: place for place, code in enumerate(old)}
    return np.array([position.get(code, NEW) for code in new], np.int64)


def _taken(
    table: npt.NDArray[Any],
    last: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64] | None = None,
    *,
    fill: int,
) -> npt.NDArray[Any]:
    """Take places of the last axis, and columns of the one before it; fill what is new."""
    found = table[..., last]
    found[..., last == NEW] = fill
    if columns is not None:
        found = found[..., columns, :]
        found[..., columns == NEW, :] = fill
    return found


def find(session: Session, area: str, year: int) -> Year | None:
    """Read what was said of a year to those who see an area, or None where nothing was."""
    question = select(ReleasedYear.content, ReleasedYear.numbered).where(
        ReleasedYear.area_code == area, ReleasedYear.year == year
    )
    row = session.execute(question).one_or_none()
    return None if row is None else _read(row.content, row.numbered)


def keep(session: Session, area: str, year: int, told: Year) -> None:
    """Keep what is said of a year from now on; where somebody was faster, it is the same."""
    row = {"months": told.months, "numbered": told.numbered, "content": _written(told)}
    try:
        with session.writing(area) as writer:
            connection = writer.connection()
            here = (_YEAR.c.area_code == area) & (_YEAR.c.year == year)
            before = connection.scalar(select(_YEAR.c.months).where(here))
            if before is None:
                connection.execute(insert(_YEAR), [row | {"area_code": area, "year": year}])
            else:
                connection.execute(update(_YEAR).where(here).values(**row))
    except IntegrityError:
        session.expire_all()


def forget(session: Session, month: int) -> None:
    """Take back what was said of the windows that end with a month or later in its year."""
    year, before = divmod(month, nest.MONTHS)
    rows = session.scalars(select(ReleasedYear).where(ReleasedYear.year == year)).all()
    for row in rows:
        told = _read(row.content, row.numbered).until(before)
        row.months, row.content = told.months, _written(told)
    session.flush()


def _written(told: Year) -> bytes:
    file = io.BytesIO()
    figures, shown, more, less, totals = (np.packbits(table) for table in told.shown.tables())
    np.savez_compressed(
        file,
        figures=figures,
        shown=shown,
        more=more,
        less=less,
        totals=totals,
        areas=np.array(told.areas.codes, np.str_),
        community=told.areas.community.astype(np.int32),
        township=told.areas.township.astype(np.int32),
        of_many=told.areas.counted,
        codes=np.array(told.codes, np.str_),
        categories=np.array(told.categories, np.str_),
        months=np.array(told.months),
        of=told.cells.of.astype(np.int32),
        counted=told.cells.counted,
        bins=told.bins,
    )
    return file.getvalue()


def _read(content: bytes, numbered: int) -> Year:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        bins, counted = file["bins"], file["counted"]
        rows, columns, grids = bins.shape

        def flags(name: str, width: int) -> Flags:
            number = rows * columns * width
            found: Flags = np.unpackbits(file[name], count=number).astype(np.bool_)
            return found.reshape(rows, columns, width)

        cells = Cells(file["of"].astype(np.int64), counted)
        # A year that was told before totals left goes on without them.
        areas = Areas.none(cells)
        if "areas" in file:
            areas = Areas(
                file["areas"].tolist(),
                file["community"].astype(np.int64),
                file["township"].astype(np.int64),
                np.zeros(file["areas"].size - file["township"].size - 1, np.int64),
                file["of_many"],
            )
        blank = Shown.nothing(columns - 1, cells, areas)
        shown = Shown(
            flags("figures", counted.size),
            flags("shown", grids),
            flags("more", grids),
            flags("less", grids),
            flags("totals", areas.counted.size) if "areas" in file else blank.totals,
        )
        return Year(
            file["codes"].tolist(),
            file["categories"].tolist(),
            int(file["months"]),
            numbered,
            cells,
            areas,
            shown,
            bins,
        )
