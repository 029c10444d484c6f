"""How the sums of k values out of n are spread: counted, not drawn.

The generating function of all k-sums is an elementary symmetric polynomial, made from
power sums (Newton) at each frequency of a discrete Fourier transform. Nothing is drawn,
so there is no seed and no floor under p.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import fft

from gisapp.core import convolution_kernels as kernels

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Waves = npt.NDArray[np.complex128]

STEPS: Final = 2_048
"""Steps into which the range of values that are not whole numbers is cut."""

WIDEST: Final = 32_768
"""Whole numbers over a wider range are cut into steps, too."""

DIGITS: Final = 14.0
"""Newton's sums cancel by about exp(k² ÷ 2n); above this exponent sums are drawn."""

ROOM: Final = 2**23
"""k² × width that may be counted: k spectra of k × width numbers, 130 MB at most."""

SMALLEST: Final = 1e-11
"""Parts of Newton's sum below this share of the whole are left out."""


def countable(k: int, level: Whole) -> bool:
    """Say whether sums of ``k`` of the values ``level`` can be counted: digits and room suffice."""
    return k * k <= 2 * DIGITS * level.size and k * k * int(level.max(initial=0)) <= ROOM


def lattice(values: Array) -> Whole:
    """Return ``values`` as whole numbers from 0: exactly, or rounded to `STEPS` steps."""
    if whole(values):
        level: Whole = (np.rint(values) - values.min()).astype(np.int64)
    else:
        # Equal values are all on the first step.
        step = max(np.ptp(values) / STEPS, np.finfo(np.float64).tiny)
        level = np.rint((values - values.min()) / step).astype(np.int64)
    return level


def whole(values: Array) -> bool:
    """Say whether `lattice` keeps ``values`` as they are."""
    return bool(np.ptp(values) <= WIDEST and (np.rint(values) == values).all())


class Sums:
    """The spread of all sums of some of the values of one map."""

    def __init__(self, level: Whole, most: int) -> None:
        """Prepare for sums of up to ``most`` of the whole numbers ``level``, shape (n,)."""
        self.n = level.size
        self.width = int(level.max(initial=0))
        self.length = int(fft.next_fast_len(self.width * most + 1, real=True))
        # Even, so that the half spectrum is mirrored without a case distinction.
        self.length += self.length % 2
        self._wave: Waves = fft.rfft(np.bincount(level, minlength=self.length).astype(np.float64))
        self._most = most
        self._spectra: Waves | None = None
        self._tails: dict[int, tuple[Array, Array]] = {}

    def tails(self, k: int, seen: Whole) -> tuple[Array, Array]:
        """Return how likely a sum of k values is at most, and at least, each of ``seen``."""
        below, above = self._both(k)
        return (
            below[np.clip(seen + 1, 0, below.size - 1)],
            above[np.clip(seen, 0, above.size - 1)],
        )

    def curve(self, k: int) -> tuple[Array, Array]:
        """Return the same of every sum there can be, from 0 on."""
        below, above = self._both(k)
        return below[1:], above[:-1]

    def tails_without(self, own: Whole, k: int, seen: Whole) -> tuple[Array, Array]:
        """
        Return the same for sums of k of the others, when one value stays away.

        Parameters
        ----------
        own, seen
            Shape (m,). The value that stays away, and the sum of k others that is seen.

        Notes
        -----
        The sums of k values with and without one of them hang together by C(n, k) e_k =
        C(n − 1, k) e'_k + wave · C(n − 1, k − 1) e'_(k − 1); solved for e', a tail without
        the value is a short alternating sum of tails of all values, each moved by it.
        """
        low, high = np.zeros(seen.size), np.zeros(seen.size)
        share = self.n / (self.n - k)
        for moved in range(k + 1):
            below, above = self.tails(k - moved, seen - moved * own)
            low += share * below
            high += share * above
            # c(j + 1) = −c(j) (k − j) ÷ (n − k + j + 1), as the identity unrolls.
            share *= -(k - moved) / (self.n - k + moved + 1)
        return np.clip(low, 0, 1), np.clip(high, 0, 1)

    def _both(self, k: int) -> tuple[Array, Array]:
        """Return the chance of a sum below each whole number, and of one not below it."""
        if k not in self._tails:
            if self._spectra is None:
                self._spectra = kernels.spectra(self._wave, self.length, self._parts())
            chance = fft.irfft(self._spectra[k], self.length)[: k * self.width + 1]
            below, above = kernels.tails(chance)
            self._tails[k] = below, above
        return self._tails[k]

    def _parts(self) -> Array:
        """Return what Newton's identities weigh their parts with, shape (most + 1, most + 1).

        Divided by the number of ways to choose k.
        """
        found = np.zeros((self._most + 1, self._most + 1))
        for k in range(1, self._most + 1):
            share = 1.0 / k
            for r in range(1, k + 1):
                share *= (k - r + 1) / (self.n - k + r)
                if share * self.n < SMALLEST:
                    break
                found[k, r] = share if r % 2 else -share
        return found
