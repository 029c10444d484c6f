"""The placements of a draft, laid out over its problem and its town: what they come to."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from gisapp.core.coverage import NONE, SERVED, STATES
from gisapp.core.matching.problem import Flags, Ints
from gisapp.core.matching.tally import Exchange, Tallier, Tally, fits
from gisapp.store import gaps, serving
from gisapp.store.matching import Muster
from gisapp.store.serving import Situation
from gisapp.store.versions import Pair, Row

WHOEVER_IS_LOCKED = ("keys", "urgent_first", "figures")
"""What of placements does not depend on which of them are locked."""


@dataclass(frozen=True, slots=True)
class Table:
    """What is the same for all placements of one draft: the problem, the town, and their seams."""

    muster: Muster
    tallier: Tallier
    town: Situation
    """With the placements of today outside the draft's area, and no others."""
    needy_first: Ints
    """Its grids as `gaps.needy_first`."""
    around: tuple[Ints, Ints, Ints]
    """Of those: cadre in the roster, grid, community."""
    inside: Flags
    """Which grids lie in the draft's area."""
    grid: Ints
    """Of each post: the grid whose own it is, else `NONE`."""
    community: Ints
    """Of each post: the community whose members it has, else `NONE`."""
    roster: Ints
    """Where each cadre of the problem stands in the roster."""
    codes: pd.CategoricalDtype
    """Of the posts: numbers are grouped in a sixth of the time that texts take."""
    posts: "Keys"
    slots: "Keys"
    cadres: "Keys"


@dataclass(frozen=True, slots=True)
class Keys:
    """Finds the position of ids."""

    sorted: Ints
    at: Ints

    @classmethod
    def of(cls, ids: list[int]) -> "Keys":
        """Take ids in the order of their positions."""
        array = np.array(ids, np.int64)
        order = np.argsort(array, kind="stable")
        return cls(array[order], order.astype(np.int64))

    def find(self, ids: Ints) -> Ints:
        """Return positions; `NONE` where an id is unknown."""
        if not len(self.sorted):
            return np.full(len(ids), NONE, np.int64)
        place = np.minimum(np.searchsorted(self.sorted, ids), len(self.sorted) - 1)
        return np.where(self.sorted[place] == ids, self.at[place], NONE).astype(np.int64)


