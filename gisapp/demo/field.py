"""Smooth random fields over the plane: how streets bend and where people live."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Waves:
    """A sum of plane waves: smooth, endless, the same value at the same place."""

    wave: Floats
    """Shape (w, 2). Radians per metre."""
    phase: Floats

    @classmethod
    def draw(cls, rng: np.random.Generator, length_m: float, number: int = 7) -> Self:
        """Draw waves of about ``length_m``."""
        turn = rng.uniform(0, np.pi, number)
        length = length_m * rng.uniform(0.7, 1.5, number)
        wave = np.column_stack((np.cos(turn), np.sin(turn))) * (2 * np.pi / length)[:, None]
        return cls(wave, rng.uniform(0, 2 * np.pi, number))

    def __call__(self, xy: Floats) -> Floats:
        """Return the field at each place of ``xy``, shape (n, 2); mean 0, spread about 1."""
        total = np.zeros(len(xy))
        for wave, phase in zip(self.wave, self.phase, strict=True):
            total += np.sin(xy @ wave + phase)
        field: Floats = total * np.sqrt(2 / len(self.wave))
        return field


@dataclass(frozen=True, slots=True)
class Density:
    """How closely people live: one old town, smaller centres around it, countryside between."""

    centres: Floats
    """Shape (c, 2). The old town first."""
    weight: Floats
    reach_m: Floats
    floor: float

    def __call__(self, xy: Floats) -> Floats:
        """Return the density at each place, in (0, 1]; 1 is the middle of the old town."""
        total = np.full(len(xy), self.floor)
        for centre, weight, reach in zip(self.centres, self.weight, self.reach_m, strict=True):
            total += weight * np.exp(-np.hypot(*(xy - centre).T) / reach)
        density: Floats = np.minimum(total, 1.0)
        return density

    def draw(self, bounds: tuple[float, ...], number: int, rng: np.random.Generator) -> Floats:
        """Draw ``number`` places from this density; centres may reach beyond ``bounds``."""
        west, south, east, north = bounds
        volume = np.append(
            2 * np.pi * self.weight * self.reach_m**2, self.floor * (east - west) * (north - south)
        )
        source = rng.choice(volume.size, number, p=volume / volume.sum())
        xy = rng.uniform((west, south), (east, north), (number, 2))
        near = source < volume.size - 1
        # exp(-distance / reach) on the plane: the distance is a sum of two exponentials.
        far = rng.gamma(2.0, self.reach_m[source[near]])
        turn = rng.uniform(0, 2 * np.pi, far.size)
        around = np.column_stack((np.cos(turn), np.sin(turn))) * far[:, None]
        xy[near] = self.centres[source[near]] + around
        return xy


@dataclass(frozen=True, slots=True)
class Warp:
    """Bends the drawing board, so that straight cuts become streets and lanes.

    Long waves bend everything; short ones only where few people live, where
    lanes follow fields and hills.
    """

    long: tuple[Waves, Waves]
    middle: tuple[Waves, Waves]
    short: tuple[Waves, Waves]
    density: Density
    strength: float = 1.0

    @classmethod
    def draw(cls, rng: np.random.Generator, density: Density) -> Self:
        """Draw a warp for a town of this density."""

        def pair(length_m: float) -> tuple[Waves, Waves]:
            return Waves.draw(rng, length_m), Waves.draw(rng, length_m)

        return cls(pair(7000.0), pair(1500.0), pair(700.0), density)

    def __call__(self, xy: Floats) -> Floats:
        """Move each place of ``xy``, shape (n, 2)."""
        wild = np.clip(1.0 - 1.8 * self.density(xy), 0.12, 1.0)[:, None] * self.strength
        # One bend after the other: each keeps its slope under one, and so does their chain.
        for waves, amplitude in (
            (self.long, 330.0 * self.strength),
            (self.middle, 62.0 * wild),
            (self.short, 10.0 * wild),
        ):
            xy = xy + np.column_stack([wave(xy) for wave in waves]) * amplitude
        return xy
