"""The arithmetic of counting sums, frequency after frequency."""

import numpy as np
import numpy.typing as npt

from gisapp.core.compiled import Kernel

Array = npt.NDArray[np.float64]
Waves = npt.NDArray[np.complex128]

BLOCK = 256
"""Frequencies that are worked on together: all their powers and waves stay near the processor."""


@Kernel
def spectra(wave: Waves, length: int, parts: Array) -> Waves:
    """
    Transform the chances of all sums of 0 to k values, by Newton's identities.

    Parameters
    ----------
    wave
        Shape (length // 2 + 1,). The transform of how many values each number is.
    length
        Even; numbers from 0 to ``length`` − 1 are told apart.
    parts
        Shape (k + 1, k + 1). What the wave of k − r values and the r-th power sum come in with
        for k values, by (k, r); 0 from where they are left out on.

    Returns
    -------
    spectra
        Shape (k + 1, length // 2 + 1).
    """
    most, half = len(parts) - 1, length // 2
    found = np.ones((most + 1, half + 1), np.complex128)
    power = np.empty((2, most + 1, BLOCK))
    waves = np.empty((2, most + 1, BLOCK))
    for first in range(0, half + 1, BLOCK):
        width = min(BLOCK, half + 1 - first)
        # The waves of r times the values: those of the values, read r steps at a time.
        for r in range(1, most + 1):
            at, step = first * r % length, r % length
            for i in range(width):
                one = wave[min(at, length - at)]
                power[0, r, i] = one.real
                power[1, r, i] = one.imag if at <= half else -one.imag
                at += step
                if at >= length:
                    at -= length
        waves[0, 0, :] = 1.0
        waves[1, 0, :] = 0.0
        for k in range(1, most + 1):
            waves[:, k] = 0.0
            for r in range(1, k + 1):
                part = parts[k, r]
                if part == 0:
                    break
                for i in range(width):
                    a, b = part * waves[0, k - r, i], part * waves[1, k - r, i]
                    waves[0, k, i] += a * power[0, r, i] - b * power[1, r, i]
                    waves[1, k, i] += a * power[1, r, i] + b * power[0, r, i]
            for i in range(width):
                found[k, first + i] = complex(waves[0, k, i], waves[1, k, i])
    return found


@Kernel
def tails(chance: Array) -> Array:
    """Return the chance of a sum below each whole number, and of one not below it.

    Shape (2, n + 1), of what has shape (n,); where rounding left less than nothing, there is none.
    """
    n = len(chance)
    found = np.zeros((2, n + 1))
    for i in range(n):
        found[0, i + 1] = found[0, i] + max(chance[i], 0.0)
    for i in range(n - 1, -1, -1):
        found[1, i] = found[1, i + 1] + max(chance[i], 0.0)
    return found
