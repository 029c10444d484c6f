"""The rows of a file around its findings: all put aside while it is read, a few kept for longer."""

import base64
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import shapely

from gisapp.intake import flow
from gisapp.intake.cells import Wrong, decimal
from gisapp.intake.faults import Finding
from gisapp.intake.flow import Row
from gisapp.intake.limits import KEPT_ROW_BYTES, KEPT_ROWS
from gisapp.intake.mapping import Mapping

CHUNK: Final = 500
"""Rows of one message of the file in which they lie aside."""
LONGEST: Final = 2**33
"""Bytes of such a message: it is our own."""
OF_EACH_KIND: Final = 50
"""Findings of each kind whose rows are kept before any others."""
BLOCK: Final = 250
"""Rows that are packed together, so that few are unpacked to show some."""
CORNERS: Final = 240
"""Of a place that is kept."""
RINGS: Final = CORNERS // 4
MANY: Final = 1_000
"""Corners of a line that are looked at."""
FINE: Final = 400
"""Parts of its length to which an outline is kept."""
DIGITS: Final = 7

PRIVATE: Final = {"disputes": {"lon", "lat"}, "cadres": {"phone"}}
"""Fields by kind of which no copy is kept: with them goes every column that nobody named."""

Block = list[Any]
"""Rows that follow one another: their least and their greatest line, and they themselves."""
Place = list[float] | list[list[float]]
"""As the file has it: a point, or rings of x, y, x, y …"""


@dataclass(frozen=True, slots=True)
class Kept:
    """One row as it stands in the file."""

    at: int
    """Its number in the file: of two that follow one another these do, too."""
    line: int
    cells: list[str | None]
    place: Place | None
    """Of a row with a finding."""


def put(out: IO[bytes], rows: Sequence[Row], *, placed: bool) -> None:
    """Put rows aside as they are, without their shapes where these are nobody's business."""
    for begin in range(0, len(rows), CHUNK):
        some = rows[begin : begin + CHUNK]
        if not placed:
            some = [Row(row.line, row.cells, None, row.note) for row in some]
        flow.send_rows(out, some)


def chosen(findings: Iterable[Finding], refused: Callable[[Finding], bool]) -> list[int]:
    """List lines, the most telling first: some of each kind in turn, what is refused, the rest."""
    kinds: dict[str, list[int]] = {}
    blocked: list[int] = []
    others: list[int] = []
    for one in findings:
        if one.line <= 0:  # about the file as a whole
            continue
        first = kinds.setdefault(one.code, [])
        if len(first) < OF_EACH_KIND:
            first.append(one.line)
        (blocked if refused(one) else others).append(one.line)
    turns = chain.from_iterable(zip_longest(*kinds.values()))
    lines = chain((line for line in turns if line is not None), blocked, others)
    return list(dict.fromkeys(lines))


def columns(mapping: Mapping, names: Sequence[str]) -> list[int]:
    """List the numbers of the columns that may be kept."""
    private = PRIVATE.get(mapping.kind.name)
    if private is None:
        return list(range(len(names)))
    taken = {number for each in mapping.taken.values() for number in each}
    hidden = {number for name in private for number in mapping.taken.get(name, ())}
    return sorted(taken - hidden)


