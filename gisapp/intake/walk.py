"""Walks every shape the reader gives: how deep, how many vertices in all; repairs when asked."""

from dataclasses import dataclass
from typing import Any

from gisapp.intake import wkb
from gisapp.intake.faults import GeometryDepth, GeometryLimit
from gisapp.intake.limits import Limits


@dataclass(slots=True)
class Walk:
    """One pass over the shapes of a file."""

    limits: Limits
    repair: bool
    total: int = 0

    def take(self, data: bytes, line: int) -> tuple[bytes, str]:
        """Return the shape and a note, raises when it or the file is over a limit."""
        limits = self.limits
        try:
            count = wkb.vertices(data, nesting=limits.nesting, most=limits.vertices_a_shape)
        except wkb.TooDeep as deep:
            raise GeometryDepth(line=line, limit=limits.nesting) from deep
        except wkb.TooMany as many:
            raise GeometryLimit(line=line, limit=limits.vertices_a_shape) from many
        except wkb.Broken:
            return data, ""
        self.total += count
        if self.total > limits.vertices_a_file:
            raise GeometryLimit(line=line, limit=limits.vertices_a_file)
        return _repaired(data) if self.repair else (data, "")


def _repaired(data: bytes) -> tuple[bytes, str]:
    import shapely  # noqa: PLC0415  # only a reader that repairs pays for it

    shape: Any = shapely.from_wkb(data, on_invalid="ignore")
    if shape is None or shapely.is_valid(shape):
        return data, ""
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return shapely.to_wkb(mended), "repaired"
