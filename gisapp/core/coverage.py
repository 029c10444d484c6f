"""Which grid is served, by whom, how well, and who could help: arrays in, arrays out.

Shapes: ``m`` grids, ``c`` cadres, ``s`` specialties, ``k`` pairs of a grid and a cadre serving it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from gisapp.core.publication import FEW

Ints = npt.NDArray[np.int64]
Table = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STATES: Final = ("unserved", "specialty_missing", "far", "stretched", "served")
"""In order of severity; a grid's state is the first that holds."""

UNSERVED, SPECIALTY_MISSING, FAR, STRETCHED, SERVED = range(5)

NONE: Final = -1
"""No cadre, no specialty, no community."""

HAIR: Final = 1e-9
"""What sums of fractions may be off by: the order of rows must not decide a state."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The four numbers that part the states."""

    need: float
    """Cases a year from which a missing specialty is a gap."""
    far_min: float
    """Minutes beyond which the nearest member is far."""
    stretch: float
    """Need ÷ supply beyond which a grid is stretched."""
    cases: float
    """Cases a year one member can take, shared over the grids they serve."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Who serves which grid: each pair of a grid and a cadre once."""

    grid: Ints
    """Shape (k,)."""
    cadre: Ints
    """Shape (k,)."""
    minutes: Table
    """Shape (k,). From the cadre's office to the grid."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is true of each grid; arrays of length m."""

    state: Ints
    """Positions in `STATES`."""
    members: Ints
    """How many cadres serve it."""
    minutes: Table
    """Of the nearest of them; infinite where nobody serves."""
    lacking: Ints
    """The specialty of greatest need among those that nobody holds and that reach the limit."""
    strained: Ints
    """The specialty whose need exceeds its supply most, among those somebody holds."""
    supply: Table
    """Shape (m, s). Cases a year."""


def cases(there: Table, many: Table, few: int) -> Table:
    """
    Say about how many cases there are, so that their number is never more than about known.

    Parameters
    ----------
    there
        Disputes of the last 12 whole months. Only whether there are any counts, which is exact.
    many
        Disputes of the last four whole quarters, other than a calendar year.
    few
        What fewer than `FEW` count as.

    Returns
    -------
    cases
        0 where there are none, else ``few``, or ``many`` rounded to five, as figures are said.

    Notes
    -----
    Who bisects with drafts learns this of every grid and category at every look, and no more.
    A number that moved each month would tell single months; one that moves with the quarters
    does it only with eleven more. `bounds.Pins` has what is published leave room for it.
    """
    about = np.where(many < FEW, few, FEW * np.rint(many / FEW))
    return np.where(there > 0, about, 0.0)


def travel_min(start: Table, end: Table, *, detour: float, speed_kmh: float) -> Table:
    """
    Estimate the minutes from one place to another.

    Parameters
    ----------
    start, end
        Shape (..., 2). Metres in one projection; broadcast against each other.
    detour
        Way travelled ÷ straight line.
    speed_kmh
        Kilometres an hour.
    """
    metres: Table = np.hypot(*np.moveaxis(start - end, -1, 0))
    return metres * detour / (speed_kmh * 1000 / 60)


def pairs(cadre: Ints, grid: Ints, community: Ints, community_of: Ints) -> tuple[Ints, Ints]:
    """
    Spread placements over the grids they serve, each pair of a grid and a cadre once.

    Parameters
    ----------
    cadre, grid, community
        Shape (p,). One placement each: a cadre in a post of a grid (``community`` is `NONE`) or
        of a community (``grid`` is `NONE`), whose grids the cadre then serves all.
    community_of
        Shape (m,). The community of each grid, `NONE` where it has none.

    Returns
    -------
    grid, cadre
        Shape (k,), sorted by grid, then cadre.
    """
    here = grid != NONE
    order = np.argsort(community_of, kind="stable")
    first = np.searchsorted(community_of[order], community, side="left")
    number = np.searchsorted(community_of[order], community, side="right") - first
    number[here | (community == NONE)] = 0
    # A run of consecutive positions for each placement of a community, all runs end to end.
    step = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    spread = order[np.repeat(first, number) + step]
    where = np.concatenate([grid[here], spread])
    who = np.concatenate([cadre[here], np.repeat(cadre, number)])
    # One number a pair: sorting rows of two takes ten times as long.
    width = int(who.max(initial=0)) + 1
    keys = np.sort(where * width + who)
    # numpy's own unique hashes them first, which takes twenty times as long as sorting.
    once = keys[np.diff(keys, prepend=-1) != 0]
    return once // width, once % width