@dataclass(frozen=True)
class Laid:
    """Placements, by post, slot and staff number; positions are those of the problem."""

    table: Table = field(repr=False)
    post: Ints
    slot: Ints
    cadre: Ints
    locked: Flags
    fallen: list[tuple[Row, str]]
    """Rows that do not stand today, and why: a key of `standing.WHYS`."""
    tally: Tally = field(repr=False)
    town: Situation = field(repr=False)
    """Under these placements, and outside the draft's area under those of today."""

    @property
    def state(self) -> Ints:
        """Positions in `coverage.STATES`, one a grid, in the order of the boundaries' ids."""
        return self.town.coverage.state

    @cached_property
    def keys(self) -> Ints:
        """Who is in which post, as one number each, sorted."""
        return np.sort(self.cadre * len(self.table.muster.post_ids) + self.post)

    @cached_property
    def locked_grids(self) -> Flags:
        """Grids with somebody locked in a post of their own."""
        return self._grids(self.post[self.locked])

    @cached_property
    def urgent_first(self) -> Ints:
        """Grids by urgency."""
        return gaps.worst_first(self.table.needy_first, self.town)

    def of_post(self, post: int) -> list[int]:
        """Find the placements in a post: a few are asked for, of a plan that changes."""
        found: list[int] = np.flatnonzero(self.post == post).tolist()
        return found

    def of_cadre(self, cadre: int) -> list[int]:
        """Find the placements of somebody."""
        found: list[int] = np.flatnonzero(self.cadre == cadre).tolist()
        return found

    def turned(
        self, out: Collection[Pair], into: Sequence[Row], relock: Collection[Pair] = ()
    ) -> "Laid | None":
        """Lay the same placements out without some and with others, as `lay` does, sooner.

        None where not all stand, before or after, and where locks turn beside other changes.
        """
        if self.fallen or (relock and (out or into)):
            return None
        if relock:
            return self._relocked(self.among(relock))
        go = self.among([*out, *((row[0], row[2]) for row in into)])
        new = _positions(self.table, into)
        if any(_whys(self.table, *new)):
            return None
        change, order = self._exchange(~go, new[1], new[2])
        olds: tuple[Any, ...] = (self.post, self.slot, self.cadre, self.locked)
        post, slot, cadre, locked = (
            change.of(old, each[order]) for old, each in zip(olds, new, strict=True)
        )
        tally = self.table.tallier.recount(self.tally, change, cadre, slot)
        if _beyond(self.table, tally.number, tally.seats):
            return None
        changed = np.unique(np.concatenate([self.cadre[go], new[2]]))
        town = _town(self.table, post, cadre, (self.town, self.table.roster[changed]))
        made = Laid(self.table, post, slot, cadre, locked, [], tally, town)
        made.__dict__["keys"] = self._keys_of(change, cadre, post)
        return made

    def _keys_of(self, change: Exchange, cadre: Ints, post: Ints) -> Ints:
        """Put `keys` of the placements after a change in order, by those that went and came."""
        width = len(self.table.muster.post_ids)
        went = self.cadre[~change.stay] * width + self.post[~change.stay]
        new = change.at + np.arange(len(change.at))
        came = np.sort(cadre[new] * width + post[new])
        stays = np.delete(self.keys, np.searchsorted(self.keys, went))
        return np.insert(stays, np.searchsorted(stays, came), came)

    def _exchange(self, stay: Flags, slot: Ints, cadre: Ints) -> tuple[Exchange, Ints]:
        """Find the places of further placements among those that stay, and their own order."""
        width = len(self.table.muster.cadre_ids)
        order = np.lexsort((cadre, slot))
        keys = self.slot[stay] * width + self.cadre[stay]
        at = np.searchsorted(keys, (slot * width + cadre)[order])
        return Exchange(self.cadre, self.slot, stay, at), order

    def _relocked(self, turned: Flags) -> "Laid":
        made = replace(self, locked=self.locked ^ turned)
        known = self.__dict__
        made.__dict__.update({name: known[name] for name in WHOEVER_IS_LOCKED if name in known})
        return made

    def among(self, pairs: Collection[Pair]) -> Flags:
        """Tell which placements are of these pairs of ids."""
        ids = np.array(list(pairs), np.int64).reshape(-1, 2)
        post, cadre = self.table.posts.find(ids[:, 0]), self.table.cadres.find(ids[:, 1])
        width = len(self.table.muster.post_ids)
        found: Flags = np.isin(self.cadre * width + self.post, cadre * width + post)
        return found

    def changed_posts(self, other: "Laid") -> Ints:
        """Find the posts whose people are not the same."""
        # Two runs that are sorted: a stable sort merges them, which numpy's own does not.
        both = np.sort(np.concatenate([self.keys, other.keys]), kind="stable")
        apart = np.concatenate([[True], both[1:] != both[:-1], [True]])
        alone = both[apart[1:] & apart[:-1]] if len(both) else both
        return np.unique(alone % max(len(self.table.muster.post_ids), 1))

    def changed_grids(self, other: "Laid") -> Flags:
        """Tell in which grids the people of their own posts are not the same."""
        # Asked again and again, and always against the same base.
        known = self.__dict__.get("_apart")
        if known is None or known[0] is not other:
            known = self.__dict__["_apart"] = other, self._grids(self.changed_posts(other))
        apart: Flags = known[1]
        return apart

    def _grids(self, posts: Ints) -> Flags:
        found = np.zeros(len(self.table.inside), np.bool_)
        where = self.table.grid[posts]
        found[where[where != NONE]] = True
        return found

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Say what the placements come to; costs in minutes."""
        tally, muster = self.tally, self.table.muster
        parts = tally.parts
        inside = self.state[self.table.inside]
        states = np.bincount(inside, minlength=len(STATES)).tolist()
        own = np.array(muster.own, np.bool_)
        floor = muster.problem.departments.floor
        cadres = muster.problem.cadres
        return {
            "cost": tally.cost / 100,
            "parts": {
                "travel_min": parts.travel / 100,
                "specialty": parts.specialty / 100,
                "load": parts.load / 100,
                "disturbance": parts.disturbance / 100,
                "unfilled": parts.unfilled / 100,
                "floors": parts.floors / 100,
                "links": -parts.links / 100,
            },
            "posts": len(muster.post_ids),
            "filled": tally.posts_filled,
            "seats": tally.wanted,
            "seats_filled": tally.filled,
            "moved": tally.moved,
            "people_moved": tally.people_moved,
            "grids": len(inside),
            "states": dict(zip(STATES, states, strict=True)),
            "gaps": int((inside != SERVED).sum()),
            "people": int((cadres.available & own[cadres.department]).sum()),
            "people_out": int((tally.number > 0).sum()),
            "departments": int(own.sum()),
            "below_floor": int((own & (tally.deployed < floor)).sum()),
        }


def lay(table: Table, placements: Iterable[Row]) -> Laid:
    """Lay placements out: those that stand count, the others fall."""
    rows = list(placements)
    post, slot, cadre, locked = _positions(table, rows)
    whys = _whys(table, post, slot, cadre, locked)
    stands = np.array([not why for why in whys], np.bool_)
    fallen = [
        ((*rows[at][:3], bool(rows[at][3])), whys[at]) for at in np.flatnonzero(~stands).tolist()
    ]
    return _ordered(table, (post[stands], slot[stands], cadre[stands], locked[stands]), fallen)


def _positions(table: Table, rows: Sequence[Row]) -> tuple[Ints, Ints, Ints, Flags]:
    """Find the post, slot and cadre of rows, and tell which are locked."""
    # One flat run of numbers: an array of rows takes three times as long to make.
    ids = np.fromiter(chain.from_iterable(rows), np.int64, 4 * len(rows)).reshape(-1, 4)
    post, slot = table.posts.find(ids[:, 0]), table.slots.find(ids[:, 1])
    return post, slot, table.cadres.find(ids[:, 2]), ids[:, 3] > 0


def _ordered(
    table: Table, standing: tuple[Ints, Ints, Ints, Flags], fallen: list[tuple[Row, str]]
) -> Laid:
    """Order placements that stand, and count what they come to."""
    post, slot, cadre, locked = standing
    order = np.lexsort((cadre, slot))
    post, slot, cadre = post[order], slot[order], cadre[order]
    tally = table.tallier.count(cadre, slot)
    return Laid(table, post, slot, cadre, locked[order], fallen, tally, _town(table, post, cadre))


def _whys(table: Table, post: Ints, slot: Ints, cadre: Ints, locked: Flags) -> list[str]:
    """Say of each placement why it does not stand; nothing where it does."""
    problem = table.muster.problem
    known = (post != NONE) & (cadre != NONE) & (slot != NONE)
    known[known] = problem.slots.post[slot[known]] == post[known]
    fit = known.copy()
    fit[known] = fits(problem, cadre[known], post[known])
    whys = [""] * len(post)
    for at in np.flatnonzero(~fit).tolist():
        whys[at] = _why(table, int(post[at]), int(cadre[at]), known=bool(known[at]))
    if _too_many(table, slot[fit], cadre[fit]):
        _crowded(table, (slot, cadre, locked), np.flatnonzero(fit), whys)
    return whys


def _too_many(table: Table, slot: Ints, cadre: Ints) -> bool:
    """Tell whether seats or somebody's time do not reach."""
    problem = table.muster.problem
    number = np.bincount(cadre, minlength=len(problem.cadres.codes))
    return _beyond(table, number, np.bincount(slot, minlength=len(problem.slots.most)))


