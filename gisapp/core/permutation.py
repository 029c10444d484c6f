"""How often chance alone gathers as much, or as little, as is seen around a grid.

Sums over a neighbourhood are compared with all sums that chance could have put there.
With weights of 0 and 1 these depend on the number of neighbours only and are counted
exactly, without replacement: the generating function of all k-sums is an elementary
symmetric polynomial, made from power sums (Newton) at each frequency of a discrete
Fourier transform. Nothing is drawn, so there is no seed and no floor under p.
Whole numbers keep their values; others are first rounded to `STEPS` steps of their range,
in the map as well as in what it is compared with.

Two-sided p is folded: twice the smaller tail, both tails containing what was seen, at most 1.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import fft
from scipy.sparse import csr_array

from gisapp.errors import InvalidInput
from gisapp.i18n import N_

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Waves = npt.NDArray[np.complex128]

STEPS: Final = 2_048
"""Steps into which the range of values that are not whole numbers is cut."""

WIDEST: Final = 8_192
"""Whole numbers over a wider range are cut into steps, too."""

DRAWS: Final = 99_999
"""How many sums are drawn where counting them would lose too many digits."""

DIGITS: Final = 14.0
"""Newton's sums cancel by about exp(k² ÷ 2n); above this exponent sums are drawn."""

SMALLEST: Final = 1e-11
"""Parts of Newton's sum below this share of the whole are left out."""


class NotBinary(InvalidInput):
    """Weights other than 0 and 1, or a grid that is not its own neighbour."""

    code = "not_binary"
    message = N_("Neighbours must be 0 or 1, and each grid its own neighbour.")


def total(values: Array, near: csr_array, rng: np.random.Generator) -> tuple[Array, Whole]:
    """
    Test each grid when all values, its own included, could lie anywhere.

    Parameters
    ----------
    values
        Shape (t, n). One map a row.
    near
        Shape (n, n). 1 where two grids are neighbours and on the diagonal, 0 elsewhere.
    rng
        Asked only for neighbourhoods so large (k² above about 28 n) that counting
        would lose its digits; `DRAWS` sums are drawn there.

    Returns
    -------
    p
        Shape (t, n). Two-sided, above 0; a grid that neighbours all others has 1.
    side
        Shape (t, n). 1 where the sum is high, −1 where it is low, 0 in the middle.

    Raises
    ------
    NotBinary
        If ``near`` has other weights or no star.
    """
    if (near.data != 1).any() or not near.diagonal().all():
        raise NotBinary
    n = near.shape[0]
    size = np.diff(near.indptr)
    # Choosing k of n is leaving out n − k: the smaller one is counted.
    few = np.minimum(size, n - size)
    p, side = np.ones(values.shape), np.zeros(values.shape, np.int64)
    for row, line in enumerate(values if n else []):
        level = lattice(line)
        seen = np.rint(near @ level.astype(np.float64)).astype(np.int64)
        seen = np.where(few < size, level.sum() - seen, seen)
        low, high = _tails(level, few, seen, rng)
        turned = np.where(few < size, -1, 1)
        p[row], side[row] = _fold(low, high)
        side[row] *= turned
    return p, side


def conditional(values: Array, near: csr_array) -> tuple[Array, Whole]:
    """
    Test each grid when its own value stays and only the others could lie elsewhere.

    The grid's own value then counts for nothing: the test is that of Gi. For comparison
    with published results; `total` is what we use.

    Parameters
    ----------
    values
        Shape (n,).
    near
        Shape (n, n). 1 where two grids are neighbours, 0 elsewhere; the diagonal is ignored.

    Returns
    -------
    p, side
        Shape (n,). As in `total`; a grid without neighbours has 1 and 0.
    """
    level = lattice(values)
    n = level.size
    sums = np.rint(near @ level.astype(np.float64)).astype(np.int64)
    seen = sums - near.diagonal().astype(np.int64) * level
    size = np.diff(near.indptr) - (near.diagonal() != 0)
    waves = _Waves(level, int(size.max(initial=1)))
    p, side = np.ones(n), np.zeros(n, np.int64)
    for k in np.unique(size[size > 0]).tolist():
        for grid in np.flatnonzero(size == k).tolist():
            chance = waves.density(waves.without(int(level[grid]), k), k)
            low, high = _tails_at(chance, seen[[grid]])
            p[[grid]], side[[grid]] = _fold(low, high)
    return p, side


def lattice(values: Array) -> Whole:
    """Return ``values`` as whole numbers from 0: exactly, or rounded to `STEPS` steps."""
    lowest, width = values.min(), np.ptp(values)
    whole = np.rint(values)
    if width <= WIDEST and (whole == values).all():
        level: Whole = (whole - lowest).astype(np.int64)
    else:
        level = np.rint((values - lowest) / (width / STEPS)).astype(np.int64)
    return level


