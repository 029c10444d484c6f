"""Works out counts from everything that leaves, as somebody with patience would."""

import itertools
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from gisapp.core import hotmap, nest, release
from gisapp.core.publication import EVIDENCE, NO_BIN, rounded
from gisapp.core.shown import Shown
from gisapp.core.steady import steady
from gisapp.core.watched import Watched

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Figure = TypeVar("Figure", bound=Hashable)

MOST = 60
"""No count of one month, category and grid in the towns under attack is higher."""

PATIENCE_S = 60
"""Longer than any figure took of a thousand towns."""


ANY = 1e9
"""The first solution will do, whatever its goal."""

NO_SOLUTION = 2
LIMIT = 1
"""The solver ran out of time."""


class Undecided(Exception):
    """The solver found no other value in time, nor that there is none."""


@dataclass(frozen=True, slots=True)
class Leak:
    """What left of some months of a year, and what everybody knows."""

    figures: list[list[list[int | str | None]]]
    """By row of `nest`, column and place (cells, then areas); None where none was shown."""
    bins: Whole
    """Shape (`nest.ROWS`, categories + 1, n); `NO_BIN` where none was shown."""
    places: Flags
    """Shape (places, n). Which grids are counted together in each."""
    months: int


def places(ground: release.Ground) -> Flags:
    """List the grids of each cell, then of each area whose total may leave."""
    cells, areas = ground.cells, ground.areas
    cell = np.arange(cells.counted.size)[:, np.newaxis] == cells.of
    towns = np.arange(areas.townships)[:, np.newaxis]
    homes = np.arange(areas.township.size)[:, np.newaxis]
    above = [
        homes == areas.community[cells.of],
        towns == areas.region[cells.of],
        np.ones((1, cells.of.size), np.bool_),
    ]
    return np.vstack([cell, np.vstack(above)[areas.counted]])


def leak(
    counts: Whole, ground: release.Ground, before: Whole | None = None, ends: Sequence[int] = ()
) -> tuple[Leak, Shown]:
    """
    Release months one after the other, after those ``before``; keep everything that leaves.

    States have told how many cases there were after ``ends``.
    """
    months, categories, n = counts.shape
    shown = Shown.nothing(categories, ground.cells, ground.areas)
    bins = np.full((nest.ROWS, categories + 1, n), NO_BIN)
    if before is None:
        before = np.zeros((nest.MONTHS - 1, categories, n), np.int64)
    watched = Watched(before, ends)
    for month in range(1, months + 1):
        bins[nest.ending(month)] = release.month(
            counts[:month], ground, shown, np.random.default_rng(0), watched=watched
        )
    seen = np.concatenate([shown.figures, shown.totals[..., ground.areas.counted]], axis=-1)
    return Leak(said(counts, ground, seen), bins, places(ground), months), shown


def said(counts: Whole, ground: release.Ground, seen: Flags) -> list[list[list[int | str | None]]]:
    """Say what is ``seen`` of each row of `nest`, column and place."""
    sums = nest.windows(counts) @ places(ground).T
    return [
        [
            [rounded(int(number)) if there else None for number, there in zip(*of, strict=True)]
            for of in zip(row, shown, strict=True)
        ]
        for row, shown in zip(sums, seen, strict=True)
    ]


def members(leaked: Leak, categories: int) -> dict[tuple[int, int, int], Whole]:
    """Return which unknowns (month, category, grid, flat) add up to each figure."""
    n = leaked.places.shape[1]
    flat = np.arange(leaked.months * categories * n).reshape(leaked.months, categories, n)
    found = {}
    for row, when in within(leaked.months).items():
        for column in range(categories + 1):
            which = slice(None) if column == categories else [column]
            for place, grids in enumerate(leaked.places):
                found[row, column, place] = flat[when][:, which][:, :, grids].ravel()
    return found


