"""Hotspots beside their peers: esda's Gi*, DBSCAN on points, and plain counts.

All parts take about eight minutes of processor; a number is how many towns are planted.
"""

import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import hotmap, hotspots, permutation
from gisapp.core.neighbours import queen, with_self
from gisapp.demo.disputes import counts, pick_plants
from tests.bench.rounds import Case, Facts, Measured, answer, busy, rounds, say
from tests.core.test_neighbours import lattice

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CITY: Final = 100_000
DRAWS: Final = 999
MANY_DRAWS: Final = 99_999
TOWNS: Final = 50
SIDE: Final = 32
MEAN: Final = 12.0
PLANTS: Final = 3
MONTHS: Final = 24
MAPS: Final = 16
"""Fifteen categories and their total."""

NEAR: Final = 0.5
"""Reach of DBSCAN, in widths of a grid."""
CROWD: Final = 19
"""Points within reach that DBSCAN asks for: twice what an average grid has there."""


def rates(side: int, seed: int = 1) -> tuple[Array, csr_array]:
    """Draw a town of squares with plants; returns its rates and who touches whom."""
    near = queen(lattice(side, side))
    rng = np.random.default_rng(seed)
    base = rng.integers(100, 901, side * side).astype(np.float64)
    drawn = counts(base, MEAN, pick_plants(near, 21, PLANTS, rng), 3, rng)
    values = hotmap.values(drawn[np.newaxis], base)[0]
    # esda divides by their sum, which must not be near 0; ranks of sums stay as they are.
    return values - values.min(), near


def _ours(kind: Callable[..., Any]) -> Case:
    def case(size: int) -> tuple[Callable[[], Any], Callable[[Any], Facts]]:
        values, near = rates(round(size**0.5))
        rows, star = values[np.newaxis], with_self(near)
        given = star if kind is permutation.total else near
        return lambda: kind(rows, given, np.random.default_rng(1)), lambda done: {}

    return case


def _esda(size: int) -> tuple[Callable[[], Any], Callable[[Any], Facts]]:
    values, near = rates(round(size**0.5))
    weights = _weights(near)
    _gi_star(*_small(), DRAWS)  # compiles
    return lambda: _gi_star(values, weights, DRAWS), lambda done: {}


def _small() -> tuple[Array, Any]:
    values, near = rates(10)
    return values, _weights(near)


def _weights(near: csr_array) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from libpysal.weights import W  # noqa: PLC0415  # half a minute

        touching = np.split(near.indices, near.indptr[1:-1])
        return W({i: row.tolist() for i, row in enumerate(touching)}, silence_warnings=True)


def _gi_star(values: Array, weights: Any, draws: int, *, keep: bool = False) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda import G_Local  # noqa: PLC0415  # half a minute

        return G_Local(
            values,
            weights,
            transform="B",
            permutations=draws,
            star=True,
            n_jobs=1,
            seed=1,
            keep_simulations=keep,
        )


CASES: Final[dict[str, Case]] = {
    "gisapp, total": _ours(permutation.total),
    "gisapp, conditional": _ours(permutation.conditional),
    f"esda, {DRAWS} draws": _esda,
}


def speed() -> None:
    """Print how long one map of a large city takes."""
    say(f"## One map of {CITY:,} grids, medians of 3 rounds, each in a process of its own\n")
    say("| who | seconds | extra MB | times as long as gisapp, total |")
    say("| --- | ---: | ---: | ---: |")
    found = rounds("tests.bench.bench_hotspots_peers", list(CASES), CITY)
    ours = found["gisapp, total"]
    for name, one in found.items():
        if not isinstance(one, Measured):
            say(f"| {name} | {one} | | |")
        elif isinstance(ours, Measured):
            ratio = one.seconds / ours.seconds
            say(f"| {name} | {one.seconds:.3f} | {one.extra:.0f} | {ratio:.1f} |")


def agreement() -> None:
    """Print whether the same grids are found as esda finds with very many draws."""
    from esda.significance import calculate_significance  # noqa: PLC0415  # half a minute

    shares = []
    for seed in range(3):
        values, near = rates(SIDE, seed)
        theirs = _gi_star(values, _weights(near), MANY_DRAWS, keep=True)
        told = np.asarray(calculate_significance(theirs.Gs, theirs.rGs, "two-sided"))
        p, side = permutation.conditional(values[np.newaxis], near, np.random.default_rng(1))
        ours = np.abs(hotspots.bins_of(p, side)[0]) >= hotspots.SIGNIFICANT
        sign = np.sign(theirs.Zs).astype(np.int64)[np.newaxis]
        peer = np.abs(hotspots.bins_of(told[np.newaxis], sign)[0]) >= hotspots.SIGNIFICANT
        shares.append((ours & peer).sum() / max((ours | peer).sum(), 1))
    say(f"\n## The same grids as esda with {MANY_DRAWS:,} draws, conditional, two-sided, FDR 5 %\n")
    say(f"{SIDE**2:,} grids, 3 towns, Jaccard: " + ", ".join(f"{one:.3f}" for one in shares))


