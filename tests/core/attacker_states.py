"""What states of coverage tell of a town, as inequalities; found by drafts that try supplies."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array, vstack

from gisapp.core import nest
from gisapp.core.coverage import cases
from gisapp.core.release import Ground
from gisapp.core.watched import ENDS
from tests.core.attacker import and_more, inequalities, leak, members
from tests.core.attacker_doors import beside

Whole = npt.NDArray[np.int64]

Place = tuple[int, int, int, int]

Tell = Callable[[int], tuple[float, float]]
"""What is known of a number of disputes: its bounds."""


def exact(number: int) -> tuple[float, float]:
    """Bisect what enters as it is."""
    return number, number


def about(number: int) -> tuple[float, float]:
    """Bisect `cases`: return the least and the most with the same figure."""
    numbers = np.arange(number + 6, dtype=np.float64)
    figures = cases(numbers, numbers, 1)
    alike = np.flatnonzero(figures == figures[number])
    return float(alike.min()), float(alike.max())


def some(number: int) -> tuple[float, float]:
    """See whether a specialty is missing."""
    return (1, np.inf) if number else (0, 0)


def seen(
    truth: Whole, first: int, ends: Sequence[int], monthly: Tell, quarterly: Tell
) -> Iterator[tuple[Whole, float, float]]:
    """Look at the states after each month: (unknowns, least, most) of each grid and category.

    ``first`` is the month from which somebody looks; nobody is told what was so before
    (`needs.by_grid`). In the first year only the numbers after ``ends`` are told.
    """
    months, categories, grids = truth.shape
    flat = np.arange(truth.size).reshape(truth.shape)
    for end in range(first + 1, months + 1):
        when = slice(max(end - nest.MONTHS, 0), end)
        for category in range(categories):
            for grid in range(grids):
                places = flat[when, category, grid].ravel()
                number = int(truth.ravel()[places].sum())
                yield places, *monthly(number)
                if end in ends or (end > nest.MONTHS and end % nest.MONTHS in ENDS):
                    yield places, *quarterly(number)


def with_states(
    rules: LinearConstraint,
    truth: Whole,
    first: int = 0,
    *,
    ends: Sequence[int] = (),
    monthly: Tell = some,
    quarterly: Tell = about,
) -> LinearConstraint:
    """Add what states tell to what is known."""
    lines = list(seen(truth, first, ends, monthly, quarterly))
    place = np.concatenate([places for places, _, _ in lines])
    row = np.repeat(np.arange(len(lines)), [places.size for places, _, _ in lines])
    table = csr_array((np.ones(place.size), (row, place)), (len(lines), truth.size))
    return LinearConstraint(
        vstack([rules.A, table], format="csr"),
        [*rules.lb, *(least for _, least, _ in lines)],
        [*rules.ub, *(most for _, _, most in lines)],
    )


def of_years(
    truth: Whole, ground: Ground, ends: Sequence[int] = ()
) -> tuple[dict[Place, Whole], LinearConstraint]:
    """Put together what is published of one year after the other, by year, row, column, place.

    Of the first year states told how many cases there were after ``ends``.
    """
    figures: dict[Place, Whole] = {}
    tables, least, most = [], [], []
    for start in range(0, len(truth), nest.MONTHS):
        year = truth[start : start + nest.MONTHS]
        before = truth[start - nest.MONTHS + 1 : start] if start else None
        leaked, _ = leak(year, ground, before, ENDS if start else ends)
        rules = and_more(inequalities(leaked, year, ground), beside(leaked, year, ground))
        first = start * truth[0].size
        wide = csr_array(rules.A).tocoo()
        inside = wide.row, wide.col + first
        tables.append(csr_array((wide.data, inside), (wide.shape[0], truth.size)))
        least.append(rules.lb)
        most.append(rules.ub)
        for figure, which in members(leaked, truth.shape[1]).items():
            figures[(start // nest.MONTHS, *figure)] = which + first
    return figures, LinearConstraint(
        vstack(tables, format="csr"), np.concatenate(least), np.concatenate(most)
    )
