"""Recomputes cost and every rule of a plan from the definition; trusts no solver."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import dist

from gisapp.core.matching.problem import Plan, Problem


@dataclass(frozen=True, slots=True)
class Parts:
    """What a plan's cost is made of; whole numbers of 0.01 min."""

    travel: int
    specialty: int
    load: int
    disturbance: int
    unfilled: int
    floors: int
    """Floors not reached, of people deployed and of placements."""
    links: int
    """A bonus: taken off."""

    @property
    def cost(self) -> int:
        """The whole."""
        debit = self.travel + self.specialty + self.load + self.disturbance
        return debit + self.unfilled + self.floors - self.links


@dataclass(frozen=True, slots=True)
class Reason:
    """What one placement is made of; whole numbers of 0.01 min."""

    travel: int
    specialty: int
    load: int
    """Of this post, as the last one given to the person."""
    link: int
    kept: bool
    """Held in the base plan already."""
    left: int
    """Further posts the person could take."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a plan is worth."""

    broken_rules: list[str]
    """What no plan may do; empty for every plan that is stored."""
    parts: Parts
    wanted: int
    """Seats asked for."""
    filled: int
    """Of these."""
    posts_filled: int
    """Posts of which every seat that must be filled is, and one at least that is wanted."""
    moved: int
    """Placements of the base plan that could stand and are not in the plan."""
    people_moved: int
    deployed: list[int]
    """Distinct people out, by department."""
    reasons: list[Reason]
    """By placement."""

    @property
    def cost(self) -> int:
        """The whole cost, 0.01 min."""
        return self.parts.cost


def check(problem: Problem, plan: Plan) -> Verdict:
    """
    Recompute cost and every rule from the definition.

    Shares no code with the solvers: it loops over placements, adds up minutes
    and counts heads, and is slow and obvious on purpose.
    """
    placed = list(zip(plan.cadre.tolist(), plan.slot.tolist(), strict=True))
    slot_post = problem.slots.post.tolist()
    held = [(cadre, slot_post[slot]) for cadre, slot in placed]
    load = Counter(cadre for cadre, _ in placed)
    seats = Counter(slot for _, slot in placed)
    gone = _given_up(problem, set(held))
    reasons = _reasons(problem, placed, load)
    open_price, wanted, filled = _open_seats(problem, seats)
    deployed, short = _deployed(problem, load)
    missing = _missing_placements(problem, load)
    parts = Parts(
        travel=sum(reason.travel for reason in reasons),
        specialty=sum(reason.specialty for reason in reasons),
        load=sum(reason.load for reason in reasons),
        disturbance=len(gone) * _whole(problem.weights.move_min),
        unfilled=open_price,
        floors=(short + missing) * problem.weights.price_floor,
        links=sum(reason.link for reason in reasons),
    )
    return Verdict(
        broken_rules=_broken(problem, placed, held, load, seats),
        parts=parts,
        wanted=wanted,
        filled=filled,
        posts_filled=len(problem.posts.codes) - len(_lacking(problem, seats)),
        moved=len(gone),
        people_moved=len({cadre for cadre, _ in gone}),
        deployed=deployed,
        reasons=reasons,
    )


def _broken(
    problem: Problem,
    placed: list[tuple[int, int]],
    held: list[tuple[int, int]],
    load: Counter[int],
    seats: Counter[int],
) -> list[str]:
    cadres, posts, slots = problem.cadres.codes, problem.posts.codes, problem.slots
    recused = {(cadre, post) for cadre, post in problem.recused.tolist()}
    broken = [
        f"{cadres[cadre]} at {posts[post]}: {wrong}"
        for cadre, post in held
        for wrong in _unfit(problem, recused, cadre, post)
    ]
    for (cadre, post), times in Counter(held).items():
        if times > 1:
            broken.append(f"{cadres[cadre]} at {posts[post]}: {times} seats of one post")
    for cadre, times in load.items():
        if times + problem.cadres.held[cadre] > problem.cadres.capacity[cadre]:
            broken.append(f"{cadres[cadre]}: {times} posts beyond capacity")
    for slot, times in seats.items():
        if times > slots.most[slot]:
            broken.append(f"{posts[slots.post[slot]]}: {times} people beyond its seats")
    broken += _above_ceilings(problem, load)
    there = set(placed)
    for cadre, slot in problem.locks.tolist():
        if (cadre, slot) not in there:
            broken.append(f"{cadres[cadre]}: a lock is not kept")
    return broken


def _unfit(problem: Problem, recused: set[tuple[int, int]], cadre: int, post: int) -> Iterator[str]:
    """Say why a person cannot hold a post at all."""
    if not problem.cadres.available[cadre]:
        yield "not available"
    if (cadre, post) in recused:
        yield "recused"
    leader = bool(problem.cadres.leader[cadre])
    if problem.posts.chief[post] and not leader:
        yield "staff as chief"
    if not problem.posts.chief[post] and leader and not problem.weights.leaders_as_members:
        yield "leader as member"


