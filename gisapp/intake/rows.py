"""From what the reader gives to drafts: values, places, faults by line, residents kept out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Final

import numpy as np
import shapely

from gisapp.i18n import N_, Sentence
from gisapp.intake import excerpt, residents, validate
from gisapp.intake.cells import Value, Wrong
from gisapp.intake.excerpt import PRIVATE
from gisapp.intake.faults import Finding, NotDegrees, ResidentData
from gisapp.intake.flow import Row
from gisapp.intake.mapping import Mapping
from gisapp.intake.positions import Array, System
from gisapp.intake.process import Content
from gisapp.intake.staging import Draft

CHUNK: Final = 2_000
OUTLINES: Final = 2_000
OUTLINE_BYTES: Final = 20_000_000
"""Of a file's outlines, so many are kept to be read in another system."""
PLACES: Final = {"lon", "lat"}


@dataclass(slots=True)
class Rows:
    """One pass over a file; what it finds is complete when `drafts` has ended."""

    file: str
    content: Content
    mapping: Mapping
    crs: System | None
    shaped: bool
    """The file brings shapes; else points come from two columns, if at all."""
    progress: Callable[[int, int | None], None]
    beside: IO[bytes] | None = None
    """Where all rows are put as they are, for the report."""
    read: int = 0
    refused: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    """Findings about rows that are stored."""
    repairs: list[Finding] = field(default_factory=list)
    given: list[Array] = field(default_factory=list)
    """Coordinates as the file has them, shape (n, 2) each, one a row."""
    outlines: list[bytes] = field(default_factory=list)
    """The first outlines as the file has them."""
    _keys: dict[tuple[Value, ...], int] = field(default_factory=dict)
    _kept_bytes: int = 0
    _outside: int = 0
    _placed: int = 0
    _first_outside: tuple[int, float, float] | None = None

    def drafts(self, *, whole: bool = True) -> Iterator[Draft]:
        """Yield the rows that pass; raises a `FileFault` for what spoils the whole file.

        Of a file that is only tried, coordinates that are no degrees spoil nothing.
        """
        self._no_residents()
        rows = self.content.rows
        while chunk := list(islice(rows, CHUNK)):
            self.read += len(chunk)
            for row in chunk:
                if cell := residents.cell(row):
                    name = str(self.content.columns[min(cell, len(self.content.columns)) - 1])
                    raise ResidentData(file=self.file, line=row.line, column=name)
            if self.beside is not None:
                excerpt.put(self.beside, chunk, placed=self.mapping.kind.name not in PRIVATE)
            yield from self._pass(chunk)
            self.progress(self.read, self.content.counted)
        if whole:
            self._in_degrees()

    def _no_residents(self) -> None:
        if number := residents.column(self.content.columns):
            name = self.content.columns[number - 1]
            raise ResidentData(file=self.file, line=1, column=name)

    def _pass(self, chunk: Sequence[Row]) -> Iterator[Draft]:
        good: list[Row] = []
        values: list[dict[str, Value]] = []
        for row in chunk:
            try:
                found = self.mapping.values(row)
            except Wrong as wrong:
                self.refused.append(Finding(row.line, wrong.code, wrong.sentence))
                continue
            good.append(row)
            values.append(found)
        placed = self._place(good, values)
        for place, row in enumerate(good):
            finding = placed.findings[place] if placed else None
            shape = placed.shapes[place] if placed else None
            if finding is None and self._known(row, values[place]):
                continue
            if finding is not None:
                self.refused.append(finding)
                continue
            if row.note == "repaired":
                sentence = Sentence(N_("The outline was repaired."))
                self.repairs.append(Finding(row.line, "repaired", sentence))
            elif row.note == "computed":
                self.notes.append(Finding(row.line, "computed", COMPUTED))
            plain = {name: v for name, v in values[place].items() if name not in PLACES}
            yield Draft(row.line, plain, shape)

    def _known(self, row: Row, values: dict[str, Value]) -> bool:
        key = tuple(values.get(name) for name in self.mapping.kind.key)
        first = self._keys.setdefault(key, row.line)
        if first == row.line:
            return False
        said = " ".join(str(part) for part in key if part is not None)
        sentence = Sentence(
            N_("“{key}” came before, in line {first}. Keep one of the two."),
            {"key": said, "first": first},
        )
        self.refused.append(Finding(row.line, "repeated", sentence))
        return True

    def _place(
        self, rows: Sequence[Row], values: Sequence[dict[str, Value]]
    ) -> validate.Placed | None:
        kind = self.mapping.kind
        if self.crs is None or kind.shape == "none" or not rows:
            return None
        if kind.shape == "polygon":
            placed = validate.surfaces(rows, self.crs)
        elif self.shaped:
            placed = validate.points(rows, self.crs)
        else:
            placed = validate.coordinates(_columns(values), [row.line for row in rows], self.crs)
        self._count(rows, placed)
        if kind.shape == "polygon":
            self._keep(rows, placed)
        if kind.shape == "point" and kind.place_required:
            for place, row in enumerate(rows):
                if placed.findings[place] is None and placed.shapes[place] is None:
                    placed.findings[place] = Finding(row.line, "no_place", NO_PLACE)
        return placed

    def _count(self, rows: Sequence[Row], placed: validate.Placed) -> None:
        wrong = np.flatnonzero(placed.outside)
        there = placed.outside | ~shapely.is_missing(placed.shapes)
        self.given.append(placed.first[there])
        self._outside += wrong.size
        self._placed += int(there.sum())
        if wrong.size and self._first_outside is None:
            x, y = placed.first[wrong[0]]
            self._first_outside = (rows[wrong[0]].line, float(x), float(y))

    def _keep(self, rows: Sequence[Row], placed: validate.Placed) -> None:
        """Keep some outlines that are areas, or would be in another system."""
        for place in np.flatnonzero(placed.outside | ~shapely.is_missing(placed.shapes)).tolist():
            wkb = rows[place].wkb
            if len(self.outlines) >= OUTLINES or self._kept_bytes > OUTLINE_BYTES or wkb is None:
                return
            self.outlines.append(wkb)
            self._kept_bytes += len(wkb)

    def _in_degrees(self) -> None:
        """Refuse the file when most of it is no degrees: then the declaration is wrong."""
        if self._first_outside is None or self.crs is None or 2 * self._outside <= self._placed:
            return
        line, x, y = self._first_outside
        said = self.crs.name
        raise NotDegrees(file=self.file, line=line, x=f"{x:.10g}", y=f"{y:.10g}", crs=said)


COMPUTED: Final = Sentence(
    N_("A cell holds a formula; what it last showed was taken. Check it, or paste its value.")
)
NO_PLACE: Final = Sentence(N_("The row has no place. Add its coordinates."))


def _columns(values: Sequence[dict[str, Value]]) -> Array:
    """Return the two columns of coordinates; 0, 0 stands for none, as in most exports."""
    xy = np.array([[row.get("lon"), row.get("lat")] for row in values], dtype=np.float64)
    xy[~np.isfinite(xy).all(axis=1) | (xy == 0).all(axis=1)] = np.nan
    return xy
