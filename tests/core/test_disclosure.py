"""Round which grids a dispute fits in every bin that is shown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.disclosure_kernels import fits
from gisapp.core.neighbours import queen, with_self
from tests.core.test_neighbours import lattice

STAR = with_self(queen(lattice(3, 3)))


@given(st.integers(0, 2**32 - 1))
def test_a_dispute_fits_where_no_bin_shown_around_has_less_room(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shown = rng.random((2, 9)) < 0.5
    most, steps = rng.choice([0.0, 0.5, 1.0, np.inf], (2, 9)), rng.choice([0.5, 1.0], (2, 9))
    free = rng.random((2, 9)) < 0.5
    grids = np.flatnonzero(rng.random(9) < 0.7)
    wanted = free.copy()
    for row, grid in np.ndindex(2, 9):
        around = STAR.indices[STAR.indptr[grid] : STAR.indptr[grid + 1]]
        if grid in grids:
            wanted[row, grid] = all(
                not shown[row, one] or steps[row, grid] <= most[row, one] for one in around
            )

    fits(shown, most, steps, STAR.indptr, STAR.indices, grids, free)

    assert (free == wanted).all()
