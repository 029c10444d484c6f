"""Where more cases gather than chance would put there, in windows of any size, by Kulldorff's scan.

n grids, t months. The windows compared are those of one search; chance places the cases of each
month over the grids as the base lies, so that a season of the whole city is no cluster.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core.scan import chance
from gisapp.core.scan.chance import Null, Peaks, Search, Watch
from gisapp.core.scan.circles import Circles
from gisapp.core.scan.flexible import Flexible
from gisapp.core.scan.likelihood import ratios
from gisapp.errors import InvalidInput
from gisapp.i18n import N_

Array = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

DRAWS: Final = 999
"""Worlds of chance that each scan is compared with."""

HALF: Final = 0.5
"""The share of the base that a window in space may hold."""

TENTH: Final = 0.1
"""The share of the base that a window in space and time may hold."""

MONTHS: Final = 12
"""Months that a window in space and time reaches back at most."""

SPACE_REACH: Final = 10_000
PROSPECTIVE_REACH: Final = 2_000
"""Grids that a circle may hold; binds in places of more than 10,000 grids only."""

MOST: Final = 20
"""Clusters that are told, the highest first."""


class CasesWithoutBase(InvalidInput):
    """Cases lie where nobody is: no number of them could be expected there."""

    code = "cases_without_base"
    message = N_(
        "Disputes lie in {grids} grids that have neither households nor enterprises. "
        "Mend their numbers first."
    )


@dataclass(frozen=True, slots=True)
class Cluster:
    """A window that holds more than its share. At full precision: never leaves as it is."""

    grids: Longs
    """Positions, ascending."""
    centre: int
    months: int
    """How many months it reaches back, the last one included."""
    count: int
    expected: float
    ratio: float
    """Log likelihood ratio."""
    p: float
    """How often chance alone has a window anywhere that is as high."""
    firm: float
    """The same, were there one case fewer in it."""

    def among(self, positions: Longs) -> "Cluster":
        """Return it in the positions of a larger map, of which these were scanned, ascending."""
        return replace(self, grids=positions[self.grids], centre=int(positions[self.centre]))


def _ignore(done: float) -> None:
    pass


def space(
    points: Array,
    base: Array,
    counts: Longs,
    rng: np.random.Generator,
    *,
    draws: int = DRAWS,
    watch: Watch = _ignore,
) -> list[Cluster]:
    """
    Find the circles that hold more cases than chance would put there.

    Parameters
    ----------
    points
        Shape (n, 2). The middle of each grid, in metres or any other plane system.
    base
        Shape (n,). Households and enterprises, at least 0.
    counts
        Shape (n,). Cases of each grid in the window.
    rng
        Places the cases of ``draws`` worlds of chance.
    watch
        Told the share that is done.

    Returns
    -------
    clusters
        The most likely one and those that share no grid with a likelier one, at most `MOST`;
        none when there is no case, no base, or a single grid.

    Raises
    ------
    CasesWithoutBase
        If a grid without base has cases.

    Notes
    -----
    Kulldorff (1997), Communications in Statistics: Theory and Methods 26(6), 1481-1496.
    """
    null = _null(base, counts[np.newaxis], 1)
    if null is None:
        return []
    search = Circles(points, null.mass, HALF, SPACE_REACH)
    seen = stacks(counts[np.newaxis], 1)
    return _find(search, search.peaks(null, seen), null, seen, draws, rng, watch)


def flexible(
    points: Array,
    near: csr_array,
    base: Array,
    counts: Longs,
    rng: np.random.Generator,
    *,
    drawn_by: Longs | None = None,
    draws: int = DRAWS,
    watch: Watch = _ignore,
) -> list[Cluster]:
    """
    Find connected windows of any shape that hold more cases than chance would put there.

    Parameters
    ----------
    near
        Shape (n, n). Which grids touch; the diagonal is ignored. An island is a window alone.
    drawn_by
        Shape (n,). Counts by which windows are chosen and put in order; what is in them, and how
        rare that is, is counted by ``counts``. Without it windows are chosen by ``counts``, and a
        window tells of each grid in it, and of each beside it, about how many it has: it would
        be likelier without the one, or with the other.

    The others, and what is returned and raised, are those of `space`; also `TooManyForShapes`.
    """
    null = _null(base, counts[np.newaxis], 1)
    search = Flexible.of(points, near, HALF)
    if null is None:
        return []
    chosen = None
    if drawn_by is not None:
        chosen = _null(base, np.where(base > 0, drawn_by, 0)[np.newaxis], 1)
        if chosen is None:
            return []
    seen = stacks(counts[np.newaxis], 1)
    peaks = search.peaks(
        chosen or null, seen if drawn_by is None else stacks(drawn_by[np.newaxis], 1)
    )
    return _find(search, peaks, null, seen, draws, rng, watch)


def prospective(
    points: Array,
    base: Array,
    counts: Longs,
    rng: np.random.Generator,
    *,
    draws: int = DRAWS,
    watch: Watch = _ignore,
) -> list[Cluster]:
    """
    Find circles that have held more cases than chance would put there up to the last month.

    Parameters
    ----------
    counts
        Shape (t, n). Cases of each month and grid, oldest first; t > 0. Windows reach back up
        to `MONTHS` of them.

    The others, and what is returned and raised, are those of `space`.

    Notes
    -----
    Kulldorff (2001), J. R. Stat. Soc. A 164(1), 61-72.
    """
    months = min(MONTHS, len(counts))
    null = _null(base, counts, months)
    if null is None:
        return []
    search = Circles(points, null.mass, TENTH, PROSPECTIVE_REACH)
    seen = stacks(counts, months)
    return _find(search, search.peaks(null, seen), null, seen, draws, rng, watch)


def _null(base: Array, counts: Longs, months: int) -> Null | None:
    """Say what chance places; None where nothing can gather."""
    bare = int(((base <= 0) & (counts.sum(axis=0) > 0)).sum())
    if bare:
        raise CasesWithoutBase(grids=bare)
    last = counts[::-1][:months].sum(axis=1)
    if base.size < 2 or not last.any():  # noqa: PLR2004  # one grid gathers nothing
        return None
    return Null(base / base.sum(), last, int(counts.sum()))


def stacks(counts: Longs, months: int) -> npt.NDArray[np.int32]:
    """Add cases up over the last months, shape (n, months)."""
    added = counts[::-1][:months].cumsum(axis=0)
    return np.ascontiguousarray(added.T, np.int32)


def apart(search: Search, peaks: Peaks, lowest: float) -> list[tuple[int, Longs]]:
    """Return centre and grids of the highest windows above ``lowest`` that share no grid."""
    order = np.argsort(-peaks.ratio, kind="stable")
    taken = np.zeros(peaks.ratio.size, np.bool_)
    kept: list[tuple[int, Longs]] = []
    for centre in order[peaks.ratio[order] > lowest].tolist():
        if taken[centre]:
            continue
        grids = search.members(centre, int(peaks.pick[centre]))
        if not taken[grids].any():
            taken[grids] = True
            kept.append((centre, grids))
        if len(kept) == MOST:
            break
    return kept


def _find(
    search: Search,
    peaks: Peaks,
    null: Null,
    seen: npt.NDArray[np.int32],
    draws: int,
    rng: np.random.Generator,
    watch: Watch,
) -> list[Cluster]:
    kept = apart(search, peaks, 0.0)
    if not kept:
        return []
    maxima = chance.highest(search, null, draws, rng, watch)
    found = []
    for centre, grids in kept:
        stack = peaks.stack[centre]
        count = int(seen[grids, stack].sum())
        expected = float(null.mass[grids].sum() * null.within[stack])
        ratio, fewer = ratios(
            np.array([count, count - 1.0]), np.array([expected, expected]), float(null.total)
        ).tolist()
        found.append(
            Cluster(
                grids,
                centre,
                int(stack) + 1,
                count,
                expected,
                ratio,
                chance.share(ratio, maxima),
                chance.share(fewer, maxima),
            )
        )
    return found