def months() -> None:
    """Print how long two years of every category take, trends included."""
    near = queen(lattice(100, 100))
    star, n = with_self(near), near.shape[0]
    rng = np.random.default_rng(1)
    base = rng.integers(100, 901, n).astype(np.float64)
    each = rng.poisson(0.4 * base / base.mean(), (MAPS - 1, MONTHS, n))
    maps = [*each, each.sum(axis=0)]

    def work() -> None:
        for drawn in maps:
            hotmap.bins(drawn, base, star, rng)
            hotmap.trends(drawn[-12:], base, star, rng)

    _timed(work)
    took = [_timed(work) for _ in range(3)]
    say(f"\n## {n:,} grids, {MONTHS} months, {MAPS - 1} categories and their total, with trends\n")
    say(f"median of 3: {statistics.median(took):.2f} s of processor")


@dataclass(slots=True)
class Found:
    """What one way found in all towns together."""

    planted: int = 0
    found: int = 0
    flagged: int = 0
    false: int = 0

    def add(self, flagged: Flags, inside: Flags, touched: Flags) -> None:
        self.planted += int(inside.sum())
        self.found += int((flagged & inside).sum())
        self.flagged += int(flagged.sum())
        self.false += int((flagged & ~touched).sum())

    @property
    def line(self) -> str:
        """Power, and the share of what is flagged that neither lies in nor touches a plant."""
        power = self.found / max(self.planted, 1)
        return f"{power:.0%} / {self.false / max(self.flagged, 1):.0%}"


def planted(towns: int = TOWNS) -> None:
    """Print what each way finds of what was planted, and what it finds beside that."""
    near = queen(lattice(SIDE, SIDE))
    star, weights = with_self(near), _weights(near)
    ways = ("gisapp", "esda", "DBSCAN", "plain counts")
    say(f"\n## Planted: {towns} towns of {SIDE**2:,} grids, 100 to 900 households")
    say("\nshare of planted grids found / share of flagged grids that neither lie in nor touch one")
    say(f"esda: Gi* of disputes per household, p_sim < 0.05, {DRAWS} draws, high side.")
    say(f"DBSCAN: of points, reach {NEAR} grid widths, {CROWD} points; grids of which most")
    say("points are in a cluster.")
    say("plain counts: above the mean by 1.96 standard deviations.\n")
    say("| grids each | risk | " + " | ".join(ways) + " |")
    say("| ---: | ---: | " + " | ".join("---:" for _ in ways) + " |")
    for size in (1, 5, 9, 21):
        for risk in (2, 3, 5):
            found = {way: Found() for way in ways}
            for seed in range(towns):
                rng = np.random.default_rng(seed)
                base = rng.integers(100, 901, SIDE**2).astype(np.float64)
                plants = pick_plants(near, size, PLANTS, rng)
                drawn = counts(base, MEAN, plants, risk, rng)
                inside = np.zeros(SIDE**2, dtype=bool)
                inside[np.concatenate(plants)] = True
                touched = np.asarray(star @ inside.astype(np.float64)) > 0
                bins = hotmap.bins(drawn[np.newaxis], base, star, rng)[0]
                theirs = _gi_star(drawn / base, weights, DRAWS)
                flags = {
                    "gisapp": bins >= hotspots.SIGNIFICANT,
                    "esda": (theirs.p_sim < 0.05) & (theirs.Zs > 0),
                    "DBSCAN": _crowded(drawn, rng),
                    "plain counts": drawn > drawn.mean() + 1.96 * drawn.std(),
                }
                for way, flagged in flags.items():
                    found[way].add(np.asarray(flagged), inside, touched)
            say(f"| {size} | {risk} | " + " | ".join(one.line for one in found.values()) + " |")


def _crowded(drawn: npt.NDArray[np.int64], rng: np.random.Generator) -> Flags:
    """Scatter the disputes in their grids, and find those of which most are in a cluster."""
    from sklearn.cluster import DBSCAN  # noqa: PLC0415  # only here

    grid = np.repeat(np.arange(drawn.size), drawn)
    places = np.column_stack(np.divmod(grid, SIDE)) + rng.random((grid.size, 2))
    inside = DBSCAN(eps=NEAR, min_samples=CROWD).fit(places).labels_ >= 0
    crowded: Flags = np.bincount(grid, inside, drawn.size) * 2 > drawn
    return crowded


def _timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main(words: list[str]) -> None:
    """Print the parts named, or all."""
    towns = next((int(word) for word in words if word.isdigit()), TOWNS)
    parts = {
        "speed": speed,
        "agreement": agreement,
        "months": months,
        "planted": lambda: planted(towns),
    }
    for name in [word for word in words if not word.isdigit()] or parts:
        parts[name]()
    say("\n" + busy())


if __name__ == "__main__" and not answer(CASES, sys.argv[1:]):
    main(sys.argv[1:])
