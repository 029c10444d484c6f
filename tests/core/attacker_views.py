"""A city of two counties, and what its leader and theirs are told, put together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array, vstack

from gisapp.core import release
from gisapp.core.areas import Areas
from gisapp.core.cells import Cells
from gisapp.core.neighbours import queen, with_self
from tests.core.attacker import (
    Leak,
    and_more,
    inequalities,
    leak,
)
from tests.core.attacker_doors import ROWS, Whole, at_least, beside, enough, firm
from tests.core.test_attacker import ground, known
from tests.core.test_neighbours import lattice


@dataclass(frozen=True, slots=True)
class City:
    """The first grids are those of the one county, the others those of the other."""

    counts: Whole
    """Shape (months, categories, n)."""
    ground: release.Ground
    """As if all grids were one county's."""
    parts: list[tuple[Whole, release.Ground]]
    """Of each county its grids, and its ground as if nothing lay beyond it."""


def city(seed: int) -> City:
    """Draw two small towns that touch along one side."""
    rng = np.random.default_rng(seed)
    columns = int(rng.integers(2, 4))
    n = 2 * ROWS * columns
    base = rng.integers(3, 400, n).astype(np.float64)
    base[rng.random(n) < 0.05] = np.nan  # as in the town of one county
    star = with_self(queen(lattice(2 * ROWS, columns)))
    mean = rng.choice([0.4, 1.5, 4.0]) * np.ones(n)
    mean[star.indices[star.indptr[n // 2] : star.indptr[n // 2 + 1]]] *= rng.choice([1, 4])
    counts = rng.poisson(mean / 2, (int(rng.choice([1, 3])), 2, n)).astype(np.int64)
    parts = []
    for grids in np.split(np.arange(n), 2):
        home = np.arange(grids.size) // (grids.size // 4 + 1)
        parts.append((grids, ground(base[grids], csr_array(star[grids][:, grids]), home)))
    one, other = (part.cells for _, part in parts)
    of = np.concatenate([one.of, one.counted.size + other.of])
    cells = Cells(of, np.concatenate([one.counted, other.counted]))
    homes = [f"99010{1 + 2 * grid // n}001001" for grid in range(n)]
    return City(counts, release.Ground(base, star, cells, Areas.of(cells, homes, base)), parts)


def of_counties(town: City, ends: Sequence[int] = ()) -> tuple[Leak, LinearConstraint]:
    """Put together what is told of each county, as inequalities over the counts of both.

    States told how many cases there were after ``ends``.
    """
    size = town.counts.size
    flat = np.arange(size).reshape(town.counts.shape)
    tables, least, most, places, figures = [], [], [], [], []
    for grids, part in town.parts:
        counts = town.counts[..., grids]
        leaked, _ = leak(counts, part, ends=ends)
        rules = known(leaked, counts, part, ends)
        mine = flat[..., grids].ravel()
        lift = csr_array((np.ones(mine.size), (np.arange(mine.size), mine)), (mine.size, size))
        tables.append(rules.A @ lift)
        least.append(rules.lb)
        most.append(rules.ub)
        wide = np.zeros((len(leaked.places), town.counts.shape[2]), np.bool_)
        wide[:, grids] = leaked.places
        places.append(wide)
        figures.append(leaked.figures)
    cells = [part.cells.counted.size for _, part in town.parts]
    together = [
        [[*one[: cells[0]], *other[: cells[1]]] for one, other in zip(*columns, strict=True)]
        for columns in zip(*figures, strict=True)
    ]
    said = firm(town.counts, town.ground)
    rules = LinearConstraint(
        vstack(tables, format="csr"), np.concatenate(least), np.concatenate(most)
    )
    return Leak(together, said, np.vstack(places), len(town.counts)), rules


def with_the_city(leaked: Leak, rules: LinearConstraint, town: City) -> LinearConstraint:
    """Add what the city's leader is told beside: bins, trends, clusters and outliers of both."""
    lines = [
        *at_least(town.counts, town.ground, leaked.bins),
        *enough(town.counts, town.ground, leaked.bins),
        *beside(leaked, town.counts, town.ground, rows=2 * ROWS),
    ]
    return and_more(rules, lines)


def with_a_city_of_its_own(rules: LinearConstraint, town: City) -> LinearConstraint:
    """Add a city's figures that were protected as if nobody knew those of its counties."""
    leaked, _ = leak(town.counts, town.ground)
    own = inequalities(leaked, town.counts, town.ground)
    return LinearConstraint(
        vstack([rules.A, own.A], format="csr"),
        np.concatenate([rules.lb, own.lb]),
        np.concatenate([rules.ub, own.ub]),
    )
