"""What the other doors say of a town, as inequalities: clusters, alerts, outliers, visits."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from gisapp.core import hotmap, moran, nest, rates, release, visits
from gisapp.core.convolution import STEPS, Sums, lattice, whole
from gisapp.core.hotspots import LEVELS
from gisapp.core.publication import (
    EVIDENCE,
    FEW,
    NO_BIN,
    NOT_ENOUGH_EVIDENCE,
    WITHHELD,
    Published,
)
from gisapp.core.sayings_method import named
from gisapp.core.scan import clusters, telling
from gisapp.core.scan.telling import Told
from tests.core.attacker import Leak, within

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Line = tuple[Whole, Array, float]
"""Unknowns (flat), their weights, and the least that they are together."""

DRAWS = 99

RARE = 1 / telling.RUNS
"""Up to this p a gathering is told as an alert."""

ROWS = 3
"""Of the towns under attack."""


def points(grids: int, rows: int = ROWS) -> Array:
    """Return where the grids of a town lie."""
    columns = grids // rows
    place = np.arange(grids)
    return np.column_stack([place % columns, place // columns]).astype(np.float64)


def gathered(
    leaked: Leak, truth: Whole, ground: release.Ground, rows: int = ROWS
) -> Iterator[tuple[Whole, float]]:
    """Tell clusters in each window that is over, and up to the last month: (unknowns, least)."""
    months, categories, n = truth.shape
    flat = np.arange(truth.size).reshape(truth.shape)
    base = rates.usable(ground.base)
    mass = np.ones(n) if base is None else base
    nothing = Published([WITHHELD] * n, list(range(n)), [NO_BIN] * n, {}, WITHHELD)

    def chosen(found: list[clusters.Cluster], seen: range, *, prospective: bool) -> list[Told]:
        return telling.tell(found, [nothing] * len(seen), seen, prospective=prospective)

    for column in range(categories + 1):
        which = list(range(categories)) if column == categories else [column]
        counts = truth[:, which].sum(axis=1)
        for row, when in within(months).items():
            place, here = points(n, rows), counts[when].sum(axis=0)
            rng = np.random.default_rng(0)
            found = clusters.space(place, mass, here, rng, draws=DRAWS)
            # Its windows follow from what is published; that one is told, and with how many, not.
            published = _published(leaked, row, column, ground)
            drawn_by = telling.stands_for(published, np.arange(n), mass)
            found += clusters.flexible(
                place, ground.star, mass, here, rng, drawn_by=drawn_by, draws=DRAWS
            )
            for one in chosen(found, range(1), prospective=False):
                yield _sum(truth, flat[np.ix_(when, which, one.cluster.grids)])
        found = clusters.prospective(
            points(n, rows), mass, counts, np.random.default_rng(0), draws=DRAWS
        )
        for one in chosen(found, range(months), prospective=True):
            when = list(range(one.first, one.last + 1))
            yield _sum(truth, flat[np.ix_(when, which, one.cluster.grids)])


def _sum(truth: Whole, places: Whole) -> tuple[Whole, float]:
    """
    Bound a cluster's cases from below.

    It is told as if it held one less: nobody can take it that it holds more than that.
    """
    held = truth.ravel()[places.ravel()].sum()
    return places.ravel(), float(max(held - 1, EVIDENCE))


def told_again(truth: Whole, ground: release.Ground, rows: int = ROWS) -> Iterator[Line]:
    """Tell alerts month after month: what is seen. Whether it grew is said by published figures."""
    months, categories, n = truth.shape
    flat = np.arange(truth.size).reshape(truth.shape)
    base = rates.usable(ground.base)
    mass = np.ones(n) if base is None else base
    for column in range(categories + 1):
        which = list(range(categories)) if column == categories else [column]
        counts = truth[:, which].sum(axis=1)
        for month in range(1, months + 1):
            rng = np.random.default_rng(0)
            found = clusters.prospective(points(n, rows), mass, counts[:month], rng, draws=DRAWS)
            for one in found:
                if one.firm <= RARE and one.count > EVIDENCE:
                    when = list(range(month - one.months, month))
                    here = flat[np.ix_(when, which, one.grids)].ravel()
                    yield here, np.ones(here.size), float(max(one.count - 1, EVIDENCE))


def left_open(leaked: Leak, truth: Whole, ground: release.Ground) -> Iterator[Line]:
    """Say of each cell and whole quarter how many disputes were left open, as where to visit."""
    months, categories, _ = truth.shape
    flat = np.arange(truth.size).reshape(truth.shape)
    rng = np.random.default_rng(0)
    of = ground.cells.of
    for row, when in within(months).items():
        if len(when) != nest.QUARTER:
            continue
        open_ones = rng.binomial(truth[when].sum(axis=(0, 1)), rng.choice([0.3, 1.0]))
        figures = [one if one is not None else WITHHELD for one in leaked.figures[row][categories]]
        left = visits.left_open(figures[: ground.cells.counted.size], ground.cells.sums(open_ones))
        for cell, figure in enumerate(left):
            if isinstance(figure, int):
                places = flat[when][:, :, of == cell].ravel()
                yield places, np.ones(places.size), float(max(figure - FEW // 2, FEW))


def outliers(
    leaked: Leak, truth: Whole, ground: release.Ground, *, guarded: bool = True
) -> Iterator[Line]:
    """
    Say of each grid that might be named on which side of the mean it and its neighbours lie.

    Towns this small hardly have an outlier that survives the test: as if all did. Without
    being ``guarded`` those near the mean are named, too.
    """
    months, categories, n = truth.shape
    flat, sums = np.arange(truth.size).reshape(truth.shape), nest.windows(truth)
    near = moran.rows_to_one(ground.star)
    kinds = np.full(n, moran.HIGH_HIGH)
    for row, when in within(months).items():
        values, steps = hotmap.values(sums[row], ground.base), hotmap.steps(sums[row], ground.base)
        for column in range(categories + 1):
            which = list(range(categories)) if column == categories else [column]
            clear = moran.clear(values[column], steps[column], ground.star)
            told = np.where(clear, kinds, moran.TOO_NEAR) if guarded else kinds
            said = named(told, _published(leaked, row, column, ground), ground.base)
            apart = values[column] - values[column].mean()
            for grid in (place for place, kind in enumerate(said) if kind != NOT_ENOUGH_EVIDENCE):
                for weights in (np.eye(n)[grid], near[[grid]].toarray()[0]):
                    side = np.sign(weights @ apart)
                    there = np.flatnonzero(weights)
                    unknown = flat[np.ix_(when, which, there)]
                    each = side * weights[there] * steps[column, there]
                    weight = np.broadcast_to(each, unknown.shape).ravel()
                    here = float(truth.ravel()[unknown.ravel()] @ weight)
                    yield unknown.ravel(), weight, here - abs(float(weights @ apart)) - 1e-7


def monthly(truth: Whole, ground: release.Ground) -> Whole:
    """Return the bins that trends count, shape (`nest.ROWS`, categories + 1, n); 0 elsewhere."""
    found = np.zeros((nest.ROWS, truth.shape[1] + 1, truth.shape[2]), np.int64)
    months = len(truth)
    for month, maps in enumerate(nest.windows(truth)[:months]):
        found[month] = release.cautious(maps, ground.base, ground.star, np.random.default_rng(0))
    return found


def firm(truth: Whole, ground: release.Ground) -> Whole:
    """Return the bins of a view of several counties, shape (`nest.ROWS`, categories + 1, n)."""
    found = np.full((nest.ROWS, truth.shape[1] + 1, truth.shape[2]), NO_BIN)
    for month in range(1, len(truth) + 1):
        rng = np.random.default_rng(0)
        found[nest.ending(month)] = release.firm(truth[:month], ground.base, ground.star, rng)
    return found


def at_least(truth: Whole, ground: release.Ground, told: Whole) -> Iterator[Line]:
    """Say of each cautious bin that its sum is no weaker than any that might have it.

    No sum has it that is likelier than false discoveries allow among as many as have it. Of
    a bin of 0 nothing is known.
    """
    flat, sums = np.arange(truth.size).reshape(truth.shape), nest.windows(truth)
    categories, star = truth.shape[1], ground.star
    for row, when in within(len(truth)).items():
        values, steps = hotmap.values(sums[row], ground.base), hotmap.steps(sums[row], ground.base)
        sure = release.cautious(sums[row], ground.base, star, np.random.default_rng(0))
        for level in (1, 2, 3, -1, -2, -3):
            sign = int(np.sign(level))
            for column, grid in np.argwhere(told[row] == level).tolist():
                which = list(range(categories)) if column == categories else [column]
                around = star.indices[star.indptr[grid] : star.indptr[grid + 1]]
                places = flat[np.ix_(when, which, around)]
                weights = np.broadcast_to(sign * steps[column, around], places.shape).ravel()
                here = float(truth.ravel()[places.ravel()] @ weights)
                many = np.count_nonzero(sign * sure[column] >= abs(level))
                allowed = dict(LEVELS)[abs(level)] * many / star.shape[0]
                room = _room(values[column], around, sign, allowed)
                assert room >= 0
                yield places.ravel(), weights, here - room - 1e-7


def _room(line: Array, around: Whole, sign: int, allowed: float) -> float:
    """Say how far the sum over ``around`` may fall (rise) before its p exceeds ``allowed``."""
    level = lattice(line)
    unit = 1.0 if whole(line) else float(np.ptp(line)) / STEPS
    seen = int(level[around].sum())
    spread = Sums(level, around.size)
    sums = np.arange(around.size * spread.width + 1)
    below, above = spread.tails(around.size, sums)
    good = 2 * (above if sign > 0 else below) <= allowed
    edge = sums[good].min() if sign > 0 else sums[good].max()
    return float(abs(seen - edge) if sign * (seen - edge) >= 0 else -1) * unit


def enough(truth: Whole, ground: release.Ground, told: Whole) -> Iterator[Line]:
    """Say of each bin that there are enough disputes around it."""
    flat, star = np.arange(truth.size).reshape(truth.shape), ground.star
    categories = truth.shape[1]
    for row, when in within(len(truth)).items():
        for column, grid in np.argwhere(told[row] != NO_BIN).tolist():
            which = list(range(categories)) if column == categories else [column]
            around = star.indices[star.indptr[grid] : star.indptr[grid + 1]]
            places = flat[np.ix_(when, which, around)].ravel()
            yield places, np.ones(places.size), float(EVIDENCE)


def beside(leaked: Leak, truth: Whole, ground: release.Ground, rows: int = ROWS) -> Iterator[Line]:
    """Say what is told beside counts, totals and bins."""
    for places, held in gathered(leaked, truth, ground, rows):
        yield places, np.ones(places.size), held
    yield from at_least(truth, ground, monthly(truth, ground))
    yield from outliers(leaked, truth, ground)
    yield from left_open(leaked, truth, ground)
    yield from told_again(truth, ground, rows)


def _published(leaked: Leak, row: int, column: int, ground: release.Ground) -> Published:
    figures = leaked.figures[row][column]
    bins = [
        NOT_ENOUGH_EVIDENCE if level == NO_BIN else level
        for level in leaked.bins[row, column].tolist()
    ]
    cells = ground.cells.of.tolist()
    counts = [WITHHELD if figures[cell] is None else figures[cell] for cell in cells]
    return Published([count or 0 for count in counts], cells, bins, {}, WITHHELD)