def within(months: int) -> dict[int, list[int]]:
    """Return the months within each window that is over."""
    rows = {month: [month] for month in range(months)}
    for quarter in range(months // nest.QUARTER):
        start = nest.QUARTER * quarter
        rows[nest.MONTHS + quarter] = list(range(start, start + nest.QUARTER))
    if months == nest.MONTHS:
        rows[nest.ROWS - 1] = list(range(nest.MONTHS))
    return rows


def inequalities(leaked: Leak, truth: Whole, ground: release.Ground) -> LinearConstraint:
    """
    Write down what left as inequalities over the unknown counts.

    The attacker knows how the bins are made: for each bin the sums over its neighbourhood
    that surely have it, more closely than anybody could who does not know the counts.
    """
    months, categories, _ = truth.shape
    size = truth.size
    lines, least, most = [], [], []
    for (row, column, place), which in members(leaked, categories).items():
        figure = leaked.figures[row][column][place]
        if figure is not None:
            lines.append(_line(which, np.ones(which.size), size))
            least.append(0.0 if figure == "<5" else float(figure) - 2)
            most.append(4.0 if figure == "<5" else float(figure) + 2)
    flat = np.arange(size).reshape(truth.shape)
    sums = nest.windows(truth)
    for row, when in within(months).items():
        values = hotmap.values(sums[row], ground.base)
        steps = hotmap.steps(sums[row], ground.base)
        bins = hotmap.bins(sums[row], ground.base, ground.star, np.random.default_rng(0))
        rise, fall = steady(
            bins, values, ground.star, counted=np.arange(categories + 1) == categories
        )
        for column in range(categories + 1):
            which = range(categories) if column == categories else [column]
            for grid in np.flatnonzero(leaked.bins[row, column] != NO_BIN).tolist():
                assert leaked.bins[row, column, grid] == bins[column, grid]
                around = ground.star.indices[
                    ground.star.indptr[grid] : ground.star.indptr[grid + 1]
                ]
                places = flat[np.ix_(when, list(which), around)]
                weights = np.broadcast_to(steps[column, around], places.shape).ravel()
                here = float(truth.ravel()[places.ravel()] @ weights)
                lines.append(_line(places.ravel(), weights, size))
                least.append(here - fall[column, grid] - 1e-7)
                most.append(here + rise[column, grid] + 1e-7)
                lines.append(_line(places.ravel(), np.ones(places.size), size))
                least.append(float(EVIDENCE))
                most.append(np.inf)
    nothing = csr_array((0, size), dtype=np.float64)
    return LinearConstraint(vstack([nothing, *lines], format="csr"), least, most)


def and_more(
    rules: LinearConstraint, lines: Iterable[tuple[Whole, Array, float]]
) -> LinearConstraint:
    """Add lines (unknowns, weights, least) to what is known."""
    more = list(lines)
    size = rules.A.shape[1]
    table = [_line(places, weights, size) for places, weights, _ in more]
    return LinearConstraint(
        vstack([rules.A, *table], format="csr"),
        [*rules.lb, *(least for _, _, least in more)],
        [*rules.ub, *(np.inf for _ in more)],
    )


def _line(places: Whole, weights: Array, size: int) -> csr_array:
    row = np.zeros(places.size, np.int64)
    return csr_array((weights, (row, places)), shape=(1, size))


def worked_out(leaked: Leak, truth: Whole, rules: LinearConstraint) -> list[tuple[int, int, int]]:
    """Return the figures of 1 to 4 (row, column, place) that have one possible value only."""
    return determined(members(leaked, truth.shape[1]), truth, rules)


def determined(figures: dict[Figure, Whole], truth: Whole, rules: LinearConstraint) -> list[Figure]:
    """Return those of some figures of 1 to 4 that have one possible value only."""
    flat = truth.ravel()
    open_ = {figure: which for figure, which in figures.items() if 1 <= flat[which].sum() <= 4}
    # Years near the true one are tried first: solving is slow.
    for changed in _near(rules, truth):
        for figure, which in list(open_.items()):
            if sum(sign for place, sign in changed if place in which):
                del open_[figure]
    found = []
    while open_:
        figure, which = next(iter(open_.items()))
        value = flat[which].sum()
        for least, most in ((0.0, value - 1.0), (value + 1.0, np.inf)):
            _strike(open_, flat, _other(rules, which, least, most, flat.size))
        if open_.pop(figure, None) is not None:
            found.append(figure)
    return found


def _near(rules: LinearConstraint, truth: Whole) -> Iterator[list[tuple[int, int]]]:
    """Find the years that obey the rules with a dispute more, less or elsewhere, or with two."""
    flat = truth.ravel()
    table = np.hstack([rules.A.toarray(), np.zeros((rules.A.shape[0], 1))])
    here = table[:, :-1] @ flat
    up, down = (rules.ub - here)[:, np.newaxis], (rules.lb - here)[:, np.newaxis]
    nobody = flat.size
    held = np.append(np.flatnonzero(flat), nobody)
    for more in [*range(flat.size), nobody]:
        change = table[:, [more]] - table[:, held]
        good = ((change <= up) & (change >= down)).all(axis=0)
        for less in held[good].tolist():
            if more != less:
                yield [(place, sign) for place, sign in ((more, 1), (less, -1)) if place != nobody]
    months, _, n = truth.shape
    places = np.arange(flat.size).reshape(truth.shape)
    for one, other in itertools.combinations(range(months), 2):
        for grid, partner in itertools.permutations(range(n), 2):
            # One goes from a month to another here, and back there.
            came, gone = places[one, :, grid], places[other, :, grid]
            left, went = places[one, :, partner], places[other, :, partner]
            change = table[:, came] - table[:, gone] - table[:, left] + table[:, went]
            good = ((change <= up) & (change >= down)).all(axis=0)
            good &= (flat[gone] > 0) & (flat[left] > 0)
            for column in np.flatnonzero(good).tolist():
                yield [
                    (int(came[column]), 1),
                    (int(gone[column]), -1),
                    (int(left[column]), -1),
                    (int(went[column]), 1),
                ]


def _other(
    rules: LinearConstraint, which: Whole, least: float, most: float, size: int
) -> Whole | None:
    """Look for any year in which a figure lies elsewhere."""
    line = _line(which, np.ones(which.size), size)
    more = LinearConstraint(
        vstack([rules.A, line], format="csr"), [*rules.lb, least], [*rules.ub, most]
    )
    return _solved(more, np.zeros(size), size)


def _strike(open_: dict[Figure, Whole], truth: Whole, other: Whole | None) -> None:
    if other is not None:
        for figure, which in list(open_.items()):
            if other[which].sum() != truth[which].sum():
                del open_[figure]


def _solved(rules: LinearConstraint, goal: Array, size: int) -> Whole | None:
    """Return any solution, preferably with a small goal, or None where there is none."""
    done = milp(
        goal,
        integrality=np.ones(size),
        bounds=Bounds(0, MOST),
        constraints=rules,
        options={"mip_rel_gap": ANY, "time_limit": PATIENCE_S},
    )
    if done.x is None and done.status == LIMIT:
        raise Undecided
    assert done.x is not None or done.status == NO_SOLUTION, done.message
    found: Whole | None = None if done.x is None else np.rint(done.x).astype(np.int64)
    return found