def packed(
    path: Path, lines: Sequence[int], numbers: Sequence[int], place: Callable[[Row], Place | None]
) -> tuple[list[Block], set[int]]:
    """
    Pack the rows of ``lines``, and the one before and the one after each; says which they are.

    The last of ``lines`` are left out where there are too many, or their text is too long.
    """
    wanted = list(lines[:KEPT_ROWS])
    there = set(wanted)
    kept: dict[int, tuple[int, str]] = {}
    size, follows = 0, False
    before: tuple[int, Row] | None = None

    def keep(at: int, row: Row) -> int:
        if at in kept:
            return 0
        spot = place(row) if row.line in there else None
        cells = [row.cells[n] if n < len(row.cells) else None for n in numbers]
        text = json.dumps([at, row.line, cells, spot], ensure_ascii=False, separators=(",", ":"))
        kept[at] = (row.line, text)
        return len(text.encode("utf-8", "surrogatepass"))

    for at, row in enumerate(_rows(path)):
        here = row.line in there
        if here and before is not None:
            size += keep(*before)
        if here or follows:
            size += keep(at, row)
        before, follows = (at, row), here
        while size > KEPT_ROW_BYTES and len(wanted) > 1:
            wanted = wanted[: len(wanted) // 2]
            there = set(wanted)
            near = {n for at, (line, _) in kept.items() if line in there for n in _beside(at)}
            kept = {at: one for at, one in kept.items() if at in near}
            size = sum(len(text.encode("utf-8", "surrogatepass")) for _, text in kept.values())
    rows = [kept[at] for at in sorted(kept)]
    blocks = [_block(rows[begin : begin + BLOCK]) for begin in range(0, len(rows), BLOCK)]
    return blocks, {line for line, _ in rows}


def _beside(at: int) -> range:
    return range(at - 1, at + 2)


def _block(rows: Sequence[tuple[int, str]]) -> Block:
    lines = [line for line, _ in rows]
    text = "[" + ",".join(text for _, text in rows) + "]"
    parcel = base64.b85encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode()
    return [min(lines), max(lines), parcel]


def unpacked(blocks: Iterable[Block]) -> Iterator[Kept]:
    """Read what `packed` wrote, in the order of the file."""
    for _, _, parcel in blocks:
        for row in json.loads(zlib.decompress(base64.b85decode(parcel))):
            yield Kept(*row)


def around(blocks: Sequence[Block], line: int) -> list[Kept]:
    """Read the rows that lie about a line: those packed with it, and it is among them, or none."""
    for number, (low, high, _) in enumerate(blocks):
        if low <= line <= high:
            there = list(unpacked(blocks[number : number + 1]))
            if any(one.line == line for one in there):
                # Those beside the first and the last row of a block are in another.
                return list(unpacked(blocks[max(0, number - 1) : number + 2]))
    return []


def _rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for _, document, blob in flow.receive(file, LONGEST):
            yield from flow.rows(document, blob)


def placing(mapping: Mapping, *, shaped: bool) -> Callable[[Row], Place | None]:
    """Return how the place of a row is found; of no row where it is nobody's business."""
    if mapping.kind.shape == "none" or mapping.kind.name in PRIVATE:
        return lambda row: None
    return _shape if shaped else lambda row: _columns(row, mapping)


def _shape(row: Row) -> Place | None:
    if row.wkb is None:
        return None
    shape: Any = shapely.force_2d(shapely.from_wkb(row.wkb, on_invalid="ignore"))
    xy = shapely.get_coordinates(shape)
    if shape is None or not len(xy) or not np.isfinite(xy).all():
        return None
    if len(xy) == 1:
        return _rounded(xy)
    parts: Any = shapely.get_parts(shape)
    rings: Any = shapely.get_rings(parts)
    lines = rings if len(rings) else parts
    if len(lines) > RINGS:
        lines = lines[np.sort(np.argsort(-shapely.length(lines), kind="stable")[:RINGS])]
    lines = np.array([_thinned(shapely.get_coordinates(line)) for line in lines], dtype=object)
    fine = float(np.hypot(*np.ptp(xy, axis=0))) / FINE
    plain = shapely.simplify(lines, fine, preserve_topology=False)
    while shapely.get_num_coordinates(plain).sum() > CORNERS and fine:
        fine *= 2
        plain = shapely.simplify(lines, fine, preserve_topology=False)
    return [found for one in plain if (found := _rounded(shapely.get_coordinates(one)))]


def _thinned(corners: Any) -> Any:
    """Make a line of some corners, evenly: to simplify a long one can cost its square."""
    step = -(-len(corners) // MANY)
    some = corners if step < 2 else np.vstack([corners[::step], corners[-1:]])  # noqa: PLR2004
    return shapely.LineString(some) if len(some) > 1 else shapely.Point(some)


def _rounded(xy: Any) -> list[float]:
    found: list[float] = xy.round(DIGITS).ravel().tolist()
    return found


def _columns(row: Row, mapping: Mapping) -> list[float] | None:
    try:
        texts = [mapping.sources[name](row.cells) for name in ("lon", "lat")]
    except (Wrong, KeyError, IndexError):
        return None
    x, y = (decimal(text) for text in texts)
    if x is None or y is None or x == y == 0:
        return None
    return [x, y]