def cover(need: Table, serving: Serving, knows: Flags, limits: Limits) -> Coverage:
    """
    Find the state of every grid, and what makes it so.

    Parameters
    ----------
    need
        Shape (m, s). Cases a year.
    serving
        Members of the grids' own posts and of their communities'.
    knows
        Shape (c, s). Which cadre holds which specialty.
    limits
        The numbers that part the states.

    Returns
    -------
    Coverage
        A grid is ``far`` or ``stretched`` only beyond the limit, not on it; a specialty is
        missing from the limit on. A specialty that nobody holds strains nobody: below the
        limit of `Limits.need` its lack is no gap, from there on it is `SPECIALTY_MISSING`.
    """
    load = np.bincount(serving.cadre, minlength=len(knows))
    return _cover(need, serving, load, knows, limits)


def exchanged(serving: Serving, other: Serving, cadres: Ints) -> tuple[Serving, Ints]:
    """
    Let some cadres serve other grids than before.

    Parameters
    ----------
    serving
        All pairs, sorted by grid, then cadre, as `pairs` gives them.
    other
        All pairs of ``cadres`` from now on, sorted alike.

    Returns
    -------
    serving, touched
        All pairs from now on, and the grids that any of ``cadres`` serves or served, sorted.
    """
    theirs = np.zeros(1 + max(serving.cadre.max(initial=0), cadres.max(initial=0)), np.bool_)
    theirs[cadres] = True
    gone = theirs[serving.cadre]
    grid, cadre, minutes = serving.grid[~gone], serving.cadre[~gone], serving.minutes[~gone]
    width = len(theirs)
    at = np.searchsorted(grid * width + cadre, other.grid * width + other.cadre)
    made = Serving(
        np.insert(grid, at, other.grid),
        np.insert(cadre, at, other.cadre),
        np.insert(minutes, at, other.minutes),
    )
    return made, np.unique(np.concatenate([serving.grid[gone], other.grid]))


def cover_anew(
    before: Coverage,
    touched: Ints,
    need: Table,
    serving: Serving,
    knows: Flags,
    limits: Limits,
) -> Coverage:
    """
    Find what `cover` does, where only those who serve the ``touched`` grids serve other grids.

    Parameters
    ----------
    before
        What was found before they did.
    touched
        Sorted. What `exchanged` gives beside ``serving``, which is sorted by grid.
    """
    first = np.searchsorted(serving.grid, touched, side="left")
    number = np.searchsorted(serving.grid, touched, side="right") - first
    here = np.arange(number.sum()) + np.repeat(first - (np.cumsum(number) - number), number)
    part = Serving(
        np.repeat(np.arange(len(touched)), number), serving.cadre[here], serving.minutes[here]
    )
    load = np.bincount(serving.cadre, minlength=len(knows))
    found = _cover(need[touched], part, load, knows, limits)
    columns = []
    for name in ("state", "members", "minutes", "lacking", "strained", "supply"):
        column = getattr(before, name).copy()
        column[touched] = getattr(found, name)
        columns.append(column)
    return Coverage(*columns)


def _cover(need: Table, serving: Serving, load: Ints, knows: Flags, limits: Limits) -> Coverage:
    m = len(need)
    members = np.bincount(serving.grid, minlength=m).astype(np.int64)
    minutes = np.full(m, np.inf)
    np.minimum.at(minutes, serving.grid, serving.minutes)
    share = limits.cases / load[serving.cadre]
    supply = np.zeros_like(need)
    for specialty in range(need.shape[1]):
        held = share * knows[serving.cadre, specialty]
        supply[:, specialty] = np.bincount(serving.grid, held, minlength=m)

    missing = np.where((supply == 0) & (need >= limits.need - HAIR), need, 0)
    ratio = np.divide(need, supply, out=np.zeros_like(need), where=supply > 0)
    lacking, strained = _worst(missing, 0), _worst(ratio, limits.stretch + HAIR)
    state = np.select(
        [members == 0, lacking != NONE, minutes > limits.far_min + HAIR, strained != NONE],
        [UNSERVED, SPECIALTY_MISSING, FAR, STRETCHED],
        SERVED,
    ).astype(np.int64)
    return Coverage(state, members, minutes, lacking, strained, supply)


