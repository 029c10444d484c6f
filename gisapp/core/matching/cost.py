"""What a placement costs, in whole numbers of 0.01 min."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gisapp.core.matching.problem import (
    HUNDREDTHS,
    NONE,
    Flags,
    Floats,
    Ints,
    Problem,
    Weights,
    distinct,
    member,
)


def hundredths(minutes: Floats | float) -> Ints:
    """Round minutes to whole numbers of 0.01 min."""
    return np.asarray(np.rint(np.asarray(minutes, np.float64) * HUNDREDTHS), np.int64)


def dearest(offices: Floats, posts: Floats, ways_min: Floats, weights: Weights) -> int:
    """Bound what any placement can cost: no way is longer than the city's box is wide.

    Prices of open seats and of floors are set above it, so that a seat stays open only where
    nobody is left who could take it. They stay near it: a price of many times the dearest
    placement would slow the solver down and say nothing more.
    """
    spots = np.concatenate([offices, posts])
    across = float(np.hypot(*(spots.max(axis=0) - spots.min(axis=0)))) if len(spots) else 0.0
    way = across * weights.detour / (weights.speed_kmh * 1000 / 60)
    longest = max(way, float(ways_min.max(initial=0.0)))
    rest = weights.specialty_min + weights.wish_min + weights.move_min + weights.load_min[-1]
    return int(np.ceil((longest + rest) * HUNDREDTHS)) + 1


@dataclass(frozen=True)
class Costs:
    """Parts of the cost of any pairs of cadres and posts, or cadres and slots."""

    problem: Problem

    def travel(self, cadre: Ints, post: Ints) -> Ints:
        """Tell the way from office to post: measured where it was, else estimated."""
        problem = self.problem
        office = problem.cadres.office[cadre]
        away = problem.offices[office] - problem.posts.metres[post]
        per_metre = problem.weights.detour / (problem.weights.speed_kmh * 1000 / 60)
        # Not hypot, whose last bit differs from machine to machine; pricing says the same.
        far = np.sqrt(away[:, 0] * away[:, 0] + away[:, 1] * away[:, 1])
        way = hundredths(far * per_metre)
        known, minutes = self.way_rows
        return _looked_up(office * len(problem.posts.codes) + post, known, minutes, way)

    def link(self, cadre: Ints, post: Ints) -> Ints:
        """Tell the bonus for a department tied to the place."""
        known, minutes = self.link_rows
        key = self.problem.cadres.department[cadre] * len(self.problem.posts.codes) + post
        return _looked_up(key, known, minutes, np.zeros(len(key), np.int64))

    def kept(self, cadre: Ints, post: Ints) -> Flags:
        """Tell which pairs are placements of the base plan."""
        return member(cadre * len(self.problem.posts.codes) + post, self._base)

    def keep(self, cadre: Ints, post: Ints) -> Ints:
        """Tell what is saved by not moving somebody."""
        move = int(hundredths(self.problem.weights.move_min))
        return np.where(self.kept(cadre, post), move, 0).astype(np.int64)

    def pair(self, cadre: Ints, post: Ints) -> Ints:
        """Add up what does not depend on the slot; may be negative."""
        saved = self.link(cadre, post) + self.keep(cadre, post)
        return np.asarray(self.travel(cadre, post) - saved, np.int64)

    def specialty(self, cadre: Ints, slot: Ints) -> Ints:
        """Tell the price of what the person does not know."""
        return self.missing(self.grade(cadre, slot), slot)

    def grade(self, cadre: Ints, slot: Ints) -> Ints:
        """Tell the level known of what the slot asks for, at most what it asks for."""
        asked = self.asked[slot]
        if not self.problem.cadres.knows.shape[1]:
            return np.zeros(len(slot), np.int64)
        known = self.problem.cadres.knows[cadre, np.maximum(asked, 0)]
        return np.minimum(np.where(asked == NONE, 0, known), self.levels[slot]).astype(np.int64)

    def missing(self, grade: Ints, slot: Ints) -> Ints:
        """Tell what it costs that only ``grade`` is known."""
        weights, slots = self.problem.weights, self.problem.slots
        full = np.where(slots.specialty[slot] == NONE, weights.wish_min, weights.specialty_min)
        level = self.levels[slot]
        short = np.where(self.asked[slot] == NONE, 0.0, (level - grade) / level)
        return hundredths(full * short)

    @cached_property
    def steps(self) -> Ints:
        """What a person's 1st, 2nd, … post costs; the last goes on."""
        return hundredths(np.array(self.problem.weights.load_min))

    def load(self, number: Ints) -> Ints:
        """Tell what it costs to give somebody a ``number``-th post (from 1)."""
        step: Ints = self.steps[np.minimum(number, len(self.steps)) - 1]
        return step

    @cached_property
    def asked(self) -> Ints:
        """The specialty that each slot asks for or had best know."""
        slots = self.problem.slots
        wish = self.problem.posts.wish[slots.post]
        return np.where(slots.specialty == NONE, wish, slots.specialty)

    @cached_property
    def levels(self) -> Ints:
        """The level that each slot asks for; 1 where it asks for none."""
        slots = self.problem.slots
        return np.where(slots.specialty == NONE, 1, np.maximum(slots.level, 1))

    @cached_property
    def links_most(self) -> int:
        """The largest bonus there is."""
        return int(self.link_rows[1].max(initial=0))

    @cached_property
    def way_rows(self) -> tuple[Ints, Ints]:
        """Measured ways: office x posts + post in order, and what each costs."""
        return self._sums(self.problem.ways, self.problem.ways_min, add=False)

    @cached_property
    def link_rows(self) -> tuple[Ints, Ints]:
        """Links: department x posts + post in order, and the bonus of each."""
        return self._sums(self.problem.links, self.problem.links_min, add=True)

    @cached_property
    def _base(self) -> Ints:
        return distinct(self.problem.base @ np.array([len(self.problem.posts.codes), 1]))

    def _sums(self, pairs: Ints, minutes: Floats, *, add: bool) -> tuple[Ints, Ints]:
        """Make one value of each pair: the sum, or the smallest."""
        key = pairs @ np.array([len(self.problem.posts.codes), 1])
        known, place = np.unique(key, return_inverse=True)
        value = np.zeros(len(known)) if add else np.full(len(known), np.inf)
        (np.add if add else np.minimum).at(value, place, minutes)
        return known, hundredths(value)


def _looked_up(key: Ints, known: Ints, value: Ints, otherwise: Ints) -> Ints:
    if not len(known):
        return otherwise
    place = np.minimum(np.searchsorted(known, key), len(known) - 1)
    return np.where(known[place] == key, value[place], otherwise)
