"""Names the system of coordinates that a file describes in words, by its number."""

import re
from typing import Any, Final

from gisapp.intake.faults import CrsUnknown

ZONES: Final = range(75, 136, 3)
"""Central meridians of the 3-degree zones."""
FIRST_MERIDIAN, FIRST_ZONE = 4534, 4513
"""EPSG of the zone at 75° by its meridian, and with its number 25 in the easting."""
LOCAL: Final = (("Xian", "EPSG:4610"), ("Beijing", "EPSG:4214"))
"""Datums that need parameters of the place, whatever the projection."""
NEAR: Final = 1e-6


def declared(crs: str | None, projection: str | None) -> str | None:
    """Return EPSG:nnnn for what a library made of the file, or for the text of its .prj.

    A description we do not know comes back as its first words; raises `CrsUnknown` when it is none.
    """
    if crs is not None and crs.upper().startswith("EPSG:"):
        return crs
    text = projection or crs
    if text is None:
        return None
    from pyproj import CRS  # noqa: PLC0415  # most files name a number
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        described = CRS.from_wkt(text)
    except CRSError as wrong:
        raise CrsUnknown(said=" ".join(text.split())[:60]) from wrong
    number = described.to_epsg() or _zone(described)
    return f"EPSG:{number}" if number else _local(described) or described.name[:60]


def _local(crs: Any) -> str | None:
    datum = re.sub(r"[^a-z]", "", str(crs.datum.name if crs.datum else "").lower())
    return next((code for name, code in LOCAL if name.lower() in datum), None)


def _zone(crs: Any) -> int | None:
    """Return the 3-degree zone of CGCS2000 with these parameters, whatever it calls itself."""
    datum = str(crs.datum.name if crs.datum else "")
    if not crs.is_projected or not ("2000" in datum and "China" in datum.replace("_", " ")):
        return None
    method = crs.coordinate_operation
    given = {each.name: each.value for each in method.params}
    meridian = given.get("Longitude of natural origin", 0.0)
    scale = given.get("Scale factor at natural origin", 1.0)
    north, first = given.get("False northing", 0.0), given.get("Latitude of natural origin", 0.0)
    plain = "Transverse Mercator" in method.method_name or "Gauss" in method.method_name
    metres = all(axis.unit_conversion_factor == 1 for axis in crs.axis_info)
    exact = abs(scale - 1) < NEAR and abs(north) < NEAR and abs(first) < NEAR
    if not (plain and metres and exact and meridian in ZONES):
        return None
    place = ZONES.index(int(meridian))
    zone = 25 + place
    easting = given.get("False easting", 0.0)
    if easting == 500_000:  # noqa: PLR2004  # so that none is negative
        return FIRST_MERIDIAN + place
    return FIRST_ZONE + place if easting == zone * 1_000_000 + 500_000 else None