def _fold(low: Array, high: Array) -> tuple[Array, Whole]:
    smaller = np.minimum(low, high)
    p = np.minimum(1.0, np.maximum(2 * smaller, np.finfo(float).tiny))
    return p, np.sign(low - high).astype(np.int64) * (p < 1)


def _tails_at(chance: Array, seen: Whole) -> tuple[Array, Array]:
    below = np.concatenate([[0.0], np.cumsum(chance)])
    above = np.concatenate([np.cumsum(chance[::-1])[::-1], [0.0]])
    return below[seen + 1], above[seen]


def _tails(level: Whole, size: Whole, seen: Whole, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return how likely a sum of ``size`` values is at most, and at least, as ``seen``."""
    n = level.size
    low, high = np.ones(n), np.ones(n)
    exact = size[size * size <= 2 * DIGITS * n]
    waves = _Waves(level, int(exact.max(initial=1)))
    for k in np.unique(size[size > 0]).tolist():
        these = np.flatnonzero(size == k)
        if k * k <= 2 * DIGITS * n:
            low[these], high[these] = _tails_at(waves.density(waves.sums(k), k), seen[these])
        else:
            low[these], high[these] = _drawn(level, k, seen[these], rng)
    return low, high


def _drawn(level: Whole, k: int, seen: Whole, rng: np.random.Generator) -> tuple[Array, Array]:
    numbers = np.bincount(level)
    held = np.flatnonzero(numbers)
    sums = np.empty(DRAWS, np.int64)
    for start in range(0, DRAWS, 1_000):
        part = sums[start : start + 1_000]
        part[:] = (
            rng.multivariate_hypergeometric(numbers[held], k, size=part.size, method="marginals")
            @ held
        )
    sums.sort()
    below = np.searchsorted(sums, seen, side="right")
    above = DRAWS - np.searchsorted(sums, seen, side="left")
    return (below + 1) / (DRAWS + 1), (above + 1) / (DRAWS + 1)


class _Waves:
    """The generating functions of k-sums of one map, at the frequencies of one transform."""

    def __init__(self, level: Whole, most: int) -> None:
        self.n = level.size
        self.width = int(level.max(initial=0))
        self.length = int(fft.next_fast_len(self.width * most + 1, real=True))
        # Even, so that the half spectrum is mirrored without a case distinction.
        self.length += self.length % 2
        self._powers = [fft.rfft(np.bincount(level, minlength=self.length).astype(np.float64))]
        self._sums: list[Waves] = [np.ones(self.length // 2 + 1, np.complex128)]

    def sums(self, k: int) -> Waves:
        """Return the transform of the chance of each sum of k values without replacement."""
        while len(self._sums) <= k:
            self._sums.append(self._next(len(self._sums)))
        return self._sums[k]

    def _next(self, k: int) -> Waves:
        # Newton's identity, divided by the number of ways to choose k.
        found = np.zeros_like(self._sums[0])
        share = 1.0 / k
        for r in range(1, k + 1):
            share *= (k - r + 1) / (self.n - k + r)
            if share * self.n < SMALLEST:
                break
            sign = 1.0 if r % 2 else -1.0
            found += (sign * share) * self._sums[k - r] * self._power(r)
        return found

    def _power(self, r: int) -> Waves:
        # The waves of r times the values: those of the values, read r steps at a time.
        while len(self._powers) < r:
            at = (np.arange(self.length // 2 + 1) * (len(self._powers) + 1)) % self.length
            mirrored = at > self.length // 2
            wave = self._powers[0][np.where(mirrored, self.length - at, at)]
            self._powers.append(np.where(mirrored, wave.conj(), wave))
        power: Waves = self._powers[r - 1]
        return power

    def without(self, own: int, k: int) -> Waves:
        """Return the same for k of the others, when one value equal to ``own`` stays away."""
        at = np.arange(self.length // 2 + 1) * own % self.length
        turn = -np.exp(-2j * np.pi * at / self.length)
        found = self.sums(0).copy()
        # C(n − 1, j) e'_j = C(n, j) e_j − wave · C(n − 1, j − 1) e'_(j − 1)
        for j in range(1, k + 1):
            found = (self.n * self.sums(j) + j * turn * found) / (self.n - j)
        return found

    def density(self, wave: Waves, k: int) -> Array:
        """Return the chance of each sum from 0 to k times the width."""
        chance: Array = fft.irfft(wave, self.length)[: k * self.width + 1]
        return np.maximum(chance, 0.0)
