"""How sums are spread: counted by waves, and counted by listing them all."""

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gisapp.core import convolution, convolution_kernels
from gisapp.core.convolution import Sums

Whole = npt.NDArray[np.int64]

LEVELS = arrays(np.int64, st.integers(9, 11), elements=st.integers(0, 4))


@settings(max_examples=40, deadline=None)
@given(level=LEVELS, k=st.integers(1, 9), plain=st.booleans())
@example(level=np.zeros(10, np.int64), k=9, plain=True)
def test_every_sum_is_as_likely_as_listing_all_of_them_says(
    *, level: Whole, k: int, plain: bool
) -> None:
    sums = Sums(level, 9)
    with pytest.MonkeyPatch.context() as patch:
        if plain:  # as it stands, it may not look beyond the end of an array
            patch.setattr(convolution, "kernels", _Plain)
            patch.setattr(convolution_kernels, "BLOCK", 7)
        low, high = sums.tails(k, np.arange(k * sums.width + 1))

    listed = np.array([sum(some) for some in itertools.combinations(level.tolist(), k)])
    every = np.arange(k * sums.width + 1)[:, np.newaxis]
    assert low == pytest.approx((listed <= every).mean(axis=1), abs=1e-12)
    assert high == pytest.approx((listed >= every).mean(axis=1), abs=1e-12)


class _Plain:
    spectra = staticmethod(convolution_kernels.spectra.plain)
    tails = staticmethod(convolution_kernels.tails.plain)
