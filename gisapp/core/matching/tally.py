"""Counts what a plan is worth for whole arrays at once: the quick twin of `judge`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gisapp.core.matching.cost import Costs, hundredths
from gisapp.core.matching.judge import Parts
from gisapp.core.matching.problem import Flags, Ints, Problem, distinct, member


@dataclass(frozen=True, slots=True)
class Tally:
    """What placements are worth; costs in 0.01 min. The words are those of `judge.Verdict`."""

    parts: Parts
    wanted: int
    filled: int
    posts_filled: int
    moved: int
    people_moved: int
    deployed: Ints
    """Distinct people out, by department."""
    number: Ints
    """How many posts each cadre holds here."""
    seats: Ints
    """People in each slot."""
    stands: Flags
    """Of the placements of the base plan that could stand: which of them do."""
    travel: Ints
    """By placement, as are the next five."""
    specialty: Ints
    load: Ints
    link: Ints
    kept: Flags
    left: Ints

    @property
    def cost(self) -> int:
        """The whole cost."""
        return self.parts.cost


@dataclass(frozen=True, slots=True)
class Exchange:
    """Placements, which of them stay, and where others come among those."""

    cadre: Ints
    slot: Ints
    stay: Flags
    at: Ints
    """In order; before which of those that stay each of the others comes."""

    def of(self, column: npt.NDArray[Any], others: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a column of placements afterwards; ``others`` is that of those that come."""
        stays = column[self.stay]
        return np.insert(stays, self.at, others) if len(self.at) else stays


