"""What an attacker works out from all doors together over random towns, unprotected and as is."""

import sys
import time
from collections.abc import Sequence
from typing import Final

import numpy as np

from gisapp.core.watched import ENDS
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
from tests.core.test_attacker import known, sparse, town, unprotected

TOWNS: Final = 200

BARE: Final = 20
"""Of so many towns what is only rounded is tried, too: proving that nothing else fits is slow."""

APART: Final = 40
"""Of so many cities the way that is not taken is tried, too."""

WATCHED: Final = 40
"""So many towns are watched each month beyond the first year, which takes longer."""

YEARS: Final = 10
"""Of the last towns a whole year left; of the others up to four months."""


LATE: Final = ", figures late"
"""Figures leave late: states have told how many cases there were after one quarter's end."""

Found = dict[tuple[str, int], list[int]]
"""By what is asked and months: towns, figures of 1 to 4, those worked out, towns with any."""


def main(sizes: list[int]) -> None:
    """Print how many figures of 1 to 4 have one possible value only."""
    towns = sizes[0] if sizes else TOWNS
    table: Found = {}
    began = time.process_time()
    for late in ("", LATE):
        for seed in range(towns):
            _one(seed, 12 if seed >= towns - YEARS else None, late, table)
        for seed in range(towns):
            _put_together(seed, late, table)
        for seed in range(min(towns, WATCHED)):
            _watch(seed, late, table)
    say("| what leaves | months | towns | figures of 1 to 4 | worked out | towns with any |")
    say("| --- | ---: | ---: | ---: | ---: | ---: |")
    for (name, months), row in sorted(table.items()):
        say(f"| {name} | {months} | " + " | ".join(f"{one:,}" for one in row) + " |")
    say("")
    say("Rounded only: every count and total, and nothing else. As it is: counts, totals, bins,")
    say("clusters in space and up to now, trends, and outliers, each as an inequality, and what")
    say("states of coverage tell at the end of each month from the first record on to who tries")
    say("drafts. Figures late: before anybody looked at figures, states told how many cases")
    say("there were after one quarter. Watched: towns with few cases of each category, whose")
    say("states somebody looks at for fifteen months.")
    say("Two views: what a city's leader and those of its two counties are told, together; apart:")
    say("the city's counts, totals and bins protected as if nobody knew those of its counties.")
    say(f"{time.process_time() - began:.0f} s of processor. {busy()}")


def _one(seed: int, months: int | None, late: str, table: Found) -> None:
    """Ask all doors of one town."""
    counts, ground = town(seed, months)
    ends = _over(counts, seed) if late else ()
    guarded, _ = leak(counts, ground, ends=ends)
    try:
        found = worked_out(guarded, counts, known(guarded, counts, ground, ends))
    except Undecided:
        say(f"town {seed}{late}: the solver did not end in time")
        return
    _note(table, f"as it is{late}", seed, len(counts), _few(guarded, counts), found)
    if seed < BARE and not late:
        bare = unprotected(counts, ground)
        gone = worked_out(bare, counts, inequalities(bare, counts, ground))
        _note(table, "rounded only", None, len(counts), _few(bare, counts), gone)


def _watch(seed: int, late: str, table: Found) -> None:
    """Look at the states of a town with few cases, each month into its second year."""
    counts, ground = sparse(seed)
    ends = _over(counts, seed) if late else ()
    figures, rules = of_years(counts, ground, ends)
    few = sum(1 <= counts.ravel()[which].sum() <= 4 for which in figures.values())
    try:
        found = determined(figures, counts, with_states(rules, counts, ends=ends))
    except Undecided:
        say(f"town {seed}, watched{late}: the solver did not end in time")
        return
    _note(table, f"watched{late}", seed, len(counts), few, found)


def _put_together(seed: int, late: str, table: Found) -> None:
    """Ask the doors of a city and of its counties."""
    town = city(seed)
    leaked, rules = of_counties(town, _over(town.counts, seed) if late else ())
    few, months = _few(leaked, town.counts), len(town.counts)
    try:
        found = worked_out(leaked, town.counts, with_the_city(leaked, rules, town))
        _note(table, f"two views{late}", seed, months, few, found)
        if seed < APART and not late:
            gone = worked_out(leaked, town.counts, with_a_city_of_its_own(rules, town))
            _note(table, "two views, apart", None, months, few, gone)
    except Undecided:
        say(f"city {seed}{late}: the solver did not end in time")


def _over(counts: Whole, seed: int) -> list[int]:
    """Choose one of the quarters' ends that are over: states tell the number of one at most."""
    ends = [end for end in ENDS if end <= len(counts)]
    return [ends[seed % len(ends)]] if ends else []


def _note(
    table: Found, name: str, seed: int | None, months: int, few: int, found: Sequence[object]
) -> None:
    """Add up what was found of one town; where nothing should be, say of which ``seed``."""
    if found and seed is not None:
        say(f"{name}, {seed}: {found}")
    row = table.setdefault((name, months), [0, 0, 0, 0])
    for place, number in enumerate((1, few, len(found), bool(found))):
        row[place] += int(number)


def _few(leaked: Leak, truth: Whole) -> int:
    flat = truth.ravel()
    sums = [flat[which].sum() for which in members(leaked, truth.shape[1]).values()]
    return int(np.isin(sums, (1, 2, 3, 4)).sum())


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
