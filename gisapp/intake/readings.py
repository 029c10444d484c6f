"""The systems in which coordinates of unknown kind could be meant, to be tried, never taken."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.intake.faults import CrsUnknown, CrsUnsure
from gisapp.intake.positions import SWAPPED, Array, system

DEGREES: Final = ("EPSG:4326", "gcj02", "bd09")
FIRST_ZONE, FIRST_MERIDIAN = 4513, 4534
"""EPSG of the CGCS2000 3-degree zones: 25 to 45 with their number in the easting, and without."""
ZONES: Final = range(25, 46)
ZONE_M: Final = 1_000_000
HALF_ZONE: Final = 3.0
"""Degrees from the middle of the town within which a zone is tried: its own and its neighbours."""


def names(xy: Array, middle: tuple[float, float]) -> list[str]:
    """List what ``xy``, shape (n, 2), could be for a town around ``middle``, likeliest first."""
    x, y = np.nanmedian(np.abs(xy), axis=0)
    return [*_names(x, y, middle[0]), *(f"{name}{SWAPPED}" for name in _names(y, x, middle[0]))]


def _names(x: float, y: float, lon: float) -> list[str]:
    if x <= 180 and y <= 90:  # noqa: PLR2004  # degrees
        return list(DEGREES)
    if y > 10_000_000 or y < 10_000:  # noqa: PLR2004  # no northing
        return []
    zone = int(x // ZONE_M)
    if zone in ZONES:
        return [f"EPSG:{FIRST_ZONE + zone - ZONES.start}"]
    if zone == 0:
        return [
            f"EPSG:{FIRST_MERIDIAN + zone - ZONES.start}"
            for zone in ZONES
            if abs(3 * zone - lon) <= HALF_ZONE
        ]
    return []


def degrees(xy: Array, name: str) -> Array:
    """Read ``xy``, finite, as the system called ``name``; NaN where that cannot be."""
    found = np.full(xy.shape, np.nan)
    try:
        meant = system(name, "")
    except (CrsUnknown, CrsUnsure):
        return found
    fit = meant.fits(xy)
    if fit.any():
        found[fit] = meant.to_degrees(xy[fit])
    found[~np.isfinite(found).all(axis=1)] = np.nan
    return found


def outlines(raw: npt.NDArray[np.object_], name: str) -> npt.NDArray[np.object_]:
    """Read shapes as the system called ``name``; null where a corner cannot be in it."""
    xy, owner = shapely.get_coordinates(raw, return_index=True)
    meant = degrees(xy, name) if len(xy) else xy
    there = ~shapely.is_missing(raw)
    there[owner[~np.isfinite(meant).all(axis=1)]] = False
    found = np.full(len(raw), None, dtype=object)
    # GEOS builds no ring of corners that are nowhere.
    some: Any = raw[there]
    found[there] = shapely.set_coordinates(some, meant[there[owner]])
    return found
