"""Brings coordinates of any declared system to longitude and latitude; guesses none."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gisapp.core import coordinates
from gisapp.intake.faults import CrsUnknown, CrsUnsure

Array = npt.NDArray[np.float64]
EPSG: Final = re.compile(r"(?:EPSG:|urn:ogc:def:crs:EPSG:[0-9.]*:)([0-9]{1,6})", re.IGNORECASE)
DEGREES: Final = {"4326", "4490"}
"""CGCS2000 equals WGS 84 within decimetres."""
CRS84: Final = {"urn:ogc:def:crs:ogc:1.3:crs84", "ogc:crs84", "crs84"}
ALIKE: Final = ("World Geodetic System 1984", "China 2000", "CGCS2000", "China Geodetic")
SWAPPED: Final = "-swapped"
"""Behind the name of a system: the file has latitude before longitude, north before east."""
WEST, SOUTH, EAST, NORTH = -180.0, -90.0, 180.0, 90.0
LOCAL: Final = re.compile(r"Beijing|Xian|Xi'an", re.IGNORECASE)
"""PROJ has parameters for parts of some of them, for none those of a city."""
DATUMS: Final = {"gcj02", "bd09", "gcj-02", "bd-09"}


@dataclass(frozen=True, slots=True)
class System:
    """A declared system of coordinates."""

    name: str
    geographic: bool
    to_degrees: Callable[[Array], Array]
    """From its coordinates, shape (n, 2), x before y, to longitude/latitude; inf where it fails.

    Coordinates of a geographic system must be degrees.
    """
    swapped: bool = False
    """The file has y before x."""

    def fits(self, xy: Array) -> npt.NDArray[np.bool_]:
        """Say which coordinates could be of this system: degrees, where it is of degrees."""
        if not self.geographic:
            return np.ones(len(xy), np.bool_)
        return within(xy[:, ::-1] if self.swapped else xy)


def within(degrees: Array) -> npt.NDArray[np.bool_]:
    """Say which of ``degrees``, shape (n, 2), are longitudes and latitudes."""
    x, y = degrees[:, 0], degrees[:, 1]
    with np.errstate(invalid="ignore"):
        inside = (x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH)
    return np.asarray(inside, np.bool_)


def system(declared: str | None, file: str) -> System:
    """Return the declared system; raises `CrsUnknown` or `CrsUnsure`."""
    said = (declared or "").strip()
    if said.casefold().endswith(SWAPPED):
        plain = system(said[: -len(SWAPPED)], file)
        return System(
            f"{plain.name}{SWAPPED}",
            plain.geographic,
            lambda xy: plain.to_degrees(xy[:, ::-1]),
            swapped=True,
        )
    if said.casefold() in DATUMS:
        name = said.casefold().replace("-", "")
        return System(name, geographic=True, to_degrees=_shifted(name))
    if said.casefold() in CRS84:
        return System("EPSG:4326", geographic=True, to_degrees=_as_is)
    number = EPSG.fullmatch(said)
    if number is None:
        raise CrsUnknown(file=file, said=said[:60])
    if number[1] in DEGREES:
        return System(f"EPSG:{number[1]}", geographic=True, to_degrees=_as_is)
    return _projected(int(number[1]), file)


def _as_is(xy: Array) -> Array:
    return xy


def _shifted(name: str) -> Callable[[Array], Array]:
    convert = coordinates.TO_WGS[name]

    def to_degrees(xy: Array) -> Array:
        return np.column_stack(convert(xy[:, 0], xy[:, 1]))

    return to_degrees


def _projected(number: int, file: str) -> System:
    try:
        crs = CRS.from_epsg(number)
    except CRSError as wrong:
        raise CrsUnknown(file=file, said=f"EPSG:{number}") from wrong
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) > 2:  # noqa: PLR2004
        raise CrsUnknown(file=file, said=f"EPSG:{number}")
    datum = crs.geodetic_crs.name if crs.geodetic_crs else ""
    known = str(crs.datum.name if crs.datum else "") + " " + str(datum)
    if LOCAL.search(known):
        raise CrsUnsure(file=file, crs=crs.name)
    try:
        # Without parameters PROJ keeps the numbers as they are and calls it a ballpark.
        transformer = Transformer.from_crs(crs, 4326, always_xy=True, allow_ballpark=_alike(known))
    except ProjError as wrong:
        raise CrsUnsure(file=file, crs=crs.name) from wrong

    def to_degrees(xy: Array) -> Array:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1], errcheck=False))

    return System(f"EPSG:{number}", geographic=bool(crs.is_geographic), to_degrees=to_degrees)


def _alike(known: str) -> bool:
    return any(name in known for name in ALIKE)