def wanted(coverage: Coverage) -> Ints:
    """Name the specialty each grid wants most of a further member; `NONE`: anybody would do."""
    return np.where(coverage.state == STRETCHED, coverage.strained, coverage.lacking)


def nearest_free(
    places: Table,
    wanted: Ints,
    offices: Table,
    knows: Flags,
    barred: tuple[Ints, Ints],
) -> tuple[Ints, Table]:
    """
    Find the nearest free cadre who holds what each grid wants.

    Parameters
    ----------
    places
        Shape (m, 2). Metres.
    wanted
        Shape (m,). A specialty, or `NONE` where anybody would do.
    offices
        Shape (f, 2). Metres; the offices of the free cadres. Of two at the same distance the
        first is taken.
    knows
        Shape (f, s).
    barred
        Pairs of a grid and a free cadre who must not serve it.

    Returns
    -------
    cadre, metres
        Shape (m,). `NONE` and infinity where there is nobody.
    """
    found = np.full(len(places), NONE, np.int64)
    metres = np.full(len(places), np.inf)
    forbidden: dict[int, set[int]] = {}
    for grid, cadre in zip(*(side.tolist() for side in barred), strict=True):
        forbidden.setdefault(grid, set()).add(cadre)
    for specialty in np.unique(wanted):
        able = np.flatnonzero(knows[:, specialty]) if specialty != NONE else np.arange(len(knows))
        asking = np.flatnonzero(wanted == specialty)
        if able.size:
            found[asking], metres[asking] = _nearest(places, asking, offices, able, forbidden)
    return found, metres


def _nearest(
    places: Table, asking: Ints, offices: Table, able: Ints, forbidden: dict[int, set[int]]
) -> tuple[Ints, Table]:
    # Many share an office: a tree of the different ones is small.
    spots, spot_of = _distinct(offices[able])
    people = able[np.argsort(spot_of, kind="stable")]
    first = np.append(0, np.cumsum(np.bincount(spot_of)))
    tree = KDTree(spots)
    metres, spot = tree.query(places[asking])
    found = people[first[spot]]
    for row, grid in enumerate(asking.tolist()):
        if (barred := forbidden.get(grid)) and found[row] in barred:
            found[row], metres[row] = _unbarred(tree, places[grid], (people, first), barred)
    return found, metres


def _distinct(places: Table) -> tuple[Table, Ints]:
    """Sort places, each once, and say which of them each is."""
    # One complex number a place: numpy sorts rows of two ten times as slowly.
    whole = np.ascontiguousarray(places, np.float64).view(np.complex128).ravel()
    spots, of = np.unique(whole, return_inverse=True)
    return spots.view(np.float64).reshape(-1, 2), of


def _unbarred(
    tree: KDTree, place: Table, at: tuple[Ints, Ints], barred: set[int]
) -> tuple[int, float]:
    """Return the nearest at ``place``; ``at`` are all by their spot, and the first of each spot."""
    people, first = at
    # The more are asked for, the farther one must look: 8 spots suffice nearly always.
    for number in (min(8, tree.n), tree.n):
        metres, spots = tree.query(place, k=np.arange(1, number + 1))
        for away, spot in zip(metres, spots, strict=True):
            for cadre in people[first[spot] : first[spot + 1]].tolist():
                if cadre not in barred:
                    return cadre, float(away)
    return NONE, float("inf")


def _worst(table: Table, limit: float) -> Ints:
    """Take the column with the greatest value over ``limit`` in each row, else `NONE`."""
    if not table.shape[1]:
        return np.full(len(table), NONE, np.int64)
    best = table.argmax(axis=1)
    return np.where(table[np.arange(len(table)), best] > limit, best, NONE).astype(np.int64)