def _reasons(problem: Problem, placed: list[tuple[int, int]], load: Counter[int]) -> list[Reason]:
    cadres, slots, weights = problem.cadres, problem.slots, problem.weights
    offices, posts = problem.offices.tolist(), problem.posts.metres.tolist()
    ways: dict[tuple[int, int], float] = {}
    for (office, post), minutes in zip(
        problem.ways.tolist(), problem.ways_min.tolist(), strict=True
    ):
        ways[office, post] = min(minutes, ways.get((office, post), minutes))
    bonus: Counter[tuple[int, int]] = Counter()
    for (department, post), minutes in zip(
        problem.links.tolist(), problem.links_min.tolist(), strict=True
    ):
        bonus[department, post] += minutes
    base = {(cadre, post) for cadre, post in problem.base.tolist()}
    steps = weights.load_min
    given: Counter[int] = Counter()
    reasons = []
    for cadre, slot in placed:
        post, office = int(slots.post[slot]), int(cadres.office[cadre])
        per_metre = weights.detour / (weights.speed_kmh * 1000 / 60)
        estimate = dist(offices[office], posts[post]) * per_metre
        minutes = ways.get((office, post), estimate)
        given[cadre] += 1
        number = int(cadres.held[cadre]) + given[cadre]
        reasons.append(
            Reason(
                travel=_whole(minutes),
                specialty=_missing(problem, cadre, slot),
                load=_whole(steps[min(number, len(steps)) - 1]),
                link=_whole(bonus[int(cadres.department[cadre]), post]),
                kept=(cadre, post) in base,
                left=int(cadres.capacity[cadre] - cadres.held[cadre]) - load[cadre],
            )
        )
    return reasons


def _missing(problem: Problem, cadre: int, slot: int) -> int:
    slots, weights = problem.slots, problem.weights
    knows = problem.cadres.knows
    asked = int(slots.specialty[slot])
    if asked >= 0:
        level = max(int(slots.level[slot]), 1)
        short = max(level - int(knows[cadre, asked]), 0)
        return _whole(weights.specialty_min * (short / level))
    wish = int(problem.posts.wish[slots.post[slot]])
    if wish < 0 or knows[cadre, wish] > 0:
        return 0
    return _whole(weights.wish_min)


def _given_up(problem: Problem, held: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Find the moves: placements of the base plan that could stand and are not in the plan."""
    recused = {(cadre, post) for cadre, post in problem.recused.tolist()}
    gone = set()
    for cadre, post in problem.base.tolist():
        could = not list(_unfit(problem, recused, cadre, post))
        if could and (cadre, post) not in held:
            gone.add((cadre, post))
    return gone


def _open_seats(problem: Problem, seats: Counter[int]) -> tuple[int, int, int]:
    """Return the price of all open seats, the seats wanted, and those of them filled."""
    slots = problem.slots
    price = wanted = filled = 0
    for slot in range(len(slots.post)):
        least, most = int(slots.least[slot]), int(slots.wanted[slot])
        sitting = seats[slot]
        price += max(least - sitting, 0) * int(slots.price_least[slot])
        price += (most - max(least, min(sitting, most))) * int(slots.price_wanted[slot])
        wanted += most
        filled += min(sitting, most)
    return price, wanted, filled


def _lacking(problem: Problem, seats: Counter[int]) -> set[int]:
    slots = problem.slots
    return {
        int(slots.post[slot])
        for slot in range(len(slots.post))
        if seats[slot] < max(int(slots.least[slot]), min(int(slots.wanted[slot]), 1))
    }


def _deployed(problem: Problem, load: Counter[int]) -> tuple[list[int], int]:
    """Count the people out by department, and those missing to the floors."""
    cadres = problem.cadres
    out = [0] * len(problem.departments.codes)
    for cadre in range(len(cadres.codes)):
        if cadres.counts[cadre] and load[cadre] + cadres.held[cadre] > 0:
            out[cadres.department[cadre]] += 1
    floors = problem.departments.floor.tolist()
    return out, sum(max(floor - there, 0) for floor, there in zip(floors, out, strict=True))


def _sent(problem: Problem, load: Counter[int]) -> Counter[int]:
    """Count the placements of each department."""
    sent: Counter[int] = Counter()
    for cadre, times in load.items():
        sent[int(problem.cadres.department[cadre])] += times
    return sent


def _above_ceilings(problem: Problem, load: Counter[int]) -> Iterator[str]:
    sent = _sent(problem, load)
    for department, most in enumerate(problem.departments.most.tolist()):
        if sent[department] > most:
            code = problem.departments.codes[department]
            yield f"{code}: {sent[department]} placements beyond its ceiling"


def _missing_placements(problem: Problem, load: Counter[int]) -> int:
    sent = _sent(problem, load)
    least = enumerate(problem.departments.least.tolist())
    return sum(max(floor - sent[department], 0) for department, floor in least)


def _whole(minutes: float) -> int:
    """Round minutes to 0.01 min, halves to even."""
    return round(minutes * 100)
