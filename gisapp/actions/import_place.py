"""A small map around the place of one row of a file: as the file has it, and as it may be meant."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisapp.actions.import_picture import OUTLINES, Frame
from gisapp.core.world import Ints, World, project, unproject
from gisapp.intake import readings
from gisapp.intake.positions import Array

WIDER: Final = 2.6
"""The map is so many times wider than what lies in it."""
LEAST_DEGREES: Final = 0.012
FAR: Final = 0.1
"""Degrees beyond which another reading is too far away to stand on the same map."""
LINES: Final = 400
"""Outlines of the finest level are drawn where there are no more."""
MARKS: Final = 9
"""Others of the same kind that are numbered."""
ROOM: Final = 26
"""Units between two numbers."""
NAME_ROOM: Final = 70
EDGE: Final = 40
"""Units at the top and at the foot where scale and legend stand, and no name."""

Levels = Mapping[str, Callable[[], World]]
"""What may be drawn beneath: community, grid, water, road."""
Names = Sequence[tuple[str, float, float]]
"""Names, and the longitude and latitude where they fit."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in longitude/latitude."""

    rings: list[Array]
    """Each of shape (n, 2); one point where the place is a point."""

    @property
    def whole(self) -> Array:
        """All corners, those that are somewhere."""
        xy = np.concatenate(self.rings) if self.rings else np.zeros((0, 2))
        return xy[np.isfinite(xy).all(axis=1)]

    @property
    def middle(self) -> Array:
        """The middle of its bounds, shape (1, 2)."""
        found: Array = ((self.whole.min(axis=0) + self.whole.max(axis=0)) / 2)[None, :]
        return found


def drawn(
    place: Any,
    systems: tuple[str, str | None],
    near: Sequence[tuple[int, Any]],
    levels: Levels,
    names: Names,
) -> dict[str, Any] | None:
    """
    Draw a place of a row, in the system it was read in and in the one that is offered.

    Null where neither is anywhere. Coordinates are those of `import_picture.picture`.
    """
    now = _read(place, systems[0])
    other = None if systems[1] is None else _read(place, systems[1])
    there = [each.whole for each in (now, other) if each is not None and len(each.whole)]
    if not there:
        return None
    if len(there) > 1 and np.abs(there[0].mean(axis=0) - there[1].mean(axis=0)).max() > FAR:
        there = there[1:]  # what is offered fits the ground
    frame = Frame.around(np.concatenate(there), WIDER, LEAST_DEGREES)
    spots = [each for each in (now, other) if each is not None and len(each.whole)]
    taken = [frame.units(each.middle)[0] for each in spots]
    named = _named(frame, names, taken)
    taken += [np.array([x + side, y]) for _, x, y in named for side in (-36, -12, 12, 36)]
    lines = list(_paths(frame, levels["community"]()))
    grids = levels["grid"]()
    fine = _meeting(frame, grids)
    return {
        "width": frame.width,
        "height": frame.height,
        "water": list(_paths(frame, levels["water"]())),
        "roads": list(_paths(frame, levels["road"]())),
        "ground": lines,
        "grids": list(_paths(frame, grids)) if len(fine) <= LINES else [],
        "names": named,
        "now": _spot(frame, now),
        "other": None if other is None else _spot(frame, other),
        "near": _near(frame, ((number, _read(each, systems[0])) for number, each in near), taken),
        **frame.scale_bar,
    }


def _read(place: Any, system: str) -> Spot:
    rings = place if place and isinstance(place[0], list) else [place]
    corners = (np.array(ring, dtype=np.float64).reshape(-1, 2) for ring in rings)
    return Spot([readings.degrees(each, system) for each in corners if len(each)])


def _meeting(frame: Frame, world: World) -> Ints:
    """Return the positions of shapes whose bounds meet the map."""
    west, south, east, north = frame.box
    (x0, y0), (x1, y1) = project(np.array([[west, north], [east, south]]))
    box = world.bounds
    with np.errstate(invalid="ignore"):
        meets = (box[:, 0] <= x1) & (box[:, 2] >= x0) & (box[:, 1] <= y1) & (box[:, 3] >= y0)
    return np.flatnonzero(meets)


def _paths(frame: Frame, world: World) -> Iterator[str]:
    there = _meeting(frame, world)
    some = world.take(there[:: -(-len(there) // OUTLINES) or 1])
    west, south, east, north = frame.box
    wide, tall = (east - west) / 10, (north - south) / 10
    # A river is long: what lies far outside is cut off, beyond where the cut is seen.
    cut: Any = shapely.clip_by_rect(
        shapely.transform(some, unproject), west - wide, south - tall, east + wide, north + tall
    )
    return frame.paths(np.asarray(cut, dtype=object))


def _spot(frame: Frame, spot: Spot) -> dict[str, Any] | None:
    """Draw a place; null where it is nowhere, or beyond the map."""
    if not len(spot.whole) or not frame.holds(spot.middle)[0]:
        return None
    x, y = frame.units(spot.middle)[0].round().astype(int).tolist()
    whole = [ring for ring in spot.rings if np.isfinite(ring).all() and len(ring) > 1]
    return {"x": x, "y": y, "paths": [frame.path(ring) for ring in whole]}


def _near(
    frame: Frame, spots: Iterable[tuple[int, Spot]], taken: Sequence[Array]
) -> list[tuple[int, int, int]]:
    """Place the numbers of others where there is room."""
    marks = list(taken)
    found: list[tuple[int, int, int]] = []
    for number, spot in spots:
        if len(found) == MARKS:
            break
        if not len(spot.whole) or not frame.holds(spot.middle)[0]:
            continue
        at = frame.units(spot.middle)[0]
        if all(np.hypot(*(at - each)) >= ROOM for each in marks):
            marks.append(at)
            x, y = at.round().astype(int).tolist()
            found.append((number, x, y))
    return found


def _named(frame: Frame, names: Names, taken: Sequence[Array]) -> list[tuple[str, int, int]]:
    """Place names where they hide neither one another nor what is marked."""
    found: list[tuple[str, int, int]] = []
    for name, lon, lat in names:
        x, y = frame.units(np.array([[lon, lat]]))[0].round().astype(int).tolist()
        half = NAME_ROOM / 2
        inside = half < x < frame.width - half and EDGE < y < frame.height - EDGE
        others = [*((a, b) for _, a, b in found), *(each.tolist() for each in taken)]
        if inside and all(abs(x - a) > NAME_ROOM or abs(y - b) > ROOM for a, b in others):
            found.append((name, x, y))
    return found
