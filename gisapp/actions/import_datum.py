"""Look whether places fit the ground better in another system; say so, and change nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.core import datum
from gisapp.i18n import N_, Sentence
from gisapp.intake import readings
from gisapp.intake.faults import Finding, NotDegrees
from gisapp.intake.positions import Array
from gisapp.intake.rows import Rows
from gisapp.store import revisions
from gisapp.store.session import Session

MOST_POINTS: Final = 5_000
"""Enough to tell; more would only cost time."""
COARSER: Final = 2.0
"""A file whose outlines are so many times larger than the stored ones is of a level above."""
MOST_OUTLINES: Final = 400
"""Of those that are cut with others, which costs more than a point does."""
LEVELS: Final[dict[str, str]] = {"grid": N_("grid"), "community": N_("community")}
ALL_LEVELS: Final = LEVELS | {"township": N_("township"), "county": N_("county")}


class SystemOffered(NotDegrees):
    """Coordinates that are not in the declared system, and one in which they would fit."""

    code = "crs_offered"
    message = N_(
        "“{file}”, line {line}: {x}, {y} do not lie in {crs}. Read with --crs {option}, "
        "{after} of {points} places lie in a {level}: say that if it is right."
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A system in which the places of a file would fit better."""

    option: str
    """What ``--crs`` would be."""
    level: str
    fit: datum.Fit
    outlines: bool = False
    """Whether outlines were laid on outlines, not places into them."""

    @property
    def finding(self) -> Finding:
        """The offer as a finding about the file as a whole."""
        message = N_(
            "{before} of {points} places lie in a {level} as they are, {after} when they are "
            "read with --crs {option}. If that is their system, import the file again with it."
        )
        if self.outlines:
            message = N_(
                "{before} of {points} outlines fit those that are stored ({level}) as they are, "
                "{after} when they are read with --crs {option}. If that is their system, import "
                "the file again with it."
            )
        return Finding(0, "datum", Sentence(message, self.fields))

    @property
    def fields(self) -> dict[str, object]:
        """The figures of its sentence."""
        fit = self.fit
        return {
            "before": fit.before,
            "after": fit.after,
            "points": fit.points,
            "level": Sentence(ALL_LEVELS[self.level]),
            "option": self.option,
        }

    @property
    def plain(self) -> dict[str, object]:
        """The figures for programs."""
        return self.fields | {"level": self.level, "gained": self.fit.gained, "lost": self.fit.lost}


def offer(session: Session, rows: Rows) -> Offer | None:
    """Return a system that fits the ground markedly better than the one the file was read in."""
    if rows.crs is None or not rows.given:
        return None
    if rows.outlines:
        return _offer_by_outlines(session, rows.outlines, rows.crs.name)
    return _offer(session, np.concatenate(rows.given), rows.crs.name)


def offered(session: Session, rows: Rows, wrong: NotDegrees) -> NotDegrees:
    """Return the fault with a system in which the coordinates would fit, where there is one."""
    found = offer(session, rows)
    return wrong if found is None else SystemOffered(**(wrong.fields | found.fields))


def _offer(session: Session, xy: Array, read_as: str) -> Offer | None:
    xy = xy[np.isfinite(xy).all(axis=1)]
    xy = xy[:: -(-len(xy) // MOST_POINTS) or 1]
    level, ground = _ground(session)
    if ground is None or not len(xy):
        return None
    as_read = _inside(readings.degrees(xy, read_as), ground)
    if not datum.worth_asking(as_read):
        return None
    others = {
        name: _inside(readings.degrees(xy, name), ground)
        for name in readings.names(xy, _middle(ground))
        if name != read_as
    }
    fit = datum.better(as_read, others)
    return None if fit is None else Offer(fit.name, level, fit)


def _offer_by_outlines(session: Session, wkb: Sequence[bytes], read_as: str) -> Offer | None:
    """Lay a file's outlines on the stored ones: the smaller ones nest in the larger ones."""
    level, ground = _ground(session, ALL_LEVELS)
    if ground is None:
        return None
    raw: Any = shapely.from_wkb(list(wkb), on_invalid="ignore")
    raw = raw[shapely.is_valid(raw)]
    ground = ground[shapely.is_valid(ground)]
    xy = shapely.get_coordinates(raw)
    if not len(xy) or not len(ground):
        return None

    names = [read_as, *readings.names(xy[:: -(-len(xy) // MOST_POINTS)], _middle(ground))]
    read = {name: _read(raw, name) for name in names}
    if _coarser(read.values(), ground):
        fits = {name: datum.nest(_some(ground), came) for name, came in read.items()}
    else:
        fits = {name: datum.nest(_some(came), ground) for name, came in read.items()}
    as_read = fits.pop(read_as)
    if not datum.worth_asking(as_read):
        return None
    fit = datum.better(as_read, fits)
    return None if fit is None else Offer(fit.name, level, fit, outlines=True)


def _read(raw: npt.NDArray[np.object_], name: str) -> npt.NDArray[np.object_]:
    """Read outlines in a system; null where they cannot be in it."""
    found = readings.outlines(raw, name)
    found[~shapely.is_valid(found)] = None
    return found


def _coarser(read: Iterable[npt.NDArray[np.object_]], ground: npt.NDArray[np.object_]) -> bool:
    """Say whether a file's outlines are of a level above the stored ones."""
    for came in read:
        there = came[~shapely.is_missing(came)]
        if len(there):
            return bool(np.median(shapely.area(there)) > COARSER * np.median(shapely.area(ground)))
    return False


def _some(outlines: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return outlines[:: -(-len(outlines) // MOST_OUTLINES)]


def middle(session: Session) -> tuple[float, float] | None:
    """Return the middle of the stored ground, longitude and latitude; null without one."""
    _, ground = _ground(session)
    return None if ground is None else _middle(ground)


def outlines(session: Session) -> npt.NDArray[np.object_]:
    """Return the stored outlines of communities, of grids where there are none, or nothing."""
    revision = revisions.current(session)
    if revision is not None:
        for level in reversed(list(LEVELS)):
            found = revisions.shapes(session, revision, level)
            if len(found):
                return found
    return np.empty(0, dtype=object)


def _middle(ground: npt.NDArray[np.object_]) -> tuple[float, float]:
    west, south, east, north = shapely.total_bounds(ground)
    return float(west + east) / 2, float(south + north) / 2


def _ground(
    session: Session, levels: Iterable[str] = LEVELS
) -> tuple[str, npt.NDArray[np.object_] | None]:
    revision = revisions.current(session)
    if revision is not None:
        for level in levels:
            shapes = revisions.shapes(session, revision, level)
            if len(shapes):
                return level, shapes
    return "", None


def _inside(degrees: Array, ground: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    inside = np.zeros(len(degrees), np.bool_)
    there = np.flatnonzero(np.isfinite(degrees).all(axis=1))
    points: Any = shapely.points(degrees[there])
    # The tree holds the points and is asked with shapes, which shapely prepares.
    found = shapely.STRtree(points).query(ground, predicate="intersects")[1]
    inside[there[found]] = True
    return inside
