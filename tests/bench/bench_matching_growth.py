"""How matching grows from a town to a province: 1,000 to 100,000 grids, proven over all pairs."""

import sys

from tests.bench import city, matching_ours, matching_peers
from tests.bench.rounds import Measured, answer, busy, rounds, say

SIZES = (1_000, 10_000, 100_000)
OURS, FLOW = "ours, grown", "OR-Tools min-cost flow"
CASES = matching_ours.CASES | matching_peers.CASES
LARGE = 100_000
"""From so many grids, one round."""


def main(arguments: list[str]) -> None:
    """Print one row for each size."""
    if answer(CASES, arguments):
        return
    if why := city.missing():
        say(why)
        return
    say("| cadres x grids | s | x flow | extra MB | MB | best plan | proven | known optimum |")
    say("| ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |")
    for grids in map(int, arguments or SIZES):
        city.instance(grids)  # drawn here once, so that no case draws it
        many = 1 if grids >= LARGE else 3
        found = rounds("tests.bench.bench_matching_growth", [OURS, FLOW], grids, many)
        ours, flow = found[OURS], found[FLOW]
        if isinstance(ours, str):
            say(f"| {grids // 2:,} x {grids:,} | {ours} |")
            continue
        times = f"{ours.seconds / flow.seconds:.2f}" if isinstance(flow, Measured) else ""
        cost = ours.facts["cost"]
        known = {True: "yes", False: "NO"}[city.OPTIMA.get(grids, cost) == cost]
        say(
            f"| {grids // 2:,} x {grids:,} | {ours.seconds:.2f} | {times} | {ours.extra:.0f} "
            f"| {ours.peak:.0f} | {cost:,} | {ours.facts['proven']} | {known} |"
        )
    say("\n" + busy())


if __name__ == "__main__":
    main(sys.argv[1:])
