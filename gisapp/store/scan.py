"""What a scan looks at: the disputes of a window, and where the grids lie in metres."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gisapp import frames
from gisapp.core import windows
from gisapp.query import HotspotQuery
from gisapp.store import hotspots, installation, revisions
from gisapp.store.hotspots import Picture
from gisapp.store.session import Session

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Field:
    """A hotspot picture and its grids' middles."""

    picture: Picture
    points: Array
    """Shape (n, 2). Metres in the city's projection; not finite where a grid has no land."""
    places: Array
    """The same in longitude and latitude."""


def field(
    session: Session, query: HotspotQuery, usual: Callable[[int], str] = windows.last_quarter
) -> Field:
    """Read what a scan needs; ``usual`` as in `hotspots.picture`."""
    picture = hotspots.picture(session, query, usual)
    revision = revisions.current(session)
    if revision is None:
        return Field(picture, np.zeros((0, 2)), np.zeros((0, 2)))
    middles = shapely.centroid(revisions.shapes(session, revision, "grid"))
    lonlat = np.column_stack([shapely.get_x(middles), shapely.get_y(middles)])
    return Field(picture, frames.to_metres(lonlat, installation.srid(session)), lonlat)
