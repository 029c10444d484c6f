"""What an attacker works out from all doors together over random towns, unprotected and as is."""

import sys
import time
from typing import Final

import numpy as np

from tests.bench.rounds import busy, say
from tests.core.attacker import (
    Leak,
    Undecided,
    Whole,
    determined,
    inequalities,
    leak,
    members,
    worked_out,
)
from tests.core.attacker_states import of_years, with_states
from tests.core.attacker_views import city, of_counties, with_a_city_of_its_own, with_the_city
from tests.core.test_attacker import FULL, known, sparse, town, unprotected

TOWNS: Final = 200

BARE: Final = 20
"""Of so many towns what is only rounded is tried, too: proving that nothing else fits is slow."""

APART: Final = 40
"""Of so many cities the way that is not taken is tried, too."""

WATCHED: Final = 40
"""So many towns are watched each month beyond the first year, which takes longer."""

YEARS: Final = 10
"""Of the last towns a whole year left; of the others up to four months."""


def main(sizes: list[int]) -> None:
    """Print how many figures of 1 to 4 have one possible value only."""
    towns = sizes[0] if sizes else TOWNS
    table: dict[tuple[str, int], list[int]] = {}
    began = time.process_time()
    for seed in range(towns):
        counts, ground = town(seed, 12 if seed >= towns - YEARS else None)
        guarded, _ = leak(counts, ground)
        few = _few(guarded, counts)
        try:
            found = worked_out(guarded, counts, known(guarded, counts, ground))
        except Undecided:
            say(f"town {seed}: the solver did not end in time")
            continue
        told = {"as it is": found}
        if seed < BARE:
            bare = unprotected(counts, ground)
            told["rounded only"] = worked_out(bare, counts, inequalities(bare, counts, ground))
        for name, gone in told.items():
            row = table.setdefault((name, counts.shape[0]), [0, 0, 0, 0])
            for place, number in enumerate((1, few, len(gone), bool(gone))):
                row[place] += int(number)
        if found:
            say(f"town {seed}: {found}")
    for seed in range(towns):
        _put_together(seed, table)
    for seed in range(min(towns, WATCHED)):
        _watch(seed, table)
    say("| what leaves | months | towns | figures of 1 to 4 | worked out | towns with any |")
    say("| --- | ---: | ---: | ---: | ---: | ---: |")
    for (name, months), row in sorted(table.items()):
        say(f"| {name} | {months} | " + " | ".join(f"{one:,}" for one in row) + " |")
    say("")
    say("Rounded only: every count and total, and nothing else. As it is: counts, totals, bins,")
    say("clusters in space and up to now, trends, and outliers, each as an inequality, and what")
    say("states of coverage tell at the end of each month from the first record on to who tries")
    say("drafts. Watched: towns with few cases of each category, whose states somebody looks at")
    say("from the first full year on, each month.")
    say("Two views: what a city's leader and those of its two counties are told, together; apart:")
    say("the city's counts, totals and bins protected as if nobody knew those of its counties.")
    say(f"{time.process_time() - began:.0f} s of processor. {busy()}")


def _watch(seed: int, table: dict[tuple[str, int], list[int]]) -> None:
    """Look at the states of a town with few cases, each month beyond its first year."""
    counts, ground = sparse(seed)
    figures, rules = of_years(counts, ground)
    few = sum(1 <= counts.ravel()[which].sum() <= 4 for which in figures.values())
    row = table.setdefault(("watched", counts.shape[0]), [0, 0, 0, 0])
    try:
        found = determined(figures, counts, with_states(rules, counts, FULL))
    except Undecided:
        say(f"town {seed}, watched: the solver did not end in time")
        return
    if found:
        say(f"town {seed}, watched: {found}")
    for place, number in enumerate((1, few, len(found), bool(found))):
        row[place] += int(number)


def _put_together(seed: int, table: dict[tuple[str, int], list[int]]) -> None:
    town = city(seed)
    leaked, rules = of_counties(town)
    few = _few(leaked, town.counts)
    told = {}
    try:
        told["two views"] = worked_out(leaked, town.counts, with_the_city(leaked, rules, town))
        if seed < APART:
            told["two views, apart"] = worked_out(
                leaked, town.counts, with_a_city_of_its_own(rules, town)
            )
    except Undecided:
        say(f"city {seed}: the solver did not end in time")
    for name, gone in told.items():
        row = table.setdefault((name, len(town.counts)), [0, 0, 0, 0])
        for place, number in enumerate((1, few, len(gone), bool(gone))):
            row[place] += int(number)
    if told.get("two views"):
        say(f"city {seed}: {told['two views']}")


def _few(leaked: Leak, truth: Whole) -> int:
    flat = truth.ravel()
    sums = [flat[which].sum() for which in members(leaked, truth.shape[1]).values()]
    return int(np.isin(sums, (1, 2, 3, 4)).sum())


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
