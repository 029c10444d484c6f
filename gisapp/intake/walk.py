"""Walks every shape the reader gives: how deep, how many vertices in all; repairs when asked.

GEOS can take hours for one ring and stops for nobody, so it works in a thread that is left behind
when the time is up; the reader ends with the file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from gisapp.intake import wkb
from gisapp.intake.faults import GeometryCost, GeometryDepth, GeometryLimit
from gisapp.intake.limits import Limits

HARMLESS_PAIRS: Final = 400_000_000
"""Pairs of vertices that GEOS compares in about 5 s when the rings are made to slow it down."""


@dataclass(slots=True)
class Walk:
    """One pass over the shapes of a file."""

    limits: Limits
    repair: bool
    total: int = 0
    pairs: int = 0
    """Pairs of vertices of one shape, over all shapes so far."""
    spent: float = 0.0
    """Seconds that GEOS had."""
    thread: Any = None

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
        self.pairs += count**2
        return self._looked_at(data, line)

    def _looked_at(self, data: bytes, line: int) -> tuple[bytes, str]:
        """Mend the shape; or find out what the check of it will cost those who read us."""
        if not self.repair and self.pairs <= HARMLESS_PAIRS:
            return data, ""
        import shapely  # noqa: PLC0415  # few readers need it, and it takes as long as they do

        shape: Any = shapely.from_wkb(data, on_invalid="ignore")
        if shape is None or self._timed(lambda: shapely.is_valid(shape), line) or not self.repair:
            return data, ""
        try:
            mended = self._timed(
                lambda: shapely.make_valid(shape, method="structure", keep_collapsed=False), line
            )
        except shapely.errors.GEOSException:
            return data, ""  # refused later, by its line
        return shapely.to_wkb(mended), "repaired"

    def _timed(self, work: Callable[[], Any], line: int) -> Any:
        from concurrent.futures import ThreadPoolExecutor, wait  # noqa: PLC0415  # as above

        most = self.limits.geometry_seconds
        self.thread = self.thread or ThreadPoolExecutor(1)
        began = monotonic()
        answer = self.thread.submit(work)
        done, _ = wait([answer], most - self.spent)
        self.spent += monotonic() - began
        if not done or self.spent > most:
            raise GeometryCost(line=line, limit=most)
        return answer.result()
