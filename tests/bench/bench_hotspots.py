"""Hotspots: what is found of what was planted, what is found where nothing was, and how fast."""

import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import hotmap, hotspots, permutation
from gisapp.core.neighbours import queen, with_self
from gisapp.demo.disputes import counts, pick_plants
from gisapp.demo.ground import ground
from gisapp.demo.names import Names
from tests.core.test_neighbours import lattice

GUERRY: Final = (
    Path(__file__).resolve().parents[3] / "shared/data/published/hotspot" / "guerry.gpkg"
)
SEEDS: Final = range(1, 21)
NOTHING: Final = range(1_000, 1_400)
"""Seeds of the towns in which nothing is planted."""
SIDE: Final = 32
MEAN: Final = 12.0
DRAWS: Final = 99_999


@dataclass(slots=True)
class Found:
    """What was found in some towns together."""

    planted: int = 0
    found: int = 0
    flagged: int = 0
    false: int = 0
    """Flagged grids that neither lie in nor touch a plant."""
    towns: int = 0
    towns_flagged: int = 0


def look(
    nears: Mapping[int, csr_array],
    *,
    size: int,
    number: int,
    risk: float,
    least: int = 100,
    most: int = 900,
) -> Found:
    """Fill each town (by seed) with disputes, plant in it, and look for what was planted."""
    sum_up = Found()
    for seed, near in nears.items():
        star, n = with_self(near), near.shape[0]
        rng = np.random.default_rng(seed)
        base = rng.integers(least, most + 1, n).astype(np.float64)
        plants = pick_plants(near, size, number, rng)
        drawn = counts(base, MEAN, plants, risk, rng)
        bins = hotmap.bins(drawn[np.newaxis], base, star, rng)[0]
        inside = np.zeros(n)
        for plant in plants:
            inside[plant] = 1.0
        flagged = np.abs(bins) >= hotspots.SIGNIFICANT
        sum_up.planted += int(inside.sum())
        sum_up.found += int((bins[inside > 0] >= hotspots.SIGNIFICANT).sum())
        sum_up.flagged += int(flagged.sum())
        sum_up.false += int((flagged & (star @ inside == 0)).sum())
        sum_up.towns += 1
        sum_up.towns_flagged += int(flagged.any())
    return sum_up


def guerry() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return two-sided p of Guerry's departments: esda's, drawn, and ours, counted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda import G_Local  # noqa: PLC0415  # compiles for half a minute
        from esda.significance import calculate_significance  # noqa: PLC0415
        from libpysal.weights import W  # noqa: PLC0415

        frame = geopandas.read_file(GUERRY)
        values, near = frame["Crm_prp"].to_numpy(float), queen(frame.geometry.to_numpy())
        touching = np.split(near.indices, near.indptr[1:-1])
        weights = W({i: row.tolist() for i, row in enumerate(touching)}, silence_warnings=True)
        drawn = G_Local(
            values,
            weights,
            transform="B",
            permutations=DRAWS,
            star=True,
            n_jobs=1,
            seed=1,
            keep_simulations=True,
        )
        told = np.asarray(calculate_significance(drawn.Gs, drawn.rGs, "two-sided"))
    rng = np.random.default_rng(1)
    return told, permutation.conditional(values[np.newaxis], near, rng)[0][0]


def standard_error(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the Monte-Carlo standard error of a folded p: twice that of its smaller tail."""
    tail = np.clip(p / 2, 1 / DRAWS, 0.5)
    error: npt.NDArray[np.float64] = 2 * np.sqrt(tail * (1 - tail) / DRAWS)
    return error


def main() -> None:
    """Print every table."""
    squares = queen(lattice(SIDE, SIDE))
    names = Names.read()
    towns = {seed: ground(1_000, names, np.random.default_rng(seed)).near for seed in SEEDS}
    _say(f"100 to 900 households, mean {MEAN:g} disputes a grid and window, seeds 1 to 20.")
    for ground_name, nears in (
        ("1,000 grids of the invented town", towns),
        (f"{SIDE**2:,} squares", dict.fromkeys(SEEDS, squares)),
    ):
        _say(f"\n{ground_name}\n")
        _say("| plants | grids each | risk | planted | found | flagged | false | of flagged |")
        _say("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for number, size, risk in [
            *((3, size, risk) for size in (1, 5, 9, 21) for risk in (2, 3, 5)),
            *((number, 21, 3) for number in (1, 2, 5)),
        ]:
            got = look(nears, size=size, number=number, risk=risk)
            _say(
                f"| {number} | {size} | {risk} | {got.planted} | {got.found / got.planted:.1%} "
                f"| {got.flagged} | {got.false} | {got.false / max(got.flagged, 1):.2%} |"
            )
        first = next(iter(nears.values()))
        null = look(dict.fromkeys(NOTHING, first), size=1, number=0, risk=1, least=300)
        _say(f"\nNothing planted, 300 to 900 households: {null.towns_flagged} of {null.towns}.")
    _times()
    if GUERRY.exists():
        told, ours = guerry()
        worst = float((np.abs(told - ours) / standard_error(told)).max())
        _say(f"\nGuerry, conditional, esda {DRAWS} draws: at most {worst:.2f} standard errors off.")


def _times() -> None:
    _say("\n| what | grids | seconds |\n| --- | ---: | ---: |")
    rng = np.random.default_rng(1)
    for side, maps in ((32, 24), (100, 24), (100, 192), (316, 1)):
        near = queen(lattice(side, side))
        star, n = with_self(near), side * side
        base = rng.integers(100, 901, n).astype(np.float64)
        drawn = rng.poisson(2 * base / base.mean(), (maps, n))
        took = _seconds(lambda: hotmap.bins(drawn, base, star, rng))  # noqa: B023  # called at once
        _say(f"| {maps} maps, rates into bins | {n} | {took:.3f} |")
        if maps == 24:  # two years of months
            took = _seconds(lambda: hotmap.trends(drawn[-12:], base, star, rng))  # noqa: B023
            _say(f"| trend classes of 12 months | {n} | {took:.3f} |")


def _seconds(work: Callable[[], object]) -> float:
    work()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
