"""The outline of the invented city, its river, its brooks and its lakes."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gisapp.demo.field import Floats

STEP_M = 60.0
"""A shore has a point at least so often."""


@dataclass(frozen=True, slots=True)
class Landscape:
    """What was there before the streets; metres around the middle of the city."""

    outline: BaseGeometry
    river: BaseGeometry
    brooks: list[BaseGeometry]
    lakes: list[BaseGeometry]
    half: tuple[float, float]
    """Half the city's width and height."""

    @property
    def water(self) -> BaseGeometry:
        """Return all water as one shape."""
        return shapely.union_all([self.river, *self.brooks, *self.lakes], grid_size=0.1)


def landscape(grids: int, rng: np.random.Generator) -> Landscape:
    """Draw the outline and the water of a city of ``grids`` grids."""
    size = np.sqrt(grids / 1000)
    half = (7600.0 * size, 5900.0 * size)
    outline = _blob((0.0, 0.0), half, rng, rough=0.07, power=2.6)
    course = _course(half, rng)
    width = 560.0 * size**0.4
    river = _band(course, width, rng)
    lakes = _lakes(half, size, course, rng)
    return Landscape(outline, river, _brooks(half, size, course, width, rng), lakes, half)


def _blob(
    centre: tuple[float, float],
    half: tuple[float, float],
    rng: np.random.Generator,
    *,
    rough: float,
    power: float = 2.0,
) -> BaseGeometry:
    """Draw a closed shape with bays and tongues."""
    points = max(40, int(2 * np.pi * max(half) / STEP_M))
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    far = (np.abs(np.cos(turn)) ** power + np.abs(np.sin(turn)) ** power) ** (-1 / power)
    bays = sum(
        rough * np.sin(wave * turn + rng.uniform(0, 2 * np.pi)) * rng.uniform(0.6, 1.4) / wave**0.6
        for wave in (2, 3, 4, 5, 7, 9, 12, 17)
    )
    far = far * np.maximum(1 + bays, 0.35)
    ring = np.column_stack((centre[0] + half[0] * far * np.cos(turn), far * np.sin(turn) * half[1]))
    ring[:, 1] += centre[1]
    return shapely.make_valid(shapely.Polygon(ring))


def _course(half: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Draw the river's middle line from the west to the north-east."""
    along = np.linspace(-1.5, 1.5, 240 + int(half[0] / 100))
    phase = rng.uniform(0, 2 * np.pi, 3)
    across = (
        0.30 * along
        + 0.20 * np.sin(3.0 * along + phase[0])
        + 0.085 * np.sin(7.0 * along + phase[1])
        + 0.03 * np.sin(15.0 * along + phase[2])
    )
    # The old town grew where the river passes the middle of the city.
    across -= np.interp(0.0, along, across) - 0.05
    return np.column_stack((along * half[0], across * half[1]))


def _band(course: Floats, width_m: float, rng: np.random.Generator) -> BaseGeometry:
    """Give a course its two banks; the water is now wider, now narrower."""
    along = np.gradient(course, axis=0)
    normal = np.column_stack((-along[:, 1], along[:, 0])) / np.hypot(*along.T)[:, None]
    run = np.linspace(0, 1, len(course))
    banks = []
    for side in (1.0, -1.0):
        swell = np.ones_like(run)
        for wave in (3, 7, 17):
            swell += 0.09 * np.sin(2 * np.pi * wave * run + rng.uniform(0, 2 * np.pi))
        banks.append(course + normal * (side * width_m / 2 * swell)[:, None])
    ring = np.vstack((banks[0], banks[1][::-1]))
    return shapely.make_valid(shapely.Polygon(ring)).buffer(0)


def _brooks(
    half: tuple[float, float], size: float, course: Floats, width: float, rng: np.random.Generator
) -> list[BaseGeometry]:
    """Draw streams from the edge of the city into the river, on either side in turn."""
    number = max(2, round(2 * size**0.75))
    places = np.linspace(0.3, 0.74, number) + rng.uniform(-0.05, 0.05, number)
    brooks = []
    for i, place in enumerate(places):
        mouth = course[int(place * len(course))]
        up = 1.0 if i % 2 == 0 else -1.0
        run = np.linspace(0, 1, 90 + int(half[1] / 90))
        bend = rng.uniform(0, 2 * np.pi, 3)
        sway = (0.16 * np.sin(4 * run + bend[0]) - 0.16 * np.sin(bend[0])) + 0.035 * np.sin(
            19 * run + bend[1]
        ) * np.minimum(run * 6, 1)
        lean = rng.uniform(-0.55, 0.55)
        line = np.column_stack(
            (
                mouth[0] + (sway + lean * run) * half[0],
                mouth[1] + up * run * 1.5 * half[1],
            )
        )
        brooks.append(_band(line, width * rng.uniform(0.15, 0.26), rng))
    return brooks


def _lakes(
    half: tuple[float, float], size: float, course: Floats, rng: np.random.Generator
) -> list[BaseGeometry]:
    """Draw one great lake, and smaller ones; none where the old town is."""
    lakes: list[BaseGeometry] = []
    radii = [1500.0 * size**0.5, 750.0, 480.0, 330.0]
    radii += rng.uniform(350, 1300, max(0, round(2.5 * (size**2 - 1)))).tolist()
    places = [(0.55, -0.32), (-0.6, 0.42), (-0.42, -0.52), (0.12, 0.62)]
    for i, radius in enumerate(radii):
        near = places[i] if i < len(places) else tuple(rng.uniform(-0.85, 0.85, 2))
        shift = rng.uniform(-0.06, 0.06, 2)
        at = ((near[0] + shift[0]) * half[0], (near[1] + shift[1]) * half[1])
        if np.hypot(*at) < radius + 0.22 * half[0]:
            continue
        stretch = rng.uniform(0.75, 1.3)
        lakes.append(_blob(at, (radius * stretch, radius / stretch), rng, rough=0.13))
    return lakes
