"""What no plan could keep: all of it is found before anything is solved."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from gisapp.core.matching.problem import Ints, Problem
from gisapp.errors import InvalidInput
from gisapp.i18n import N_


class Contradictions(InvalidInput):
    """The rules contradict each other; every contradiction is listed."""

    code = "contradictions"
    message = N_("No plan can keep these rules. {faults}")


class LockAgainstRecusal(InvalidInput):
    """A placement is locked that a recusal forbids."""

    code = "lock_against_recusal"
    message = N_("{cadre} is locked to {post} but must not serve there. Remove one of the two.")


class LockOfNobody(InvalidInput):
    """A placement is locked of somebody who is not available."""

    code = "lock_of_nobody"
    message = N_("{cadre} is locked to {post} but is not available.")


class LockOfWrongRank(InvalidInput):
    """A placement is locked that the role of the post does not allow."""

    code = "lock_of_wrong_rank"
    message = N_("{cadre} is locked to {post}, which is for another rank.")


class LockTwice(InvalidInput):
    """One person is locked to several seats of one post."""

    code = "lock_twice"
    message = N_("{cadre} is locked to {post} twice; one person fills one seat of a post.")


class LocksBeyondCapacity(InvalidInput):
    """A person is locked to more posts than they can take."""

    code = "locks_beyond_capacity"
    message = N_("{cadre} is locked to {locked} posts and can take {capacity}.")


class LocksBeyondSeats(InvalidInput):
    """More people are locked to a slot than it has seats."""

    code = "locks_beyond_seats"
    message = N_(
        "{locked} people are locked to slot {slot} of {post}, which has seats for {seats}."
    )


class LocksBeyondCeiling(InvalidInput):
    """More placements of a department are locked than it may have."""

    code = "locks_beyond_ceiling"
    message = N_("{locked} placements of {department} are locked and it may have {most}.")


class PlacementsAgainstEachOther(InvalidInput):
    """A department must have more placements than it may have."""

    code = "placements_against_each_other"
    message = N_("{department}: at least {least} placements and at most {most} cannot both hold.")


class PostWithoutSeats(InvalidInput):
    """A post has no seat at all."""

    code = "post_without_seats"
    message = N_("{post} has no seat. Give it one or end it.")


class SeatsAgainstEachOther(InvalidInput):
    """Seats least, wanted and most are not in this order."""

    code = "seats_against_each_other"
    message = N_("Slot {slot} of {post}: least, wanted and most seats must not fall.")


class NotANumber(InvalidInput):
    """A figure is missing or endless."""

    code = "not_a_number"
    message = N_("{what}: a value is missing or no number.")


class BelowZero(InvalidInput):
    """A figure is negative that cannot be."""

    code = "below_zero"
    message = N_("{what}: a value is negative.")


class UnknownRow(InvalidInput):
    """A rule names somebody or something that is not there."""

    code = "unknown_row"
    message = N_("{what}: a row names somebody or something that is not there.")


class CodeTwice(InvalidInput):
    """Two rows have one code, so that ties cannot be broken by it."""

    code = "code_twice"
    message = N_("{what}: the code {twice} is there more than once.")


class LoadFalls(InvalidInput):
    """A further post would cost less than the one before."""

    code = "load_falls"
    message = N_("The price of a further post must not fall.")


def ensure(problem: Problem) -> None:
    """Raise `Contradictions` with every fault in it, or the one fault itself."""
    faults = list(contradictions(problem))
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Contradictions(faults=[fault.sentence for fault in faults])


def contradictions(problem: Problem) -> Iterator[InvalidInput]:
    """Find everything that no plan could keep; what is merely scarce is none."""
    unknown = list(_unknown(problem))
    yield from unknown
    yield from _figures(problem)
    yield from _codes(problem)
    yield from _seats(problem)
    if not unknown:
        yield from _locks(problem)
        yield from _placements(problem)


def _unknown(problem: Problem) -> Iterator[UnknownRow]:
    cadres, posts, slots = problem.cadres, problem.posts, problem.slots
    many = {
        "cadre": len(cadres.codes),
        "post": len(posts.codes),
        "slot": len(slots.post),
        "office": len(problem.offices),
        "department": len(problem.departments.codes),
    }

    def outside(rows: Ints, kind: str) -> bool:
        return bool(((rows < 0) | (rows >= many[kind])).any())

    checks = (
        ("slots", slots.post, "post"),
        ("offices", cadres.office, "office"),
        ("departments", cadres.department, "department"),
        ("recusals", problem.recused[:, 0], "cadre"),
        ("recusals", problem.recused[:, 1], "post"),
        ("locks", problem.locks[:, 0], "cadre"),
        ("locks", problem.locks[:, 1], "slot"),
        ("base", problem.base[:, 0], "cadre"),
        ("base", problem.base[:, 1], "post"),
        ("travel", problem.ways[:, 0], "office"),
        ("travel", problem.ways[:, 1], "post"),
        ("links", problem.links[:, 0], "department"),
        ("links", problem.links[:, 1], "post"),
    )
    wrong = {what for what, rows, kind in checks if outside(rows, kind)}
    known = cadres.knows.shape[1]
    if (np.maximum(slots.specialty, 0) >= max(known, 1)).any() or (posts.wish >= known).any():
        wrong.add("specialties")
    yield from (UnknownRow(what=what) for what in sorted(wrong))


def _figures(problem: Problem) -> Iterator[InvalidInput]:
    weights = problem.weights
    prices = (
        weights.specialty_min,
        weights.wish_min,
        weights.move_min,
        float(weights.price_floor),
        *weights.load_min,
    )
    figures = {
        "travel": problem.ways_min,
        "links": problem.links_min,
        "offices": problem.offices,
        "posts": problem.posts.metres,
        "weights": np.array([weights.detour, weights.speed_kmh, *prices]),
    }
    yield from (
        NotANumber(what=what) for what, row in figures.items() if not np.isfinite(row).all()
    )
    below = {
        "travel": problem.ways_min,
        "links": problem.links_min,
        "weights": np.array([weights.detour, weights.speed_kmh, *prices]),
        "seats": np.concatenate([problem.slots.least, problem.slots.price_wanted]),
        "capacity": np.concatenate([problem.cadres.capacity, problem.cadres.held]),
        "floors": np.concatenate(
            [problem.departments.floor, problem.departments.least, problem.departments.most]
        ),
    }
    yield from (BelowZero(what=what) for what, row in below.items() if (row < 0).any())
    if not weights.load_min or list(weights.load_min) != sorted(weights.load_min):
        yield LoadFalls()


def _codes(problem: Problem) -> Iterator[CodeTwice]:
    slots = [
        f"{post}.{number}"
        for post, number in zip(
            problem.slots.post.tolist(), problem.slots.number.tolist(), strict=True
        )
    ]
    lists = {
        "posts": problem.posts.codes,
        "slots": slots,
        "cadres": problem.cadres.codes,
        "departments": problem.departments.codes,
    }
    for what, codes in lists.items():
        for code, times in Counter(codes).items():
            if times > 1:
                yield CodeTwice(what=what, twice=code)


def _seats(problem: Problem) -> Iterator[InvalidInput]:
    slots, codes = problem.slots, problem.posts.codes
    inside = (slots.post >= 0) & (slots.post < len(codes))
    seats = np.bincount(slots.post[inside], slots.most[inside], len(codes))
    yield from (PostWithoutSeats(post=codes[post]) for post in np.flatnonzero(seats <= 0))
    falls = (slots.least > slots.wanted) | (slots.wanted > slots.most)
    falls |= slots.price_wanted > slots.price_least
    for slot in np.flatnonzero(falls & inside):
        yield SeatsAgainstEachOther(slot=int(slots.number[slot]), post=codes[slots.post[slot]])


def _locks(problem: Problem) -> Iterator[InvalidInput]:
    cadres, posts, slots = problem.cadres, problem.posts, problem.slots
    recused = set(map(tuple, problem.recused.tolist()))
    locks = sorted(map(tuple, problem.locks.tolist()))
    pairs = [(cadre, int(slots.post[slot])) for cadre, slot in locks]
    for (cadre, post), times in Counter(pairs).items():
        named = {"cadre": cadres.codes[cadre], "post": posts.codes[post]}
        if (cadre, post) in recused:
            yield LockAgainstRecusal(**named)
        if not cadres.available[cadre]:
            yield LockOfNobody(**named)
        leader, chief = cadres.leader[cadre], posts.chief[post]
        if chief != leader and (chief or not problem.weights.leaders_as_members):
            yield LockOfWrongRank(**named)
        if times > 1:
            yield LockTwice(**named)
    for cadre, times in Counter(cadre for cadre, _ in pairs).items():
        room = int(cadres.capacity[cadre] - cadres.held[cadre])
        if times > room:
            yield LocksBeyondCapacity(cadre=cadres.codes[cadre], locked=times, capacity=room)
    for slot, times in Counter(slot for _, slot in locks).items():
        if times > slots.most[slot]:
            yield LocksBeyondSeats(
                locked=times,
                slot=int(slots.number[slot]),
                post=posts.codes[slots.post[slot]],
                seats=int(slots.most[slot]),
            )


def _placements(problem: Problem) -> Iterator[InvalidInput]:
    rows = problem.departments
    locked = Counter(problem.cadres.department[problem.locks[:, 0]].tolist())
    for department, most in enumerate(rows.most.tolist()):
        named = {"department": rows.codes[department], "most": most}
        if locked[department] > most:
            yield LocksBeyondCeiling(locked=locked[department], **named)
        if len(rows.least) and rows.least[department] > most:
            yield PlacementsAgainstEachOther(least=int(rows.least[department]), **named)
