"""Matching beside what else one could use, on one city; sizes (in grids) as arguments.

Each case runs in a process of its own, three rounds in turn. Times are medians without set-up:
ours begins with nothing but places, the peers begin with a list of pairs and their costs.
"""

import sys

from tests.bench import city, matching_ours, matching_peers
from tests.bench.rounds import Measured, answer, busy, rounds, say

SIZES = (1_000, 10_000)
CASES = matching_ours.CASES | matching_peers.CASES
FLOW, RICH_FLOW = "OR-Tools min-cost flow", "OR-Tools flow, every rule on"
ALL = {
    "city": ("ours", FLOW),
    "city, every rule on": ("ours, every rule on", RICH_FLOW),
}
"""What runs at every size; the first is proven over all pairs, the second is what it is held to."""
MORE = {
    1_000: (
        "OR-Tools flow, priced in a loop",
        "greedy",
        "OR-Tools CP-SAT",
        "scipy HiGHS, linear",
        "scipy HiGHS, integer",
        "scipy linear_sum_assignment",
        "scipy sparse bipartite matching",
    ),
    10_000: (
        "OR-Tools flow, priced in a loop",
        "greedy",
        "scipy HiGHS, linear",
        "scipy sparse bipartite matching",
    ),
}
"""Beside the first of `ALL`; the others would take minutes or gigabytes at that size."""
AFTERWARDS = ("re-plan, 1 % of cadres out", "who else (runner-up)", "why not this pair")
FOOT = (
    "first call: with kernels read from their cache. extra MB: beyond what set-up holds. proven: "
    "over which pairs. \\* one person a grid by the same costs: no floors, no locks, no moves."
)


def main(arguments: list[str]) -> None:
    """Print the tables of each size."""
    if answer(CASES, arguments):
        return
    if why := city.missing():
        say(why)
        return
    for grids in map(int, arguments or SIZES):
        city.instance(grids)  # drawn here once, so that no case draws it
        for kind, (ours, held_to) in ALL.items():
            others = MORE.get(grids, ()) if kind == "city" else ()
            _table(f"{kind}, {grids // 2:,} x {grids:,}", grids, (ours, held_to, *others))
        _afterwards(grids)
        say("\n" + busy())
    say("\n" + FOOT)


def _table(title: str, grids: int, names: tuple[str, ...]) -> None:
    found = rounds("tests.bench.bench_matching", list(names), grids)
    best, flow = found[names[0]], found[names[1]]
    say(f"\n| {title} | s | x flow | first call s | extra MB | MB | above best | proven | open |")
    say("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |")
    for name, row in found.items():
        if isinstance(row, str):
            say(f"| {name} | {row} |")
            continue
        times = f"{row.seconds / flow.seconds:.2f}" if isinstance(flow, Measured) else ""
        say(
            f"| {name} | {row.seconds:.3f} | {times} | {row.first:.2f} | {row.extra:.0f} "
            f"| {row.peak:.0f} | {_above(row, best)} | {row.facts['proven']} "
            f"| {row.facts.get('open', '')} |"
        )


def _above(row: Measured, best: Measured | str) -> str:
    """Say how much dearer a plan is than the best; nothing where it leaves more seats open."""
    if isinstance(best, str) or "cost" not in row.facts:
        return ""
    if row.facts.get("open", 0) > best.facts["open"]:
        return ""
    return f"{row.facts['cost'] / best.facts['cost'] - 1:.4%}"


def _afterwards(grids: int) -> None:
    say(f"\n| afterwards, {grids // 2:,} x {grids:,} | s | beside |")
    say("| --- | ---: | --- |")
    for name, row in rounds("tests.bench.bench_matching", list(AFTERWARDS), grids).items():
        if isinstance(row, str):
            say(f"| {name} | {row} | |")
        elif "fresh" in row.facts:
            share = row.seconds / row.facts["fresh"]
            say(f"| {name} | {row.seconds:.3f} | {share:.2f} of the same from nothing |")
        else:
            say(f"| {name} | {row.seconds:.4f} | worst of 20: {row.facts['worst']:.4f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