class Tallier:
    """A problem, ready to count one plan of it after another."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.costs = Costs(problem)
        base = problem.base
        could = fits(problem, base[:, 0], base[:, 1])
        self._could = base[could]
        """Placements of the base plan that could stand."""
        self._keys = distinct(self._key(self._could[:, 0], self._could[:, 1]))

    def _key(self, cadre: Ints, post: Ints) -> Ints:
        key: Ints = cadre * len(self.problem.posts.codes) + post
        return key

    def count(self, cadre: Ints, slot: Ints) -> Tally:
        """
        Count costs, seats, moves and people.

        Parameters
        ----------
        cadre, slot
            Shape (p,). One placement each; a cadre once in a post. Of several posts of one
            person the later in order is the further one, as in `judge`.

        Returns
        -------
        Tally
            The same figures as `judge.check`, rules left out.
        """
        cadres, slots = self.problem.cadres, self.problem.slots
        post = slots.post[slot]
        number = np.bincount(cadre, minlength=len(cadres.codes)).astype(np.int64)
        seats = np.bincount(slot, minlength=len(slots.post)).astype(np.int64)
        stands = member(self._keys, distinct(self._key(cadre, post)))
        columns = self._alone(cadre, slot) | self._together(cadre, number)
        return self._tally(number, seats, stands, columns)

    def recount(self, before: Tally, change: Exchange, cadre: Ints, slot: Ints) -> Tally:
        """
        Count what `count` does, where few placements went or came.

        Parameters
        ----------
        before
            What was counted of the placements of ``change``.
        cadre, slot
            Shape (p,). All placements after it.
        """
        new = change.at + np.arange(len(change.at))
        old = np.flatnonzero(~change.stay)
        went, came = (change.cadre[old], change.slot[old]), (cadre[new], slot[new])
        number, seats, stands = before.number.copy(), before.seats.copy(), before.stands.copy()
        for (who, where), step in ((went, -1), (came, 1)):
            np.add.at(number, who, step)
            np.add.at(seats, where, step)
            key = self._key(who, self.problem.slots.post[where])
            stands[np.searchsorted(self._keys, key[member(key, self._keys)])] = step > 0
        columns = {
            name: change.of(getattr(before, name), of_new)
            for name, of_new in self._alone(*came).items()
        }
        touched = np.zeros(len(number), np.bool_)
        touched[went[0]] = touched[came[0]] = True
        theirs = np.flatnonzero(touched[cadre])
        for name, of_theirs in self._together(cadre[theirs], number).items():
            columns[name] = change.of(getattr(before, name), np.zeros(len(new), np.int64))
            columns[name][theirs] = of_theirs
        return self._tally(number, seats, stands, columns)

    def _alone(self, cadre: Ints, slot: Ints) -> dict[str, Any]:
        """Work out what of placements hangs on no others."""
        costs, post = self.costs, self.problem.slots.post[slot]
        return {
            "travel": costs.travel(cadre, post),
            "specialty": costs.specialty(cadre, slot),
            "link": costs.link(cadre, post),
            "kept": costs.kept(cadre, post),
        }

    def _together(self, cadre: Ints, number: Ints) -> dict[str, Any]:
        """Work out what hangs on the other placements of the same people, all of them in order."""
        cadres = self.problem.cadres
        return {
            "load": self.costs.load(cadres.held[cadre] + _turn(cadre)),
            "left": cadres.capacity[cadre] - cadres.held[cadre] - number[cadre],
        }

    def _tally(self, number: Ints, seats: Ints, stands: Flags, columns: Mapping[str, Any]) -> Tally:
        """Add up what is known of people, slots, the base and each placement."""
        problem = self.problem
        cadres, slots = problem.cadres, problem.slots
        gone = self._keys[~stands]
        movers = gone // max(len(problem.posts.codes), 1)
        unfilled, filled = _open(problem, seats)
        out = cadres.counts & (number + cadres.held > 0)
        many = len(problem.departments.codes)
        deployed = np.bincount(cadres.department[out], minlength=many).astype(np.int64)
        sent = np.bincount(cadres.department, number, minlength=many).astype(np.int64)
        rows = problem.departments
        short = int(np.maximum(rows.floor - deployed, 0).sum())
        if len(rows.least):
            short += int(np.maximum(rows.least - sent, 0).sum())
        return Tally(
            parts=Parts(
                travel=int(columns["travel"].sum()),
                specialty=int(columns["specialty"].sum()),
                load=int(columns["load"].sum()),
                disturbance=len(gone) * int(hundredths(problem.weights.move_min)),
                unfilled=unfilled,
                floors=short * problem.weights.price_floor,
                links=int(columns["link"].sum()),
            ),
            wanted=int(slots.wanted.sum()),
            filled=filled,
            posts_filled=_posts_filled(problem, seats),
            moved=len(gone),
            people_moved=int(np.count_nonzero(np.diff(movers, prepend=-1))),
            deployed=deployed,
            number=number,
            seats=seats,
            stands=stands,
            **columns,
        )


def fits(problem: Problem, cadre: Ints, post: Ints) -> Flags:
    """Tell which people may hold a post at all: available, of its rank, not recused."""
    cadres, posts = problem.cadres, problem.posts
    leader, chief = cadres.leader[cadre], posts.chief[post]
    rank = (leader == chief) | (leader & problem.weights.leaders_as_members)
    many = max(len(posts.codes), 1)
    barred = member(cadre * many + post, distinct(problem.recused @ np.array([many, 1])))
    found: Flags = cadres.available[cadre] & rank & ~barred
    return found


def _turn(cadre: Ints) -> Ints:
    """Give each placement of a person its number, 1, 2, …, in their order."""
    order = np.argsort(cadre, kind="stable")
    ordered = cadre[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(ordered) else ordered > 0
    start = np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0))
    turn = np.empty(len(cadre), np.int64)
    turn[order] = np.arange(len(ordered)) - start + 1
    return turn


def _open(problem: Problem, seats: Ints) -> tuple[int, int]:
    """Price the open seats, and count those wanted that are filled."""
    slots = problem.slots
    least = np.maximum(slots.least - seats, 0)
    further = slots.wanted - np.maximum(slots.least, np.minimum(seats, slots.wanted))
    price = (least * slots.price_least + further * slots.price_wanted).sum()
    return int(price), int(np.minimum(seats, slots.wanted).sum())


def _posts_filled(problem: Problem, seats: Ints) -> int:
    slots = problem.slots
    asked = np.maximum(slots.least, np.minimum(slots.wanted, 1))
    lacking = np.zeros(len(problem.posts.codes), np.bool_)
    lacking[slots.post[seats < asked]] = True
    return int((~lacking).sum())