def _beyond(table: Table, number: Ints, seats: Ints) -> bool:
    """Tell whether seats or somebody's time do not reach for so many posts and people."""
    cadres, most = table.muster.problem.cadres, table.muster.problem.slots.most
    return bool((number > cadres.capacity - cadres.held).any() or (seats > most).any())


def _why(table: Table, post: int, cadre: int, *, known: bool) -> str:
    problem = table.muster.problem
    if not known:
        return "post_gone" if post == NONE else "cadre_gone" if cadre == NONE else "seat_gone"
    if not problem.cadres.available[cadre]:
        return "unavailable"
    barred = (problem.recused == [cadre, post]).all(axis=1).any()
    return "recused" if barred else "other_rank"


def _crowded(table: Table, rows: tuple[Ints, Ints, Flags], standing: Ints, whys: list[str]) -> None:
    """Let those fall for whom seats or time do not reach: locked ones go first."""
    slot, cadre, locked = rows
    cadres, most = table.muster.problem.cadres, table.muster.problem.slots.most
    room, free = (cadres.capacity - cadres.held).tolist(), most.tolist()
    order = np.lexsort((cadre[standing], slot[standing], ~locked[standing]))
    for at in standing[order].tolist():
        where, who = int(slot[at]), int(cadre[at])
        if free[where] <= 0:
            whys[at] = "seats_taken"
        elif room[who] <= 0:
            whys[at] = "capacity"
        else:
            free[where] -= 1
            room[who] -= 1


def _town(
    table: Table, post: Ints, cadre: Ints, from_: tuple[Situation, Ints] | None = None
) -> Situation:
    """Seat people; ``from_`` a town in which all sit as they did but some of the roster."""
    grid, community = table.grid[post], table.community[post]
    who = table.roster[cadre]
    member = (grid != NONE) | (community != NONE)
    here = (who[member], grid[member], community[member])
    members = [np.concatenate(each) for each in zip(here, table.around, strict=True)]
    codes = pd.Categorical.from_codes(post, dtype=table.codes)
    posts = pd.DataFrame({"cadre": who, "post_code": codes})
    outside = table.town.holdings[["cadre", "post_code"]]
    held = pd.concat([posts, outside], ignore_index=True) if len(outside) else posts
    if from_ is None:
        return serving.seated(table.town, held, (members[0], members[1], members[2]))
    town, changed = from_
    theirs = np.isin(members[0], changed)
    mine = (members[0][theirs], members[1][theirs], members[2][theirs])
    return serving.reseated(town, held, changed, mine)
